#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""That the tier stands: a raw peer on hci1 echoes what a raw companion on hci0 writes, through the real bluetoothd."""

import os
import pathlib
import unittest

from gi.repository import GLib

from wattle_bluez import INWARD, OUTWARD, SERVICE, Central, Peer, Stack

RESULTS = pathlib.Path(os.environ['WATTLE_RESULTS'])


class Link(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(RESULTS / 'link')
        cls.addClassCleanup(cls.stack.stop)
        cls.stack.start(trace=RESULTS / 'link.btsnoop')

    def wait(self, condition, what):
        return self.stack.client.wait(condition, what)

    def is_connected(self, central):
        return self.stack.objects('Device1').get(central.device, {}).get('Connected')

    def connected(self):
        """A peer that echoes backwards, and a central that is connected to it."""
        peer = Peer(self.stack, 'hci1', SERVICE, INWARD, OUTWARD, lambda value: [value[::-1]]).start()
        self.addCleanup(peer.stop)
        peer.advertise(bytes(10))
        central = Central(self.stack, 'hci0')
        central.find(SERVICE)
        self.addCleanup(central.disconnect)
        central.connect()
        self.mtu = central.acquire(INWARD, OUTWARD)
        return peer, central

    def echo(self, mtu):
        peer, central = self.connected()
        self.assertEqual(self.mtu, mtu)
        for size in (1, 20, mtu - 3):
            # bluetoothd 5.66 takes no write of more than 510 bytes and cuts notifications at 512.
            value = os.urandom(min(size, 510))
            central.write(value)
            self.assertEqual(central.notified(), value[::-1])
        self.assertEqual(len(peer.received), 3)

    def test_01_echo(self):
        self.echo(517)

    def test_02_echo_on_a_narrow_link(self):
        self.stack.air.limit_mtu(23)
        self.addCleanup(self.stack.air.limit_mtu)
        self.echo(23)

    def test_03_out_of_range_and_back(self):
        peer, central = self.connected()
        self.stack.air.out_of_range('hci1')
        self.assertTrue(self.is_connected(central), 'a moment without a sign is no loss')
        self.stack.air.in_range('hci1')
        central.write(b'still there')
        self.assertEqual(central.notified(), b'ereht llits')
        self.stack.air.out_of_range('hci1')
        self.wait(lambda: not self.is_connected(central), 'the link is lost')
        central.close()
        attempt = central.begin_connect()
        self.stack.client.pause(1)
        self.assertFalse('value' in attempt or 'error' in attempt, 'nobody answers')
        self.stack.air.in_range('hci1')
        self.stack.client.finish(attempt)
        central.wait_for_services()
        central.acquire(INWARD, OUTWARD)
        central.write(b'back')
        self.assertEqual(central.notified(), b'kcab')
        self.assertEqual(len(peer.received), 2)

    def test_04_an_adapter_is_pulled_out(self):
        _, central = self.connected()
        self.stack.air.unplug('hci1')
        self.wait(lambda: '/org/bluez/hci1' not in self.stack.adapters(), 'the adapter is gone')
        self.wait(lambda: not self.is_connected(central), 'the link is lost')
        self.stack.air.plug('hci1')
        self.stack.wait_for_adapter('hci1')

    def test_05_phantoms(self):
        self.stack.surround(20)
        self.addCleanup(self.stack.air.remove_phantoms)
        central = Central(self.stack, 'hci0')
        central.find(SERVICE)
        central.start_discovery()
        self.addCleanup(central.stop_discovery)

        def seen():
            return [p for p in self.stack.objects('Device1').values() if SERVICE in p.get('ServiceData', {})]
        signals = {-60 - n for n in range(20)}
        self.wait(lambda: {p.get('RSSI') for p in seen()} == signals, 'all twenty are heard, each as near as it is')

    def test_06_a_filter_by_uuid_is_deaf_to_service_data(self):
        """Why the companion asks for none (pairing/gatt.h): hci0 asks for our service, hci1 for everything."""
        everything, filtered = Central(self.stack, 'hci1'), Central(self.stack, 'hci0')
        filtered.start_discovery(UUIDs=GLib.Variant('as', [SERVICE]))
        self.addCleanup(filtered.stop_discovery)
        everything.start_discovery()
        self.addCleanup(everything.stop_discovery)
        self.stack.surround(5)
        self.addCleanup(self.stack.air.remove_phantoms)

        def heard(adapter):
            return [d for p, d in self.stack.objects('Device1').items() if p.startswith(f'{adapter}/')
                    and 'RSSI' in d and SERVICE in d.get('ServiceData', {})]
        self.wait(lambda: len(heard(everything.adapter)) == 5, 'hci1 hears them')
        self.assertEqual(heard(filtered.adapter), [])


if __name__ == '__main__':
    unittest.main(verbosity=2)
