#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes daemon/start-order.ld: the functions that a service with one device runs from its start to idling.

Needs valgrind.  Run it by tests/bench/start-order.py BUILD when much has changed in the daemon; what is out of
date costs memory, never more.
"""

import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests/lib'))
os.environ['WATTLE_BUILD'] = str(pathlib.Path(sys.argv[1]).resolve())

from daemon import NAME, Bench  # noqa: E402
from wattle_test import Session  # noqa: E402

SECONDS = 15  # under valgrind, until nothing more happens
HEAD = '''/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that a service with one device runs from its start to idling; written by
 * tests/bench/start-order.py.  One that is missing or gone does no harm. */
SECTIONS
{
  .text.start :
  {
    *(.text.startup .text.startup.*)
'''
TAIL = '''  }
}
INSERT BEFORE .text;
'''


def functions(profile):
    """Names of functions of wattled's own in a profile of callgrind's."""
    objects, names, current, found = {}, {}, None, set()
    for line in open(profile, encoding='utf-8', errors='replace'):
        match = re.match(r'(c?ob|c?fn)=\((\d+)\)(?: (.*))?$', line.rstrip())
        if not match:
            continue
        kind, number, name = match.groups()
        known = objects if kind.endswith('ob') else names
        if name:
            known[number] = name
        if kind == 'ob':
            current = known.get(number, '')
        elif kind == 'fn' and current.endswith('/wattled'):
            found.add(names[number])
    # Parts that the compiler split off go with what they are of.
    plain = {re.sub(r"('\d+|\.(part|isra|constprop|cold)\..*)$", '', name) for name in found}
    return sorted(name for name in plain if re.fullmatch(r'\w+', name) and not name.startswith('0x') and name != 'main')


def link_unordered(build, out):
    """wattled with its functions in whatever order: valgrind knows no names outside of .text."""
    commands = subprocess.run(['ninja', '-C', build, '-t', 'commands', 'daemon/wattled'], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.splitlines()
    command = re.sub(r'(^| )-Wl,-T,\S+', '', commands[-1]).replace(' -o daemon/wattled ', f' -o {out} ')
    subprocess.run(command, shell=True, check=True, cwd=build)


def main():
    with Session() as session:
        session.start_bus()
        session.start_keyring()
        session.start_cloud()
        bench = Bench(session)
        bench.fill(1)
        out, program = session.dir / 'profile', session.dir / 'wattled'
        link_unordered(session.build, program)
        process = session.process('profiled', ['valgrind', '--tool=callgrind', f'--callgrind-out-file={out}',
                                               program])
        process.start()
        bench.client.wait_for_name(NAME, process)
        time.sleep(SECONDS)
        subprocess.run(['callgrind_control', '--dump', str(process.pid)], check=True, stdout=subprocess.DEVNULL)
        profile = pathlib.Path(f'{out}.1')
        bench.client.wait(lambda: profile.exists() and re.search(r'^totals: ', profile.read_text(errors='replace'), re.M),
                          'the profile')
        found = functions(profile)
        process.kill()
    lines = [f'    *(.text.{name} .text.{name}.*)\n' for name in found]
    (ROOT / 'daemon/start-order.ld').write_text(HEAD + ''.join(lines) + TAIL)
    print(f'{len(found)} functions')


if __name__ == '__main__':
    main()
