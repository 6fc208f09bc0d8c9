# SPDX-License-Identifier: Apache-2.0
"""How long GTK works at each frame, as GTK itself tells sysprof.

GTK asks through the socket SYSPROF_CONTROL_FD for memory that it writes a ring
of capture frames into (libsysprof-capture: sysprof-collector.c,
mapped-ring-buffer.c, sysprof-capture-types.h).
"""

import array
import mmap
import os
import socket
import struct

RING_BYTES = 4 << 20  # of a few kB that a frame takes
HEADER = struct.Struct('<4I')  # head, tail, offset, size
FRAME = struct.Struct('<HhiqB7x')  # length, cpu, pid, time, type
MARK = struct.Struct('<q24s40s')  # nanoseconds, group, name
MARK_TYPE = 10


class FrameTrace:
    """Give a program environment() and pass it descriptors(); frames() gives milliseconds of each frame since the last call."""

    def __init__(self):
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._rings = []

    def environment(self):
        return {'SYSPROF_CONTROL_FD': str(self._theirs.fileno())}

    def descriptors(self):
        return [self._theirs.fileno()]

    def serve(self):
        """Answers each of the program's threads that has asked for a ring; to be called while it starts."""
        try:
            while self._ours.recv(10):
                page = mmap.PAGESIZE
                fd = os.memfd_create('ring')
                os.ftruncate(fd, page + RING_BYTES)
                ring = mmap.mmap(fd, page + RING_BYTES)
                HEADER.pack_into(ring, 0, 0, 0, page, RING_BYTES)
                self._ours.sendmsg([b'\0'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [fd]))])
                os.close(fd)
                self._rings.append(ring)
        except BlockingIOError:
            pass
        return self._rings

    def marks(self):
        """(group, name, milliseconds) of what was marked since the last call."""
        self.serve()
        for ring in self._rings:
            head, tail, offset, size = HEADER.unpack_from(ring, 0)
            data = ring[offset:offset + size]
            data = (data + data)[head:tail if tail >= head else tail + size]
            position = 0
            while position + FRAME.size <= len(data):
                length, _, _, _, kind = FRAME.unpack_from(data, position)
                if kind == MARK_TYPE:
                    nanoseconds, group, name = MARK.unpack_from(data, position + FRAME.size)
                    yield (group.split(b'\0')[0].decode(), name.split(b'\0')[0].decode(), nanoseconds / 1e6)
                position += length
            struct.pack_into('<I', ring, 0, tail)

    def frames(self):
        return [milliseconds for _, name, milliseconds in self.marks() if name == 'frameclock cycle']
