# SPDX-License-Identifier: Apache-2.0
"""A person's session whose daemon has an adapter, and devices that have one each."""

import shutil
import socket

from gi.repository import Gio

from wattle_test import Session
from wattle_test.client import NAME

from .stack import SYSTEM_BUS, TICK


class BluetoothSession(Session):
    """Its daemon uses @adapter alone; everything else is a Session's."""

    def __init__(self, stack, adapter='hci0', build=None):
        super().__init__(build)
        self.stack, self.adapter = stack, adapter

    def __enter__(self):
        super().__enter__()
        self.logs = self.stack.folder / self.adapter
        self.logs.mkdir(exist_ok=True)
        self.env['DBUS_SYSTEM_BUS_ADDRESS'] = SYSTEM_BUS
        self.env['G_MESSAGES_DEBUG'] = 'all'
        return self

    def client(self):
        fresh = getattr(self, '_client', None) is None
        client = super().client()
        if fresh:
            # Whatever the daemon tells makes the client look again; what is told by nobody is looked for less often.
            client.tick = TICK
            client.bus.signal_subscribe(NAME, None, None, None, None, Gio.DBusSignalFlags.NONE, lambda *args: None)
        return client

    def start_like(self, other):
        """Everything that a second person needs, who knows the same passport; the cloud is @other's."""
        self.start_bus()
        self.start_keyring()
        shutil.copy(other.passport, self.home / 'data/wattle/passports')
        self.start_daemon()

    def power_cut(self, unit, adapter='hci1'):
        """Ends @unit's process as a power cut would: its radio falls silent with it, and bluetoothd is told nothing."""
        self.stack.air.out_of_range(adapter)
        unit.process.kill()
        self.stack.wait_for_no_link(adapter)
        self.stack.air.in_range(adapter)

    def start_daemon(self, extra_argv=(), extra_env=None):
        return super().start_daemon(['--adapter', self.adapter, *extra_argv], extra_env)

    def start_device(self, unit, *options, wait=True, adapter='hci1', interval=300):
        """Powers @unit on at @adapter; its sensor measures each @interval ms."""
        if not hasattr(unit, 'process'):
            unit.control = self.dir / f'{unit.unit_id}.control'
            unit.process = self.process(f'device-{unit.unit_id}', [
                self.build / 'firmware/virtual/wattle-virtual-device', '--flash', unit.flash, '--bluetooth', '--adapter',
                adapter, '--name', unit.unit_id, '--interval', interval, '--control', unit.control, '--verbose'])
        unit.process.start(extra_argv=options)
        if wait:
            unit.process.wait_for('On the air by', 60)
        return unit.process

    @staticmethod
    def tell(unit, command):
        """A line to the virtual device's control socket; its answer."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(60)
            client.connect(str(unit.control))
            client.sendall(f'{command}\n'.encode())
            answer = b''
            while not answer.endswith(b'\n'):
                more = client.recv(1000)
                if not more:
                    break
                answer += more
        return answer.decode().strip()
