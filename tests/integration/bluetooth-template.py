#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon and python-dbusmock's bluetoothd: one that was not written for these tests.

Its template has adapters and devices and nothing below them: no GATT, no sockets,
no monitors, no roles of an adapter, and nothing that refuses or keeps silent.
Where a test needs that, or a device that answers, it is in bluetooth.py.
"""

import unittest

from gi.repository import GLib

from bluetooth import UNOWNED, Bluetooth
from wattle_test.client import Client
from wattle_test.fake_bluez import ADAPTER, DEVICE, SERVICE

BLUEZ, MOCK, PROPERTIES = 'org.bluez', 'org.freedesktop.DBus.Mock', 'org.freedesktop.DBus.Properties'
ADDRESS = 'C0:00:00:00:00:01'


class Template(Bluetooth):
    def setUp(self):
        super().setUp()
        self.system = Client(self.session.env['DBUS_SYSTEM_BUS_ADDRESS'])
        self.mock = self.session.process('bluez', ['/usr/bin/python3', '-m', 'dbusmock', '--system', '--template', 'bluez5'])

    def start_bluez(self):
        self.mock.start()
        self.system.wait_for_name(BLUEZ, self.mock)

    def say(self, method, *names):
        """A convenience of the template's, all of whose arguments are strings."""
        return self.system.raw(BLUEZ, '/', 'org.bluez.Mock', method, GLib.Variant(f'({"s" * len(names)})', names))

    def set(self, path, interface, **values):
        """Properties of the object at @path, those that the template does not have too."""
        known = self.system.raw(BLUEZ, path, PROPERTIES, 'GetAll', GLib.Variant('(s)', (interface, )))[0]
        for name, value in values.items():
            if name not in known:
                self.system.raw(BLUEZ, path, MOCK, 'AddProperty', GLib.Variant('(ssv)', (interface, name, value)))
            self.system.raw(BLUEZ, path, PROPERTIES, 'Set', GLib.Variant('(ssv)', (interface, name, value)))

    def is_discovering(self, path):
        return self.system.raw(BLUEZ, path, PROPERTIES, 'Get',
                               GLib.Variant('(ss)', (ADAPTER, 'Discovering')))[0]

    def count(self, path, method):
        return len(self.system.raw(BLUEZ, path, MOCK, 'GetMethodCalls', GLib.Variant('(s)', (method, )))[0])

    def add_adapter(self, name='hci0'):
        """One of this century: the template's has no roles."""
        path = self.say('AddAdapter', name, 'a computer')[0]
        self.set(path, ADAPTER, Roles=GLib.Variant('as', ['central', 'peripheral']), PowerState=GLib.Variant('s', 'on'))
        return path

    def add_device(self, adapter='hci0', address=ADDRESS):
        path = self.say('AddDevice', adapter, address, 'a thing')[0]
        self.set(path, DEVICE, ServiceData=GLib.Variant('a{sv}', {SERVICE: GLib.Variant('ay', UNOWNED)}))
        return path

    def test_adapters(self):
        """None, one that says little, one that is off, blocked, on, pulled out."""
        self.start()
        self.look()
        self.expect_problem('RadioService', 'not running')
        self.start_bluez()
        self.expect_problem('RadioMissing', 'Plug one in')
        self.say('AddAdapter', 'hci0', 'a computer')
        self.expect_problem('RadioOld', 'BlueZ')
        path = '/org/bluez/hci0'
        self.set(path, ADAPTER, Roles=GLib.Variant('as', ['central']))
        self.expect_no_problem()
        self.wait(lambda: self.is_discovering(path), 'it looks')
        self.set(path, ADAPTER, Powered=GLib.Variant('b', False), Discovering=GLib.Variant('b', False))
        self.expect_problem('RadioOff', 'Switch it on')
        self.set(path, ADAPTER, PowerState=GLib.Variant('s', 'off-blocked'))
        self.expect_problem('RadioBlocked', 'airplane')
        self.set(path, ADAPTER, Powered=GLib.Variant('b', True), PowerState=GLib.Variant('s', 'on'))
        self.expect_no_problem()
        self.wait(lambda: self.is_discovering(path), 'it looks again')
        self.say('RemoveAdapter', 'hci0')
        self.expect_problem('RadioMissing', 'Plug one in')
        self.add_adapter('hci1')
        self.expect_no_problem()

    def test_devices(self):
        """One is a candidate from its service data to the end of it, of its adapter, or of bluetoothd."""
        self.start_bluez()
        adapter = self.add_adapter()
        self.start()
        self.look()
        self.wait(lambda: self.is_discovering(adapter), 'it looks')
        self.say('AddDevice', 'hci0', 'C0:00:00:00:00:02', 'a phone')
        path = self.add_device()
        self.wait(lambda: [c['SignalStrength'] for c in self.candidates()] == [-79], 'one candidate')
        self.set(path, DEVICE, RSSI=GLib.Variant('n', -42))
        self.wait(lambda: self.candidates()[0]['SignalStrength'] == -42, 'it came nearer')
        self.system.raw(BLUEZ, adapter, ADAPTER, 'RemoveDevice', GLib.Variant('(o)', (path, )))
        self.wait(lambda: not self.candidates(), 'it is gone')
        for remove in (lambda: self.say('RemoveAdapterWithDevices', 'hci0'), self.mock.kill):
            self.add_device()
            self.wait(self.candidates, 'a candidate')
            remove()
            self.wait(lambda: not self.candidates(), 'it went with them')
            if self.mock.running:
                self.add_adapter()
        self.expect_problem('RadioService', 'just stopped')

    def test_adapter_without_its_devices(self):
        """One that goes and leaves its devices behind, as a bluetoothd that is in trouble may."""
        self.start_bluez()
        adapter = self.add_adapter()
        self.start()
        self.look()
        self.wait(lambda: self.is_discovering(adapter), 'it looks')  # what was there before is only remembered
        self.add_device()
        self.wait(self.candidates, 'a candidate')
        self.say('RemoveAdapter', 'hci0')
        self.wait(lambda: not self.candidates(), 'what nobody can hear is gone', 5)

    def test_nothing_behind_it(self):
        """It is connected to, and there is no service of ours; or no answer at all."""
        self.start_bluez()
        adapter = self.add_adapter()
        self.start()
        self.look()
        self.wait(lambda: self.is_discovering(adapter), 'it looks')
        device = self.add_device()
        self.set(device, DEVICE, ServicesResolved=GLib.Variant('b', True))
        candidate = self.client.discover()
        self.client.fails('Protocol', self.client.open, candidate, self.session.new_unit().code)
        self.assertEqual(self.count(device, 'Connect'), 1)
        self.wait(lambda: self.count(device, 'Disconnect'), 'what was connected is disconnected')

    def test_ghost(self):
        """A connection that no program uses is ended."""
        self.start_bluez()
        adapter = self.add_adapter()
        self.start()
        self.look()
        self.wait(lambda: self.is_discovering(adapter), 'it looks')  # what was there before is only remembered
        device = self.add_device()
        self.wait(self.candidates, 'a candidate')
        self.system.raw(BLUEZ, device, DEVICE, 'Connect')
        self.wait(lambda: self.count(device, 'Disconnect'), 'the ghost is gone', 15)


if __name__ == '__main__':
    unittest.main(verbosity=2)
