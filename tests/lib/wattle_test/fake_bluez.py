# SPDX-License-Identifier: Apache-2.0
"""A bluetoothd that does as it is told, for states that the real one cannot be put into.

It lives on a private system bus, in the test's own main context.  Behind its
devices are real virtual devices: AcquireWrite and AcquireNotify hand out the
sockets that they listen on.
"""

import os
import pathlib
import re
import socket

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
XML = (ROOT / 'data/bluez/org.bluez.xml').read_text()
GATT_H = (ROOT / 'pairing/gatt.h').read_text()
SERVICE, IN, OUT, BOND = (re.search(rf'#define WTL_GATT_{name}_UUID "(.*)"', GATT_H).group(1)
                          for name in ('SERVICE', 'IN', 'OUT', 'BOND'))
MANAGER_XML = '''<node><interface name="org.freedesktop.DBus.ObjectManager">
  <method name="GetManagedObjects"><arg type="a{oa{sa{sv}}}" direction="out"/></method></interface></node>'''
ADAPTER, DEVICE, GATT_SERVICE, CHARACTERISTIC = (f'org.bluez.{name}1' for name in
                                                 ('Adapter', 'Device', 'GattService', 'GattCharacteristic'))
MONITORS, AGENTS = 'org.bluez.AdvertisementMonitorManager1', 'org.bluez.AgentManager1'
INTERFACES = {interface.name: interface for interface in Gio.DBusNodeInfo.new_for_xml(XML).interfaces}


def variant(interface, name, value):
    for info in INTERFACES[interface].properties:
        if info.name == name:
            return value if isinstance(value, GLib.Variant) else GLib.Variant(info.signature, value)
    raise KeyError(f'{interface} has no {name}')


class FakeBluez:
    def __init__(self, address):
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None, None)
        self.objects = {}       # path to interface to property to variant
        self.registrations = {}
        self.calls = []         # "Method PATH", in order
        self.refuse = {}        # method to error name after org.bluez.Error.
        self.silent = set()     # methods that never answer
        self.held = []
        self.offers_sockets = True
        self.messages = 0       # to us and from us
        self.monitors = []      # root path and owner of each that was registered
        self.closed = False
        self.bus.register_object('/', Gio.DBusNodeInfo.new_for_xml(MANAGER_XML).interfaces[0], self._managed, None, None)

    # ------------------------------------------------------------- the tree

    def _bus_call(self, method, parameters):
        return self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', method,
                                  parameters, None, Gio.DBusCallFlags.NONE, -1, None)

    def appear(self):
        self.add('/org/bluez', {AGENTS: {}})
        self._bus_call('RequestName', GLib.Variant('(su)', ('org.bluez', 0)))

    def vanish(self):
        """As a bluetoothd that was killed: no goodbye for any object."""
        self._bus_call('ReleaseName', GLib.Variant('(s)', ('org.bluez',)))
        for device in [d for d in list(self.objects.values()) if hasattr(d, 'hang_up')]:
            device.hang_up()
        for ids in self.registrations.values():
            for number in ids:
                self.bus.unregister_object(number)
        self.objects.clear()
        self.registrations.clear()
        self.held.clear()

    def _managed(self, _bus, _sender, _path, _interface, _method, _parameters, invocation):
        self.messages += 2
        invocation.return_value(GLib.Variant('(a{oa{sa{sv}}})', (self.objects,)))

    def close(self):
        """The test is over: what still comes is not answered."""
        self.closed = True
        self.bus.close_sync(None)

    def _emit(self, path, interface, signal, parameters):
        if self.closed:
            return
        self.messages += 1
        self.bus.emit_signal(None, path, interface, signal, parameters)

    def add(self, path, interfaces, handlers=None):
        """@handlers: method name to function (arguments) that gives the reply's variant or None."""
        properties = {name: {key: variant(name, key, value) for key, value in values.items()}
                      for name, values in interfaces.items()}
        self.objects[path] = properties

        def called(_bus, sender, _path, _interface, method, parameters, invocation):
            self.messages += 2
            if self.closed:
                return
            self.calls.append(f'{method} {path}')
            if method == 'RegisterMonitor':
                self.monitors.append((parameters.unpack()[0], sender))
            if method in self.silent:
                self.held.append(invocation)
            elif method in self.refuse:
                invocation.return_dbus_error(f'org.bluez.Error.{self.refuse[method]}', 'as the test wants')
            else:
                (handlers or {}).get(method, lambda inv, *args: inv.return_value(None))(invocation, *parameters.unpack())

        def get(_bus, _sender, _path, interface, name):
            return properties[interface].get(name)

        def put(_bus, _sender, _path, interface, name, value):
            """Only an adapter's Powered is ever set."""
            self.change(path, interface, **{name: value}, PowerState='on' if value else 'off')
            return True

        self.registrations[path] = [self.bus.register_object(path, INTERFACES[name], called, get, put)
                                    for name in interfaces]
        self._emit('/', 'org.freedesktop.DBus.ObjectManager', 'InterfacesAdded',
                   GLib.Variant('(oa{sa{sv}})', (path, properties)))

    def remove(self, path):
        for below in sorted((p for p in self.objects if p.startswith(path + '/')), reverse=True):
            self._remove(below)
        self._remove(path)

    def _remove(self, path):
        names = list(self.objects.pop(path))
        for number in self.registrations.pop(path):
            self.bus.unregister_object(number)
        self._emit('/', 'org.freedesktop.DBus.ObjectManager', 'InterfacesRemoved', GLib.Variant('(oas)', (path, names)))

    def change(self, path, interface, **values):
        changed = {name: variant(interface, name, value) for name, value in values.items()}
        if path in self.objects:
            self.objects[path][interface].update(changed)
            self._emit(path, 'org.freedesktop.DBus.Properties', 'PropertiesChanged',
                       GLib.Variant('(sa{sv}as)', (interface, changed, [])))

    def monitor_patterns(self, client):
        """The patterns of the monitor that was registered last."""
        root, owner = self.monitors[-1]
        pending = {}

        def done(bus, result):
            pending['objects'] = bus.call_finish(result).unpack()[0]
        self.bus.call(owner, root, 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects', None, None,
                      Gio.DBusCallFlags.NONE, -1, None, done)
        client.wait(lambda: 'objects' in pending, 'the monitor')
        return [(offset, kind, bytes(value)) for interfaces in pending['objects'].values()
                for offset, kind, value in interfaces['org.bluez.AdvertisementMonitor1']['Patterns']]

    def count(self, call):
        return sum(c == call or c.startswith(call + ' ') for c in self.calls)


class Radio:
    """One adapter."""

    def __init__(self, bluez, name='hci0', monitors=False, **properties):
        self.bluez, self.path, self.devices = bluez, f'/org/bluez/{name}', []
        self.discovering = False
        interfaces = {ADAPTER: {'Address': '00:11:22:33:44:0' + name[-1], 'Powered': True, 'PowerState': 'on',
                                'Discovering': False, 'Roles': ['central', 'peripheral'], **properties}}
        if monitors:
            interfaces[MONITORS] = {'SupportedMonitorTypes': ['or_patterns']}
        for missing in [key for key, value in interfaces[ADAPTER].items() if value is None]:
            del interfaces[ADAPTER][missing]
        bluez.add(self.path, interfaces, {
            'StartDiscovery': lambda inv: self._discover(inv, True),
            'StopDiscovery': lambda inv: self._discover(inv, False),
            'RemoveDevice': self._remove_device})

    def change(self, **values):
        self.bluez.change(self.path, ADAPTER, **values)

    def _discover(self, invocation, on):
        if not self.bluez.objects[self.path][ADAPTER]['Powered'].unpack():
            invocation.return_dbus_error('org.bluez.Error.NotReady', 'Resource Not Ready')
            return
        self.discovering = on
        self.change(Discovering=on)
        invocation.return_value(None)
        if on:
            GLib.idle_add(self._tell_all)

    def _tell_all(self):
        """A discovery tells of every device that advertises, known or not."""
        for device in self.devices:
            device.tell()
        return False

    def _remove_device(self, invocation, path):
        invocation.return_value(None)
        if path in self.bluez.objects:
            self.bluez.remove(path)

    def power(self, on, state=None):
        self.discovering = False
        self.change(Powered=on, PowerState=state or ('on' if on else 'off'), Discovering=False)

    def unplug(self):
        self.bluez.remove(self.path)


class Neighbour:
    """A device near: at @socket_path listens a virtual device, whose advertisement is @advert."""

    def __init__(self, radio, address, advert, socket_path=None, rssi=-60, **properties):
        self.bluez, self.radio, self.socket_path = radio.bluez, radio, socket_path
        self.advert = self.heard = advert
        self.path = f'{radio.path}/dev_{address.replace(":", "_")}'
        self.socket = self.watch = None
        self.asks_for_bond = False
        self.mtu = 517
        self.properties = {'Address': address, 'AddressType': 'random', 'Adapter': radio.path, 'Paired': False,
                           'Connected': False, 'ServicesResolved': False, 'RSSI': rssi,
                           'ServiceData': self.service_data(), **properties}
        self.paired = []
        self.silent = False     # does not advertise
        self.says_connected = True
        radio.devices.append(self)
        self.appear()

    def service_data(self):
        return {SERVICE: GLib.Variant('ay', bytes(self.advert))}

    def come_back(self):
        """With what it advertises now."""
        self.heard = self.advert
        self.properties['ServiceData'] = self.service_data()
        self.appear()

    def appear(self):
        self.bluez.add(self.path, {DEVICE: self.properties}, {
            'Connect': self._connect, 'Disconnect': self._disconnect, 'Pair': self._pair})
        if self.properties['Connected']:
            self.add_services()

    def advertise(self, advert, rssi=-60):
        """From now on; nobody hears it before the device's connection ends."""
        self.advert = advert
        if self.path in self.bluez.objects and not self.connected:
            self.heard = advert
            self.bluez.change(self.path, DEVICE, ServiceData=self.service_data(), RSSI=rssi)

    def tell(self):
        if self.path in self.bluez.objects and not self.connected and not self.silent:
            changed = {} if self.heard == self.advert else {'ServiceData': self.service_data()}
            self.heard = self.advert
            self.bluez.change(self.path, DEVICE, RSSI=self.bluez.objects[self.path][DEVICE]['RSSI'], **changed)

    def vanish(self):
        self.hang_up()
        if self.path in self.bluez.objects:
            self.bluez.remove(self.path)

    @property
    def connected(self):
        return self.bluez.objects[self.path][DEVICE]['Connected'].unpack()

    # ------------------------------------------------------------ connection

    def _connect(self, invocation):
        if self.says_connected:
            self.bluez.change(self.path, DEVICE, Connected=True)
        else:
            self.bluez.objects[self.path][DEVICE]['Connected'] = GLib.Variant('b', True)
        invocation.return_value(None)
        self.add_services()

    def add_services(self):
        service = f'{self.path}/service0010'
        if service not in self.bluez.objects:
            self.bluez.add(service, {GATT_SERVICE: {'UUID': SERVICE, 'Primary': True, 'Device': self.path}})
            all_of_them = [(11, IN, ['write-without-response', 'write'], {'AcquireWrite': self._acquire, 'WriteValue': self._write}),
                           (13, OUT, ['notify'], {'AcquireNotify': self._acquire, 'StartNotify': self._notify}),
                           (16, BOND, ['read'], {})]
            for number, uuid, flags, handlers in all_of_them[:3 if self.asks_for_bond else 2]:
                self.bluez.add(f'{service}/char00{number}', {CHARACTERISTIC: {
                    'UUID': uuid, 'Service': service, 'Flags': flags, 'MTU': self.mtu}}, handlers)
        self.bluez.change(self.path, DEVICE, ServicesResolved=True)

    def hang_up(self):
        """The radio link breaks, or is ended."""
        if self.watch is not None:
            GLib.source_remove(self.watch)
        if self.socket is not None:
            self.socket.close()
        self.socket = self.watch = None
        self.bluez.change(self.path, DEVICE, Connected=False, ServicesResolved=False)
        if self.radio.discovering:
            GLib.idle_add(self.tell)

    def _disconnect(self, invocation):
        self.hang_up()
        invocation.return_value(None)

    def _pair(self, invocation):
        self.bluez.change(self.path, DEVICE, Paired=True)
        invocation.return_value(None)

    def _reach(self):
        """The far end's socket; a new connection where there is none."""
        if self.socket is None:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.socket.connect(str(self.socket_path))
        return self.socket

    def _acquire(self, invocation, _options):
        if not self.bluez.offers_sockets:
            invocation.return_dbus_error('org.bluez.Error.NotSupported', 'Operation is not supported')
            return
        fds = Gio.UnixFDList.new()
        fds.append(self._reach().fileno())
        invocation.return_value_with_unix_fd_list(GLib.Variant('(hq)', (0, self.mtu)), fds)
        # As bluetoothd: the program that took them holds the only ends.
        if invocation.get_method_name() == 'AcquireWrite':
            self.socket.close()
            self.socket = None

    def _notify(self, invocation):
        self.watch = GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, self._reach().fileno(), GLib.IOCondition.IN,
                                           self._readable)
        invocation.return_value(None)

    def _readable(self, fd, _condition):
        data = os.read(fd, 512)
        if not data:
            self.watch = None
            self.hang_up()
            return False
        self.bluez.change(f'{self.path}/service0010/char0013', CHARACTERISTIC, Value=data)
        return True

    def _write(self, invocation, value, _options):
        self._reach().send(bytes(value))
        invocation.return_value(None)
