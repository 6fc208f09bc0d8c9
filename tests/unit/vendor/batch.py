#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""wattle-vendor device batch: units that share nothing, whole sheets whenever it is stopped, and no secret outside of
the sheets."""

import json
import os
import pathlib
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

VENDOR, PASSPORT = (os.path.abspath(a) for a in sys.argv[1:3])
del sys.argv[1:3]

ADDRESS = 0xF4000
# Where firmware/core/factory.c puts what no two units may share.
SECRETS = {'signing key': slice(44, 76), 'public key': slice(76, 141), 'w0': slice(144, 176), 'L': slice(176, 241),
           'w0*M': slice(241, 306), 'w0*N': slice(306, 371), 'salt': slice(371, 387)}


def read_hex(path):
    """(address, bytes) of an Intel HEX file with one piece."""
    upper, pieces, ended = 0, [], False
    for line in path.read_text().splitlines():
        assert line[0] == ':' and not ended
        record = bytes.fromhex(line[1:])
        assert sum(record) % 256 == 0 and len(record) == record[0] + 5
        at, kind, data = int.from_bytes(record[1:3], 'big'), record[3], record[4:-1]
        if kind == 4:
            upper = int.from_bytes(data, 'big') << 16
        elif kind == 0:
            assert not pieces or upper + at == pieces[-1][0] + len(pieces[-1][1])
            pieces.append((upper + at, data))
        ended = kind == 1
    assert ended
    return pieces[0][0], b''.join(data for _, data in pieces)


class Batch(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.dir = pathlib.Path(directory.name)
        self.manifest, self.out = self.dir / 'units.jsonl', self.dir / 'out'

    def words(self, first='GL-0001', count=60, output=None, address=f'{ADDRESS:#x}'):
        return [VENDOR, 'device', 'batch', '--first', first, '--count', str(count), '--passport', PASSPORT,
                '--manifest', self.manifest, '--output', output or self.out, '--address', address,
                '--iterations', '1000']

    def make(self, *args, **more):
        return subprocess.run(self.words(*args, **more), capture_output=True, text=True, timeout=100, check=False,
                              env={**os.environ, 'LC_ALL': 'C.UTF-8'})

    def units(self):
        return [json.loads(line) for line in self.manifest.read_text().splitlines()]

    def labels(self, sheet=None):
        paths = [self.out / sheet / 'labels.jsonl'] if sheet else sorted(self.out.glob('sheet-*/labels.jsonl'))
        return [json.loads(line) for path in paths for line in path.read_text().splitlines()]

    def assert_whole(self, count):
        """All units, each with all of its files, and nothing else."""
        names = [f'GL-{n:04}' for n in range(1, count + 1)]
        self.assertEqual(sorted(u['unit_id'] for u in self.units()), names)
        self.assertEqual([label['unit_id'] for label in self.labels()], names)
        self.assertEqual(sorted(p.stem for p in self.out.glob('*/*.hex')), names)
        self.assertEqual([p.name for p in self.out.glob('.*')], [])
        keys = {u['unit_id']: u['public_key'] for u in self.units()}
        for path in self.out.glob('sheet-*/units.jsonl'):
            for line in path.read_text().splitlines():
                unit = json.loads(line)
                self.assertEqual(unit['public_key'], keys[unit['unit_id']])
        self.assertEqual(len({label['code'] for label in self.labels()}), count)

    def test_a_batch(self):
        done = self.make()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('60', done.stdout)
        self.assertIn('60 of 60', done.stderr)
        self.assert_whole(60)
        self.assertEqual([len(list(p.glob('*.hex'))) for p in sorted(self.out.glob('sheet-*'))], [24, 24, 12])
        for path in [self.out, *self.out.rglob('*')]:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o700 if path.is_dir() else 0o600)
        images = []
        for label in self.labels():
            address, image = read_hex(next(self.out.glob(f'*/{label["unit_id"]}.hex')))
            self.assertEqual(address, ADDRESS)
            self.assertTrue(image.startswith(b'WTF1'))
            self.assertIn(label['unit_id'].encode() + b'\0', image)
            images.append(image)
            for secret in label['code'].encode(), label['qr'].encode():
                self.assertNotIn(secret, image)
                self.assertNotIn(secret, self.manifest.read_bytes())
        for field, where in SECRETS.items():
            with self.subTest(field=field):
                values = {image[where] for image in images}
                self.assertEqual(len(values), 60)
                self.assertNotIn(bytes(where.stop - where.start), values)
        kept = self.manifest.read_bytes()
        for image in images:
            self.assertNotIn(image[SECRETS['signing key']], kept)

    @unittest.skipUnless(shutil.which('pdftoppm') and shutil.which('zbarimg'), 'poppler-utils, zbar-tools')
    def test_labels_on_paper(self):
        self.assertEqual(self.make(count=24).returncode, 0)
        for place, label in enumerate(self.labels()):  # cut apart, as they are
            x, y = place % 3 * 70, 0.5 + place // 3 * 37
            cut = [str(round(mm * 300 / 25.4)) for mm in (x, y, 70, 37)]
            words = [word for pair in zip(('-x', '-y', '-W', '-H'), cut) for word in pair]
            subprocess.run(['pdftoppm', '-r', '300', '-png', '-singlefile', *words,
                            self.out / 'sheet-00001' / 'labels.pdf', self.dir / 'label'], check=True, timeout=60)
            read = subprocess.run(['zbarimg', '-q', '--raw', self.dir / 'label.png'], check=True, timeout=60, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.split()
            self.assertEqual(read, [label['qr']])
        text = subprocess.run(['pdftotext', '-layout', self.out / 'sheet-00001' / 'labels.pdf', '-'], check=True,
                              timeout=60, text=True, stdout=subprocess.PIPE).stdout
        for label in self.labels():
            code = label['code']
            self.assertIn(f'{code[:4]}-{code[4:7]}-{code[7:]}', text)
            self.assertIn(label['unit_id'], text)

    def test_again(self):
        """The same command changes nothing; another one is refused and changes nothing either."""
        self.assertEqual(self.make(count=30).returncode, 0)
        before = {p: p.read_bytes() for p in self.dir.rglob('*') if p.is_file()}
        self.assertEqual(self.make(count=30).returncode, 0)
        self.assertEqual(self.make(count=31).returncode, 1)
        self.assertEqual(self.make(count=30, address='0').returncode, 1)
        self.assertEqual(self.make(first='GL-0002', count=30).returncode, 1)
        self.assertEqual({p: p.read_bytes() for p in self.dir.rglob('*') if p.is_file()}, before)
        # An id that is there already, in another folder.
        done = self.make(first='GL-0030', count=5, output=self.dir / 'other')
        self.assertEqual(done.returncode, 1)
        self.assertIn('GL-0030', done.stderr)
        self.assertEqual(len(self.units()), 30)
        self.assertEqual(self.make(first='GL-0031', count=5, output=self.dir / 'third').returncode, 0)
        self.assertEqual(len(self.units()), 35)

    def test_bad_words(self):
        for first, count in ('gl-1', 1), ('GL-', 1), ('GL-1', 0), ('GL-1', -1), ('GL-1', 1000001):
            with self.subTest(first=first, count=count):
                self.assertEqual(self.make(first=first, count=count).returncode, 2)
        for address in '1', 'x', '0x123456789':
            self.assertEqual(self.make(address=address).returncode, 2)
        self.assertEqual(self.make(first='GL-8', count=3).returncode, 1)
        self.assertFalse(any(self.out.glob('sheet-*')))

    def wait_for_sheet(self, process):
        while not any(self.out.glob('sheet-*')) and process.poll() is None:
            time.sleep(0.005)

    def test_cancel(self):
        process = subprocess.Popen(self.words(count=480), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, 'LC_ALL': 'C.UTF-8'})
        self.wait_for_sheet(process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 3)
        self.assertIn('the same command goes on', err)
        made = len(self.units())
        self.assertLess(made, 480)
        self.assert_whole(made)
        before = self.labels()
        self.assertEqual(self.make(count=480).returncode, 0)
        self.assert_whole(480)
        self.assertEqual(self.labels()[:made], before)

    def test_killed(self):
        """At any moment, again and again."""
        for _ in range(12):
            with subprocess.Popen(self.words(count=240), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as process:
                time.sleep(random.uniform(0.02, 0.3))
                process.kill()
        kept = self.labels()
        self.assertEqual(self.make(count=240).returncode, 0)
        self.assert_whole(240)
        self.assertEqual(self.labels()[:len(kept)], kept)

    def test_power_cut(self):
        """The files of a sheet are on the disk; of its lines in the manifest none, some, half of one, all."""
        self.assertEqual(self.make(count=48).returncode, 0)
        lines, second = self.manifest.read_text(), self.labels('sheet-00002')
        one = len(lines) // 48
        for kept, same in (24 * one, False), (25 * one, True), (27 * one + 20, True), (24 * one + 20, False), \
                (48 * one, True):
            with self.subTest(kept=kept):
                whole = self.manifest.read_text()
                (self.out / 'sheet-00002').rename(self.out / '.sheet-00002')
                before = self.labels_of('.sheet-00002')
                self.manifest.write_text(whole[:kept])
                self.assertEqual(self.make(count=48).returncode, 0)
                self.assert_whole(48)
                self.assertEqual(self.labels('sheet-00002') == before, same)
        self.assertEqual(len(second), 24)

    def labels_of(self, folder):
        return [json.loads(line) for line in (self.out / folder / 'labels.jsonl').read_text().splitlines()]


if __name__ == '__main__':
    unittest.main()
