# SPDX-License-Identifier: Apache-2.0
"""The format that "btmon -w" writes: btsnoop, with Linux's monitor records.

A file header of 16 bytes, then records: two lengths, flags (adapter and kind of
record), a count of drops, a time, all big-endian; then the packet, in which
numbers are little-endian.
"""

import collections
import struct

HEADER = b'btsnoop\0' + struct.pack('>II', 1, 2001)
COMMAND, EVENT, ACL_OUT, ACL_IN = 2, 3, 4, 5
ATT_CHANNEL = 4
# Where a value begins in the ATT packets that carry our link's packets.
VALUE_AT = {0x12: 3, 0x52: 3, 0x1b: 3, 0x1d: 3}
SEVERAL_VALUES = 0x23

Advert = collections.namedtuple('Advert', 'adapter address_type address data response')


def record(adapter, kind, packet):
    return struct.pack('>IIIIQ', len(packet), len(packet), adapter << 16 | kind, 0, 0) + packet


def att_values(pdu):
    """The values that a packet of ATT carries to or from a characteristic."""
    if pdu[:1] and pdu[0] in VALUE_AT:
        return [pdu[VALUE_AT[pdu[0]]:]]
    values, at = [], 1
    while pdu[:1] == bytes([SEVERAL_VALUES]) and at + 4 <= len(pdu):
        size = int.from_bytes(pdu[at + 2:at + 4], 'little')
        values.append(pdu[at + 4:at + 4 + size])
        at += 4 + size
    return values


def ad_structures(data):
    """[(AD type, value)] of an advertisement."""
    found, at = [], 0
    while at < len(data) and data[at]:
        found.append((data[at + 1], data[at + 2:at + 1 + data[at]]))
        at += 1 + data[at]
    return found


class Trace:
    def __init__(self, data):
        assert data[:16] == HEADER, 'no trace of btmon'
        self.records = []
        at = 16
        while at + 24 <= len(data):
            size, kept, flags = struct.unpack_from('>III', data, at)
            assert size == kept, 'a record is cut'
            self.records.append((flags >> 16, flags & 0xffff, data[at + 24:at + 24 + kept]))
            at += 24 + kept

    def att(self):
        """(adapter, whether it was sent or received, connection, ATT packet), put together from fragments."""
        parts = {}
        for adapter, kind, packet in self.records:
            if kind not in (ACL_OUT, ACL_IN) or len(packet) < 4:
                continue
            handle = int.from_bytes(packet[:2], 'little')
            key = adapter, kind, handle & 0xfff
            part = packet[4:]
            parts[key] = parts.get(key, b'') + part if handle >> 12 & 3 == 1 else part
            whole = parts[key]
            if len(whole) < 4 or len(whole) < 4 + int.from_bytes(whole[:2], 'little'):
                continue
            del parts[key]
            if int.from_bytes(whole[2:4], 'little') == ATT_CHANNEL:
                yield adapter, kind, handle & 0xfff, whole[4:]

    def streams(self):
        """What went over each link in each direction, our packets' headers taken out: the bytes of our messages."""
        streams = collections.defaultdict(bytes)
        for adapter, kind, handle, pdu in self.att():
            for value in att_values(pdu):
                first = value[:1] and value[0] & 0x80
                streams[adapter, kind, handle] += value[3 if first else 1:]
        return list(streams.values())

    def reports(self):
        """Every advertisement that a scanning controller reported."""
        for adapter, kind, packet in self.records:
            if kind != EVENT or packet[:1] != b'\x3e' or packet[2:3] != b'\x0d' or len(packet) < 28:
                continue
            report = packet[4:]
            yield Advert(adapter, report[2], report[3:9], report[24:24 + report[23]], bool(report[0] & 0x08))
