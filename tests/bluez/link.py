#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""That the tier stands: a raw peer on hci1 echoes what a raw companion on hci0 writes, through the real bluetoothd."""

import os
import pathlib
import unittest

from wattle_bluez import INWARD, OUTWARD, SERVICE, Central, Peer, Stack

RESULTS = pathlib.Path(os.environ['WATTLE_RESULTS'])


class Link(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(RESULTS / 'link').start(trace=RESULTS / 'link.btsnoop')
        cls.addClassCleanup(cls.stack.stop)

    def echo(self, mtu):
        peer = Peer(self.stack, 'hci1', SERVICE, INWARD, OUTWARD, lambda value: [value[::-1]]).start()
        self.addCleanup(peer.stop)
        peer.advertise(bytes(10))
        central = Central(self.stack, 'hci0')
        central.find(SERVICE)
        central.connect()
        self.addCleanup(central.disconnect)
        self.assertEqual(central.acquire(INWARD, OUTWARD), mtu)
        for size in (1, 20, mtu - 3):
            # bluetoothd 5.66 takes no write of more than 510 bytes and cuts notifications at 512.
            value = os.urandom(min(size, 510))
            central.write(value)
            self.assertEqual(central.notified(), value[::-1])
        self.assertEqual(len(peer.received), 3)

    def test_01_echo(self):
        self.echo(517)


if __name__ == '__main__':
    unittest.main(verbosity=2)
