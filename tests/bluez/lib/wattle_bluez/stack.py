# SPDX-License-Identifier: Apache-2.0
"""The system bus, the virtual controllers, bluetoothd and btmon."""

import os
import pathlib
import shutil
import tempfile

from gi.repository import Gio, GLib

from wattle_test import Client, Process
from wattle_test.process import clean_environment

from .air import Air
from .gatt import SERVICE

SYSTEM_BUS = 'unix:path=/run/dbus/system_bus_socket'
BLUEZ = 'org.bluez'
BLUETOOTHD = '/usr/libexec/bluetooth/bluetoothd'
CONFIGURATION = pathlib.Path(__file__).parents[2] / 'vm/bluetoothd.conf'
# What a companion and a device have no use for, and what takes bluetoothd time to start.
NO_PLUGINS = ('sap,a2dp,avrcp,vcp,bap,bass,mcp,micp,csip,network,input,hog,health,sixaxis,autopair,neard,'
              'hostname')

# Milliseconds between looks at what has happened; each costs an emulated machine something.
TICK = 250
# Flags, and service data of our service.
ADVERT_HEAD = b'\x02\x01\x06\x1b\x21' + bytes.fromhex(SERVICE.replace('-', ''))[::-1]


class Stack:
    """One bluetoothd that owns @controllers virtual adapters, hci0 and up."""

    def __init__(self, folder, controllers=2):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.controllers = controllers
        self.env = clean_environment(self.folder, self.folder)
        self.processes = []
        self.bluetoothd = self.btmon = self.trace = None

    def process(self, name, argv):
        process = Process(name, argv, self.env, self.folder)
        self.processes.append(process)
        return process

    def start(self, trace=None):
        self.bus = self.process('dbus-daemon', ['dbus-daemon', '--system', '--nofork', '--nopidfile', '--nosyslog',
                                                '--print-address']).start()
        self.bus.wait_for('unix:path')
        self.client = Client(SYSTEM_BUS, tick=TICK)
        if trace is not None:
            self.start_trace(trace)
        self.start_controllers()
        self.start_bluetoothd()
        return self

    def start_trace(self, path):
        """btmon writes every packet between the kernel and its controllers; stop() leaves that at @path."""
        self.trace = pathlib.Path(tempfile.mkdtemp(prefix='trace-')) / 'btsnoop', pathlib.Path(path)
        # It prints everything, too.
        self.btmon = self.process('btmon', ['sh', '-c', f'exec btmon -w {self.trace[0]} >/dev/null']).start()

    def start_controllers(self):
        """btvirt's controllers, with the air between them and the kernel."""
        tools = pathlib.Path(os.environ['WATTLE_BUILD']) / 'tests/bluez/air'
        # Not in the results: 9p has no sockets.
        sockets = [pathlib.Path(tempfile.mkdtemp(prefix='air-')) / name for name in ('controllers', 'control')]
        self.process('air', [tools / 'wattle-air', *sockets]).start().wait_for('the air is there')
        self.air = Air(sockets[1])
        self.btvirt = self.process('btvirt', ['btvirt', f'-l{self.controllers}'])
        self.btvirt.start(extra_env={'LD_PRELOAD': str(tools / 'libair.so'), 'WATTLE_AIR': str(sockets[0])})
        self.wait_for_controllers()

    def wait_for_controllers(self):
        wanted = {f'hci{n}' for n in range(self.controllers)}
        self.client.wait(lambda: wanted <= {p.name for p in pathlib.Path('/sys/class/bluetooth').glob('hci?')},
                         'the virtual controllers')

    def start_bluetoothd(self):
        self.bluetoothd = self.bluetoothd or self.process('bluetoothd', [
            BLUETOOTHD, '-n', '-E', '-P', NO_PLUGINS, '-f', CONFIGURATION])
        self.bluetoothd.start()
        self.client.wait_for_name(BLUEZ, self.bluetoothd)
        for number in range(self.controllers):
            self.wait_for_adapter(f'hci{number}')
        return self.bluetoothd

    def wait_for_adapter(self, name):
        """Until adapter @name is powered, as AutoEnable makes it."""
        self.client.wait(lambda: self.adapters().get(f'/org/bluez/{name}', {}).get('Powered'), f'{name} is on')

    def wait_for_no_link(self, adapter):
        """Until nobody is connected to @adapter any more."""
        self.client.wait(lambda: not any(p.startswith(f'/org/bluez/{adapter}/') and d['Connected']
                                         for p, d in self.objects('Device1').items()), f'no link at {adapter}')

    def stop(self):
        try:
            for process in reversed(self.processes):
                process.stop()
        finally:
            if self.trace is not None:
                shutil.copy(*self.trace)

    # ------------------------------------------------------ what bluetoothd says

    def objects(self, interface):
        """Path to properties of every object that has org.bluez.@interface."""
        managed = self.client.raw(BLUEZ, '/', 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects')[0]
        name = f'{BLUEZ}.{interface}'
        return {path: interfaces[name] for path, interfaces in managed.items() if name in interfaces}

    def adapters(self):
        try:
            return self.objects('Adapter1')
        except Exception:  # pylint: disable=broad-except # it is just starting, or ending
            return {}

    def call(self, path, interface_method, signature='()', *arguments, timeout=None, client=None):
        interface, method = interface_method.split('.')
        return (client or self.client).raw(BLUEZ, path, f'{BLUEZ}.{interface}', method, GLib.Variant(signature, arguments),
                               timeout=timeout)

    def set(self, path, interface_property, value):
        interface, name = interface_property.split('.')
        self.client.raw(BLUEZ, path, 'org.freedesktop.DBus.Properties', 'Set',
                        GLib.Variant('(ssv)', (f'{BLUEZ}.{interface}', name, value)))

    # ------------------------------------------------------------ what is near

    def surround(self, count):
        """@count strange devices near, each a thermometer in its box; nobody answers at any of them."""
        for number in range(count):
            address = bytes([0xc0, 0xff, 0xee, 0, 0, number])
            advert = bytes([0x10, 0, 1, 0, 1, 0xee, 0xee, 0xee, 0xee, number])
            self.air.add_phantom(address, ADVERT_HEAD + advert)

    def listen(self, device, client):
        """A list that grows by the values that bluetoothd tells everybody, @client too, of @device's characteristics."""
        heard = []

        def changed(_bus, _sender, path, _interface, _signal, parameters):
            properties = parameters.unpack()[1]
            if path.startswith(f'{device}/') and 'Value' in properties:
                heard.append(bytes(properties['Value']))

        client.bus.signal_subscribe(BLUEZ, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', None,
                                         'org.bluez.GattCharacteristic1', Gio.DBusSignalFlags.NONE, changed)
        return heard
