#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is deleted can be read by nobody: not from the files, not from a backup of data.db taken before.

The test has its own reader of the files, which knows the master key, and shows first that it can read all of it."""

import hashlib
import hmac
import http.client
import shutil
import signal
import sqlite3
import struct
import threading
import unittest

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cloud_service import Account, Cloud, Unit, readings

REQUEST, OTHER_REQUEST = 'c' * 32, 'd' * 32
CANARY_TIME, CANARY_VALUE = 0x1BADB002CA, 0x5AFEC0DE
CANARY_RECORD = hashlib.sha256(b'canary').hexdigest()


def digest(key, label, *parts):
    message = b''.join(struct.pack('>I', len(part)) + part for part in (label, *parts))
    return hmac.new(key, message, hashlib.sha256).digest() if key else hashlib.sha256(message).digest()


def unseal(key, label, aad, sealed):
    assert sealed[0] == 1
    return AESGCM(key).decrypt(sealed[1:13], sealed[13:], label + b'\0' + aad)


class Files:
    """All that an owner of the machine, keys included, can make of copies of its files."""

    def __init__(self, data_db, keys_db, master):
        wrap = digest(master, b'wattle-wrap-v1')
        with sqlite3.connect(f'file:{keys_db}?mode=ro', uri=True) as db:
            rows = {ref: (parent, wrapped) for ref, parent, wrapped in db.execute('SELECT * FROM key')}
        db.close()
        self.keys = {}
        for _ in range(3):
            for ref, (parent, wrapped) in rows.items():
                above = wrap if parent is None else self.keys.get(parent)
                if above:
                    self.keys[ref] = unseal(above, b'wattle-key-v1', ref, wrapped)
        self.db = sqlite3.connect(f'file:{data_db}?mode=ro', uri=True)

    def read(self):
        """(readings by purpose, device records) that can still be opened."""
        found, devices = {}, []
        for ref, purpose, sequence, body in self.db.execute(
                'SELECT stream.ref, purpose, sequence, body FROM reading JOIN stream ON stream.id = stream'):
            for key in self.keys.values():  # any key that is left, not just the one it should be
                try:
                    plain = unseal(key, b'wattle-reading-v1', ref + struct.pack('>I', sequence), body)
                    found.setdefault(purpose, []).append((sequence, *struct.unpack('>Qi', plain)))
                except InvalidTag:
                    pass
        for ref, body in self.db.execute('SELECT ref, body FROM device'):
            for key in self.keys.values():
                try:
                    devices.append(unseal(key, b'wattle-device-v1', ref, body))
                except InvalidTag:
                    pass
        return found, devices

    def count(self, table):
        return self.db.execute(f'SELECT count(*) FROM {table}').fetchone()[0]

    def close(self):
        self.db.close()


class Erasure(unittest.TestCase):
    def setUp(self):
        self.cloud = Cloud()
        self.cloud.__enter__()
        self.addCleanup(self.cloud.__exit__)
        self.master = (self.cloud.data / 'master.key').read_bytes()
        self.unit, self.account = Unit('CANARY-UNIT-0001'), Account(self.cloud)
        self.cloud.add_units(self.unit)
        self.assertEqual(self.account.claim(self.unit).status, 201)
        purposes = ['cloud-history', 'product-improvement']
        self.assertEqual(self.account.consent(self.unit, 1, purposes, CANARY_RECORD).status, 200)
        for purpose in purposes:
            batch = readings(1, 40, time=CANARY_TIME, value=CANARY_VALUE)
            self.assertEqual(self.account.post(self.unit, purpose, batch)['accepted'], 40)
        self.backup = self.copy('before')
        self.keys_before = self.wrapped_keys(self.cloud.data / 'keys.db')

    def copy(self, name):
        """A backup of data.db as an administrator makes one, while the service runs."""
        path = self.cloud.dir / f'{name}.db'
        with sqlite3.connect(f'file:{self.cloud.data}/data.db?mode=ro', uri=True) as source, \
                sqlite3.connect(path) as target:
            source.backup(target)
        source.close()
        target.close()
        return path

    def wrapped_keys(self, path):
        with sqlite3.connect(f'file:{path}?mode=ro', uri=True) as db:
            keys = [bytes(row[0]) for row in db.execute('SELECT wrapped FROM key')]
        db.close()
        return keys

    def reader(self, data_db=None):
        files = Files(data_db or self.cloud.data / 'data.db', self.cloud.data / 'keys.db', self.master)
        self.addCleanup(files.close)
        return files

    def assert_absent(self, needles):
        files = {**self.cloud.raw_files(), 'log': self.cloud.process.log_path.read_bytes(),
                 'backup': self.backup.read_bytes()}
        self.assertIn('data.db', files)
        for needle in needles:
            for name, content in files.items():
                self.assertNotIn(needle, content, name)

    def canaries(self):
        """Whatever a file or a line of the log could betray a person by."""
        values = [CANARY_TIME, CANARY_VALUE]
        texts = [str(v) for v in values] + ['CANARY-UNIT', CANARY_RECORD, self.account.account, self.account.secret,
                                            REQUEST, OTHER_REQUEST]
        return ([text.encode() for text in texts] + [bytes.fromhex(CANARY_RECORD)] +
                [v.to_bytes(n, order).strip(b'\0') for v in values for n in (4, 8) for order in ('big', 'little')
                 if v < 1 << (8 * n)] + [bytes.fromhex(self.account.account)])

    def test_the_reader_reads_everything_before(self):
        found, devices = self.reader(self.backup).read()
        self.assertEqual({purpose: len(rows) for purpose, rows in found.items()},
                         {'cloud-history': 40, 'product-improvement': 40})
        self.assertEqual(found['cloud-history'][0], (1, CANARY_TIME, CANARY_VALUE))
        self.assertIn(b'CANARY-UNIT-0001', devices[0])
        self.assertEqual(len(self.keys_before), 4)  # account, device, two purposes

    def test_nothing_readable_is_ever_in_files_or_log(self):
        self.assert_absent(self.canaries())

    def test_withdrawal_reaches_the_backup(self):
        self.account.consent(self.unit, 2, ['product-improvement'], CANARY_RECORD)
        found, _ = self.reader(self.backup).read()
        self.assertEqual({purpose: len(rows) for purpose, rows in found.items()}, {'product-improvement': 40})
        found, _ = self.reader().read()
        self.assertEqual(set(found), {'product-improvement'})

    def test_deleting_a_device_reaches_the_backup(self):
        self.assertEqual(self.account.delete_device(self.unit, REQUEST).status, 200)
        self.check_gone()

    def test_deleting_the_account_reaches_the_backup(self):
        self.assertEqual(self.account.delete(REQUEST).status, 200)
        self.check_gone()
        files = self.reader()
        self.assertEqual((files.keys, files.count('account')), ({}, 0))
        self.assertEqual(files.count('tombstone'), 1)

    def check_gone(self):
        files = self.reader(self.backup)
        self.assertEqual(files.count('reading'), 80)  # the backup still has the bytes
        self.assertEqual(files.read(), ({}, []))      # and nobody can read them
        files = self.reader()
        self.assertEqual([files.count(table) for table in ('reading', 'stream', 'device', 'erasure')], [0] * 4)
        # Destroyed keys are in no file any more, deleted pages and logs included.
        after = self.wrapped_keys(self.cloud.data / 'keys.db')
        destroyed = [key for key in self.keys_before if key not in after]
        self.assertGreaterEqual(len(destroyed), 3)
        self.assert_absent(destroyed + self.canaries())
        self.cloud.stop()
        self.assert_absent(destroyed + self.canaries())

    def test_a_backup_put_back_brings_no_data_back(self):
        self.assertEqual(self.account.delete(REQUEST).status, 200)
        self.cloud.stop()
        for name in ('data.db', 'data.db-wal', 'data.db-shm'):
            (self.cloud.data / name).unlink(missing_ok=True)
        shutil.copy(self.backup, self.cloud.data / 'data.db')
        (self.cloud.data / 'data.db').chmod(0o600)
        self.cloud.start()
        for answer in (self.account.get(self.unit, 'cloud-history'), self.account.request('GET', '/v1/devices')):
            self.assertEqual((answer.status, answer.code), (410, 'erased'))
        claims = self.cloud.verify(self.account.delete(OTHER_REQUEST)['receipt'])
        self.assertEqual(claims['records_deleted'], 80)

    def test_cut_off_between_data_and_keys(self):
        """As a power cut leaves it: records gone and receipt kept, but keys.db as it was."""
        keys = self.cloud.dir / 'keys-before.db'
        with sqlite3.connect(f'file:{self.cloud.data}/keys.db?mode=ro', uri=True) as source, \
                sqlite3.connect(keys) as target:
            source.backup(target)
            refs = [row[0] for row in source.execute('SELECT ref FROM key WHERE parent IS NULL')]
        source.close()
        target.close()
        receipt = self.account.delete(REQUEST)['receipt']
        self.cloud.process.kill()
        for name in ('keys.db', 'keys.db-wal', 'keys.db-shm'):
            (self.cloud.data / name).unlink(missing_ok=True)
        shutil.copy(keys, self.cloud.data / 'keys.db')
        (self.cloud.data / 'keys.db').chmod(0o600)
        with sqlite3.connect(self.cloud.data / 'data.db') as db:
            db.executemany('INSERT INTO erasure VALUES (?)', [(ref,) for ref in refs])
        db.close()
        self.assertNotEqual(self.reader(self.backup).read(), ({}, []))
        self.cloud.start()
        self.assertEqual(self.reader(self.backup).read(), ({}, []))
        self.assertEqual(self.account.delete(REQUEST)['receipt'].split('.')[1], receipt.split('.')[1])
        self.assert_absent(self.keys_before)

    def test_the_receipt_waits_for_the_keys(self):
        """While keys.db cannot be written there is no receipt; afterwards there is, the same to everyone."""
        holder = sqlite3.connect(self.cloud.data / 'keys.db', isolation_level=None)
        holder.execute('BEGIN IMMEDIATE')
        answer = self.account.delete_device(self.unit, REQUEST)
        self.assertEqual((answer.status, answer.code), (503, 'busy'))
        holder.execute('ROLLBACK')
        holder.close()
        first = self.account.delete_device(self.unit, REQUEST)
        claims = self.cloud.verify(first['receipt'])
        self.assertEqual((claims['records_deleted'], claims['key_destroyed']), (80, True))
        self.assertEqual(self.account.delete_device(self.unit, REQUEST).body, first.body)
        self.assertEqual(self.reader(self.backup).read(), ({}, []))

    def test_kill_9_while_deleting(self):
        """Killed at 12 different moments of a deletion: repeated, it ends in one receipt and nothing is readable."""
        for i in range(12):
            account = Account(self.cloud)
            unit = Unit(f'KILL-{i}')
            self.cloud.add_units(unit)
            account.claim(unit)
            account.consent(unit, 1, ['cloud-history'])
            account.post(unit, 'cloud-history', readings(1, 100))
            backup = self.copy(f'kill-{i}')
            timer = threading.Timer(0.004 + 0.0025 * i, self.cloud.process.popen.kill)
            timer.start()
            try:
                account.delete_device(unit, REQUEST)
            except (OSError, http.client.HTTPException):  # no answer, or half of one
                pass
            timer.join()
            self.cloud.process.kill()
            self.cloud.start()
            receipts = {account.delete_device(unit, REQUEST).body for _ in range(2)}
            self.assertEqual(len(receipts), 1)
            found = self.reader(backup).read()[0]
            self.assertEqual(len(found.get('cloud-history', [])), 40)  # the other account's alone

    def test_kill_9_loses_nothing_acknowledged(self):
        highest, fed = [40], threading.Event()

        def feed():
            try:
                for first in range(41, 100000, 50):
                    answer = self.account.post(self.unit, 'cloud-history', readings(first, 50))
                    if answer.status == 200:
                        highest.append(answer['highest'])
                        fed.set()
            except (OSError, http.client.HTTPException):
                pass

        feeder = threading.Thread(target=feed)
        feeder.start()
        self.assertTrue(fed.wait(30), 'nothing was acknowledged')
        feeder.join(0.5)
        self.cloud.process.popen.send_signal(signal.SIGKILL)
        feeder.join()
        self.cloud.process.kill()
        self.cloud.start()
        last = self.account.get(self.unit, 'cloud-history', after=highest[-1] - 1)['readings']
        self.assertEqual(last[0]['sequence'], highest[-1])


if __name__ == '__main__':
    unittest.main()
