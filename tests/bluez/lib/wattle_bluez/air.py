# SPDX-License-Identifier: Apache-2.0
"""What can be done to the air between the virtual controllers (tests/bluez/air)."""

import socket


class Air:
    def __init__(self, control):
        self.control = str(control)

    def _ask(self, *words):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
            client.settimeout(30)
            client.connect(self.control)
            client.send(' '.join(str(word) for word in words).encode())
            return client.recv(100) == b'ok\n'

    def _say(self, *words):
        assert self._ask(*words), f'the air does not do "{words}"'

    def out_of_range(self, adapter):
        self._say('range', adapter, 'out')

    def in_range(self, adapter):
        self._say('range', adapter, 'in')

    def cut_at(self, adapter, notification):
        """Out of range at the notification of that number that @adapter would send."""
        self._say('cut', adapter, notification)

    def is_out_of_range(self, adapter):
        return self._ask('lost', adapter)

    def unplug(self, adapter):
        """Pulls the adapter out: its hciN is gone."""
        self._say('unplug', adapter)

    def plug(self, adapter):
        self._say('plug', adapter)

    def give(self, adapter, path):
        """Takes hciN from the kernel; whoever connects to the socket @path has its controller."""
        self._say('give', adapter, path)

    def limit_mtu(self, mtu=517):
        """Links made from now on have an ATT_MTU of at most @mtu."""
        self._say('mtu', mtu)

    def add_phantom(self, address, data):
        """A device at @address, six bytes, that advertises @data and never answers."""
        self._say('phantom', address[::-1].hex(), data.hex())

    def remove_phantoms(self):
        self._say('phantoms', 'none')
