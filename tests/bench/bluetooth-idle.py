#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How often Bluetooth wakes an idle daemon, by what there is to wait for.

Against a BlueZ of its own (wattle_test.fake_bluez), whose messages are counted
with the wakeups: one that is real would only add its own.
"""

import os
import time

from wattle_test import Session
from wattle_test.fake_bluez import FakeBluez, Neighbour, Radio

SECONDS = int(os.environ.get('WATTLE_BENCH_IDLE', '60'))
SETTLE_SECONDS = 25  # longer than a pool of GLib's keeps a thread that has nothing to do


def switches(pid):
    """Context switches of each thread."""
    counts = {}
    for task in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{task}/status', encoding='utf-8') as file:
            counts[task] = sum(int(line.split()[1]) for line in file if line.startswith('voluntary'))
    return counts


def measure(what, session, bluez, goal):
    client, pid = session.client(), session.daemon.pid
    client.pause(SETTLE_SECONDS)
    before, messages = switches(pid), bluez.messages
    client.pause(SECONDS)
    after = switches(pid)
    woken = sum(n - before.get(task, 0) for task, n in after.items())
    print(f'{what:44} {woken * 60 / SECONDS:6.0f} wakeups, {(bluez.messages - messages) * 60 / SECONDS:4.0f} messages '
          f'a minute  (goal {goal})', flush=True)


def run(monitors):
    with Session() as session:
        session.start_bus()
        session.start_system_bus()
        session.start_keyring()
        session.start_cloud()
        client = session.client()
        bluez = FakeBluez(session.env['DBUS_SYSTEM_BUS_ADDRESS'])
        bluez.appear()
        radio = Radio(bluez, monitors=monitors)
        unit, folder = session.new_unit(), session.dir / 'air'
        folder.mkdir(mode=0o700)
        # A device that says nothing by itself, so that what is left is the link's.
        session.start_device(unit, '--links', folder, '--interval', '86400000', wait=False)
        advert = folder / f'{unit.unit_id}.advert'
        client.wait(advert.exists, 'the device is on the air')
        neighbour = Neighbour(radio, 'C0:00:00:00:00:01', advert.read_bytes()[:10], folder / f'{unit.unit_id}.sock')
        session.start_daemon()
        device = client.set_up(unit)
        client.wait(lambda: client.get(device, 'Device.State') == 'connected', 'connected')
        if monitors:
            measure('connected', session, bluez, 10)
        neighbour.vanish()
        client.wait(lambda: client.get(device, 'Device.State') == 'away', 'away')
        if monitors:
            measure('away, with a passive monitor', session, bluez, 0)
        else:
            measure('away, with short looks', session, bluez, 40)
        session.daemon.stop()
        bluez.close()


run(True)
run(False)
