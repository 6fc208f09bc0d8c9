#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The main job by D-Bus: from the code on the label to the day the device is given away.

Cloud, device, keyring, bus and daemon are the real programs.  Each test is a
chapter and goes on where the one before ended.
"""

import hashlib
import json
import os
import shutil
import tarfile
import unittest

from gi.repository import GLib

from wattle_test import CloudApi, Keyring, Session, secret_fd, unbase64url, verify_es256, verify_jws
from wattle_test.client import ROOT

PASSWORD = 'plain tall paddock gumtree'
CANARY_NAME = 'Kookaburra corner 7141'


class Story(unittest.TestCase):
    """Chapters share the session, as a story does."""

    @classmethod
    def setUpClass(cls):
        cls.session = cls.enterClassContext(Session())
        cls.session.start_all()
        cls.unit = cls.session.new_unit()
        cls.session.start_device(cls.unit)
        cls.client = cls.session.client()
        cls.keyring = Keyring(cls.client)
        cls.readings = cls.client.collect('Device.Reading')

    def wait(self, condition, what, timeout=None):
        return self.client.wait(condition, what, timeout)

    def device_property(self, name):
        return self.client.get(self.device, f'Device.{name}')

    # ------------------------------------------------------------- set up

    def test_01_discover(self):
        client = self.client
        self.assertEqual(client.get(ROOT, 'Manager.Problems'), [])
        self.assertEqual(client.objects('Candidate'), {}, 'nobody looks yet')
        type(self).candidate = client.discover()
        properties = client.objects('Candidate')[self.candidate]['Candidate']
        self.assertEqual(properties['State'], 'unowned')
        self.assertEqual(properties['Product'], self.unit.product)
        self.assertEqual(properties['Name'], 'Gumleaf room thermometer')
        self.assertEqual((properties['Passport'], properties['UnitId']), ('/', ''), 'nothing told before it is opened')

    def test_02_nothing_before_the_code(self):
        client = self.client
        client.fails('NotAllowed', client.call, self.candidate, 'Candidate.Finish', '(ha{sb}a{sv})', 0, {}, {},
                     fds=[secret_fd(PASSWORD)])

    def test_03_open_with_the_code(self):
        client, code = self.client, self.unit.code
        client.open(self.candidate, f'Code: {code[:3]} {code[3:6]}-{code[6:]}\n')
        properties = client.objects('Candidate')[self.candidate]['Candidate']
        self.assertEqual(properties['State'], 'must-change-password')
        self.assertEqual(properties['UnitId'], self.unit.unit_id)
        type(self).passport = properties['Passport']
        self.assertIn(self.passport, client.objects('Passport'))

    def test_04_read_the_notice(self):
        client = self.client
        passport = client.objects('Passport')[self.passport]['Passport']
        raw = self.session.passport.read_bytes()
        self.assertEqual(passport['Sha256'], hashlib.sha256(raw).hexdigest())
        self.assertEqual(passport['Json'].encode(), raw)
        self.assertEqual(passport['Omissions'], [])
        self.assertRegex(passport['SupportEnd'], r'^20\d\d-\d\d-\d\d$')
        purposes = {p['id']: p for p in passport['Purposes']}
        self.assertEqual({name: p['consent'] for name, p in purposes.items()},
                         {'local-readings': False, 'cloud-history': True, 'product-improvement': True})
        english = dict(client.call(self.passport, 'Passport.GetNotice', '(s)', 'en'))
        self.assertTrue(client.call(self.passport, 'Passport.GetNotice', '(s)', 'de_AT'))
        self.assertGreater(len(english), 3)
        text = ' '.join(p for paragraphs in english.values() for p in paragraphs)
        self.assertIn(passport['SupportEnd'][:4], text, 'until when it is supported')
        self.assertNotIn('dpv:', text)

    def test_05_be_made_to_choose_a_password(self):
        client = self.client
        _, acceptable, reasons = client.call(self.candidate, 'Candidate.CheckPassword', '(h)', 0,
                                             fds=[secret_fd('password123')])
        self.assertFalse(acceptable)
        self.assertTrue(reasons)
        client.fails('WeakPassword', client.call, self.candidate, 'Candidate.Finish', '(ha{sb}a{sv})', 0, {}, {},
                     fds=[secret_fd('password123')])
        client.call(self.candidate, 'Candidate.SuggestPassphrase')
        suggested = client.read_secret()
        score, acceptable, _ = client.call(self.candidate, 'Candidate.CheckPassword', '(h)', 0,
                                           fds=[secret_fd(suggested)])
        self.assertTrue(acceptable)
        self.assertGreaterEqual(score, 3)
        self.assertEqual(client.get(self.candidate, 'Candidate.State'), 'must-change-password')
        self.assertEqual(self.keyring.items(), {}, 'nothing is kept before Finish')
        self.assertEqual(client.objects('Device'), {})

    def test_06_set_up(self):
        client = self.client
        decisions = {'cloud-history': False, 'product-improvement': False}
        type(self).device = client.finish_setup(self.candidate, PASSWORD, decisions, CANARY_NAME)
        client.call(ROOT, 'Manager.StopDiscovery')
        self.assertEqual(self.device_property('Name'), CANARY_NAME)
        self.assertEqual(self.device_property('UnitId'), self.unit.unit_id)
        self.wait(lambda: self.device_property('State') == 'connected', 'the device is connected')
        self.wait(lambda: not client.objects('Candidate'), 'the candidate is gone')
        self.assertGreaterEqual(len(self.keyring.items()), 2, 'owner key and advertising key')

    # ----------------------------------------------------------- live with it

    def test_07_readings_at_home_alone(self):
        client = self.client
        purposes = client.purposes(self.device)
        self.assertEqual({name: p['state'] for name, p in purposes.items()},
                         {'local-readings': 'needed', 'cloud-history': 'refused', 'product-improvement': 'refused'})
        self.wait(lambda: len(self.readings) >= 3, 'three readings as signals')
        readings, unit = client.call(self.device, 'Device.GetReadings', '(tu)', 0, 0)
        self.assertEqual(unit, '°C')
        self.assertGreaterEqual(len(readings), 3)
        self.assertEqual([r[0] for r in readings], sorted({r[0] for r in readings}))
        self.assertTrue(all(-40 < value < 85 for _, _, value in readings))
        self.assertEqual(client.call(self.device, 'Device.GetReadings', '(tu)', 0, 2)[0], readings[:2])
        later = client.call(self.device, 'Device.GetReadings', '(tu)', readings[1][0], 1)[0]
        self.assertEqual(later[0][0], readings[2][0])
        self.assertEqual(self.device_property('Cloud'), 'none')
        self.assertNotIn(b'wattle-cloud account', self.session.cloud.log_path.read_bytes())
        self.assertFalse([a for a in self.keyring.items().values() if a.get('kind') == 'cloud-secret'], 'no account')

    def test_08_consent_opens_the_cloud(self):
        client = self.client
        client.call(self.device, 'Consent.Give', '(s)', 'cloud-history')
        self.assertEqual(client.purposes(self.device)['cloud-history']['state'], 'given')
        self.confirmed('cloud-history')
        self.wait(lambda: self.device_property('Cloud') == 'active', 'the cloud is active')
        self.wait(lambda: self.cloud_readings(), 'readings in the cloud')

    def confirmed(self, purpose):
        def both():
            p = self.client.purposes(self.device)[purpose]
            return p['device'] == 'confirmed' and p['cloud'] == 'confirmed' and p['outstanding-since'] == 0
        self.wait(both, f'device and cloud confirm {purpose}')

    def export(self):
        """Everything held, as {name in the archive: bytes}."""
        path = self.session.dir / 'export.tar'
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        job = self.client.call(self.device, 'Device.Export', '(ha{sv})', 0, {}, fds=[fd])
        self.client.wait_for_job(job)
        with tarfile.open(path) as archive:
            return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}

    def cloud_readings(self):
        account, secret = self.cloud_account()
        status, readings = CloudApi(self.session.cloud_port, account, secret).readings(self.unit.unit_id)
        return readings if status == 200 else []

    def cloud_account(self):
        items = {item: a for item, a in self.keyring.items().items() if a.get('kind') == 'cloud-secret'}
        self.assertEqual(len(items), 1)
        account = self.session.query_database('SELECT cloud_account FROM devices')[0][0]
        return account, self.keyring.secret(next(iter(items))).decode()

    def test_09_export(self):
        client = self.client
        client.fails('NoAgent', self.export)
        client.register_agent(lambda action, details: type(self).answer)
        type(self).answer = False
        client.fails('Denied', self.export)
        type(self).answer = True
        files = self.export()
        self.assertEqual([action for action, _ in client.questions], ['export', 'export'])
        self.assertEqual(client.questions[0][1]['device'], CANARY_NAME)
        everything = b'\n'.join(files.values())
        self.assertIn(self.unit.unit_id.encode(), everything)
        self.assertIn(CANARY_NAME.encode(), everything)
        self.assertNotIn(PASSWORD.encode(), everything)
        cloud = [name for name in files if 'cloud' in name]
        self.assertTrue(cloud and any(b'readings' in files[name] for name in cloud), 'the cloud told what it holds')

    def test_10_withdraw(self):
        client = self.client
        client.call(self.device, 'Consent.Withdraw', '(s)', 'cloud-history')
        self.assertEqual(client.purposes(self.device)['cloud-history']['state'], 'withdrawn', 'in force at once')
        self.confirmed('cloud-history')
        self.wait(lambda: not self.cloud_readings(), 'the cloud has forgotten the readings')
        count = len(self.readings)
        self.wait(lambda: len(self.readings) > count + 2, 'readings go on at home')
        self.assertFalse(self.cloud_readings(), 'and stay there')
        records = json.loads(client.call(self.device, 'Consent.GetRecords'))
        self.assertGreaterEqual(len(records), 4)
        self.assertGreaterEqual(client.call(self.device, 'Consent.VerifyLedger'), len(records))
        client.fails('NotAllowed', client.call, self.device, 'Consent.Withdraw', '(s)', 'local-readings')
        client.fails('NotFound', client.call, self.device, 'Consent.Give', '(s)', 'no-such-purpose')

    def test_11_its_receipt(self):
        receipts = [r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['kind'] == 'consent']
        self.assertTrue(receipts)
        receipt = json.loads(self.client.call(ROOT, 'Manager.GetReceipt', '(s)', receipts[0]['id']))
        self.assertTrue(receipts[0]['complete'])
        self.assertIn('cloud-history', json.dumps(receipt))

    def test_12_rename_and_change_password(self):
        client = self.client
        client.set(self.device, 'Device.Name', GLib.Variant('s', 'Bathroom'))
        self.assertEqual(self.device_property('Name'), 'Bathroom')
        client.fails('InvalidArgument', client.set, self.device, 'Device.Name', GLib.Variant('s', ''))
        self.assertEqual(self.device_property('Name'), 'Bathroom')
        client.set(self.device, 'Device.Name', GLib.Variant('s', CANARY_NAME))
        client.call(self.device, 'Device.ChangePassword', '(h)', 0, fds=[secret_fd('another tall paddock gumtree')])
        client.call(self.device, 'Device.ChangePassword', '(h)', 0, fds=[secret_fd(PASSWORD)])

    def test_13_daemon_and_device_come_back(self):
        for end in (self.session.daemon.stop, self.session.daemon.kill):
            end()
            self.session.start_daemon()
            self.wait(lambda: self.client.objects('Device').get(self.device), 'the device is known')
            self.wait(lambda: self.device_property('State') == 'connected', 'the daemon connects again')
            self.assertEqual(self.device_property('Name'), CANARY_NAME)
            self.assertEqual(self.client.purposes(self.device)['cloud-history']['state'], 'withdrawn')
        self.unit.process.kill()
        self.wait(lambda: self.device_property('State') == 'away', 'the device is away')
        self.session.start_device(self.unit)
        self.wait(lambda: self.device_property('State') == 'connected', 'the device is back')
        count = len(self.readings)
        self.wait(lambda: len(self.readings) > count, 'and measures')

    def test_14_log(self):
        entries = self.client.call(ROOT, 'Manager.GetLog', '(su)', '', 0)
        events = [event for _, _, event, _ in entries]
        self.assertIn('set-up', events)
        self.assertTrue(any('consent' in event for event in events))
        self.assertEqual([t for t, *_ in entries], sorted((t for t, *_ in entries), reverse=True))
        self.assertNotIn(PASSWORD, repr(entries))
        self.assertEqual(len(self.client.call(ROOT, 'Manager.GetLog', '(su)', '', 1)), 1)

    # -------------------------------------------------------------- part with it

    def test_20_keep_what_a_thief_could_have(self):
        """A copy of home, keyring included, as it is before the wipe."""
        self.client.call(self.device, 'Consent.Give', '(s)', 'cloud-history')
        self.confirmed('cloud-history')
        type(self).old_account = self.cloud_account()
        type(self).old_secrets = [s for s in self.keyring.secrets() if len(s) >= 16]
        type(self).stolen = self.session.dir / 'stolen-home'
        shutil.copytree(self.session.home, self.stolen)

    def test_21_plan(self):
        places, remains = self.client.call(self.device, 'Wipe.GetPlan')
        self.assertEqual({place for place, _ in places},
                         {'cloud-data', 'cloud-account', 'device', 'keyring', 'records'})
        self.assertTrue(all(len(sentence) > 15 for _, sentence in places))
        self.assertTrue(all(len(sentence) > 15 for sentence in remains))

    def test_22_the_person_is_asked(self):
        self.client.fails('NoAgent', self.client.call, self.device, 'Wipe.Start', '(a{sv})', {})
        self.client.register_agent(lambda action, details: type(self).answer)
        type(self).answer = False
        self.client.fails('Denied', self.client.call, self.device, 'Wipe.Start', '(a{sv})', {})
        self.assertEqual(self.client.questions[-1][0], 'wipe')
        self.assertEqual(self.device_property('State'), 'connected')

    def test_23_wipe(self):
        client = self.client
        type(self).answer = True
        job = client.call(self.device, 'Wipe.Start', '(a{sv})', {})
        type(self).receipt = client.wait_for_job(job)['receipt']
        self.wait(lambda: not client.objects('Device'), 'the device is no longer ours')
        entry = [r for r in client.call(ROOT, 'Manager.ListReceipts') if r['kind'] == 'wipe']
        self.assertEqual(len(entry), 1, 'one receipt')
        self.assertEqual((entry[0]['id'], entry[0]['complete']), (self.receipt, True))
        self.assertEqual(set(entry[0]['places'].values()), {'confirmed'})
        self.assertEqual(set(entry[0]['places']), {'cloud-data', 'cloud-account', 'device', 'keyring', 'records'})

    def test_24_the_receipt_proves_it(self):
        text = self.client.call(ROOT, 'Manager.GetReceipt', '(s)', self.receipt)
        self.assertNotIn(CANARY_NAME, text)
        unit = next(u for u in map(json.loads, self.session.manifest.read_text().splitlines())
                    if u['unit_id'] == self.unit.unit_id)
        receipt_key = json.loads((self.session.dir / 'cloud.json').read_text())['receipt_key']
        jws, statements = set(), []

        def walk(node):
            if isinstance(node, dict):
                if 'signature' in node and 'statement' in node:
                    statements.append((node['statement'], node['signature']))
                for child in node.values():
                    walk(child)
            elif isinstance(node, list):
                for child in node:
                    walk(child)
            elif isinstance(node, str) and node.count('.') == 2 and node.startswith('ey'):
                jws.add(node)
        walk(json.loads(text))
        self.assertEqual(len(jws), 2, 'data and account')
        for token in jws:
            self.assertIsNotNone(verify_jws(token, receipt_key))
        self.assertEqual(len(statements), 1)
        statement, signature = (unbase64url(part) for part in statements[0])
        self.assertTrue(verify_es256(unbase64url(unit['public_key']), b'wattle-statement-v1' + statement, signature))
        self.assertFalse(verify_es256(unbase64url(unit['public_key']), b'wattle-statement-v1!' + statement, signature))

    def test_25_nothing_is_left(self):
        self.session.daemon.stop()
        self.unit.process.stop()
        keyring_files = b''.join(p.read_bytes() for p in (self.session.home / 'data/keyrings').rglob('*')
                                 if p.is_file())
        database = b''.join(p.read_bytes() for p in (self.session.home / 'data/wattle').rglob('wattle.db*'))
        flash = self.unit.flash.read_bytes()
        before = b''.join(p.read_bytes() for p in (self.stolen / 'data/wattle').rglob('wattle.db*'))
        self.assertIn(CANARY_NAME.encode(), before, 'the search would find it')
        self.assertNotIn(CANARY_NAME.encode(), database)
        self.assertNotIn(self.old_account[0].encode(), database)
        for secret in self.old_secrets:
            for place in (keyring_files, database, flash):
                self.assertNotIn(secret, place)
        labels = ' '.join(self.keyring.labels())
        self.assertNotIn(CANARY_NAME, labels)
        self.assertEqual(len(self.keyring.items()), 1, 'the next code alone')
        self.session.start_device(self.unit)
        self.session.start_daemon()

    def test_26_the_cloud_knows_nothing(self):
        status, _ = CloudApi(self.session.cloud_port, *self.old_account).request('GET', '/v1/export')
        self.assertIn(status, (401, 410))

    # ------------------------------------------------------ who opens what now

    def test_30_fresh_code_for_the_next_owner(self):
        client = self.client
        client.fails('NoAgent', client.call, ROOT, 'Manager.RevealNextCode', '(s)', self.receipt)
        client.register_agent()
        client.fails('NotFound', client.call, ROOT, 'Manager.RevealNextCode', '(s)', '00' * 16)
        client.call(ROOT, 'Manager.RevealNextCode', '(s)', self.receipt)
        type(self).fresh = client.read_secret()
        self.assertEqual(client.questions[-1][0], 'reveal-next-code')
        self.assertRegex(self.fresh.replace('-', ''), r'^\d{10}$')
        self.assertNotEqual(self.fresh.replace('-', ''), self.unit.code.replace('-', ''))

    def test_31_old_code_and_password_open_nothing(self):
        client = self.client
        type(self).candidate = client.discover()
        client.fails('WrongCode', client.open, self.candidate, self.unit.code)
        client.fails('NotAllowed|WrongPassword', client.open, self.candidate, PASSWORD, 'password')
        self.assertEqual(client.get(self.candidate, 'Candidate.State'), 'unowned')

    def test_32_old_key_opens_nothing(self):
        """Whoever restores the old home with its keyring finds a device that does not know them."""
        self.client.call(ROOT, 'Manager.StopDiscovery')
        self.session.daemon.stop()
        self.session.keyring.stop()
        current = self.session.dir / 'current-home'
        self.session.home.rename(current)
        shutil.copytree(self.stolen, self.session.home)
        self.session.start_keyring()
        self.session.start_daemon()
        device = self.wait(lambda: next(iter(self.client.objects('Device')), None), 'the old record')
        self.client.fails('Unreachable|WrongCode|NotGenuine|Denied|NotAllowed|TimedOut', self.client.call, device,
                          'Device.Connect')
        self.assertNotEqual(self.client.get(device, 'Device.State'), 'connected')
        self.session.daemon.stop()
        self.session.keyring.stop()
        shutil.rmtree(self.session.home)
        current.rename(self.session.home)
        self.session.start_keyring()
        self.session.start_daemon()

    def test_33_fresh_code_does(self):
        client = self.client
        candidate = client.discover()
        client.open(candidate, self.fresh)
        client.finish_setup(candidate, 'somebody elses long sentence', {}, 'Next owner')
        self.wait(lambda: client.objects('Device'), 'the next owner has it')

    def test_34_the_code_is_handed_on_and_forgotten(self):
        client = self.client
        client.register_agent()
        client.call(ROOT, 'Manager.ForgetNextCode', '(s)', self.receipt)
        client.fails('NotFound', client.call, ROOT, 'Manager.RevealNextCode', '(s)', self.receipt)

    def test_40_nothing_secret_was_said(self):
        for process in self.session.processes:
            log = process.log(whole=True)
            for secret in (PASSWORD, self.unit.code, self.fresh):
                self.assertNotIn(secret, log, process.name)


if __name__ == '__main__':
    unittest.main(verbosity=2, failfast=True)
