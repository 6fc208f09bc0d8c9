# SPDX-License-Identifier: Apache-2.0
"""A peripheral without a Wattle inside: our service on an adapter, and whatever a test lets it say."""

from gi.repository import Gio, GLib

XML = '''<node>
<interface name="org.freedesktop.DBus.ObjectManager"><method name="GetManagedObjects">
  <arg type="a{oa{sa{sv}}}" direction="out"/></method></interface>
<interface name="org.bluez.GattCharacteristic1">
  <method name="ReadValue"><arg type="a{sv}" direction="in"/><arg type="ay" direction="out"/></method>
  <method name="WriteValue"><arg type="ay" direction="in"/><arg type="a{sv}" direction="in"/></method>
  <method name="StartNotify"/><method name="StopNotify"/></interface>
<interface name="org.bluez.GattService1"><property name="UUID" type="s" access="read"/></interface>
<interface name="org.bluez.LEAdvertisement1"><method name="Release"/>
  <property name="Type" type="s" access="read"/>
  <property name="Discoverable" type="b" access="read"/>
  <property name="ServiceData" type="a{sv}" access="read"/></interface>
</node>'''
CHARACTERISTIC = 'org.bluez.GattCharacteristic1'


class Peer:
    """Offers @service with characteristics @inward (to write) and @outward (that notifies) on @adapter.

    @answer gets each value written and gives the values to notify.
    """

    # Whether the characteristics are for encrypted links alone, and the UUID of one that says so; before it starts.
    encrypted_by = None

    def __init__(self, stack, adapter, service, inward, outward, answer, root='/peer'):
        self.stack, self.adapter, self.root = stack, f'/org/bluez/{adapter}', root
        self.service, self.inward, self.outward, self.answer = service, inward, outward, answer
        self.received = []
        self.notifying = False
        self._registrations = {}
        self._interfaces = {i.name: i for i in Gio.DBusNodeInfo.new_for_xml(XML).interfaces}

    def _export(self, path, interface, called, properties=None):
        def get(_bus, _sender, _path, _interface, name):
            return (properties or {})[name]

        bus = self.stack.client.bus
        self._registrations[path] = bus.register_object(path, self._interfaces[interface], called, get, None)

    def _objects(self):
        v = GLib.Variant
        service = f'{self.root}/service'

        def characteristic(uuid, flags):
            return {CHARACTERISTIC: {'UUID': v('s', uuid), 'Service': v('o', service), 'Flags': v('as', flags)}}

        encrypted = self.encrypted_by is not None
        objects = {service: {'org.bluez.GattService1': {'UUID': v('s', self.service), 'Primary': v('b', True)}},
                   f'{service}/in': characteristic(self.inward, ['write', 'write-without-response']
                                                   + ['encrypt-write'] * encrypted),
                   f'{service}/out': characteristic(self.outward, ['notify'] + ['encrypt-notify'] * encrypted)}
        if encrypted:
            objects[f'{service}/bond'] = characteristic(self.encrypted_by, ['read'])
        return objects

    def _called(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        values = []
        if method == 'GetManagedObjects':
            invocation.return_value(GLib.Variant('(a{oa{sa{sv}}})', (self._objects(),)))
            return
        if method in ('StartNotify', 'StopNotify'):
            self.notifying = method == 'StartNotify'
            if not self.notifying:
                self.unsubscribed()
        elif method == 'WriteValue':
            value = bytes(parameters.unpack()[0])
            self.received.append(value)
            values = self.answer(value)
        invocation.return_value(None)
        for value in values:
            self.notify(value)

    def unsubscribed(self):
        """Nobody listens any more."""

    def notify(self, value):
        changed = GLib.Variant('(sa{sv}as)', (CHARACTERISTIC, {'Value': GLib.Variant('ay', value)}, []))
        self.stack.client.bus.emit_signal(None, f'{self.root}/service/out', 'org.freedesktop.DBus.Properties',
                                          'PropertiesChanged', changed)

    def start(self):
        """Registers the service."""
        self._export(self.root, 'org.freedesktop.DBus.ObjectManager', self._called)
        for name in ('in', 'out') if self.encrypted_by is None else ('in', 'out', 'bond'):
            self._export(f'{self.root}/service/{name}', CHARACTERISTIC, self._called)
        self.stack.call(self.adapter, 'GattManager1.RegisterApplication', '(oa{sv})', self.root, {})
        return self

    def advertise(self, service_data):
        """Tells everybody near, @service_data with it."""
        v = GLib.Variant
        properties = {'Type': v('s', 'peripheral'), 'Discoverable': v('b', True),
                      'ServiceData': v('a{sv}', {self.service: v('ay', service_data)})}
        self._export(f'{self.root}/advertisement', 'org.bluez.LEAdvertisement1', self._called, properties)
        self.stack.call(self.adapter, 'LEAdvertisingManager1.RegisterAdvertisement', '(oa{sv})',
                        f'{self.root}/advertisement', {})
        return self

    def stop_advertising(self):
        self._end('LEAdvertisingManager1.UnregisterAdvertisement', f'{self.root}/advertisement')

    def stop(self):
        for path in list(self._registrations):
            self._unexport(path)
        self.stop_advertising()
        self._end('GattManager1.UnregisterApplication', self.root)

    def _unexport(self, path):
        if path in self._registrations:
            self.stack.client.bus.unregister_object(self._registrations.pop(path))

    def _end(self, method, path):
        self._unexport(path)
        try:
            self.stack.call(self.adapter, method, '(o)', path)
        except Exception:  # pylint: disable=broad-except # bluetoothd may have gone first
            pass
