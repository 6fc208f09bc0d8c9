#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""wattle-vendor device new: units that share nothing, and a manifest that holds nothing secret."""

import base64
import concurrent.futures
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

VENDOR, PASSPORT = (os.path.abspath(a) for a in sys.argv[1:3])
del sys.argv[1:3]

# Where firmware/core/factory.c puts what no two units may share.
SECRETS = {'signing key': slice(44, 76), 'public key': slice(76, 141), 'w0': slice(144, 176), 'L': slice(176, 241),
           'w0*M': slice(241, 306), 'w0*N': slice(306, 371), 'salt': slice(371, 387)}


class Device(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.dir = pathlib.Path(directory.name)
        self.manifest = self.dir / 'units.jsonl'

    def make(self, unit, *more, flash=None, passport=PASSPORT):
        words = ['--unit', unit, '--passport', passport, '--flash', flash or self.dir / f'{unit}.flash',
                 '--manifest', self.manifest, *more]
        return subprocess.run([VENDOR, 'device', 'new', *words], capture_output=True, text=True, timeout=60,
                              check=False, env={**os.environ, 'LC_ALL': 'C.UTF-8'})

    def units(self):
        return [json.loads(line) for line in self.manifest.read_text().splitlines()]

    def test_a_unit(self):
        label = self.dir / 'label.json'
        done = self.make('GL-0001', '--product', '0x00010001', '--label', label)
        self.assertEqual(done.returncode, 0, done.stderr)
        made = json.loads(label.read_text())
        self.assertEqual(stat.S_IMODE(label.stat().st_mode), 0o600)
        self.assertRegex(made['code'], r'^\d{10}$')
        self.assertEqual(made['qr'], f'WTL:1.00010001.{made["code"]}.GL-0001')
        self.assertEqual((made['unit_id'], made['product']), ('GL-0001', 0x10001))
        self.assertIn(made['qr'], done.stdout)
        self.assertIn(f'{made["code"][:4]}-{made["code"][4:7]}-{made["code"][7:]}', done.stdout)
        self.assertRegex(done.stdout, '[▀▄█]{4}')
        self.assertEqual(len(self.units()), 1)
        unit = self.units()[0]
        self.assertEqual(set(unit), {'unit_id', 'product', 'public_key'})
        key = base64.urlsafe_b64decode(unit['public_key'] + '===')
        self.assertEqual((len(key), key[0]), (65, 4))
        flash = self.dir / 'GL-0001.flash'
        self.assertEqual(stat.S_IMODE(flash.stat().st_mode), 0o600)
        self.assertEqual(flash.stat().st_size, 64 * 1024)
        self.assertIn(key, flash.read_bytes())
        for secret in made['code'].encode(), made['qr'].encode():
            self.assertNotIn(secret, flash.read_bytes())
            self.assertNotIn(secret, self.manifest.read_bytes())

    def test_nothing_is_overwritten(self):
        label = self.dir / 'label.json'
        self.assertEqual(self.make('GL-0001').returncode, 0)
        before = {p.name: p.read_bytes() for p in self.dir.iterdir()}
        self.assertEqual(self.make('GL-0001', flash=self.dir / 'other.flash').returncode, 1)
        self.assertEqual(self.make('GL-0002', flash=self.dir / 'GL-0001.flash').returncode, 1)
        self.assertEqual({p.name: p.read_bytes() for p in self.dir.iterdir()}, before)
        label.write_text('somebody else\'s')
        self.assertEqual(self.make('GL-0003', '--label', label).returncode, 1)
        self.assertEqual(label.read_text(), 'somebody else\'s')
        self.assertFalse((self.dir / 'GL-0003.flash').exists())
        self.assertEqual(len(self.units()), 1)

    def test_bad_words(self):
        broken = self.dir / 'broken.json'
        broken.write_text('{"product": 1}')
        for unit in 'gl-1', 'GL 1', '', 'G' * 33, 'GL.1', 'GL-1\n':
            with self.subTest(unit=unit):
                self.assertEqual(self.make(unit, flash=self.dir / 'x').returncode, 2)
        self.assertEqual(self.make('GL-1', passport=broken).returncode, 1)
        self.assertEqual(self.make('GL-1', passport=self.dir / 'none').returncode, 1)
        self.assertEqual(self.make('GL-1', '--product', '2').returncode, 1)
        self.assertEqual(self.make('GL-1', flash=self.dir / 'no' / 'such').returncode, 1)
        self.manifest.write_text('not a unit\n')
        done = self.make('GL-1')
        self.assertEqual(done.returncode, 1)
        self.assertIn('line 1', done.stderr)
        self.assertEqual(self.manifest.read_text(), 'not a unit\n')
        self.assertEqual(sorted(p.name for p in self.dir.iterdir()), ['broken.json', 'units.jsonl'])

    def test_units_share_nothing(self):
        """Also where several are made at once, two of them under one id."""
        names = [f'GL-{n:04}' for n in range(12)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda i: self.make(names[i % 12], '--label', self.dir / f'{i}.json',
                                                        flash=self.dir / f'{i}.flash').returncode, range(24)))
        self.assertEqual(sorted(results), [0] * 12 + [1] * 12)
        self.assertEqual(sorted(u['unit_id'] for u in self.units()), names)
        self.assertEqual(len({u['public_key'] for u in self.units()}), 12)
        labels = [json.loads(p.read_text()) for p in self.dir.glob('*.json')]
        self.assertEqual(len({label['code'] for label in labels}), 12)
        flashes = [p.read_bytes() for p in sorted(self.dir.glob('*.flash'))]
        self.assertEqual(len(flashes), 12)
        for field, where in SECRETS.items():
            with self.subTest(field=field):
                values = {flash[where] for flash in flashes}
                self.assertEqual(len(values), 12)
                self.assertNotIn(bytes(where.stop - where.start), values)


if __name__ == '__main__':
    unittest.main()
