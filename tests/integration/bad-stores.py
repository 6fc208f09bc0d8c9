#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A database that is spoiled, newer, locked or on a full disk.

Each ends in a named error and a sentence, and in a state that is exactly as
before or exactly as after.
"""

import os
import pathlib
import shutil
import sqlite3
import tempfile
import unittest

from gi.repository import GLib

from wattle_test import Keyring, Power
from wattle_test.case import PASSWORD, Case
from wattle_test.client import ROOT


class Store(Case):
    cloud = False

    def setUp(self):
        super().setUp()
        self.database = self.session.home / 'data/wattle/wattle.db'

    def test_second_daemon(self):
        second = self.session.process('second', [self.session.build / 'daemon/wattled']).start()
        self.assertEqual(second.wait(), 1)
        self.assertIn('running already', second.log())
        self.assertEqual(self.client.get(ROOT, 'Manager.Problems'), [])

    def test_second_session_of_the_same_home(self):
        """On another bus, but with the same records: it serves, and says why it cannot do much."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir=self.session.dir)))
        env = {**self.session.env, 'DBUS_SESSION_BUS_ADDRESS': self.session.new_bus('bus-2', folder)[1]}
        second = self.session.process('second', [self.session.build / 'daemon/wattled'], env=env).start()
        client = type(self.client)(env['DBUS_SESSION_BUS_ADDRESS'])
        client.wait_for_name('org.wattle.Companion', second)
        problems = client.get(ROOT, 'Manager.Problems')
        self.assertIn('Busy', [name for name, _ in problems])
        client.fails('Busy', client.call, ROOT, 'Manager.ListReceipts')
        second.stop()
        self.assertEqual(self.client.get(ROOT, 'Manager.Problems'), [])

    def damage(self, change):
        """With the daemon stopped, @change(path) spoils the database; gives its bytes after that."""
        self.switch_on()
        device = self.client.set_up(self.unit)
        self.session.daemon.stop()
        # A write-ahead log would bring back what is spoiled.
        database = sqlite3.connect(self.database)
        database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        database.close()
        keep = self.session.dir / 'kept'
        keep.mkdir()
        for path in self.database.parent.glob('wattle.db*'):
            shutil.copy(path, keep)
        change(self.database)
        spoiled = self.database.read_bytes()
        return device, keep, spoiled

    def assert_refused(self, name, spoiled):
        self.session.start_daemon()
        self.assertIn(name, [problem for problem, _ in self.client.get(ROOT, 'Manager.Problems')])
        self.client.fails(name, self.client.call, ROOT, 'Manager.StartDiscovery')
        self.client.fails(name, self.client.call, ROOT, 'Manager.GetLog', '(su)', '', 0)
        self.session.daemon.stop()
        self.assertEqual(self.database.read_bytes(), spoiled, 'the file is left as it is')

    def assert_restored(self, device, keep):
        for path in self.database.parent.glob('wattle.db*'):
            path.unlink()
        for path in keep.iterdir():
            shutil.copy(path, self.database.parent)
        self.session.start_daemon()
        self.assertEqual(self.client.get(ROOT, 'Manager.Problems'), [])
        self.wait(lambda: self.client.get(device, 'Device.State') == 'connected', 'nothing was lost')

    def test_corrupt_database(self):
        def change(path):
            data = bytearray(path.read_bytes())
            for at in range(4096, len(data), 512):
                data[at:at + 64] = os.urandom(64)
            path.write_bytes(data)
        device, keep, spoiled = self.damage(change)
        self.assert_refused('StoreCorrupt', spoiled)
        self.assert_restored(device, keep)

    def test_not_a_database(self):
        device, keep, spoiled = self.damage(lambda path: path.write_bytes(b'Dear diary, ' * 1000))
        self.assert_refused('StoreCorrupt', spoiled)
        self.assert_restored(device, keep)

    def test_database_of_a_newer_wattle(self):
        def change(path):
            database = sqlite3.connect(path)
            database.execute('PRAGMA user_version = 900')
            database.close()
        device, keep, spoiled = self.damage(change)
        self.assert_refused('Version', spoiled)
        self.assert_restored(device, keep)

    def test_no_access(self):
        if os.geteuid() == 0:
            self.skipTest('root may read everything')
        device, keep, spoiled = self.damage(lambda path: None)
        self.database.chmod(0)
        self.session.start_daemon()
        self.assertIn('Store', [problem for problem, _ in self.client.get(ROOT, 'Manager.Problems')])
        self.session.daemon.stop()
        self.database.chmod(0o600)
        self.assert_restored(device, keep)

    def full(self):
        """What stands in the way, once it does."""
        sentence = dict(self.client.get(ROOT, 'Manager.Problems'))['Store']
        self.assertIn('the disk is full', sentence)
        return sentence

    def test_full_disk(self):
        self.session.daemon.stop()
        power = Power(self.session, self.database.parent)
        self.session.start_daemon(extra_env=power.environment())
        self.switch_on()
        device = self.client.set_up(self.unit)
        power.fill_disk()
        self.client.fails('Store', self.client.call, device, 'Consent.Give', '(s)', 'cloud-history')
        self.assertEqual(self.client.purposes(device)['cloud-history']['state'], 'refused')
        self.client.fails('Store', self.client.set, device, 'Device.Name', GLib.Variant('s', 'Elsewhere'))
        self.client.register_agent()
        self.client.fails('Store', self.client.call, device, 'Wipe.Start', '(a{sv})', {})
        self.assertNotEqual(self.client.get(device, 'Device.State'), 'wiping')
        self.assertIn(('Store', self.full()), self.client.get(ROOT, 'Manager.Problems'))
        power.fill_disk(False)
        self.client.call(device, 'Consent.Give', '(s)', 'product-improvement')
        self.assertEqual(self.client.get(ROOT, 'Manager.Problems'), [])
        self.assertEqual(self.client.purposes(device)['product-improvement']['state'], 'given')
        self.restart_daemon()
        self.assertEqual(self.client.get(device, 'Device.Name'), 'Kitchen')
        self.assertEqual(self.client.purposes(device)['cloud-history']['state'], 'refused')

    def test_full_disk_at_set_up(self):
        self.session.daemon.stop()
        power = Power(self.session, self.database.parent)
        self.session.start_daemon(extra_env=power.environment())
        self.switch_on()
        candidate = self.client.discover()
        self.client.open(candidate, self.unit.code)
        power.fill_disk()
        self.client.fails('Store', self.client.finish_setup, candidate, PASSWORD, {}, 'Kitchen')
        self.assertEqual(self.client.objects('Device'), {})
        power.fill_disk(False)
        self.wait(lambda: not Keyring(self.client).items(), 'no key is left behind')
        self.restart_daemon()
        self.assert_works()

    def test_tampered_ledger(self):
        self.switch_on()
        device = self.client.set_up(self.unit)
        self.client.call(device, 'Consent.VerifyLedger')
        self.session.daemon.stop()
        database = sqlite3.connect(self.database)
        changed = database.execute("UPDATE ledger SET json = replace(json, 'cloud-history', 'cloud-hist0ry')").rowcount
        database.commit()
        database.close()
        self.assertGreater(changed, 0)
        self.session.start_daemon()
        self.client.fails('Tampered', self.client.call, device, 'Consent.VerifyLedger')


if __name__ == '__main__':
    unittest.main(verbosity=2)
