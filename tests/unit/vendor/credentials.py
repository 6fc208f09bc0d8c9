#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""No image and no source of ours holds a credential: a private key, a setup code, a label.

    credentials.py SOURCE-ROOT IMAGE..."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv[1])
IMAGES = [pathlib.Path(p) for p in sys.argv[2:] if pathlib.Path(p).exists()]
del sys.argv[1:]

# What is on a device or makes one.  Tests and documents have codes for an example.
SOURCES = ('pairing', 'firmware', 'vendor', 'cloud', 'daemon', 'common', 'privacy', 'data')
KINDS = {
    'a private key in PEM': re.compile(rb'-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]{16}'),
    'a private key in JWK': re.compile(rb'"d"\s*:\s*"[A-Za-z0-9_-]{43}"'),
    'a private key in DER': re.compile(rb'\x30\x77\x02\x01\x01\x04\x20|\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48'),
    'a label': re.compile(rb'WTL:1\.[0-9A-Fa-f]{8}\.[0-9]{10}\.'),
}
CODE = re.compile(rb'(?<![0-9A-Za-z])[0-9]{4}-?[0-9]{3}-?[0-9]{3}(?![0-9A-Za-z])')

# Verhoeff's tables: the group D5 and his permutation.
D5 = [[(a + b) % 5 + 5 * (a // 5 ^ b // 5) if a < 5 else (a - b) % 5 + 5 * (1 ^ b // 5) for b in range(10)]
      for a in range(10)]
PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]


def is_code(digits):
    check = 0
    for place, digit in enumerate(reversed(digits)):
        for _ in range(place % 8):
            digit = PERMUTATION[digit]
        check = D5[check][digit]
    return check == 0 and len(set(digits)) > 2 and digits[:9] != list(range(1, 10))  # the refusal list's own examples


def find(data):
    """What there is of each kind."""
    found = [f'{kind}: {hit.group()[:40]!r}' for kind, pattern in KINDS.items() for hit in pattern.finditer(data)]
    for hit in CODE.finditer(data):
        if is_code([c - 48 for c in hit.group() if c != 45]):
            found.append(f'a setup code: {hit.group()!r}')
    return found


class Credentials(unittest.TestCase):
    def test_search_finds(self):
        for planted in (b'x-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIDw7H5kQ', b'"d": "' + b'A' * 43 + b'"',
                        b'..\x30\x77\x02\x01\x01\x04\x20..', b'WTL:1.00010001.4071583927.', b' 4071-583-927 ',
                        b'\0004071583927\0'):
            with self.subTest(planted=planted):
                self.assertTrue(find(b'something' + planted + b'else'))
        for harmless in b'4071583926', b'14071583927', b'1234567890', b'-----BEGIN PUBLIC KEY-----\nMHcCAQEEIDw7H5kQ':
            self.assertEqual(find(b'\0' + harmless + b'\0'), [])

    def test_images(self):
        self.assertTrue(IMAGES)
        for image in IMAGES:
            with self.subTest(image=image.name):
                self.assertEqual(find(image.read_bytes()), [])

    def test_sources(self):
        read = 0
        for folder in SOURCES:
            for path in (ROOT / folder).rglob('*'):
                if path.is_file() and not {'__pycache__', 'tests'} & set(path.relative_to(ROOT).parts):
                    with self.subTest(path=path.relative_to(ROOT)):
                        self.assertEqual(find(path.read_bytes()), [])
                    read += 1
        self.assertGreater(read, 100)


if __name__ == '__main__':
    unittest.main()
