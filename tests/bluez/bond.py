#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A device that is for encrypted links alone: bonded with when it asks, and not any more after the wipe."""

import pathlib
import sys

from gi.repository import Gio, GLib

from wattle_bluez import BOND, INWARD, OUTWARD, SERVICE, BluetoothSession, Bridge
from wattle_bluez.world import RESULTS, Story, World, main
from wattle_test import Session

STATE = pathlib.Path('/var/lib/bluetooth')
AGENT = '/desktop/agent'
AGENT_XML = '''<node><interface name="org.bluez.Agent1"><method name="Release"/><method name="Cancel"/>
  <method name="RequestConfirmation"><arg type="o" direction="in"/><arg type="u" direction="in"/></method>
  <method name="RequestAuthorization"><arg type="o" direction="in"/></method>
  <method name="AuthorizeService"><arg type="o" direction="in"/><arg type="s" direction="in"/></method></interface></node>'''


class BridgedSession(BluetoothSession):
    """Its devices are behind sockets, and a service that asks for encryption is between them and the adapter."""

    def start_device(self, unit, *options, wait=True, adapter='hci1', interval=None):
        # Not where the daemon looks for sockets.
        folder = self.dir / 'behind'
        folder.mkdir(exist_ok=True, mode=0o700)
        process = Session.start_device(self, unit, '--links', folder, *options, wait=False)
        unit.control = self._control(unit)
        self.client().wait(unit.control.exists, 'the device is switched on')
        bridge = Bridge(self.stack, adapter, SERVICE, INWARD, OUTWARD, folder / unit.unit_id)
        bridge.encrypted_by = BOND
        bridge.start()
        return process


class BridgedWorld(World):
    def __init__(self):
        super().__init__()
        self.session = BridgedSession(self.stack)
        self.asked = []     # about whom the desktop's agent was

    def begin(self):
        super().begin()
        self.stack.client.bus.register_object(AGENT, Gio.DBusNodeInfo.new_for_xml(AGENT_XML).interfaces[0], self.answer,
                                              None, None)
        self.stack.call('/org/bluez', 'AgentManager1.RegisterAgent', '(os)', AGENT, 'NoInputNoOutput')
        self.stack.call('/org/bluez', 'AgentManager1.RequestDefaultAgent', '(o)', AGENT)

    def end(self):
        """Leaves no secrets for traces.py, which would look in vain for the tags of an hour."""
        super().end()
        (RESULTS / 'stories.secrets.json').unlink()

    def answer(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        """The device at hci1 says yes to whoever comes; one bluetoothd has both ends, and so this agent, too."""
        if method in ('RequestConfirmation', 'RequestAuthorization'):
            self.asked.append(parameters.unpack()[0])
        invocation.return_value(None)


class Bond(Story):
    @classmethod
    def setUpClass(cls):
        World._the_one = BridgedWorld()
        World._the_one.begin()

    def bonded(self):
        """The devices that bluetoothd has a bond with at hci0."""
        return [p for p, d in self.stack.objects('Device1').items() if p.startswith('/org/bluez/hci0/') and d['Bonded']]

    def kept(self):
        """What it keeps of devices at hci0."""
        address = self.stack.adapters()['/org/bluez/hci0']['Address']
        return [p for p in (STATE / address).rglob('*') if p.is_file() and p.name not in ('settings', 'identity')]

    def test_1_set_up(self):
        self.world.set_up()
        self.assertEqual(len(self.bonded()), 1)
        keys = [p.read_text() for p in self.kept() if p.name == 'info']
        self.assertEqual(len(keys), 1)
        # 2 is the kernel's type of a key that LE Secure Connections have made, where nobody compared numbers.
        self.assertRegex(keys[0], r'LongTermKey]\nKey=[0-9A-F]{32}\nAuthenticated=2\n')
        self.assertFalse([path for path in self.world.asked if path.startswith('/org/bluez/hci0/')],
                         'the agent of the desktop was asked about ours')

    def test_2_reconnect(self):
        self.client.call(self.world.device, 'Device.Disconnect')
        self.stack.wait_for_no_link('hci1')
        self.session.tell(self.world.unit, 'time 901')
        self.world.connected()
        self.assertEqual(len(self.bonded()), 1)

    def test_3_wipe(self):
        self.assertTrue(self.kept())
        self.world.disown()
        self.wait(lambda: not self.bonded(), 'no bond is left')
        self.wait(lambda: not self.kept(), 'and nothing on the disk')


if __name__ == '__main__':
    sys.exit(main())
