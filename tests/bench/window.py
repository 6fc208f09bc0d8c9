#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the app's window costs, as ratios to the least a libadwaita window is (floor-window.c).

Prints each ratio beside its goal; fails only where something cannot be measured.

The first frame is the first change on the screen after exec.  A frame's work is
what GTK itself tells of each turn of its frame clock (tests/lib/wattle_test/frames.py).
Times are taken in turns and compared by their lower quartiles, because other load
on the machine only ever adds to them.
"""

import statistics
import subprocess
import sys
import time

from gi.repository import GLib

from wattle_test.app import AppSession
from wattle_test.frames import FrameTrace

DEVICES = 1000
STARTS = 15
WEIGHINGS = 3
SETTLE_SECONDS = 3
SCROLLS = 40
REFRESHES = 40
# Turns of the frame clock that paint nothing are not frames.
LEAST_FRAME_MS = 0.3
missed = []


def report(what, ours, floor, goal, unit):
    ratio = ours / floor
    if ratio > goal:
        missed.append(what)
    print(f'{what:42} {ours:10.1f} {floor:10.1f} {unit:4} ratio {ratio:5.2f}  (goal {goal})', flush=True)


def lower_quartile(values):
    return statistics.quantiles(values, n=4)[0]


class Window:
    """The app, or the floor, in a session."""

    def __init__(self, session, name, argv):
        self.session, self.client, self.name = session, session.client(), name
        env = {k: v for k, v in session.app_env.items() if k != 'G_DEBUG'}
        self.process = session.process(name, argv, env=env)

    def first_frame(self):
        """Milliseconds from exec to the first change on the screen."""
        file = open(self.session.screen.folder / 'Xvfb_screen0', 'rb', buffering=0)
        offset = file.seek(0, 2) // 2  # the middle of the screen

        def middle():
            file.seek(offset)
            return file.read(64)
        with file:
            before, begin = middle(), time.perf_counter()
            self.process.start()
            while middle() == before:
                assert self.process.running, self.process.log()
                time.sleep(0.0005)
            return (time.perf_counter() - begin) * 1000

    def stop(self):
        """And until its window is gone."""
        self.process.stop()
        self.client.pause(0.2)

    def memory(self):
        """PSS in kB, once it is idle."""
        self.process.start()
        self.client.pause(SETTLE_SECONDS)
        with open(f'/proc/{self.process.pid}/smaps_rollup', encoding='ascii') as file:
            return next(int(line.split()[1]) for line in file if line.startswith('Pss:'))

    def frames_of(self, act, times):
        """Milliseconds of each frame while @act(i) is done so many times, each a while after the one before."""
        trace = FrameTrace()
        popen = subprocess.Popen(self.process.argv, env={**self.process.env, **trace.environment()}, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=trace.descriptors())
        try:
            begin = time.monotonic()
            self.client.wait(lambda: trace.serve() and time.monotonic() > begin + SETTLE_SECONDS, 'the window draws')
            trace.frames()
            frames = []
            for i in range(times):
                act(i)
                self.client.pause(0.05)
                frames += trace.frames()
        finally:
            popen.terminate()
            popen.wait()
        self.client.pause(0.2)
        frames = [f for f in frames if f > LEAST_FRAME_MS]
        assert len(frames) > times // 3, f'{self.name} drew {len(frames)} frames'
        return frames


def fill(session, devices):
    """A service that knows that many devices."""
    session.daemon.stop()
    database = session.home / 'data/wattle/wattle.db'
    for path in database.parent.glob('wattle.db*'):
        path.unlink()
    subprocess.run([session.build / 'tests/bench/fill-store', database, str(devices), session.passport], check=True)
    session.start_daemon()


def start_up(ours, floor):
    times = {ours: [], floor: []}
    for _ in range(STARTS):
        for window, taken in times.items():
            taken.append(window.first_frame())
            window.stop()
    report('exec to first frame', *map(lower_quartile, times.values()), 1.5, 'ms')


def weigh(ours, floor):
    weights = {ours: [], floor: []}
    for _ in range(WEIGHINGS):
        for window, taken in weights.items():
            taken.append(window.memory())
            window.stop()
    report('memory (PSS)', *map(statistics.median, weights.values()), 1.5, 'kB')


def many_devices(session, ours, floor):
    screen, client = session.screen, session.client()

    def scroll(i):
        screen.click(screen.width // 2, screen.height // 2, 5 if i % 20 < 10 else 4)

    def rename(i):
        """One of the first, which are in sight."""
        client.set(devices[i % 4], 'Device.Name', GLib.Variant('s', f'Room {i}'))

    def refresh(_):
        client.raw('org.wattle.FloorWindow', '/org/wattle/FloorWindow', 'org.freedesktop.Application', 'ActivateAction',
                   GLib.Variant('(sava{sv})', ('refresh', [], {})))

    devices = sorted(client.objects('Device'))
    assert len(devices) == DEVICES
    for what, act, least, times in (('scrolling', scroll, scroll, SCROLLS), ('refresh', rename, refresh, REFRESHES)):
        mine, theirs = ours.frames_of(act, times), floor.frames_of(least, times)
        report(f'a frame, {what}, {DEVICES:,} devices', statistics.median(mine), statistics.median(theirs), 3, 'ms')
        report(f'the longest of 20 frames, {what}', statistics.quantiles(mine, n=20)[-1],
               statistics.quantiles(theirs, n=20)[-1], 3, 'ms')


def main():
    with AppSession((1024, 768)) as session:
        session.start_all()
        fill(session, 1)
        ours = Window(session, 'wattle-gtk', [session.build / 'gui-gtk/wattle-gtk'])
        floor = Window(session, 'floor', [session.build / 'tests/bench/floor-window'])
        print(f'{"":42} {"wattle-gtk":>10} {"floor":>10}')
        start_up(ours, floor)
        weigh(ours, floor)
        fill(session, DEVICES)
        many = Window(session, 'floor-many', [session.build / 'tests/bench/floor-window', str(DEVICES)])
        many_devices(session, ours, many)
    print('all within their goals' if not missed else f'over the goal: {", ".join(missed)}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
