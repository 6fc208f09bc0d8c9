# SPDX-License-Identifier: Apache-2.0
"""Reads translations, and what is there to translate, as gettext writes them."""

import pathlib
import re
import subprocess
import tempfile
from typing import NamedTuple

# As meson's preset "glib" for gettext has them.
KEYWORDS = ('_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'ngettext:1,2', 'g_dngettext:2,3')


class Entry(NamedTuple):
    files: list  # of source that have the text
    english: list  # the text, and its plural if it has one
    translations: list  # one for each plural form; empty if there is none yet, or none that somebody has looked at


def unquote(lines):
    return ''.join(line[1:-1] for line in lines).replace('\\n', '\n').replace('\\"', '"').replace('\\\\', '\\')


def entries(catalogue):
    """The entries of a .po or .pot file, all but the header."""
    for entry in catalogue.split('\n\n')[1:]:
        files = [name for line in re.findall(r'^#: (.*)$', entry, re.M) for name in line.split()]
        fields = [(name, unquote(lines.splitlines()))
                  for name, lines in re.findall(r'^(\w+)(?:\[\d\])? ((?:".*"\n?)+)', entry, re.M)]
        english = [text for name, text in fields if name in ('msgid', 'msgid_plural')]
        texts = [text for name, text in fields if name == 'msgstr']
        sound = all(texts) and not re.search(r'^#,.* fuzzy', entry, re.M)
        if english:
            yield Entry(files, english, texts if sound else [])


def extract(root, keywords=KEYWORDS, sources=('--files-from=po/POTFILES', )):
    """A template of what there is to translate, by gettext's own extractor."""
    return subprocess.run(['xgettext', *sources, '--from-code=UTF-8', '-k', *(f'-k{k}' for k in keywords),
                           '--add-location=file', '-o', '-'], cwd=root, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True).stdout


def merge(catalogue, template):
    """The catalogue's entries for the texts that there are now."""
    with tempfile.NamedTemporaryFile('w', suffix='.pot') as file:
        file.write(template)
        file.flush()
        return entries(subprocess.run(['msgmerge', '--quiet', '--no-fuzzy-matching', '-o', '-', pathlib.Path(catalogue),
                                       file.name], stdout=subprocess.PIPE, text=True, check=True).stdout)
