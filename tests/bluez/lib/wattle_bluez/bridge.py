# SPDX-License-Identifier: Apache-2.0
"""A real device behind a GATT service of the test's own, which asks for what the virtual device's does not."""

import os
import socket

from gi.repository import GLib

from .peer import Peer

LOOK_MS = 500


class Bridge(Peer):
    """What is written goes to the virtual device whose socket and advertisement are below @path, and back."""

    def __init__(self, stack, adapter, service, inward, outward, path):
        super().__init__(stack, adapter, service, inward, outward, self._pass_on)
        self.path, self.advert = path, None
        self.socket = self.watch = None

    def start(self):
        super().start()
        GLib.timeout_add(LOOK_MS, self._look)
        return self

    def _look(self):
        """Advertises what the device does now."""
        file = self.path.with_suffix('.advert')
        advert = file.read_bytes()[:10] if file.exists() else self.advert
        if advert and advert != self.advert:
            if self.advert is not None:
                self.stop_advertising()
            self.advert = advert
            self.advertise(advert)
        return True

    def _pass_on(self, value):
        if self.socket is None:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.socket.connect(str(self.path.with_suffix('.sock')))
            self.watch = GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, self.socket.fileno(), GLib.IOCondition.IN, self._back)
        self.socket.send(value)
        return []

    def _back(self, fd, _condition):
        value = os.read(fd, 512)
        if value:
            self.notify(value)
            return True
        self.watch = None
        self.unsubscribed()
        return False

    def unsubscribed(self):
        """The companion has gone, or the device hung up."""
        if self.watch is not None:
            GLib.source_remove(self.watch)
        if self.socket is not None:
            self.socket.close()
        self.socket = self.watch = None
