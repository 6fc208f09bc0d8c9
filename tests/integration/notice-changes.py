#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A maker changes what it says about a device that is in use, with the real daemon, device and cloud."""

import copy
import json
import os
import time
import unittest

from wattle_test.case import Case
from wattle_test.client import ROOT
from wattle_test.process import run

LONGER = ('purposes', 1, 'uses', 0, 'keep'), {'days': 400}


class NoticeChanges(Case):
    def setUp(self):
        super().setUp()
        self.switch_on()
        self.device = self.client.set_up(self.unit, decisions={'cloud-history': True, 'product-improvement': True})
        self.first = json.loads(self.session.passport.read_text())
        self.settle()

    def state(self, purpose='cloud-history'):
        return self.client.purposes(self.device)[purpose]['state']

    def settle(self):
        def settled():
            purposes = self.client.purposes(self.device).values()
            return all('outstanding' not in (p.get('device'), p.get('cloud')) for p in purposes)
        self.wait(settled, 'device and cloud have confirmed')

    def publish(self, version, *changes, name='newer.json'):
        """Installs a version of the passport with @changes, each a path and a value, None to remove."""
        passport = copy.deepcopy(self.first)
        passport['version'] = version
        for path, value in changes:
            node = passport
            for step in path[:-1]:
                node = node[step]
            node[path[-1]] = value
            if value is None:
                del node[path[-1]]
        (self.session.passport.parent / name).write_text(json.dumps(passport))
        return passport

    def reconnect(self):
        self.client.call(self.device, 'Device.Disconnect')
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'away', 'hung up')
        self.client.call(self.device, 'Device.Connect')

    def passport(self):
        """None for the moment in which the device's object is made anew."""
        objects = self.client.objects()
        if self.device not in objects:
            return None
        return json.loads(objects[objects[self.device]['Device']['Passport']]['Passport']['Json'])

    def adopted(self, version):
        self.wait(lambda: (self.passport() or {}).get('version') == version, f'version {version} is in force')

    def changes(self, language='en'):
        return self.client.call(self.device, 'Device.GetNoticeChanges', '(s)', language)

    def widened(self):
        return {purpose for purpose, _, decide in self.changes() if decide}

    def problems(self):
        return self.client.get(ROOT, 'Manager.Problems')

    def log(self, event):
        return [entry for entry in self.client.call(ROOT, 'Manager.GetLog', '(su)', '', 0) if entry[2] == event]

    def test_widening_needs_a_new_decision(self):
        self.assertEqual((self.changes(), self.client.get(self.device, 'Device.NoticeChanged')), ([], False))
        self.publish(7, LONGER)
        self.reconnect()  # the service looks when a device connects
        self.adopted(7)
        self.assertTrue(self.client.get(self.device, 'Device.NoticeChanged'))
        self.assertEqual(self.widened(), {'cloud-history'})
        self.assertIn('400 days', self.changes()[0][1])
        self.assertEqual(self.state(), 'outdated')
        self.assertEqual(self.state('product-improvement'), 'given')
        # Silence is no: device and cloud are told so.
        self.settle()
        self.assertEqual(self.state(), 'outdated')
        self.assertEqual(len(self.log('passport-changed')), 1)
        self.client.call(self.device, 'Device.MarkNoticeRead')
        self.assertFalse(self.client.get(self.device, 'Device.NoticeChanged'))
        self.assertEqual((self.widened(), self.state()), ({'cloud-history'}, 'outdated'))
        # All of it survives.
        self.restart_daemon()
        self.assertEqual((self.passport()['version'], self.state()), (7, 'outdated'))
        self.client.call(self.device, 'Consent.Give', '(s)', 'cloud-history')
        self.assertEqual(self.state(), 'given')
        self.settle()
        self.client.call(self.device, 'Consent.VerifyLedger')

    def test_narrower_goes_on(self):
        self.publish(7, (('purposes', 1, 'uses', 0, 'keep'), {'days': 30}), (('security', 'fix_days'), 10))
        self.restart_daemon()
        self.adopted(7)
        self.assertEqual(self.widened(), set())
        self.assertEqual(self.state(), 'given')
        self.assertTrue(any('within 10 days' in sentence for _, sentence, _ in self.changes()))

    def test_a_yes_that_ends_sooner(self):
        """A yes without an end is not the yes that the maker asks for now."""
        self.publish(7, (('purposes', 1, 'consent_days'), 30))
        self.restart_daemon()
        self.adopted(7)
        self.assertEqual(self.widened(), {'cloud-history'})
        self.assertEqual(self.state(), 'outdated')
        self.assertTrue(any('ends by itself after 30 days' in sentence for _, sentence, _ in self.changes()))
        purpose = self.client.purposes(self.device)['cloud-history']
        self.assertEqual((purpose['consent-days'], purpose['until']), (30, 0))
        self.client.fails('InvalidArgument', self.client.call, self.device, 'Consent.GiveUntil', '(st)', 'cloud-history',
                          int(time.time()) + 31 * 24 * 3600)
        before = int(time.time())
        self.client.call(self.device, 'Consent.Give', '(s)', 'cloud-history')
        until = self.client.purposes(self.device)['cloud-history']['until']
        self.assertLessEqual(before + 30 * 24 * 3600, until)
        self.assertLessEqual(until, int(time.time()) + 30 * 24 * 3600)
        self.settle()
        # And one that could be longer still ends when it was to.
        self.publish(8, (('purposes', 1, 'consent_days'), 90), name='newest.json')
        self.restart_daemon()
        self.adopted(8)
        self.assertEqual(self.state(), 'given')
        self.assertEqual(self.client.purposes(self.device)['cloud-history']['until'], until)
        self.client.call(self.device, 'Consent.VerifyLedger')

    def test_needed_purpose_waits_too(self):
        """What was allowed without a question is not, once it is more than that."""
        self.publish(7, (('purposes', 0, 'dpv'), ['dpv:ServiceProvision', 'dpv:Advertising']))
        self.restart_daemon()
        self.adopted(7)
        self.assertEqual(self.widened(), {'local-readings'})
        self.assertEqual(self.state('local-readings'), 'outdated')
        self.client.call(self.device, 'Consent.Give', '(s)', 'local-readings')
        self.assertEqual(self.state('local-readings'), 'needed')
        self.settle()
        self.client.call(self.device, 'Consent.VerifyLedger')

    def test_no_choice_any_more(self):
        self.publish(7, (('purposes', 2, 'legal_basis'), 'needed'))
        self.restart_daemon()
        self.adopted(7)
        self.assertEqual(self.state('product-improvement'), 'outdated')

    def test_changes_add_up(self):
        """Until somebody reads them, changes are told from where they were last read."""
        self.publish(7, LONGER)
        self.restart_daemon()
        self.adopted(7)
        self.publish(8, LONGER, (('purposes', 2, 'uses', 0, 'country'), 'US'), name='newest.json')
        self.restart_daemon()
        self.adopted(8)
        self.assertEqual(self.widened(), {'cloud-history', 'product-improvement'})
        self.client.call(self.device, 'Device.MarkNoticeRead')
        # Then the last step alone.
        self.assertEqual(self.widened(), {'product-improvement'})

    def test_shorter_support_is_refused(self):
        self.publish(7, LONGER, (('support', 'end'), '2030-01-01'), (('compliance', 'support_end'), '2030-01-01'))
        for _ in range(2):
            self.restart_daemon()
            problem = self.wait(lambda: [p for p in self.problems() if p[0] == 'Passport'], 'the problem')
            self.assertIn('1 March 2032', problem[0][1])
            self.assertIn('takes that back', problem[0][1])
        self.assertEqual(len(self.log('passport-refused')), 1)
        self.assertEqual((self.passport()['version'], self.state()), (self.first['version'], 'given'))
        # Once it is gone nothing is wrong; a version that keeps the promise is taken.
        self.publish(8, (('support', 'end'), '2034-01-01'))
        self.restart_daemon()
        self.adopted(8)
        self.wait(lambda: not [p for p in self.problems() if p[0] == 'Passport'], 'no problem any more')

    def new_unit(self, version, *changes, name='new-unit.json'):
        """Another unit, which comes with this version of the passport."""
        self.publish(version, *changes, name=name)
        unit = self.session.new_unit(passport=self.session.passport.parent / name)
        self.session.start_device(unit)
        return unit

    def try_to_open(self, unit):
        candidate = self.client.discover()
        try:
            self.client.open(candidate, unit.code)
        finally:
            self.wait(lambda: self.client.get(candidate, 'Candidate.State') != 'opening', 'an answer')
        return candidate

    def test_new_unit_that_takes_a_promise_back(self):
        sooner = (('support', 'end'), '2030-01-01'), (('compliance', 'support_end'), '2030-01-01')
        for version in (7, self.first['version']):
            unit = self.new_unit(version, *sooner)
            said = self.client.fails('Passport', self.try_to_open, unit)
            self.assertIn('1 March 2032', said)
            self.assertIn('does not set it up', said)
            unit.process.stop()
            self.wait(lambda: not self.client.objects('Candidate'), 'it is gone')
        self.assertEqual([entry[1] for entry in self.log('passport-refused') if 'does not set it up' in entry[3]], ['', ''])
        self.assertEqual(list(self.client.objects('Device')), [self.device])
        self.assertEqual(self.session.query_database('SELECT count(*) FROM devices'), [(1,)])
        # A promise that is kept or bettered is fine.
        unit = self.new_unit(9, (('support', 'end'), '2034-01-01'))
        self.assertEqual(self.client.get(self.try_to_open(unit), 'Candidate.State'), 'must-change-password')

    def test_old_unit_gets_the_newer_promise(self):
        """One that has lain in a shop since before the maker promised more, though no file has the newer text any more."""
        self.publish(7, (('support', 'end'), '2034-01-01'))
        self.restart_daemon()
        self.adopted(7)
        for file in self.session.passport.parent.glob('*.json'):
            file.unlink()
        unit = self.new_unit(self.first['version'])
        device = self.client.finish_setup(self.try_to_open(unit), 'short rope yellow galah', {}, 'Bedroom')
        self.wait(lambda: self.client.objects('Device').get(device, {}).get('Device', {}).get('SupportEnd') == '2034-01-01',
                  'the newer promise holds for it, too')

    def test_cloud_that_moves(self):
        self.publish(7, (('cloud', 'url'), 'https://127.0.0.1:1'))
        self.restart_daemon()
        self.wait(lambda: any('moved its cloud' in p[1] for p in self.problems()), 'the problem')
        self.assertEqual(self.state(), 'given')

    def test_other_files_change_nothing(self):
        folder = self.session.passport.parent
        self.publish(self.first['version'], LONGER)
        self.publish(9, (('product', 'number'), 4711), LONGER, name='other.json')
        (folder / 'odd.json').write_text('{')
        (folder / 'pipe.json').mkdir()
        self.publish(8, (('format', ), 'wattle-passport-9'), name='later.json')
        self.restart_daemon()
        self.reconnect()
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'connected', 'connected')
        self.client.pause(0.5)
        self.assertEqual((self.passport()['version'], self.changes()), (self.first['version'], []))

    def test_command_line(self):
        wattle = self.session.build / 'cli/wattle'
        self.publish(7, LONGER, (('security', 'fix_days'), 10))
        self.restart_daemon()
        self.adopted(7)
        status = run([wattle, 'status'], self.session.env).stdout
        self.assertIn('wattle notice --changes', ' '.join(status.split()))
        before = json.loads(run([wattle, 'notice', '--changes', '--json'], self.session.env).stdout)
        self.assertEqual([c['purpose'] for c in before['changes'] if c['decide']], ['cloud-history'])
        out = run([wattle, 'notice', '--changes', '--language', 'en'], self.session.env).stdout
        for words in ('You decide on this again', '400 days', 'it is a no', 'within 10 days'):
            self.assertIn(words, ' '.join(out.split()))
        self.assertFalse(self.client.get(self.device, 'Device.NoticeChanged'))
        self.assertEqual(self.state(), 'outdated')

    def test_wipe_takes_the_texts_along(self):
        self.publish(7, LONGER)
        self.restart_daemon()
        self.adopted(7)
        self.client.register_agent()
        job = self.client.call(self.device, 'Wipe.Start', '(a{sv})', {})
        self.client.wait_for_job(job)
        self.assertEqual(self.session.query_database('SELECT count(*) FROM passports')[0][0], 0)
        self.assertEqual(self.session.query_database('SELECT count(*) FROM earlier_passports')[0][0], 0)


if __name__ == '__main__':
    os.environ.setdefault('WATTLE_TEST_LOGS', '0')
    unittest.main()
