#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the device's core costs on a Cortex-M4: flash, static RAM, the deepest stack of each entry point, and the
instructions of a handshake, a message and a wipe.  All of it can be repeated to the byte.  Fails where a number is more
than 3 % above the one in the document.

    cost.py DOCUMENT SOURCE-ROOT BUILD-ROOT [--print]     --print: the table, to put into the document

Leaves with 77 ("skipped") where the compiler, the emulator or the sources of Mbed TLS and nanopb are not to be had."""

import pathlib
import re
import subprocess
import sys

import emulator
import images
import sources
import stack

TOLERANCE = 1.03
ENTRIES = ('init', 'connected', 'packet', 'disconnected', 'tick', 'button')
GROUPS = {'pairing': re.compile(r'^pairing-'), 'firmware/core': re.compile(r'^core-'),
          'Mbed TLS': re.compile(r'^library-'), 'nanopb': re.compile(r'^nanopb-')}
# " .text.name  0x123  0x45 file.o", the name perhaps on a line of its own.
PIECE = re.compile(r'^ (\.(?:text|rodata|data|bss)\S*|COMMON)\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+\.o)$', re.M)


def sizes(text):
    """(flash, RAM) by group, of what the linker kept."""
    text = re.sub(r'^( \S+)\n\s+(?=0x)', r'\1 ', text[text.index('Linker script and memory map'):], flags=re.M)
    found = {group: [0, 0] for group in GROUPS}
    for section, size, name in PIECE.findall(text):
        group = next((g for g, pattern in GROUPS.items() if pattern.match(pathlib.Path(name).name)), None)
        if group and not section.startswith(('.bss', 'COMMON')):
            found[group][0] += int(size, 16)
        if group and section.startswith(('.data', '.bss', 'COMMON')):
            found[group][1] += int(size, 16)
    return found


def stacks(folder):
    """Bytes by entry point; exits where the graph has a hole."""
    ours = [p for p in folder.glob('*.ci') if any(g.match(p.name) for g in GROUPS.values())]
    graph = stack.Graph([p for p in ours if not p.stem.endswith(('-small', '-nor')) and '-test-' not in p.name
                         and p.name != 'pairing-pair.ci'])
    found = {entry: graph.deepest('wtl_device_' + entry)[0] for entry in ENTRIES}
    if graph.unknown:
        sys.exit('failed: the calls are not all known:\n' + '\n'.join(sorted(graph.unknown)))
    return found


def measured(folder):
    """{story: {'instructions', 'stack' or 'heap': number}}"""
    process = emulator.start(folder / 'cost', counting=True)
    out = process.communicate(timeout=300)[0]
    if process.returncode:
        sys.exit(f'failed: the image that counts ended with {process.returncode}\n{out}')
    found = {}
    for story, what, number in re.findall(r'^(\S+) (instructions|stack|heap) (\d+)$', out, re.M):
        found.setdefault(story, {})[what] = int(number)
    return found


def table(folder):
    rows = {}
    groups = sizes((folder / 'device.map').read_text())
    for group, (flash, ram) in groups.items():
        rows[f'flash, {group}'] = flash
    rows['flash, all of these'] = sum(flash for flash, _ in groups.values())
    rows['static RAM, beside `struct wtl_device`'] = sum(ram for _, ram in groups.values())
    symbols = subprocess.run(['arm-none-eabi-nm', '-S', folder / 'device'], check=True, stdout=subprocess.PIPE, text=True)
    rows['RAM, `struct wtl_device`'] = int(re.search(r'^\S+ (\S+) \S bare_device$', symbols.stdout, re.M).group(1), 16)
    deepest, stories = stacks(folder), measured(folder)
    for entry, size in deepest.items():
        rows[f'stack, `wtl_device_{entry}`'] = size
    rows["heap, Mbed TLS's"] = max(numbers['heap'] for numbers in stories.values())
    for story, numbers in stories.items():
        if numbers['stack'] > deepest['packet']:
            sys.exit(f'failed: {story} took {numbers["stack"]} bytes of stack, more than can be')
        rows[f'instructions, {story.replace("-", " ")}'] = numbers['instructions']
    return rows


def main():
    document, root, build = (pathlib.Path(a).resolve() for a in sys.argv[1:4])
    why = images.missing()
    try:
        folder = None if why else images.make(root, build)
    except sources.Unavailable as error:
        why = error
    if why:
        print(f'skipped: {why}')
        return 77
    rows = table(folder)
    if '--print' in sys.argv:
        print('\n'.join(f'| {name} | {number:,} |' for name, number in rows.items()))
        return 0
    kept = {name: int(number.replace(',', ''))
            for name, number in re.findall(r'^\| ([^|]+?) \| ([\d,]+) \|$', document.read_text(), re.M)}
    worse = [name for name, number in rows.items() if number > kept.get(name, -1) * TOLERANCE]
    for name, number in rows.items():
        print(f'{number:12,} {name}, kept {kept.get(name)}' + (' WORSE' if name in worse else ''))
    if set(kept) != set(rows):
        print('the document has other rows: ' + ', '.join(sorted(set(kept) ^ set(rows))))
        return 1
    return 1 if worse else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f'failed: {error.cmd[0]} with {error.returncode}')
