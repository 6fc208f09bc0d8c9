#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A cloud that is gone for good in the middle of a wipe: the person can end the wipe without it, and every paper says so."""

import base64
import json
import unittest

from wattle_test import Keyring
from wattle_test.case import Case
from wattle_test.certificate import verify_certificate
from wattle_test.client import ROOT
from wattle_test.process import ProcessFailed, run

GIVE_UP = 'Wipe.GiveUpCloud'


class GiveUpCloud(Case):
    def setUp(self):
        super().setUp()
        self.switch_on()
        self.answer = True
        self.client.register_agent(lambda action, details: self.answer)
        self.device = self.client.set_up(self.unit, decisions={'cloud-history': True})
        self.wait(lambda: self.client.purposes(self.device)['cloud-history']['cloud'] == 'confirmed', 'the cloud knows')
        self.session.cloud.stop()

    def start_wipe(self):
        self.job = self.client.call(self.device, 'Wipe.Start', '(a{sv})', {})

    def steps(self):
        return {s[0]: s[2] for s in self.client.get(self.job, 'Job.Steps')}

    def give_up(self):
        return self.client.call(self.device, GIVE_UP)

    def wait_until_it_can(self):
        """Refused, changing nothing, until the cloud has been asked in vain a few times; then the job it gave."""
        refusals = []

        def given_up():
            try:
                return self.give_up()
            except Exception as error:  # pylint: disable=broad-except
                self.assertEqual(getattr(error, 'name', ''), 'Busy', error)
                self.assertNotIn('given-up', self.steps().values())
                refusals.append(error)
                self.client.pause(0.3)
                return None
        job = self.wait(given_up, 'the cloud can be given up', 60)
        self.assertGreater(len(refusals), 3)
        return job

    def finished(self):
        receipt, = self.wait(lambda: [r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['kind'] == 'wipe'],
                             'the receipt')
        self.wait(lambda: not self.client.objects('Device'), 'the device is no longer ours')
        manifest = json.loads(self.session.manifest.read_text().splitlines()[0])
        text = self.client.call(ROOT, 'Manager.GetReceipt', '(s)', receipt['id'])
        return receipt, verify_certificate(text, base64.urlsafe_b64decode(manifest['public_key'] + '=='))

    def test_given_up(self):
        # Not before there is a wipe that waits for it.
        self.client.fails('NotAllowed', self.give_up)
        self.start_wipe()
        self.wait(lambda: self.steps()['device'] == 'done', 'the device is wiped')
        # Not without the person.
        self.answer = False
        self.client.fails('Denied', self.give_up)
        self.assertEqual(self.client.questions[-1][0], 'give-up-cloud')
        self.assertIn('cannot delete it later', self.client.questions[-1][1]['sentence'])
        self.answer = True
        self.assertEqual(self.wait_until_it_can(), self.job)
        receipt, document = self.finished()
        self.assertEqual(receipt['places'], {'cloud-data': 'given-up', 'cloud-account': 'given-up', 'device': 'confirmed',
                                             'keyring': 'confirmed', 'records': 'confirmed'})
        self.assertTrue(receipt['complete'])
        places = document['receipt']['places']
        self.assertEqual(set(places['cloud-data']), {'state', 'given_up_at'})
        self.assertIn('did not answer, so what it holds may still be there', document['remains'][0])
        self.assertIn('care@gumleaf.example', document['remains'][0])
        self.client.call(ROOT, 'Manager.RevealNextCode', '(s)', receipt['id'])
        self.client.read_secret()
        self.client.call(ROOT, 'Manager.ForgetNextCode', '(s)', receipt['id'])
        self.assertEqual(Keyring(self.client).items(), {})
        said = ' '.join(run([self.session.build / 'cli/wattle', 'receipts', 'show', receipt['id']],
                            self.session.env).stdout.split())
        self.assertIn('It is over, but not all of it is confirmed.', said)
        self.assertIn('Cloud account: given up, not confirmed', said)

    def test_a_locked_keyring_is_not_the_clouds_fault(self):
        self.session.keyring.stop()
        self.start_wipe()
        self.wait(lambda: self.steps()['cloud-data'] == 'waiting', 'the cloud waits')
        self.client.fails('KeyringMissing|KeyringLocked', self.give_up)
        self.assertNotIn('given-up', self.steps().values())

    def test_by_the_command_line_of_a_lost_device(self):
        """And it holds across a crash; the cloud that comes back after all is not asked any more."""
        wattle = self.session.build / 'cli/wattle'
        self.unit.process.stop()
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'away', 'away')
        self.job = self.client.call(self.device, 'Wipe.DeclareLost')
        self.wait(lambda: self.steps()['traces'] == 'done', 'the traces are gone')
        with self.assertRaisesRegex(ProcessFailed, 'ended with 6'):
            run([wattle, 'wipe', 'Gumleaf', '--give-up-cloud'], self.session.env)  # nobody says yes

        def given_up():
            try:
                run([wattle, 'wipe', 'Gumleaf', '--give-up-cloud', '--yes', '--wait', '1'], self.session.env)
            except ProcessFailed as failure:
                self.assertNotIn('ended with 1\n', str(failure))
            return self.steps()['cloud-account'] == 'given-up'
        self.client.unregister_agent()
        self.wait(given_up, 'given up', 60)
        self.wait(lambda: self.client.get(self.job, 'Job.Result').get('receipt'), 'a certificate of the rest')
        self.session.daemon.kill()
        self.session.start_cloud()
        self.session.start_daemon()
        self.wait(lambda: self.client.objects('Device'), 'the daemon remembers')
        self.switch_on()
        receipt, _ = self.finished_after_the_interim()
        self.assertEqual({p for p, s in receipt['places'].items() if s == 'given-up'}, {'cloud-data', 'cloud-account'})
        self.assertEqual({s for p, s in receipt['places'].items() if not p.startswith('cloud')}, {'confirmed'})

    def finished_after_the_interim(self):
        self.wait(lambda: [r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['complete'] and r['kind'] == 'wipe'],
                  'the receipt')
        return self.finished()


if __name__ == '__main__':
    unittest.main(verbosity=2)
