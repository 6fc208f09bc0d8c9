#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The service as its administrator meets it: first start, permissions, signals, full disks and damaged files."""

import base64
import hashlib
import ipaddress
import json
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import stat
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from cloud_service import PROGRAM, ROOT, Account, Cloud, Unit, readings, run, unb64url


def refused(cloud, *options, code=1, argv=None):
    """What the program says when it does not start."""
    result = run(argv or [PROGRAM, '--data', cloud.data, '--listen', '127.0.0.1:0', *options], cloud.env, check=False)
    assert result.returncode == code, (result.returncode, result.stderr)
    assert result.stdout == '', result.stdout
    return result.stderr


class Service(unittest.TestCase):
    options = ()

    def setUp(self):
        self.cloud = Cloud(*self.options)
        self.cloud.__enter__()
        self.addCleanup(self.cloud.__exit__)

    def filled(self):
        account, unit = Account(self.cloud), Unit()
        self.cloud.add_units(unit)
        account.claim(unit)
        account.consent(unit, 1, ['cloud-history'])
        self.assertEqual(account.post(unit, 'cloud-history', readings(1, 50))['accepted'], 50)
        return account, unit


class FirstStart(Service):
    def test_certificate_and_info(self):
        certificate, info = self.cloud.certificate(), self.cloud.info
        spki = certificate.public_key().public_bytes(serialization.Encoding.DER,
                                                     serialization.PublicFormat.SubjectPublicKeyInfo)
        self.assertEqual(base64.b64decode(info['spki_sha256']), hashlib.sha256(spki).digest())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        self.assertEqual(names.get_values_for_type(x509.DNSName), ['localhost'])
        self.assertEqual(names.get_values_for_type(x509.IPAddress),
                         [ipaddress.ip_address('127.0.0.1'), ipaddress.ip_address('::1')])
        self.assertEqual(len(unb64url(info['receipt_key']['x'])), 32)
        thumb = {name: info['receipt_key'][name] for name in ('crv', 'kty', 'x', 'y')}
        digest = hashlib.sha256(json.dumps(thumb, separators=(',', ':')).encode()).digest()
        self.assertEqual(unb64url(info['receipt_key']['kid']), digest)
        self.cloud.stop()
        again = run([PROGRAM, '--info', '--data', self.cloud.data], self.cloud.env)
        self.assertEqual(json.loads(again.stdout), info)

    def test_hostname(self):
        data = self.cloud.dir / 'named'
        run([PROGRAM, '--init', '--data', data, '--hostname', 'cloud.example'], self.cloud.env)
        certificate = x509.load_pem_x509_certificate((data / 'tls-cert.pem').read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        self.assertEqual(names.get_values_for_type(x509.DNSName), ['localhost', 'cloud.example'])

    def test_everything_is_private(self):
        for path in (self.cloud.data, *self.cloud.data.rglob('*')):
            mode = stat.S_IMODE(path.stat().st_mode)
            self.assertEqual(mode, 0o700 if path.is_dir() else 0o600, path)

    def test_init_never_overwrites(self):
        before = self.cloud.raw_files()
        message = refused(self.cloud, argv=[PROGRAM, '--init', '--data', self.cloud.data])
        self.assertIn('nothing was changed', message)
        self.assertEqual(self.cloud.raw_files(), before)

    def test_usage(self):
        help_text = run([PROGRAM, '--help'], self.cloud.env).stdout
        for option in ('--init', '--data', '--units', '--listen', '--hostname', '--retain', '--max-size'):
            self.assertIn(option, help_text)
        for argv in ([PROGRAM], [PROGRAM, '--nonsense'], [PROGRAM, '--data', 'x', 'y'],
                     [PROGRAM, '--data', 'x', '--timeout', '0'], [PROGRAM, '--data', 'x', '--origin', 'http://x']):
            self.assertTrue(refused(self.cloud, code=2, argv=argv).startswith('wattle-cloud: '))


class Start(Service):
    def setUp(self):
        super().setUp()
        self.cloud.stop()

    def test_too_open(self):
        for path, mode in [(self.cloud.data, 0o750)] + [
                (self.cloud.data / name, 0o640) for name in ('tls-key.pem', 'receipt-key.pem', 'master.key', 'keys.db',
                                                             'data.db')]:
            with self.subTest(path.name):
                before = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode)
                message = refused(self.cloud)
                self.assertIn('chmod', message)
                self.assertIn(str(path), message)
                path.chmod(before)
        self.cloud.start()

    def test_keys_that_are_links(self):
        real = self.cloud.dir / 'elsewhere'
        (self.cloud.data / 'master.key').rename(real)
        (self.cloud.data / 'master.key').symlink_to(real)
        self.assertIn('master.key', refused(self.cloud))

    def test_missing_and_foreign_files(self):
        other = self.cloud.dir / 'other'
        run([PROGRAM, '--init', '--data', other], self.cloud.env)
        for name in ('keys.db', 'data.db', 'master.key', 'tls-key.pem', 'tls-cert.pem', 'receipt-key.pem'):
            with self.subTest(name):
                path, kept = self.cloud.data / name, self.cloud.dir / 'kept'
                path.rename(kept)
                self.assertIn(name, refused(self.cloud))
                self.assertFalse(path.exists(), 'a missing file must not be made anew')
                if name.endswith('.db') or name == 'master.key':
                    shutil.copy(other / name, path)
                    path.chmod(0o600)
                    self.assertIn('nothing was changed', refused(self.cloud))
                kept.replace(path)
        self.cloud.start()

    def test_no_folder_and_bad_address(self):
        self.assertIn('nowhere', refused(self.cloud, argv=[PROGRAM, '--data', self.cloud.dir / 'nowhere']))
        for address in ('127.0.0.1', 'localhost:1', '127.0.0.1:99999', '[::1', ''):
            self.assertIn('listen', refused(self.cloud, argv=[PROGRAM, '--data', self.cloud.data, '--listen', address]))

    def test_bad_manifests(self):
        good = Unit('GOOD').manifest_line()
        for bad in ('{', '[]', '{}', good.replace('GOOD', 'bad id'), good.replace('65537', '-1'),
                    good.replace('"public_key": "B', '"public_key": "C'), Unit('GOOD').manifest_line()):
            self.cloud.manifest.write_text(good + bad)
            message = refused(self.cloud, '--units', self.cloud.manifest)
            self.assertIn('Line 2', message)
        self.cloud.manifest.write_text(good * 2)
        self.cloud.start()

    def test_damaged_database(self):
        path = self.cloud.data / 'data.db'
        whole = path.read_bytes()
        for damaged in (b'not a database' * 1000, whole[:4096] + b'\xa5' * 8192 + whole[12288:], whole[:6000]):
            path.write_bytes(damaged)
            message = refused(self.cloud)
            self.assertRegex(message, 'damaged|cannot be used')
            self.assertEqual(path.read_bytes(), damaged)
        path.write_bytes(whole)
        self.cloud.start()

    def test_a_newer_database(self):
        with sqlite3.connect(self.cloud.data / 'data.db') as db:
            db.execute('PRAGMA user_version = 99')
        db.close()
        self.assertIn('newer', refused(self.cloud))


class Running(Service):
    def test_one_process_at_a_time(self):
        self.assertIn('Another wattle-cloud', refused(self.cloud))

    def test_sigterm_ends_it_cleanly(self):
        account, unit = self.filled()
        connection = self.cloud.connect()
        account.request('GET', '/v1/devices', connection=connection)
        self.cloud.process.signal(signal.SIGTERM)
        self.assertEqual(self.cloud.process.wait(10), 0)
        self.assertIn('stopped', self.cloud.process.log())
        self.assertEqual([p.name for p in self.cloud.data.iterdir() if 'wal' in p.name], [])
        connection.close()
        self.cloud.start()
        self.assertEqual(len(account.get(unit, 'cloud-history')['readings']), 50)

    def test_the_manifest_is_read_again(self):
        account, unit = Account(self.cloud), Unit('LATER-1')
        self.assertEqual(account.request('GET', '/v1/devices/LATER-1/claim').code, 'unknown-unit')
        self.cloud.add_units(unit)
        self.assertEqual(account.claim(unit).status, 201)
        # A manifest that is being written is not taken, the old one stays.
        with self.cloud.manifest.open('a') as manifest:
            manifest.write('{"unit_id":"HALF')
        self.cloud.process.signal(signal.SIGHUP)
        self.cloud.process.wait_for('the manifest stays as it was')
        self.assertEqual(account.claim(unit).status, 200)

    def test_the_log_names_nobody(self):
        account, unit = self.filled()
        account.request('GET', '/v1/export')
        account.request('GET', '/v1/devices/UNKNOWN-UNIT-7/claim')
        account.delete_device(unit, 'e' * 32)
        log = self.cloud.process.log()
        self.assertIn('PUT /v1/devices/{unit}/consent 200', log)
        self.assertIn('404 unknown-unit', log)
        for text in (account.account, account.secret, unit.unit_id, 'UNKNOWN-UNIT-7', 'e' * 32, 'cloud-history'):
            self.assertNotIn(text, log)
        lines = [line for line in log.splitlines() if not line.startswith('listening')]
        self.assertNotIn('127.0.0.1', '\n'.join(lines))

    def test_journal_prefixes(self):
        self.cloud.stop()
        self.cloud.process.start(['--listen', '127.0.0.1:0'], {'JOURNAL_STREAM': '1:2'})
        self.cloud.process.wait_for('<6>0 units known')


class Retention(Service):
    options = ('--retain', 'product-improvement=90')

    def test_readings_have_their_time(self):
        account, unit = self.filled()
        account.consent(unit, 2, ['cloud-history', 'product-improvement'])
        account.post(unit, 'product-improvement', readings(1, 10))
        self.cloud.stop()
        with sqlite3.connect(self.cloud.data / 'data.db') as db:
            db.execute('UPDATE reading SET day = day - 91')
        db.close()
        self.cloud.start()
        self.assertEqual(account.get(unit, 'product-improvement')['readings'], [])
        self.assertEqual(len(account.get(unit, 'cloud-history')['readings']), 50)
        self.assertIn('10 readings had their time', self.cloud.process.log())

    def test_tombstones_are_kept_400_days(self):
        account, _ = self.filled()
        receipt = account.delete('f' * 32)['receipt']
        for days, expected in ((399, 200), (2, 401)):
            self.cloud.stop()
            with sqlite3.connect(self.cloud.data / 'data.db') as db:
                db.execute('UPDATE tombstone SET day = day - ?', (days,))
            db.close()
            self.cloud.start()
            answer = account.delete('f' * 32)
            self.assertEqual(answer.status, expected)
            if expected == 200:
                self.assertEqual(answer['receipt'], receipt)


class FullDisk(Service):
    def fill(self, account, unit, first):
        """Hands readings in until there is no room; returns the highest that was taken."""
        highest = first - 1
        while True:
            answer = account.post(unit, 'cloud-history', readings(highest + 1, 500))
            if answer.status != 200:
                self.assertEqual((answer.status, answer.code), (507, 'storage-full'))
                return highest
            self.assertEqual(answer['accepted'], 500)
            highest = answer['highest']

    def check_afterwards(self, account, unit, highest):
        """All that was taken is there, and deleting works though the disk is full."""
        last = account.get(unit, 'cloud-history', after=highest - 1)
        self.assertEqual([r['sequence'] for r in last['readings']], [highest])
        claims = self.cloud.verify(account.delete_device(unit, 'a' * 32)['receipt'])
        self.assertEqual(claims['records_deleted'], highest)
        self.assertEqual(account.claim(unit).status, 201)
        account.consent(unit, 1, ['cloud-history'])
        self.assertEqual(account.post(unit, 'cloud-history', readings(1, 500))['accepted'], 500)

    def test_a_quota(self):
        account, unit = self.filled()
        self.cloud.stop()
        self.cloud.start('--max-size', '1')
        self.check_afterwards(account, unit, self.fill(account, unit, 51))
        self.assertLessEqual((self.cloud.data / 'data.db').stat().st_size, 1 << 20)

    def test_a_limit_of_the_system(self):
        """As on a full disk, write() fails; here by RLIMIT_FSIZE."""
        account, unit = self.filled()
        pid = self.cloud.process.pid
        limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (256 << 10, limits[1]))
        highest = self.fill(account, unit, 51)
        self.assertEqual(self.cloud.request('GET', '/healthz').status, 200)
        answer = self.cloud.request('POST', '/v1/accounts')
        self.assertIn(answer.status, (201, 507))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        self.check_afterwards(account, unit, highest)


class Unit_file(unittest.TestCase):
    """systemd's own check of data/systemd/wattle-cloud.service, where systemd is installed."""

    def test_least_privilege(self):
        text = (ROOT / 'data/systemd/wattle-cloud.service.in').read_text()
        for line in ('DynamicUser=yes', 'NoNewPrivileges=yes', 'ProtectSystem=strict', 'CapabilityBoundingSet=',
                     'StateDirectoryMode=0700', 'MemoryDenyWriteExecute=yes', 'SystemCallFilter=@system-service'):
            self.assertIn(line + '\n', text)

    @unittest.skipUnless(shutil.which('systemd-analyze'), 'systemd is not installed')
    def test_systemd_accepts_it(self):
        text = (ROOT / 'data/systemd/wattle-cloud.service.in').read_text().replace('@bindir@', str(PROGRAM.parent))
        folder = pathlib.Path(os.environ.get('TMPDIR', '/tmp')) / f'wattle-unit-{os.getpid()}'
        folder.mkdir()
        self.addCleanup(shutil.rmtree, folder)
        (folder / 'wattle-cloud.service').write_text(text)
        result = run(['systemd-analyze', 'verify', folder / 'wattle-cloud.service'], dict(os.environ), check=False)
        own = [line for line in result.stderr.splitlines() if 'wattle-cloud' in line]
        self.assertEqual(own, [])


if __name__ == '__main__':
    unittest.main()
