#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A wipe survives the daemon's death at every write and sync of its journal.

For each point: a device is set up (with the code that the wipe before it
left), filled with canaries, and wiped by a daemon that is killed there.  A new
daemon must finish the wipe by itself: one receipt, nothing personal left in
the device's flash, the database's files or the keyring.
"""

import sys
import unittest

from wattle_test import DBusError, Power, Session

NAME = 'CANARY-NAME-Quokka'
PASSWORD = 'canary paddock wombat drizzle'
ROOT = '/org/wattle/Companion'


class WipePowerCuts(unittest.TestCase):
    def setUp(self):
        self.session = self.enterContext(Session())
        self.session.start_all()
        self.client = self.session.client()
        self.client.register_agent()
        self.unit = self.session.new_unit()
        self.session.start_device(self.unit)
        self.database = self.session.home / 'data/wattle'
        self.power = Power(self.session, self.database)
        self.seen = set()

    def own_a_device(self):
        """Sets the unit up with the code it has now and lets personal data come to be."""
        client = self.client
        device = client.set_up(self.unit, PASSWORD, {'cloud-history': True, 'product-improvement': False}, NAME)
        client.wait(lambda: client.get(device, 'Device.LastReading')[0], 'a reading')
        self.unit_id = client.get(device, 'Device.UnitId')
        return device

    def wipe_with_a_cut(self, device, cut, at):
        """True if the daemon died at the point, False if the wipe has fewer points."""
        session, client = self.session, self.client
        session.daemon.stop()
        session.daemon.start(extra_env=self.power.environment(cut, at))
        try:
            client.wait_for_name('org.wattle.Companion', session.daemon)
            client.register_agent()
            client.wait(lambda: device in client.objects('Wipe'), 'the device')
            client.call(device, 'Wipe.Start', '(a{sv})', {})
            client.wait(lambda: not session.daemon.running or self.new_receipts(), 'the end of the daemon or the wipe')
        except (DBusError, AssertionError):
            # It died before it was asked or while it answered.
            if session.daemon.running:
                client.wait(lambda: not session.daemon.running, 'the end of the daemon', 5)
        died = not session.daemon.running
        if died:
            self.assertEqual(session.daemon.wait(), -9)
        else:
            session.daemon.stop()
        session.daemon.start()
        client.wait_for_name('org.wattle.Companion', session.daemon)
        client.register_agent()
        return died

    def new_receipts(self):
        receipts = self.client.call(ROOT, 'Manager.ListReceipts')
        return [r for r in receipts if r['kind'] == 'wipe' and r['complete'] and r['id'] not in self.seen]

    def finish(self, device):
        """The wipe goes on by itself, unless the power went before it was begun at all."""
        client = self.client
        jobs = [p for p, i in client.objects('Job').items() if i['Job']['Kind'] == 'wipe']
        if device in client.objects('Wipe') and not jobs and not self.new_receipts():
            client.call(device, 'Wipe.Start', '(a{sv})', {})
        return client.wait(self.new_receipts, 'the receipt')

    def check_nothing_is_left(self, device, where):
        raw = {path.name: path.read_bytes() for path in self.database.iterdir() if path.is_file()}
        raw['flash'] = self.unit.flash.read_bytes()
        for name, data in raw.items():
            for canary in (NAME, PASSWORD):
                self.assertNotIn(canary.encode(), data, f'{name}, {where}')
            if name != 'flash':
                self.assertNotIn(self.unit_id.encode(), data, f'{name}, {where}')
        self.assertNotIn(device, self.client.objects('Device'))

    def next_code(self, receipt):
        self.client.call(ROOT, 'Manager.RevealNextCode', '(s)', receipt['id'])
        self.unit.code = self.client.read_secret()
        self.client.call(ROOT, 'Manager.ForgetNextCode', '(s)', receipt['id'])

    def cut_everywhere(self, cut, stride=1):
        at, points, died = 1, 0, True
        while died:
            where = f'{cut} at {at}'
            device = self.own_a_device()
            died = self.wipe_with_a_cut(device, cut, at)
            receipts = self.finish(device)
            self.assertEqual(len(receipts), 1, where)
            self.assertEqual(set(receipts[0]['places'].values()) - {'confirmed', 'not-needed'}, set(), where)
            self.check_nothing_is_left(device, where)
            self.next_code(receipts[0])
            self.seen.add(receipts[0]['id'])
            at += stride
            points += died
            self.assertLess(points, 200, 'the points do not end')
        self.assertGreater(points, 10)
        print(f'power cuts: {points} × {cut}, every wipe completed with one receipt', file=sys.stderr)

    def test_before_every_sync(self):
        self.cut_everywhere('sync-before')

    def test_after_every_sync(self):
        self.cut_everywhere('sync-after')

    def test_in_the_middle_of_writes(self):
        # Of every twentieth: a transaction writes several pages in a row.
        self.cut_everywhere('write-torn', stride=20)


if __name__ == '__main__':
    unittest.main(verbosity=2)
