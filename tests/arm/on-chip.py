#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the host's own tests of the portable parts on an emulated Cortex-M4: the same sources, the same vectors, the
same power cuts.

    on-chip.py SOURCE-ROOT BUILD-ROOT

Speaks TAP.  Skips with a line that says why where the compiler, the emulator or the sources of Mbed TLS and nanopb
are not to be had."""

import concurrent.futures
import os
import pathlib
import subprocess
import sys

import emulator
import images
import sources

SECONDS = 300  # for one image
POWER_CUTS = ('set-up', 'next-owner', 'password', 'consent', 'wipe', 'button', 'readings', 'attempt')


def runs():
    for image in images.ALL_TESTS:
        if image == 'test-power-cut':
            yield from ((image, '/power-cut/' + scene) for scene in POWER_CUTS)
        else:
            yield image, '/'


def run(folder, image, path):
    """The lines it printed, and whether it is well."""
    process = emulator.start(folder / image, path)
    try:
        out = process.communicate(timeout=SECONDS)[0].splitlines()
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0].splitlines() + [f'not ok - more than {SECONDS} s'], False
    passed = [line for line in out if line.startswith('ok ')]
    planned = next((int(line[3:]) for line in out if line.startswith('1..')), -1)
    return out, process.returncode == 0 and planned == len(passed) > 0


def main():
    root, build = (pathlib.Path(a).resolve() for a in sys.argv[1:])
    why = images.missing()
    try:
        folder = None if why else images.make(root, build)
    except sources.Unavailable as error:
        why = error
    if why:
        print(f'1..0 # SKIP {why}')
        return 0
    total, bad = 0, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (image, path), (out, well) in zip(runs(), pool.map(lambda r: run(folder, *r), runs())):
            for line in out:
                if line.startswith('ok '):
                    total += 1
                    print(f'ok {total} {image} {line.split(" ", 2)[2]}')
                elif not line.startswith('1..'):
                    print(line if line.startswith('#') else f'# {line}')
            if not well:
                total, bad = total + 1, bad + 1
                print(f'not ok {total} {image} {path}')
    print(f'1..{total}')
    return 1 if bad else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit(f'Bail out! {error.cmd[0]} with {error.returncode}')
