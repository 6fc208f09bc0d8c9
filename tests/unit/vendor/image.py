#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""wattle-vendor image: images that MCUboot's own format describes, read here by other hands, and what it refuses."""

import hashlib
import os
import pathlib
import stat
import struct
import subprocess
import sys
import tempfile
import unittest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

VENDOR = os.path.abspath(sys.argv.pop(1))
PAYLOAD = bytes(range(256)) * 19 + b'odd'


def read_image(image):
    """What MCUboot's docs/design.md says of the bytes."""
    magic, address, header, protected, body, flags, *version = struct.unpack_from('<IIHHIIBBHI', image)
    assert magic == 0x96f3b83d and address == flags == 0
    tags, at = [], header + body
    for expected in 0x6908, 0x6907:
        found, total = struct.unpack_from('<HH', image, at)
        assert found == expected
        end, at = at + total, at + 4
        tags.append({})
        while at < end:
            kind, length = struct.unpack_from('<HH', image, at)
            assert kind not in tags[-1]
            tags[-1][kind] = image[at + 4:at + 4 + length]
            at += 4 + length
        assert at == end
    assert at == len(image)
    signed = image[:header + body + protected]
    return {'header': header, 'version': tuple(version), 'body': image[header:header + body], 'signed': signed,
            'protected': tags[0], 'tags': tags[1]}


class Image(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.dir = pathlib.Path(directory.name)
        self.key, self.public, self.image = (self.dir / name for name in ('key.pem', 'public.pem', 'image.bin'))
        self.payload = self.dir / 'payload'
        self.payload.write_bytes(PAYLOAD)
        self.assertEqual(self.vendor('key', '--key', self.key, '--public', self.public).returncode, 0)

    def vendor(self, verb, *words):
        return subprocess.run([VENDOR, 'image', verb, *words], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, 'LC_ALL': 'C.UTF-8'})

    def make(self, *more, version='1.2.3', key=None, out=None, payload=None):
        return self.vendor('new', payload or self.payload, '--version', version, '--product', '0x00010001', '--key',
                           key or self.key, '-o', out or self.image, *more)

    def show(self, path, *more):
        done = self.vendor('show', path, *more)
        return done.returncode, done.stdout + done.stderr

    def write_key(self, key, name, kind=serialization.PrivateFormat.PKCS8, lock=serialization.NoEncryption()):
        path = self.dir / name
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, lock))
        path.chmod(0o600)
        return path

    def verify(self, public):
        """As MCUboot does."""
        image = read_image(self.image.read_bytes())
        digest = hashlib.sha256(image['signed']).digest()
        self.assertEqual(image['tags'][0x10], digest)
        der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.assertEqual(image['tags'][0x01], hashlib.sha256(der).digest())
        public.verify(image['tags'][0x22], image['signed'], ec.ECDSA(hashes.SHA256()))
        return image

    def test_an_image(self):
        self.assertEqual(stat.S_IMODE(self.key.stat().st_mode), 0o600)
        done = self.make(version='1.2.3+4')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        public = serialization.load_pem_public_key(self.public.read_bytes())
        image = self.verify(public)
        self.assertEqual((image['version'], image['header'], image['body']), ((1, 2, 3, 4), 512, PAYLOAD))
        self.assertEqual(image['protected'], {0x50: struct.pack('<I', 0x01020003), 0xa0: struct.pack('<I', 0x10001)})
        self.assertEqual(set(image['tags']), {0x01, 0x10, 0x22})
        other = ec.generate_private_key(ec.SECP256R1()).public_key()
        with self.assertRaises(InvalidSignature):
            other.verify(image['tags'][0x22], image['signed'], ec.ECDSA(hashes.SHA256()))
        status, text = self.show(self.image, '--key', self.public)
        self.assertEqual(status, 0, text)
        for word in '1.2.3+4', '0x00010001', '16908291', image['tags'][0x10].hex(), image['tags'][0x01].hex():
            self.assertIn(word, text)

    def test_the_same_each_time(self):
        self.assertEqual(self.make().returncode, 0)
        self.assertEqual(self.make(out=self.dir / 'again').returncode, 0)
        self.assertEqual(self.image.read_bytes(), (self.dir / 'again').read_bytes())
        self.assertEqual(self.make().returncode, 1)  # never overwritten

    def test_counter_and_header(self):
        self.assertEqual(self.make('--counter', '0xffffffff', '--header-size', '32', version='255.255.65535+4294967295')
                         .returncode, 0)
        image = read_image(self.image.read_bytes())
        self.assertEqual(image['version'], (255, 255, 65535, 4294967295))
        self.assertEqual((image['header'], image['protected'][0x50]), (32, b'\xff' * 4))

    def test_keys_of_others(self):
        """As OpenSSL and imgtool write them."""
        for kind in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
            private = ec.generate_private_key(ec.SECP256R1())
            self.assertEqual(self.make(key=self.write_key(private, 'theirs', kind)).returncode, 0)
            self.verify(private.public_key())
            self.assertIn('another key', self.show(self.image, '--key', self.public)[1])
            self.image.unlink()

    def test_bad_keys(self):
        good = ec.generate_private_key(ec.SECP256R1())
        bad = [self.write_key(ec.generate_private_key(ec.SECP384R1()), 'p384'),
               self.write_key(good, 'locked', lock=serialization.BestAvailableEncryption(b'secret')), self.public,
               self.payload, self.dir, self.dir / 'none', pathlib.Path('/dev/null')]
        self.public.chmod(0o600)
        self.payload.chmod(0o600)
        large = self.dir / 'large'
        large.write_bytes(self.key.read_bytes() + b'\n' * 20000)
        large.chmod(0o600)
        for mode in 0o640, 0o604:
            seen = self.write_key(good, f'seen{mode}')
            seen.chmod(mode)
            bad.append(seen)
        for path in [*bad, large]:
            with self.subTest(path=path.name):
                done = self.make(key=path)
                self.assertEqual(done.returncode, 1)
                self.assertIn(str(path), done.stderr)
                self.assertFalse(self.image.exists())

    def test_bad_words(self):
        for version in '', '1', '1.2', '1.2.3.4', '256.0.0', '0.256.0', '0.0.65536', '0.0.0+4294967296', '01.0.0', '1.2.3\n':
            self.assertEqual(self.make(version=version).returncode, 2, version)
        for words in (['--counter', '-1'], ['--counter', '4294967296'], ['--product', 'x'], ['--header-size', '31'],
                      ['--header-size', '5000'], ['--header-size', '34'], ['more']):
            self.assertEqual(self.make(*words).returncode, 2, words)
        self.assertEqual(self.vendor('new', self.payload).returncode, 2)
        self.assertEqual(self.vendor('show').returncode, 2)
        self.assertEqual(self.vendor('key', '--key', self.dir / 'x').returncode, 2)
        self.assertFalse((self.dir / 'x').exists() or self.image.exists())

    def test_help_of_all_verbs(self):
        done = self.vendor('--help')
        self.assertEqual((done.returncode, done.stderr), (0, ''))
        for verb in 'key', 'new', 'show':
            self.assertIn(f'wattle-vendor image {verb} ', done.stdout)
        self.assertNotIn('wattle-vendor passport', done.stdout)
        self.assertEqual(self.vendor('--elp').returncode, 2)

    def test_sizes(self):
        for size, status in (0, 1), (1, 0), (4 << 20, 0), ((4 << 20) + 1, 1):
            self.image.unlink(missing_ok=True)
            self.payload.write_bytes(b'x' * size)
            self.assertEqual(self.make().returncode, status, size)
        self.assertEqual(self.show('/dev/zero')[0], 1)

    def test_damage(self):
        """Each byte of the image counts, and each cut; some of them, for each is a process."""
        self.payload.write_bytes(b'what runs')
        self.assertEqual(self.make('--header-size', '32').returncode, 0)
        image, path = self.image.read_bytes(), self.dir / 'damaged'
        signed = len(read_image(image)['signed'])
        for at in range(0, len(image), 3):
            path.write_bytes(image[:at] + bytes([image[at] ^ 0x41]) + image[at + 1:])
            self.assertEqual(self.show(path, '--key', self.public)[0], 1, at)
            if at < signed:
                self.assertEqual(self.show(path)[0], 1, at)
        for size in range(0, len(image), 9):
            path.write_bytes(image[:size])
            self.assertEqual(self.show(path)[0], 1, size)


if __name__ == '__main__':
    unittest.main()
