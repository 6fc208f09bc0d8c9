# SPDX-License-Identifier: Apache-2.0
"""A raw companion: finds a device, connects, reads and writes its characteristics through bluetoothd."""

import os
import select
import time

from gi.repository import GLib


class Central:
    def __init__(self, stack, adapter, client=None):
        """@client: its connection to the system bus; else the stack's."""
        self.stack, self.adapter = stack, f'/org/bluez/{adapter}'
        self.client = client or stack.client
        self.device = None
        self.write_fd = self.notify_fd = -1

    def call(self, *arguments):
        return self.stack.call(*arguments, client=self.client)

    def start_discovery(self, **more):
        """@more: of the filter."""
        self.call(self.adapter, 'Adapter1.SetDiscoveryFilter', '(a{sv})',
                  {'Transport': GLib.Variant('s', 'le'), 'DuplicateData': GLib.Variant('b', True), **more})
        self.call(self.adapter, 'Adapter1.StartDiscovery')

    def stop_discovery(self):
        self.call(self.adapter, 'Adapter1.StopDiscovery')

    def find(self, service, timeout=60):
        """The path of a device that advertises data of @service."""
        def found():
            for path, properties in self.stack.objects('Device1').items():
                # What was heard before this discovery, perhaps at an address that is gone, has no signal.
                if path.startswith(f'{self.adapter}/') and 'RSSI' in properties \
                        and service in properties.get('ServiceData', {}):
                    return path
            return None
        self.start_discovery()
        try:
            self.device = self.client.wait(found, f'a device with {service}', timeout)
        finally:
            self.stop_discovery()
        return self.device

    def begin_connect(self, timeout=60):
        return self.client.start('org.bluez', self.device, 'org.bluez.Device1', 'Connect', timeout=timeout)

    def connect(self, timeout=60):
        self.client.finish(self.begin_connect(timeout), timeout)
        self.wait_for_services(timeout)

    def wait_for_services(self, timeout=60):
        self.client.wait(lambda: self.stack.objects('Device1')[self.device]['ServicesResolved'],
                         'services resolved', timeout)

    def characteristic(self, uuid):
        for path, properties in self.stack.objects('GattCharacteristic1').items():
            if path.startswith(self.device + '/') and properties['UUID'] == uuid:
                return path
        raise AssertionError(f'no characteristic {uuid}')

    def acquire(self, inward, outward):
        """Opens the sockets to write to @inward and to be notified by @outward; gives the link's MTU."""
        self.notify_fd, _ = self._acquire(outward, 'AcquireNotify')
        self.write_fd, mtu = self._acquire(inward, 'AcquireWrite')
        return mtu

    def _acquire(self, uuid, method):
        _, mtu = self.call(self.characteristic(uuid), f'GattCharacteristic1.{method}', '(a{sv})', {})
        return self.client.fds.pop(0), mtu

    def write(self, value):
        os.write(self.write_fd, value)

    def notified(self, timeout=30):
        """The next notification; bluetoothd may need this process's main context meanwhile."""
        deadline = time.monotonic() + timeout
        context = GLib.MainContext.default()
        while not select.select([self.notify_fd], [], [], 0.002)[0]:
            assert time.monotonic() < deadline, 'nothing was notified'
            while context.iteration(False):
                pass
        return os.read(self.notify_fd, 512)

    def heard(self):
        """What has been notified and not read yet."""
        values = []
        while select.select([self.notify_fd], [], [], 0)[0]:
            values.append(os.read(self.notify_fd, 512))
        return values

    def close(self):
        for fd in (self.write_fd, self.notify_fd):
            if fd >= 0:
                os.close(fd)
        self.write_fd = self.notify_fd = -1

    def disconnect(self):
        """Hangs up, and lets bluetoothd forget the device, where it knows it still."""
        self.close()
        if self.device in self.stack.objects('Device1'):
            self.call(self.device, 'Device1.Disconnect')
        if self.device in self.stack.objects('Device1'):
            self.call(self.adapter, 'Adapter1.RemoveDevice', '(o)', self.device)
