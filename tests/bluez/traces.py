#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What somebody who listens learns: nothing.  Reads the traces that the stories have left, on the host.

WATTLE_RESULTS names the folder with *.btsnoop and, for each, *.secrets.json.
"""

import json
import os
import pathlib
import re
import struct
import unittest

from eavesdrop import btsnoop
from eavesdrop import Secret, Trace, find

RESULTS = pathlib.Path(os.environ['WATTLE_RESULTS'])
HEADER = (pathlib.Path(__file__).resolve().parents[2] / 'pairing/gatt.h').read_text()
SERVICE = bytes.fromhex(re.search(r'WTL_GATT_SERVICE_UUID "(.*)"', HEADER).group(1).replace('-', ''))[::-1]
FLAGS = 0x01
SERVICE_DATA = 0x21
OWNED = 1
# Rotations that are needed to tell a byte that stays from one that happens to.
ROTATIONS = 4


def payload(advert):
    """Our ten bytes in an advertisement, or None."""
    for kind, value in btsnoop.ad_structures(advert.data):
        if kind == SERVICE_DATA and value[:16] == SERVICE:
            return value[16:]
    return None


def owned(trace):
    """The advertisements of owned devices, as the air carried them, each once."""
    seen = [a for a in trace.reports() if (payload(a) or b'\0')[0] & OWNED]
    return list(dict.fromkeys(a._replace(adapter=0) for a in seen))


def what_stays(adverts):
    """Positions at which every one of @adverts has the same byte of its address and, after them, of its tag."""
    rows = [a.address + payload(a)[1:] for a in adverts]
    return [n for n in range(min(map(len, rows))) if len({row[n] for row in rows}) == 1]


class Traces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.traces = {}
        for path in sorted(RESULTS.glob('*.secrets.json')):
            name = path.name.removesuffix('.secrets.json')
            secrets = [Secret(**entry) for entry in json.loads(path.read_text())]
            cls.traces[name] = Trace((RESULTS / f'{name}.btsnoop').read_bytes()), secrets
        assert cls.traces, 'the stories have left no traces'

    def test_something_was_recorded(self):
        for trace, secrets in self.traces.values():
            self.assertGreater(sum(map(len, trace.streams())), 1000)
            self.assertTrue({s.kind for s in secrets} >= {'text', 'bytes', 'code', 'number'})
            self.assertTrue(owned(trace), 'owned devices advertised')

    def test_nothing_secret_is_in_the_clear(self):
        for trace, secrets in self.traces.values():
            self.assertEqual(find(secrets, [packet for _, _, packet in trace.records] + trace.streams()), [])

    def test_a_planted_secret_is_found(self):
        """Across packets of the smallest link."""
        for _, secrets in self.traces.values():
            for secret in secrets:
                for encoding, data in secret.encodings().items():
                    planted = Trace(btsnoop.HEADER + self.link_packets(b'before ' + data + b' after'))
                    self.assertIn(f'{secret.label} ({encoding})', find([secret], planted.streams()))

    @staticmethod
    def link_packets(message):
        """Records of a message that goes out in ATT writes of 20 bytes."""
        out, first = b'', True
        while message:
            size = 17 if first else 19
            head = b'\xa0\0\0' if first else b'\x20'
            att = b'\x52\x10\0' + head + message[:size]
            l2cap = struct.pack('<HH', len(att), btsnoop.ATT_CHANNEL) + att
            out += btsnoop.record(0, btsnoop.ACL_OUT, struct.pack('<HH', 42, len(l2cap)) + l2cap)
            message, first = message[size:], False
        return out

    def test_owned_devices_cannot_be_followed(self):
        for trace, _ in self.traces.values():
            adverts = owned(trace)
            tags = {payload(a)[1:] for a in adverts}
            addresses = {a.address for a in adverts}
            self.assertGreaterEqual(len(tags), ROTATIONS, 'rotations seen')
            # A tag may come from two: BlueZ has a new address when it was restarted, and whoever hears a tag can repeat it.
            # Until the next one that says no more than the tag does.
            self.assertEqual(len({(a.address, payload(a)[1:]) for a in adverts}), len(addresses), 'no address has two tags')
            self.assertEqual(what_stays(adverts), [])
            for advert in adverts:
                others = [(kind, value) for kind, value in btsnoop.ad_structures(advert.data) if kind != SERVICE_DATA]
                self.assertEqual((others, len(advert.data)), ([(FLAGS, b'\x06')], 31), 'nothing more')

    def test_a_device_that_can_be_followed_is_noticed(self):
        adverts = [btsnoop.Advert(0, 1, os.urandom(6), b'\x02\x01\x06\x1b\x21' + SERVICE + b'\x11' + os.urandom(9), False)
                   for _ in range(8)]
        self.assertEqual(what_stays(adverts), [])
        with_address = [a._replace(address=adverts[0].address) for a in adverts]
        self.assertEqual(what_stays(with_address), list(range(6)))
        with_serial = [a._replace(data=a.data[:28] + b'GL1') for a in adverts]
        self.assertEqual(what_stays(with_serial), [12, 13, 14])


if __name__ == '__main__':
    unittest.main(verbosity=2)
