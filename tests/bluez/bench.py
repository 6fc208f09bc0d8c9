#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Bluetooth benchmark, as tests/bluez/bench starts it: the virtual device on hci1, companions on hci0."""

import os
import pathlib
import subprocess
import sys
import time

from wattle_bluez import SYSTEM_BUS, Stack
from wattle_test import Session

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ['WATTLE_BUILD'])
ROUND_TRIPS = 12
TIMEOUT = 120


def bench_daemon():
    """What a person's set-up takes, by the real service and keyring, to the end of its first connection."""
    with Session(BUILD) as session:
        session.env['DBUS_SYSTEM_BUS_ADDRESS'] = SYSTEM_BUS
        session.start_bus()
        session.start_keyring()
        session.start_cloud()
        unit = session.new_unit()
        device = session.process('device', [
            BUILD / 'firmware/virtual/wattle-virtual-device', '--flash', unit.flash, '--bluetooth', '--adapter', 'hci1',
            '--verbose', '--interval', '3600000']).start()
        device.wait_for('On the air')
        session.start_daemon(['--adapter', 'hci0'])
        client = session.client()
        client.timeout = TIMEOUT
        times = [time.monotonic()]
        candidate = client.discover()
        times.append(time.monotonic())
        client.open(candidate, unit.code)
        times.append(time.monotonic())
        ours = client.finish_setup(candidate, 'plain tall paddock gumtree', {}, 'Bench')
        times.append(time.monotonic())
        client.wait(lambda: client.get(ours, 'Device.State') == 'connected', 'the device is connected')
        client.pause(5)
        client.call(ours, 'Device.Disconnect')
        turns = int(device.wait_for(r'hung up\. Round trips: (\d+)', TIMEOUT).group(1))
        found, opened, finished = (b - a for a, b in zip(times, times[1:]))
        print(f'by the service: found {found:.2f} s, opened {opened:.2f} s, set up {finished:.2f} s, {turns} round trips  '
              f'(at most {ROUND_TRIPS}: {"holds" if turns <= ROUND_TRIPS else "DOES NOT HOLD"})', flush=True)


def bench_link(stack):
    return subprocess.run([BUILD / 'tests/bench/bench-bluetooth'], check=False, env={
        **stack.env,
        'WATTLE_RAW_PEER': str(BUILD / 'tests/bench/bluetooth-raw'),
        'WATTLE_VENDOR': str(BUILD / 'vendor/wattle-vendor'),
        'WATTLE_VIRTUAL_DEVICE': str(BUILD / 'firmware/virtual/wattle-virtual-device'),
        'WATTLE_PASSPORT': str(ROOT / 'data/passports/gumleaf-thermometer.json'),
    }).returncode


def main():
    stack = Stack(pathlib.Path(os.environ['WATTLE_RESULTS']) / 'bench')
    try:
        stack.start()
        bench_daemon()
        return bench_link(stack)
    finally:
        stack.stop()


if __name__ == '__main__':
    sys.exit(main())
