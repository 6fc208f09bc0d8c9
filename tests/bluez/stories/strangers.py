# SPDX-License-Identifier: Apache-2.0
"""Who else is there: devices that only look like ours, programs on the same bus, a second companion."""

import os

from wattle_bluez import INWARD, OUTWARD, SERVICE, SYSTEM_BUS, BluetoothSession, Central, Peer
from wattle_bluez.world import NAME, OWNED, PASSWORD, Story
from wattle_test import Client, DBusError


class Neighbours(Story):
    """A device of another maker's offers our service at hci2 and speaks rubbish, while ours is away.

    Away, because no virtual controller has two links at once: btvirt mixes up their packets.
    """

    # Another for each, to tell them apart.
    product = 0x00020000

    def setUp(self):
        super().setUp()
        self.world.own()
        if not self.world.adverts(OWNED):  # it was set up just now
            self.client.call(self.world.device, 'Device.Disconnect')
            self.world.connected()
        self.stack.air.out_of_range('hci1')
        self.addCleanup(self.stack.air.in_range, 'hci1')
        self.stack.wait_for_no_link('hci1')

    def offer(self, answer, advert):
        peer = Peer(self.stack, 'hci2', SERVICE, INWARD, OUTWARD, answer).start()
        self.addCleanup(peer.stop)
        return peer.advertise(advert)

    def refused(self, answer, errors):
        """Opening it ends in one of @errors, and ours is reached as ever."""
        type(self).product += 1
        peer = self.offer(answer, b'\x10' + self.product.to_bytes(4, 'big') + b'other')
        candidate = self.world.discover(product=self.product)
        told = self.client.fails(errors, self.client.open, candidate, self.world.code)
        self.assertTrue(peer.received, f'it was not spoken to: {told}')
        self.world.assert_no_secret_in(*peer.received)
        self.client.call('/org/wattle/Companion', 'Manager.StopDiscovery')
        peer.stop()
        self.stack.air.in_range('hci1')
        self.world.connected()

    def test_1_random_bytes(self):
        self.refused(lambda value: [os.urandom(20)], 'Protocol|NotGenuine|Unreachable|TimedOut')

    def test_2_a_flood(self):
        """More than anybody can read, of messages that never end."""
        self.refused(lambda value: [b'\x80\xff\xff' + bytes(17)] + [bytes([n & 0x3f]) + bytes(19) for n in range(300)],
                     'Protocol|NotGenuine|Unreachable|TimedOut')

    def test_3_an_echo(self):
        self.refused(lambda value: [value[:20]], 'Protocol|NotGenuine|Unreachable|TimedOut')

    def test_4_our_tag_from_another(self):
        """Who replays our device's advertisement is connected to, learns nothing, and keeps nobody from ours."""
        liar = self.offer(lambda value: [os.urandom(20)], next(iter(self.world.adverts(OWNED))))
        self.wait(lambda: liar.received, 'the liar is spoken to')
        self.world.assert_no_secret_in(*liar.received)
        self.assertNotEqual(self.world.state(), 'connected')
        liar.stop()
        self.stack.air.in_range('hci1')
        self.world.connected()
        self.client.call(self.world.device, 'Device.Disconnect')
        self.world.rotate()
        self.world.connected()


class Programs(Story):
    """Another program on this computer, with the same rights at bluetoothd."""

    def setUp(self):
        super().setUp()
        self.world.own()
        self.stranger = Client(SYSTEM_BUS)

    def call(self, path, interface_method, signature='()', *arguments):
        """None where it went well, else the error's name."""
        try:
            self.stack.call(path, interface_method, signature, *arguments, client=self.stranger)
        except DBusError as error:
            return error.name
        return None

    def characteristics(self):
        return {p['UUID']: path for path, p in self.stack.objects('GattCharacteristic1').items()
                if path.startswith('/org/bluez/hci0/') and p['UUID'] in (INWARD, OUTWARD)}

    def test_1_reading_and_writing(self):
        readings = self.client.collect('Device.Reading')
        paths = self.characteristics()
        heard = self.stack.listen(os.path.dirname(os.path.dirname(paths[INWARD])), self.stranger)
        tried = 0
        for path in paths.values():
            for method, signature, arguments in (('ReadValue', '(a{sv})', [{}]), ('StartNotify', '()', []),
                                                 ('WriteValue', '(aya{sv})', [b'\xc0\0\5hello', {}]),
                                                 ('AcquireWrite', '(a{sv})', [{}]), ('AcquireNotify', '(a{sv})', [{}])):
                error = self.call(path, f'GattCharacteristic1.{method}', signature, *arguments)
                self.assertTrue(error, f'{method} of {path} went well')
                tried += 1
        self.assertEqual(tried, 10)
        del readings[:]
        self.wait(lambda: len(readings) >= 2, 'readings go on')
        self.assertEqual(heard, [])
        self.assertEqual(self.world.state(), 'connected')

    def test_2_hanging_up(self):
        """Who may end the connection gets nothing but that; it is made again."""
        device = os.path.dirname(os.path.dirname(self.characteristics()[INWARD]))
        self.assertIsNone(self.call(device, 'Device1.Disconnect'))
        self.wait(lambda: self.world.state() != 'connected', 'the connection is gone')
        self.world.connected()
        device = os.path.dirname(os.path.dirname(self.characteristics()[INWARD]))
        self.assertIsNone(self.call('/org/bluez/hci0', 'Adapter1.RemoveDevice', '(o)', device))
        self.wait(lambda: self.world.state() != 'connected', 'bluetoothd has forgotten the device')
        self.world.connected()

    def test_3_coming_first(self):
        """A program that has the device already keeps it, and the person is told."""
        self.client.call(self.world.device, 'Device.Disconnect')
        self.stack.wait_for_no_link('hci0')
        central = Central(self.stack, 'hci0', self.stranger)
        central.find(SERVICE)
        central.connect()
        central.acquire(INWARD, OUTWARD)
        self.client.fails('Busy', self.client.call, self.world.device, 'Device.Connect')
        self.world.assert_no_secret_in(*central.heard())
        central.disconnect()
        self.world.connected()


class Companions(Story):
    """Two people with a computer each: hci0 and hci2, each with a daemon and a keyring."""

    def test_two_at_once(self):
        self.world.own()
        with BluetoothSession(self.stack, 'hci2') as second:
            self.live_with(second)
        self.world.rotate()

    def live_with(self, second):
        second.start_like(self.session)
        other = second.client()
        # Twice: where it is seen for the first time after, it is connected to.
        self.client.call(self.world.device, 'Device.Disconnect')
        self.world.connected()
        self.client.call(self.world.device, 'Device.Disconnect')
        candidate = other.discover('owned', timeout=90)
        other.open(candidate, PASSWORD, 'password')
        device = other.finish_setup(candidate, '', {}, NAME)
        other.wait(lambda: other.get(device, 'Device.State') == 'connected', 'the second is connected', 90)
        self.client.fails('Unreachable|TimedOut|Busy', self.client.call, self.world.device, 'Device.Connect')
        self.assertEqual(other.get(device, 'Device.State'), 'connected')
        other.call(device, 'Device.Disconnect')
        self.world.connected()
        other.fails('Unreachable|TimedOut|Busy', other.call, device, 'Device.Connect')
        self.race(self.client, self.world.device, other, device)

    def race(self, client, mine, other, theirs):
        """Both want it at once: one gets it, and the other when that one has gone."""
        client.call(mine, 'Device.Disconnect')
        self.stack.wait_for_no_link('hci1')

        def connected():
            return [c for c, d in ((client, mine), (other, theirs)) if c.get(d, 'Device.State') == 'connected']
        pending = [client.begin(mine, 'Device.Connect'), other.begin(theirs, 'Device.Connect')]
        self.wait(connected, 'one is connected')
        self.wait(lambda: all('value' in p or 'error' in p for p in pending), 'both have an answer')
        self.assertEqual(len(connected()), 1)
        first, its = (client, mine) if connected() == [client] else (other, theirs)
        last, path = (other, theirs) if first is client else (client, mine)
        first.call(its, 'Device.Disconnect')
        last.wait(lambda: last.get(path, 'Device.State') == 'connected', 'then the other one is', 90)
        last.call(path, 'Device.Disconnect')
        self.world.connected()
