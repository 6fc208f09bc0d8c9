#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A set-up survives the daemon's death at every write and sync of its database.

For each point: a device is set up by a daemon that is killed there.  After a
new start the device is ours, whole and connected, or it was never touched:
unowned, and nothing of it in the keyring or the database.
"""

import sys
import unittest

from wattle_test import DBusError, Keyring, Power, Session

PASSWORD = 'plain tall paddock gumtree'
ROOT = '/org/wattle/Companion'


class SetupPowerCuts(unittest.TestCase):
    def setUp(self):
        self.session = self.enterContext(Session())
        self.session.start_all()
        self.client = self.session.client()
        self.keyring = Keyring(self.client)
        self.power = Power(self.session, self.session.home / 'data/wattle')

    def start_daemon(self, environment=None):
        self.session.daemon.start(extra_env=environment or {})
        self.client.wait_for_name('org.wattle.Companion', self.session.daemon)

    def set_up_with_a_cut(self, unit, cut, at):
        """True if the daemon died at the point, False if the set-up has fewer points."""
        session, client = self.session, self.client
        session.daemon.stop()
        try:
            self.start_daemon(self.power.environment(cut, at))
            client.set_up(unit, PASSWORD, {'cloud-history': False, 'product-improvement': False}, 'Kitchen')
        except (DBusError, AssertionError, KeyError):
            client.wait(lambda: not session.daemon.running, 'the end of the daemon', 10)
        died = not session.daemon.running
        if died:
            self.assertEqual(session.daemon.wait(), -9)
        else:
            session.daemon.stop()
        self.start_daemon()
        return died

    def settled(self, unit):
        """'ours', 'untouched', or None where it is not known yet."""
        objects = self.client.objects
        connected = [d for d, i in objects('Device').items() if i['Device']['State'] == 'connected']
        if connected:
            self.assertEqual(len(objects('Device')), 1)
            return 'ours'
        running = [j for j, i in objects('Job').items() if i['Job']['State'] in ('running', 'waiting')]
        if not objects('Device') and not running and not self.keyring.items():
            return 'untouched'
        return None

    def check(self, unit, outcome, where):
        client = self.client
        rows = self.session.query_database('SELECT stage, decisions FROM devices')
        settings = self.session.query_database("SELECT name FROM settings WHERE name LIKE 'setup%'")
        self.assertEqual(settings, [], where)
        if outcome == 'untouched':
            self.assertEqual(rows, [], where)
            device = client.set_up(unit, PASSWORD, {}, 'Kitchen')
            client.wait(lambda: client.get(device, 'Device.State') == 'connected', 'the code still opens it')
            return
        self.assertEqual([decisions for _, decisions in rows], [None], where)
        device = next(iter(client.objects('Device')))
        self.assertEqual(client.get(device, 'Device.UnitId'), unit.unit_id)
        self.assertEqual(client.get(device, 'Device.Name'), 'Kitchen')
        client.wait(lambda: all(p['state'] in ('needed', 'refused') and p['device'] in ('confirmed', 'not-needed')
                                for p in client.purposes(device).values()), 'every decision was kept')

    def start_afresh(self, unit):
        """The next point begins with nothing."""
        self.session.daemon.stop()
        unit.process.stop()
        for path in (self.session.home / 'data/wattle').glob('wattle.db*'):
            path.unlink()
        self.session.keyring.stop()
        for path in (self.session.home / 'data/keyrings').glob('*'):
            path.unlink()
        self.session.start_keyring()
        self.start_daemon()

    def cut_everywhere(self, cut, stride=1):
        outcomes, at, died = {'ours': 0, 'untouched': 0}, 1, True
        while died:
            unit = self.session.new_unit()
            self.session.start_device(unit)
            died = self.set_up_with_a_cut(unit, cut, at)
            outcome = self.client.wait(lambda u=unit: self.settled(u), f'{cut} at {at}: all or nothing')
            self.check(unit, outcome, f'{cut} at {at}')
            outcomes[outcome] += died
            self.start_afresh(unit)
            at += stride
            self.assertLess(at, 1000, 'the points do not end')
        self.assertGreater(outcomes['untouched'], 0)
        self.assertGreater(outcomes['ours'], 0)
        print(f'power cuts at {cut}: {outcomes["ours"]} set-ups whole, {outcomes["untouched"]} never were',
              file=sys.stderr)

    def test_before_every_sync(self):
        self.cut_everywhere('sync-before')

    def test_after_every_sync(self):
        self.cut_everywhere('sync-after')


if __name__ == '__main__':
    unittest.main(verbosity=2)
