#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles pairing/ and firmware/core/ as for a device: free-standing, warnings as errors, with no C library but
memcpy and its like, for Cortex-M4 and for this machine.  Prints what each file takes of flash and RAM, and which
functions take most of the stack.

    portable.py arm|host SOURCE-ROOT BUILD-ROOT

Leaves with 77 ("skipped") where the compiler is not installed."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FOLDERS = ('pairing', 'firmware/core')
TARGETS = {
    'arm': ('arm-none-eabi-', ['-mcpu=cortex-m4', '-mthumb', '-Os'], 'apt install gcc-arm-none-eabi'),
    'host': ('', ['-O2'], 'apt install gcc'),
}
FLAGS = ['-std=c11', '-ffreestanding', '-nostdinc', '-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter',
         '-Wno-missing-field-initializers', '-ffunction-sections', '-fdata-sections', '-fstack-usage',
         '-DMBEDTLS_CONFIG_FILE="mbedtls-config.h"',
         '-D_LIBC_LIMITS_H_']  # GCC's limits.h would ask for the C library's
# What may be left for the linker: the compiler's own helpers, Mbed TLS, nanopb.
OUTSIDE = re.compile(r'(mem(cpy|move|set|cmp|chr)|str(len|ncmp|ncpy)|__aeabi_\w+|mbedtls_\w+|pb_\w+|_GLOBAL_OFFSET_TABLE_)$')


def run(*command, **more):
    return subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def link_headers(folder):
    """Mbed TLS's and nanopb's headers, without the host's C library that stands beside them."""
    made = run('cc', '-M', '-xc', '-', input='#include <mbedtls/ecp.h>\n#include <pb.h>\n')
    names = [pathlib.Path(p) for p in re.split(r'[\s\\]+', made)]
    mbedtls = next(p for p in names if p.parts[-2:] == ('mbedtls', 'ecp.h')).parent
    nanopb = next(p for p in names if p.name == 'pb.h').parent
    (folder / 'mbedtls').symlink_to(mbedtls)
    if (mbedtls.parent / 'psa').is_dir():
        (folder / 'psa').symlink_to(mbedtls.parent / 'psa')
    for header in nanopb.glob('pb*.h'):
        (folder / header.name).symlink_to(header)


def compile_all(gcc, flags, root, build, out):
    """Objects by source, all of it or none."""
    own = pathlib.Path(__file__).parent
    freestanding = [pathlib.Path(run(gcc, '-print-file-name=' + d).strip()) for d in ('include', 'include-fixed')]
    includes = [f'-I{own}', f'-I{root}', f'-I{build}', f'-isystem{out}', f'-isystem{own / "include"}']
    includes += [f'-isystem{d}' for d in freestanding if d.is_dir()]
    sources = [s for folder in FOLDERS for s in sorted((root / folder).glob('*.c'))]
    sources.append(build / 'pairing' / 'pairing.pb.c')
    objects = {}
    for source in sources:
        name = source.relative_to(build if source.is_relative_to(build) else root)
        objects[name] = out / (str(name).replace('/', '-') + '.o')
        subprocess.run([gcc, *flags, *FLAGS, *includes, '-c', str(source), '-o', str(objects[name])], check=True)
    return objects


def print_sizes(size, objects):
    total = [0, 0, 0]
    print(f'{"text":>8}{"data":>8}{"bss":>8}')
    for name, path in objects.items():
        row = [int(n) for n in run(size, path).splitlines()[1].split()[:3]]
        total = [a + b for a, b in zip(total, row)]
        print(''.join(f'{n:8}' for n in row), f' {name}')
    print(''.join(f'{n:8}' for n in total), '  total')
    return total


def print_stacks(out):
    """The five largest frames."""
    frames = []
    for path in out.glob('*.su'):
        for line in path.read_text().splitlines():
            where, taken, _ = line.split('\t')
            frames.append((int(taken), where.rsplit(':', 1)[-1]))
    print('largest stack frames: ' + ', '.join(f'{name} {taken}' for taken, name in sorted(frames)[:-6:-1]))


def unresolved(nm, objects):
    defined, undefined = set(), set()
    for path in objects.values():
        for line in run(nm, path).splitlines():
            kind, name = line.split()[-2:]
            (undefined if kind in 'Uw' else defined).add(name)
    return sorted(n for n in undefined - defined if not OUTSIDE.match(n))


def main():
    target, root, build = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve()
    prefix, flags, hint = TARGETS[target]
    if not shutil.which(prefix + 'gcc'):
        print(f'skipped: {prefix}gcc is not installed ({hint})')
        return 77
    with tempfile.TemporaryDirectory(prefix=f'wattle-{target}-') as name:
        out = pathlib.Path(name)
        link_headers(out)
        objects = compile_all(prefix + 'gcc', flags, root, build, out)
        total = print_sizes(prefix + 'size', objects)
        print_stacks(out)
        missing = unresolved(prefix + 'nm', objects)
    if missing:
        print('not free-standing: needs ' + ', '.join(missing))
        return 1
    print(f'{target}: {len(objects)} files, {total[0]} bytes of flash, {total[1] + total[2]} of static RAM')
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f'failed: {" ".join(error.cmd[:1])} with {error.returncode}')
