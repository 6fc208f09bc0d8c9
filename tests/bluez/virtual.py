#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The virtual device on the air: what it offers, and what happens when BlueZ, the adapter or its power go."""

import os
import pathlib
import signal
import socket
import tempfile
import unittest

from gi.repository import GLib

from wattle_bluez import INWARD, OUTWARD, SERVICE, Central, Stack
from wattle_test.process import run

RESULTS = pathlib.Path(os.environ['WATTLE_RESULTS'])
BUILD = pathlib.Path(os.environ['WATTLE_BUILD'])
PASSPORT = pathlib.Path(__file__).resolve().parents[2] / 'data/passports/gumleaf-thermometer.json'
PRODUCT = 0x00010001
# A first packet of a message of several: whoever sent it is heard out.
BEGIN = b'\x80\x00\x40' + bytes(10)
# A whole message that is none: the device says so, and hangs up.
RUBBISH = b'\xc0\x00\x05hello'
ON_AIR = 'On the air by the Bluetooth adapter hci1'


class Virtual(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(RESULTS / 'virtual', controllers=3)
        cls.addClassCleanup(cls.stack.stop)
        cls.stack.start(trace=RESULTS / 'virtual.btsnoop')
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='unit-'))
        cls.flash, cls.control = cls.folder / 'flash', cls.folder / 'control'
        run([BUILD / 'vendor/wattle-vendor', 'device', 'new', '--product', f'0x{PRODUCT:08x}', '--unit', 'GL-0007',
             '--passport', PASSPORT, '--flash', cls.flash, '--manifest', cls.folder / 'units.jsonl'], cls.stack.env)
        cls.device = cls.stack.process('device', [
            BUILD / 'firmware/virtual/wattle-virtual-device', '--flash', cls.flash, '--bluetooth', '--adapter', 'hci1',
            '--verbose', '--control', cls.control])

    def setUp(self):
        if not self.device.running:
            self.device.start()
            self.device.wait_for(ON_AIR)

    def wait(self, condition, what):
        return self.stack.client.wait(condition, what)

    def seen(self, text):
        return self.device.log().count(text)

    def say(self, line):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self.control))
            control.sendall(f'{line}\n'.encode())
            return control.recv(100)

    def central(self, adapter='hci0', acquire=True):
        central = Central(self.stack, adapter)
        central.find(SERVICE)
        self.addCleanup(central.disconnect)
        central.connect()
        if acquire:
            central.acquire(INWARD, OUTWARD)
        return central

    def greeted(self):
        """A central whose first packet the device has: only then is the connection one of the device's."""
        before = self.seen('Somebody connected')
        central = self.central()
        central.write(BEGIN)
        self.wait(lambda: self.seen('Somebody connected') > before, 'the device has heard it')
        return central

    def properties(self, central):
        return self.stack.objects('Device1').get(central.device, {})

    def is_connected(self, central):
        return self.properties(central).get('Connected', False)

    def check_refusal(self, central):
        """A message gets through, its answer comes back, and the device hangs up."""
        central.write(RUBBISH)
        self.assertEqual(central.notified()[0] & 0xc0, 0xc0)
        self.wait(lambda: not self.is_connected(central), 'the device hung up')

    def test_01_what_is_there(self):
        central = self.central()
        device = self.properties(central)
        self.assertEqual(bytes(device['AdvertisingFlags']), b'\x06')
        self.assertEqual(list(device['ServiceData']), [SERVICE])
        self.assertEqual(bytes(device['ServiceData'][SERVICE])[:5], b'\x10' + PRODUCT.to_bytes(4, 'big'))
        self.assertEqual(len(device['ServiceData'][SERVICE]), 10)
        for nothing in ('ManufacturerData', 'Appearance', 'TxPower'):
            self.assertNotIn(nothing, device)
        flags = {p['UUID']: sorted(p['Flags']) for path, p in self.stack.objects('GattCharacteristic1').items()
                 if path.startswith(central.device + '/')}
        self.assertEqual(flags[INWARD], ['write', 'write-without-response'])
        self.assertEqual(flags[OUTWARD], ['notify'])
        self.check_refusal(central)

    def test_02_calls_instead_of_sockets(self):
        central = self.central(acquire=False)
        got = []
        path = central.characteristic(OUTWARD)

        def changed(_bus, _sender, _path, _interface, _signal, parameters):
            if 'Value' in parameters[1]:
                got.append(bytes(parameters[1]['Value']))
        bus = self.stack.client.bus
        number = bus.signal_subscribe('org.bluez', 'org.freedesktop.DBus.Properties', 'PropertiesChanged', path, None,
                                      0, changed)
        self.addCleanup(bus.signal_unsubscribe, number)
        self.stack.call(path, 'GattCharacteristic1.StartNotify')
        self.stack.call(central.characteristic(INWARD), 'GattCharacteristic1.WriteValue', '(aya{sv})', RUBBISH,
                        {'type': GLib.Variant('s', 'request')})
        self.wait(lambda: got, 'an answer')
        self.assertEqual(got[0][0] & 0xc0, 0xc0)

    def test_03_one_at_a_time(self):
        first, second = self.greeted(), Central(self.stack, 'hci2')
        with self.assertRaises(AssertionError):
            second.find(SERVICE, 5)
        first.disconnect()
        self.check_refusal(self.central('hci2'))

    def test_04_silence_keeps_nobody_out(self):
        self.central(acquire=False)
        Central(self.stack, 'hci2').find(SERVICE)

    def test_05_out_of_range_and_back(self):
        central = self.greeted()
        before = self.seen(ON_AIR)
        self.say('range out')
        self.wait(lambda: not self.is_connected(central), 'it is out of range')
        self.say('range in')
        self.wait(lambda: self.seen(ON_AIR) > before, 'it is back')
        self.check_refusal(self.central())

    def test_06_power_of_the_adapter(self):
        before = self.seen(ON_AIR)
        central = self.greeted()
        self.stack.set('/org/bluez/hci1', 'Adapter1.Powered', GLib.Variant('b', False))
        self.wait(lambda: self.seen('adapter is switched off'), 'it says so')
        self.wait(lambda: not self.is_connected(central), 'it is gone')
        self.stack.set('/org/bluez/hci1', 'Adapter1.Powered', GLib.Variant('b', True))
        self.wait(lambda: self.seen(ON_AIR) > before, 'it is back')
        self.check_refusal(self.central())

    def test_07_bluetoothd_restarts(self):
        before = self.seen(ON_AIR)
        self.stack.bluetoothd.kill()
        self.wait(lambda: self.seen('service is not running'), 'it says so')
        self.stack.start_bluetoothd()
        self.wait(lambda: self.seen(ON_AIR) > before, 'it is back')
        self.check_refusal(self.central())

    def test_08_adapter_pulled_out(self):
        before, pulled_out = self.seen(ON_AIR), self.seen('no such Bluetooth adapter')
        self.stack.air.unplug('hci1')
        self.wait(lambda: self.seen('no such Bluetooth adapter') > pulled_out, 'it says so')
        self.stack.air.plug('hci1')
        self.stack.wait_for_adapter('hci1')
        self.wait(lambda: self.seen(ON_AIR) > before, 'it is back')
        self.check_refusal(self.central())

    def test_09_nobody_but_bluez_may_call(self):
        path = '/org/wattle/device/service/in'
        names = self.stack.client.raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                                      'ListNames')[0]
        tried = 0
        for name in names:
            if not name.startswith(':'):
                continue
            try:
                self.stack.client.raw(name, path, 'org.bluez.GattCharacteristic1', 'WriteValue',
                                      GLib.Variant('(aya{sv})', (RUBBISH, {'device': GLib.Variant('o', '/x')})))
            except Exception as error:  # pylint: disable=broad-except # each says no its own way
                tried += 'NotAuthorized' in str(error)
        self.assertEqual(tried, 1, 'the device was not asked, or said yes')

    def test_10_switched_off(self):
        central = self.greeted()
        self.device.signal(signal.SIGTERM)
        self.assertEqual(self.device.wait(), 0)
        self.wait(lambda: not self.is_connected(central), 'it is gone')
        manager = self.stack.objects('LEAdvertisingManager1')['/org/bluez/hci1']
        self.assertEqual(manager['ActiveInstances'], 0)

    def test_11_power_cut(self):
        central = self.greeted()
        self.say('cut 1')
        self.assertEqual(self.say('reset'), b'', 'it had power for an answer')
        self.assertEqual(self.device.wait(), 86)
        self.wait(lambda: not self.is_connected(central), 'it is gone')
        self.device.start()
        self.device.wait_for(ON_AIR)
        self.check_refusal(self.central())

    def tearDown(self):
        self.assertTrue(self.stack.bluetoothd.running, 'bluetoothd ended')


if __name__ == '__main__':
    unittest.main(verbosity=2)
