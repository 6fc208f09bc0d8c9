# SPDX-License-Identifier: Apache-2.0
"""Mbed TLS and nanopb as sources, from the distribution's own source packages.  The list of where they are is the
machine's own, turned to sources, in a folder of the build; nothing of the machine is changed."""

import pathlib
import re
import shutil
import subprocess

PACKAGES = ('mbedtls', 'nanopb')


class Unavailable(Exception):
    """One line for a person: why there are no sources."""


def codename():
    text = pathlib.Path('/etc/os-release').read_text()
    found = re.search(r'^VERSION_CODENAME=(\S+)', text, re.M)
    return found.group(1) if found else ''


def own(suite, release):
    """The distribution's own archives, not those that somebody added."""
    return suite == release or suite.startswith((release + '-', release + '/'))


def from_deb822(text, release):
    """Paragraphs with their types turned to sources."""
    for paragraph in re.split(r'\n\s*\n', text):
        lines = [line for line in paragraph.splitlines() if not line.startswith('#')]
        fields, name = {}, None
        for line in lines:
            if line[:1].isspace() and name:
                fields[name] += '\n' + line
            elif ':' in line:
                name, value = line.split(':', 1)
                name = name.strip().lower()
                fields[name] = value.strip()
        if 'uris' not in fields or fields.get('enabled', 'yes').lower() in ('no', 'false', '0'):
            continue
        suites = [s for s in fields.get('suites', '').split() if own(s, release)]
        if not suites:
            continue
        fields.update(types='deb-src', suites=' '.join(suites))
        fields.pop('architectures', None)
        yield '\n'.join(f'{name.title()}: {value}' for name, value in fields.items()) + '\n'


def from_lines(text, release):
    """One-line entries, as paragraphs."""
    for line in text.splitlines():
        found = re.match(r'\s*deb(?:-src)?\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)', line)
        if not found or not own(found.group(3), release):
            continue
        options, uri, suite, components = found.groups()
        signed = re.search(r'signed-by=(\S+)', options or '')
        yield (f'Types: deb-src\nUris: {uri}\nSuites: {suite}\nComponents: {components.strip()}\n'
               + (f'Signed-By: {signed.group(1)}\n' if signed else ''))


def paragraphs(etc, release):
    found = []
    parts = etc / 'sources.list.d'
    for path in [etc / 'sources.list', *sorted(parts.glob('*.list'))]:
        if path.is_file():
            found += from_lines(path.read_text(), release)
    for path in sorted(parts.glob('*.sources')):
        found += from_deb822(path.read_text(), release)
    return found


def apt(folder, *command):
    options = {
        'Dir::Etc::SourceList': '/dev/null', 'Dir::Etc::SourceParts': folder / 'sources.list.d',
        'Dir::State': folder / 'state', 'Dir::Cache': folder / 'cache', 'Dir::State::Status': '/var/lib/dpkg/status',
        'APT::Sandbox::User': '', 'Acquire::Languages': 'none', 'Acquire::Retries': '2',
    }
    words = [word for name, value in options.items() for word in ('-o', f'{name}={value}')]
    done = subprocess.run(['apt-get', '-q', *words, *command], cwd=folder, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        last = [line for line in done.stdout.splitlines() if line.startswith('E:')] or done.stdout.splitlines()[-1:]
        raise Unavailable(f'apt-get {command[0]} found no sources of {" and ".join(PACKAGES)}: {" ".join(last[:1])}')


def get(folder):
    """The folders of the unpacked sources, by package: from before, or fetched now."""
    done = folder / 'unpacked'
    if not done.is_dir():
        if not shutil.which('apt-get') or not shutil.which('dpkg-source'):
            raise Unavailable('the sources of Mbed TLS and nanopb come by apt-get and dpkg-source')
        found = paragraphs(pathlib.Path('/etc/apt'), codename())
        if not found:
            raise Unavailable("this machine's apt has no list of its distribution's packages")
        shutil.rmtree(folder, ignore_errors=True)
        for name in ('sources.list.d', 'state/lists/partial', 'cache/archives/partial'):
            (folder / name).mkdir(parents=True)
        (folder / 'sources.list.d' / 'sources.sources').write_text('\n'.join(found))
        apt(folder, 'update')
        apt(folder, 'source', *PACKAGES)
        part = folder / 'unpacked.part'
        part.mkdir()
        for name in PACKAGES:
            tree = next(p for p in folder.glob(name + '-*') if p.is_dir())
            tree.rename(part / name)
        part.rename(done)
        for name in ('state', 'cache'):
            shutil.rmtree(folder / name)
    return {name: done / name for name in PACKAGES}
