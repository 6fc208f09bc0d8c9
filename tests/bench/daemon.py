#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the idle daemon costs, as ratios to the least a GDBus service is (floor-daemon.c).

Prints each ratio beside its goal; fails only where something cannot be measured
or where a count that must be exact is not.

wattled gets the environment that its systemd unit gives it.

Private memory is measured twice, with the same goal: Private_Dirty of
smaps_rollup, the pages that cannot be dropped, and with Private_Clean, the pages
of program files that only this process maps at the moment.

Times are taken in turns, a pair at a time, and compared by their lower quartiles,
because other load on the machine only ever adds to them.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

from gi.repository import GLib

from wattle_test import Power, Session
from wattle_test.client import NAME, ROOT

FLOOR_NAME, FLOOR_ROOT = 'org.wattle.Floor', '/org/wattle/Floor'
STARTS = 60
WEIGHINGS = 5
CALLS = 20
SETTLE_SECONDS = 3
IDLE_SECONDS = int(os.environ.get('WATTLE_BENCH_IDLE', '60'))
THREADS_SECONDS = 20  # longer than a pool keeps a thread that has nothing to do
UNIT = pathlib.Path(__file__).resolve().parents[2] / 'data/systemd/wattled.service.in'
results = []


def report(what, ours, floor, goal, unit):
    ratio = ours / floor
    results.append((what, ratio, goal))
    print(f'{what:42} {ours:10.1f} {floor:10.1f} {unit:4} ratio {ratio:5.2f}  (goal {goal})', flush=True)


def unit_environment():
    lines = UNIT.read_text(encoding='utf-8').splitlines()
    return dict(line.removeprefix('Environment=').split('=', 1) for line in lines if line.startswith('Environment='))


class Bench:
    def __init__(self, session):
        self.session, self.build, self.client = session, session.build, session.client()
        self.bus = self.client.bus
        self.database = session.home / 'data/wattle/wattle.db'
        self.owner = {}
        self.bus.signal_subscribe('org.freedesktop.DBus', 'org.freedesktop.DBus', 'NameOwnerChanged', None, None, 0,
                                  lambda *args: self.owner.update([(args[5].unpack()[0], args[5].unpack()[2])]))
        self.ours = session.process('wattled', [self.build / 'daemon/wattled'],
                                    env={**session.env, **unit_environment()})

    def floor(self, *arguments):
        return self.session.process('floor', [self.build / 'tests/bench/floor-daemon', *arguments])

    def fill(self, devices):
        """A database with that many devices, and nothing else."""
        self.database.parent.mkdir(parents=True, exist_ok=True)
        for path in self.database.parent.glob('wattle.db*'):
            path.unlink()
        subprocess.run([self.build / 'tests/bench/fill-store', self.database, str(devices), self.session.passport],
                       check=True)

    def start(self, process, name):
        """Milliseconds from exec to the name on the bus."""
        self.owner.pop(name, None)
        context = GLib.MainContext.default()
        begin = time.perf_counter()
        process.start()
        while not self.owner.get(name):
            context.iteration(True)
        return (time.perf_counter() - begin) * 1000

    def objects(self, name, root):
        """Milliseconds and bytes of one GetManagedObjects."""
        begin = time.perf_counter()
        reply = self.bus.call_sync(name, root, 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects', None, None,
                                   0, 60000, None)
        return (time.perf_counter() - begin) * 1000, reply


def private_memory(pid):
    """(Private_Dirty, Private_Clean) in kB."""
    with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
        fields = {line.split()[0]: int(line.split()[1]) for line in file if line.endswith('kB\n')}
    return fields['Private_Dirty:'], fields['Private_Clean:']


def switches(pid):
    """Thread id to how often it was scheduled."""
    counts = {}
    for task in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{task}/status', encoding='utf-8') as file:
            counts[task] = sum(int(line.split()[1]) for line in file if 'ctxt_switches' in line)
    return counts


def settle(pid):
    """Until no thread of GLib's pools has come or gone for a while: starting still is not being idle."""
    threads, since, begin = None, time.monotonic(), time.monotonic()
    while time.monotonic() - since < THREADS_SECONDS and time.monotonic() - begin < 4 * THREADS_SECONDS:
        if set(os.listdir(f'/proc/{pid}/task')) != threads:
            threads, since = set(os.listdir(f'/proc/{pid}/task')), time.monotonic()
        time.sleep(0.2)


def one_device(bench):
    """What wattled says of one device, for the floor daemon to say the same."""
    bench.fill(1)
    bench.start(bench.ours, NAME)
    objects = bench.objects(NAME, ROOT)[1].get_child_value(0)
    for i in range(objects.n_children()):
        entry = objects.get_child_value(i)
        if '/devices/' in entry.get_child_value(0).get_string():
            interfaces = entry.get_child_value(1)
    path = bench.session.dir / 'values'
    path.write_text(interfaces.print_(True))
    bench.ours.stop()
    return path


def lower_quartile(values):
    return statistics.quantiles(values, n=4)[0]


def both(bench, values):
    """The two daemons with one device: key, process, name."""
    bench.fill(1)
    return (('floor', bench.floor(1, values), FLOOR_NAME), ('ours', bench.ours, NAME))


def start_up(bench, values):
    times = {'ours': [], 'floor': []}
    daemons = both(bench, values)
    for _ in range(STARTS):
        for key, process, name in daemons:
            times[key].append(bench.start(process, name))
            process.stop()
    report('exec to bus name, one device', *map(lower_quartile, times.values()), 1.5, 'ms')


def weigh(bench, values):
    os.sync()  # the pages of a program that was just built would count as dirty
    dirty, clean = {'ours': [], 'floor': []}, {'ours': [], 'floor': []}
    daemons = both(bench, values)
    for _ in range(WEIGHINGS):
        for key, process, name in daemons:
            bench.start(process, name)
            time.sleep(SETTLE_SECONDS)
            for kind, kilobytes in zip((dirty, clean), private_memory(process.pid)):
                kind[key].append(kilobytes)
            process.stop()
    ours, floor = map(statistics.median, dirty.values())
    report('private memory (Private_Dirty), one device', ours, floor, 1.5, 'kB')
    also = [weight + statistics.median(pages) for weight, pages in zip((ours, floor), clean.values())]
    report('private memory (dirty and clean), one device', *also, 1.5, 'kB')


def many_objects(bench, values):
    bench.fill(1000)
    floor = bench.floor(1000, values)
    bench.start(bench.ours, NAME)
    bench.start(floor, FLOOR_NAME)
    count = bench.objects(NAME, ROOT)[1].get_child_value(0).n_children()
    least = bench.objects(FLOOR_NAME, FLOOR_ROOT)[1].get_child_value(0).n_children()
    assert count >= least == 1000, (count, least)
    ours, theirs = [], []
    for _ in range(CALLS):
        theirs.append(bench.objects(FLOOR_NAME, FLOOR_ROOT)[0])
        ours.append(bench.objects(NAME, ROOT)[0])
    report('GetManagedObjects, 1,000 devices', statistics.median(ours), statistics.median(theirs), 1.5, 'ms')
    bench.ours.stop()
    floor.stop()


def idle(bench):
    bench.fill(1)
    bench.start(bench.ours, NAME)
    settle(bench.ours.pid)
    before = switches(bench.ours.pid)
    time.sleep(IDLE_SECONDS)
    after = switches(bench.ours.pid)
    # A thread that ended was woken to do so.
    woken = sum(n - before.get(task, 0) for task, n in after.items()) + len(before.keys() - after.keys())
    print(f'{f"wakeups in {IDLE_SECONDS} s, idle":42} {woken:10d}  (goal 0)')
    results.append(('wakeups', woken, 0))
    bench.ours.stop()


def journal(bench):
    """Transitions of a wipe's journal: exactly one fdatasync each, or the bench fails."""
    folder = bench.session.dir / 'journal'
    folder.mkdir()
    power = Power(bench.session, folder)
    subprocess.run([bench.build / 'tests/bench/journal', folder / 'wattle.db', power.path], check=True,
                   env={**bench.session.env, **power.environment()})


def main():
    with Session() as session:
        session.start_bus()
        session.start_keyring()
        session.start_cloud()
        bench = Bench(session)
        values = one_device(bench)
        print(f'{"":42} {"wattled":>10} {"floor":>10}')
        start_up(bench, values)
        weigh(bench, values)
        many_objects(bench, values)
        journal(bench)
        idle(bench)
    missed = [what for what, value, goal in results if value > goal]
    print('all within their goals' if not missed else f'over the goal: {", ".join(missed)}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
