#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a person decides, with the real daemon, device and cloud: ends, refusals, deletion, proofs."""

import json
import os
import random
import time
import unittest

from wattle_test import CloudApi, Keyring
from wattle_test.case import Case
from wattle_test.process import clean_environment, run

DAY = 24 * 3600


class Consent(Case):
    def setUp(self):
        super().setUp()
        self.switch_on()
        self.device = self.client.set_up(self.unit, decisions={'cloud-history': True})

    def purpose(self, purpose_id='cloud-history'):
        return self.client.purposes(self.device)[purpose_id]

    def wattle(self, *arguments, code=0, env=None):
        result = run([self.session.build / 'cli/wattle', *arguments], env or self.session.env, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def settle(self, purpose_id='cloud-history'):
        return self.wait(lambda: 'outstanding' not in (self.purpose(purpose_id)['device'],
                                                       self.purpose(purpose_id)['cloud'])
                         and self.purpose(purpose_id), 'device and cloud have confirmed')

    def in_cloud(self):
        """How many readings the cloud has, asked with the account's own secret."""
        keyring = Keyring(self.client)
        item = next(i for i, a in keyring.items().items() if a.get('kind') == 'cloud-secret')
        account = self.session.query_database('SELECT cloud_account FROM devices')[0][0]
        api = CloudApi(self.session.cloud_port, account, keyring.secret(item).decode())
        status, readings = api.readings(self.unit.unit_id)
        return len(readings) if status == 200 else 0

    def here(self, bit):
        return self.session.query_database('SELECT count(*) FROM readings WHERE (purposes & ?) != 0', bit)[0][0]

    def no_service(self):
        """An environment with no bus, no home of ours and nothing running."""
        empty = self.session.dir / 'empty'
        empty.mkdir(exist_ok=True)
        return clean_environment(empty, empty)

    def test_all_states(self):
        """Not asked is what nobody has decided: a chain that was just begun has no other."""
        self.assertEqual(self.purpose()['state'], 'given')
        self.assertEqual(self.purpose('product-improvement')['state'], 'refused')
        self.client.fails('NotAllowed', self.client.call, self.device, 'Consent.Withdraw', '(s)',
                          'product-improvement')
        self.client.call(self.device, 'Consent.Refuse', '(s)', 'product-improvement')
        self.assertEqual(self.purpose('product-improvement')['state'], 'refused')
        self.client.call(self.device, 'Consent.Refuse', '(s)', 'cloud-history')
        self.assertEqual(self.purpose()['state'], 'withdrawn')
        self.client.fails('NotAllowed', self.client.call, self.device, 'Consent.Refuse', '(s)', 'local-readings')
        self.client.call(self.device, 'Consent.Give', '(s)', 'cloud-history')
        self.assertEqual(self.settle()['state'], 'given')
        # A no to all of them leaves what needs none of them.
        self.client.call(self.device, 'Consent.Refuse', '(s)', 'cloud-history')
        before = self.client.get(self.device, 'Device.LastReading')[0]
        self.wait(lambda: self.client.get(self.device, 'Device.LastReading')[0] >= before + 1, 'readings go on')

    def test_expiry(self):
        """A yes until a moment ends at that moment: here, at the device and at the cloud."""
        for until in (1, int(time.time()) - 5, 2**63):
            self.client.fails('InvalidArgument', self.client.call, self.device, 'Consent.GiveUntil', '(st)',
                              'cloud-history', until)
        until = int(time.time()) + 6
        self.client.call(self.device, 'Consent.GiveUntil', '(st)', 'cloud-history', until)
        self.assertEqual((self.purpose()['state'], self.purpose()['until']), ('given', until))
        self.settle()
        self.wait(lambda: self.in_cloud() > 0, 'readings in the cloud')
        self.wait(lambda: self.purpose()['state'] == 'expired', 'the end')
        self.assertGreaterEqual(time.time(), until)
        purpose = self.settle()
        self.assertEqual((purpose['device'], purpose['cloud'], purpose['until']), ('confirmed', 'confirmed', 0))
        self.assertEqual((self.in_cloud(), self.here(2)), (0, 0))
        self.restart_daemon()
        self.assertEqual(self.purpose()['state'], 'expired')
        self.client.call(self.device, 'Consent.Give', '(s)', 'cloud-history')
        self.assertEqual(self.settle()['state'], 'given')

    def test_expiry_while_off(self):
        """The end comes while nothing runs: the next start begins with a no."""
        until = int(time.time()) + 3
        self.client.call(self.device, 'Consent.GiveUntil', '(st)', 'cloud-history', until)
        self.settle()
        self.session.daemon.stop()
        self.client.pause(max(0, until - time.time()) + 1)
        self.session.start_daemon()
        self.assertEqual(self.purpose()['state'], 'expired')
        self.assertEqual(self.settle()['device'], 'confirmed')
        self.assertEqual(self.in_cloud(), 0)

    def test_withdrawal_deletes(self):
        """On all three sides, and the receipt says how much, signed where somebody else says it."""
        self.settle()
        self.wait(lambda: self.in_cloud() > 2 and self.here(2) > 2, 'readings here and there')
        self.client.call(self.device, 'Consent.Withdraw', '(s)', 'cloud-history')
        self.assertEqual(self.here(2), 0, 'at once')
        self.settle()
        self.assertEqual(self.in_cloud(), 0)
        receipts = json.loads(self.wattle('receipts', '--json').stdout)
        newest = next(r for r in receipts if r['kind'] == 'consent')
        self.assertTrue(newest['complete'])
        path = self.session.dir / 'receipt.json'
        path.write_text(self.wattle('receipts', 'show', newest['id'], '--json').stdout)
        verdict = json.loads(self.wattle('consent', 'verify', path, '--json', env=self.no_service()).stdout)
        self.assertTrue(verdict['genuine'] and verdict['complete'])
        self.assertEqual(set(verdict['removed']), {'device', 'cloud', 'computer'})
        self.assertTrue(all(count > 2 for count in verdict['removed'].values()), verdict)
        self.assertIn('On the device: ', self.wattle('receipts', 'show', newest['id']).stdout)

    def test_since_when(self):
        """Who has not confirmed, and since when."""
        self.settle()
        self.session.cloud.stop()
        asked = int(time.time())
        self.client.call(self.device, 'Consent.Withdraw', '(s)', 'cloud-history')
        purpose = self.wait(lambda: self.purpose()['device'] == 'confirmed' and self.purpose(), 'the device confirms')
        self.assertEqual(purpose['cloud'], 'outstanding')
        for since in ('cloud-since', 'device-since', 'outstanding-since'):
            self.assertLess(abs(purpose[since] - asked), 20, since)
        self.restart_daemon()
        self.assertEqual(self.purpose()['cloud-since'], purpose['cloud-since'])
        text = ' '.join(self.wattle('consent', 'list').stdout.split())
        self.assertIn("the manufacturer's cloud has not confirmed", text)
        self.session.start_cloud()
        self.restart_daemon()
        self.assertEqual(self.settle()['cloud'], 'confirmed')

    def test_export_and_verify(self):
        """The ledger as a file, checked with nothing of ours running; any byte that is another is told."""
        self.settle()
        self.client.call(self.device, 'Consent.Withdraw', '(s)', 'cloud-history')
        self.settle()
        path = self.session.dir / 'ledger.json'
        path.write_text(self.wattle('consent', 'export').stdout)
        self.session.daemon.stop()
        env = self.no_service()
        text = self.wattle('consent', 'verify', path, env=env).stdout
        self.assertIn('Genuine and unchanged', text)
        content = path.read_bytes()
        rng = random.Random(5)
        for _ in range(60):
            at = rng.randrange(len(content) - 1)
            other = rng.choice([b for b in b'aZ09"{}\\ \x00\xff' if b != content[at]])
            path.write_bytes(content[:at] + bytes([other]) + content[at + 1:])
            result = run([self.session.build / 'cli/wattle', 'consent', 'verify', path], env, check=False)
            self.assertIn(result.returncode, (11, 12), f'byte {at} of {len(content)} as {other}')
            self.assertRegex(result.stderr, r'(?i)byte \d|line \d|record \d|part “')
        path.write_bytes(content[:len(content) // 2])
        self.wattle('consent', 'verify', path, code=12, env=env)
        result = run([self.session.build / 'cli/wattle', 'consent', 'verify', '-'], env,
                     input=content.decode(), check=False)
        self.assertEqual(result.returncode, 0, result.stderr)


if __name__ == '__main__':
    os.environ.setdefault('WATTLE_BUILD', 'build')
    unittest.main(verbosity=2)
