#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The firmware on Zephyr (native_sim) at hci1, set up, used and wiped by the real service and bluetoothd.

WATTLE_ZEPHYR: the program; see scripts/check-zephyr.
"""

import os
import pathlib
import re
import sys
import unittest

from wattle_bluez import BluetoothSession
from wattle_bluez.world import NAME, PASSWORD, RESULTS, Story, World, main
from wattle_test.client import ROOT

FIRMWARE = pathlib.Path(os.environ.get('WATTLE_ZEPHYR', 'zephyr.exe'))
# Of native_sim: its whole memory, and where the device's own is (boards/native_sim.overlay).
MEMORY, PARTITION = 0x200000, 0xfc000


class ZephyrSession(BluetoothSession):
    """Its devices are the firmware, not the virtual device."""

    def start_device(self, unit, *options, wait=True, adapter='hci1', interval=None):
        if not hasattr(unit, 'process'):
            unit.memory = self.dir / f'{unit.unit_id}.memory'
            flash = unit.flash.read_bytes()
            unit.memory.write_bytes(b'\xff' * PARTITION + flash + b'\xff' * (MEMORY - PARTITION - len(flash)))
            path = self.dir / 'hci'
            self.stack.air.give(adapter, path)
            unit.process = self.process(f'device-{unit.unit_id}', [FIRMWARE, f'-flash={unit.memory}', f'-bt-dev={path}',
                                                                   '-seed-random'])
        unit.process.start(extra_argv=options)
        if wait:
            unit.process.wait_for(unit.unit_id, 60)
        return unit.process

    def power_cut(self, unit, adapter='hci1'):
        unit.process.kill()
        self.stack.wait_for_no_link('hci0')

    def tell(self, unit, command):
        """A chip has no control socket."""


class ZephyrWorld(World):
    def __init__(self):
        super().__init__()
        self.session = ZephyrSession(self.stack)

    def end(self):
        """Leaves no secrets for traces.py, which would look in vain for the tags of an hour."""
        super().end()
        (RESULTS / 'stories.secrets.json').unlink()


@unittest.skipUnless(FIRMWARE.is_file(), 'WATTLE_ZEPHYR names no firmware: see scripts/check --zephyr')
class Firmware(Story):
    @classmethod
    def setUpClass(cls):
        World._the_one = ZephyrWorld()
        World._the_one.begin()

    def memory(self):
        return self.world.unit.memory.read_bytes()

    def test_01_set_up(self):
        device = self.world.set_up()
        self.assertEqual(self.client.get(device, 'Device.Name'), NAME)
        self.assertRegex(self.client.get(device, 'Device.FirmwareVersion'), r'^\d+\.\d+\.\d+$')

    def test_02_readings(self):
        self.client.call(self.world.device, 'Consent.Give', '(s)', 'cloud-history')
        self.world.confirmed('cloud-history', 'given')
        self.wait(lambda: self.client.get(self.world.device, 'Device.LastReading')[0] > 0, 'a reading')

    def test_03_a_power_cut_and_back(self):
        self.session.power_cut(self.world.unit)
        self.wait(lambda: self.world.state() != 'connected', 'a device without power is away')
        self.session.start_device(self.world.unit)
        self.assertIn('owned', self.world.unit.process.log())
        self.world.connected()

    def test_04_wipe(self):
        before = self.memory()[PARTITION:]
        entry = self.world.wiped(self.client.call(self.world.device, 'Wipe.Start', '(a{sv})', {}))
        self.assertTrue(entry['complete'])
        self.assertEqual(set(entry['places'].values()), {'confirmed'})
        self.assertNotEqual(before, self.memory()[PARTITION:])
        self.assertNotIn(PASSWORD.encode(), self.memory())

    def test_05_the_next_owner(self):
        self.world.set_up('somebody elses long sentence', 'Next owner')
        complaints = re.findall('^(?:E: |ASSERT).*', self.world.unit.process.log(whole=True), re.MULTILINE)
        self.assertEqual(complaints, [])


if __name__ == '__main__':
    sys.exit(main())
