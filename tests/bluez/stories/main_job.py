# SPDX-License-Identifier: Apache-2.0
"""From the code on the label to the next owner's set-up, over Bluetooth."""

import json

from wattle_test import CloudApi, secret_fd
from wattle_test.client import ROOT

from wattle_bluez.world import LOCKED, NAME, PASSWORD, READING, Story

PHANTOMS = 20


class MainJob(Story):
    def device_property(self, name):
        return self.client.get(self.world.device, f'Device.{name}')

    def test_01_found_among_twenty(self):
        self.stack.surround(PHANTOMS)
        self.addCleanup(self.stack.air.remove_phantoms)
        candidate = self.world.discover()
        properties = self.client.objects('Candidate')[candidate]['Candidate']
        self.assertEqual((properties['State'], properties['Link']), ('unowned', 'bluetooth'))
        self.assertEqual(properties['Product'], self.world.unit.product)
        self.wait(lambda: len(self.client.objects('Candidate')) == PHANTOMS + 1, 'all of them')
        self.stack.air.remove_phantoms()

    def test_02_a_wrong_code_locks(self):
        candidate = self.world.discover()
        wrong = self.wrong_code()
        for left in (4, 3, 2, 1):
            self.client.fails('WrongCode', self.client.open, candidate, wrong)
            candidate = self.world.discover()
            self.assertEqual(self.client.get(candidate, 'Candidate.AttemptsLeft'), left)
        self.client.fails('WrongCode|Locked', self.client.open, candidate, wrong)
        candidate = self.wait(lambda: self.candidate('locked'), 'a locked candidate')
        self.client.fails('Locked', self.client.open, candidate, self.world.code)
        self.wait(lambda: self.world.adverts(LOCKED, now=True), 'everybody can see that it is locked')
        self.session.tell(self.world.unit, 'time 7200')
        self.wait(lambda: self.candidate('unowned'), 'and that it is not any more')

    def candidate(self, state):
        return next((p for p, i in self.client.objects('Candidate').items() if i['Candidate']['State'] == state), None)

    def wrong_code(self):
        """A code of a unit that this one is not."""
        return self.session.new_unit().code

    def test_03_set_up(self):
        device = self.world.set_up()
        self.assertEqual(self.client.get(device, 'Device.Name'), NAME)
        self.wait(lambda: not self.client.objects('Candidate'), 'the candidate is gone, and so are the twenty that left')

    def test_04_readings(self):
        readings = self.client.collect('Device.Reading')
        self.wait(lambda: len(readings) >= 3, 'readings')
        self.assertAlmostEqual(readings[-1][2], READING / 1000, places=2)

    def test_05_reconnect_by_owner_key(self):
        self.client.call(self.world.device, 'Device.Disconnect')
        self.wait(lambda: self.world.state() != 'connected', 'it hangs up')
        self.world.connected()
        self.session.daemon.kill()
        self.session.start_daemon()
        self.client.register_agent()
        self.world.connected()
        self.session.power_cut(self.world.unit)
        self.wait(lambda: self.world.state() != 'connected', 'a device without power is away')
        self.session.start_device(self.world.unit)
        self.session.tell(self.world.unit, f'value {READING}')
        self.world.connected()

    def test_06_change_the_password(self):
        other = 'another tall paddock gumtree'
        self.world.secret('new password', 'text', other)
        for password in (other, PASSWORD):
            self.client.call(self.world.device, 'Device.ChangePassword', '(h)', 0, fds=[secret_fd(password)])

    def test_07_consent_and_withdrawal(self):
        self.client.call(self.world.device, 'Consent.Give', '(s)', 'cloud-history')
        self.world.confirmed('cloud-history', 'given')
        self.wait(self.cloud_readings, 'readings in the cloud')
        self.client.call(self.world.device, 'Consent.Withdraw', '(s)', 'cloud-history')
        self.world.confirmed('cloud-history', 'withdrawn')
        self.wait(lambda: not self.cloud_readings(), 'the cloud has forgotten')
        self.world.remember_keys()
        receipt = self.world.receipt('consent')
        self.assertTrue(receipt['complete'])
        self.assertIn('cloud-history', self.client.call(ROOT, 'Manager.GetReceipt', '(s)', receipt['id']))

    def cloud_readings(self):
        keyring = self.world.keyring
        item = next(i for i, a in keyring.items().items() if a.get('kind') == 'cloud-secret')
        account = self.session.query_database('SELECT cloud_account FROM devices')[0][0]
        api = CloudApi(self.session.cloud_port, account, keyring.secret(item).decode())
        status, readings = api.readings(self.world.unit.unit_id)
        return readings if status == 200 else []

    def test_08_tag_and_address_change(self):
        """Often enough for who reads the trace to see what stays; whoever comes back knows it all the same."""
        self.world.own()
        for _ in range(5):
            self.session.tell(self.world.unit, 'time 901')
            self.client.pause(0.5)
        self.client.call(self.world.device, 'Device.Disconnect')
        self.world.connected()
        self.world.rotate()
        self.world.connected()

    def test_09_wipe(self):
        entry = self.world.wiped(self.client.call(self.world.device, 'Wipe.Start', '(a{sv})', {}))
        self.assertTrue(entry['complete'])
        self.assertEqual(set(entry['places'].values()), {'confirmed'})
        receipt = self.client.call(ROOT, 'Manager.GetReceipt', '(s)', entry['id'])
        self.assertTrue(json.loads(receipt))
        self.assertNotIn(NAME, receipt)
        devices = self.stack.objects('Device1')
        self.assertFalse([p for p, d in devices.items() if p.startswith('/org/bluez/hci0') and d['Bonded']], 'no bond')

    def test_10_the_next_owner(self):
        candidate = self.world.discover()
        self.client.fails('WrongCode', self.client.open, candidate, self.label_code())
        self.world.set_up('somebody elses long sentence', 'Next owner')
        self.world.secret('next password', 'text', 'somebody elses long sentence')

    def label_code(self):
        """The one on the label, which the wipe has made void."""
        return json.loads((self.session.dir / f'{self.world.unit.unit_id}.label').read_text())['code']
