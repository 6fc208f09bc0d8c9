# SPDX-License-Identifier: Apache-2.0
"""Parting with a device, by keyboard alone."""

import json
import re
import time

from journey import NAME, Journey
from wattle_test import DBusError
from wattle_test.client import ROOT

READ_S = 1  # before an answer can be pressed


class Parting(Journey):
    """The way to a wipe."""

    def to_plan(self):
        self.open_device()
        self.app.press_key('Give away or dispose', 'list item')
        self.app.sees('What will go')

    def to_question(self):
        self.assertFalse(self.app.wait_for(self.tr('Wipe everything…'), 'button').has('sensitive'), 'not by accident')
        self.app.press_key('I have read what will go', 'check box', 'space')
        self.app.tab_to('Wipe everything…', 'button')
        self.app.press_key('Wipe everything…', 'button')
        self.app.has_focus('Keep it', 'button')

    CODE = re.compile(r'^\d{4}-\d{3}-\d{3}$')

    def to_receipt(self):
        """Of the one wipe."""
        self.app.press_key('Main menu', 'button')
        self.app.press_key('Receipts', 'menu item')
        self.app.wait_for(self.tr('Receipts'), 'group')
        self.app.press_key(re.compile(re.escape(self.wipes()[0]['device'])), 'list item')
        self.app.sees('The proof')

    def to_next_code(self):
        """Which has the keyboard, and so is read out."""
        self.app.press_key('The new setup code', 'list item')
        self.app.has_focus(self.CODE, 'label')

    def agree(self, answer):
        self.can_press(answer)
        self.app.press_key(answer, 'button')

    def wipes(self):
        return [r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['kind'] == 'wipe']


class PartWithIt(Parting):
    """Its wipe with all that can come between, until the code of its next owner is forgotten."""

    def test_40_asked_once_and_kept(self):
        self.to_plan()
        self.app.shoot('wipe-plan', self.styles)
        self.to_question()
        self.not_before_it_can_be_read()
        self.app.shoot('wipe-question', ('light', 'large'))  # its buttons change places
        self.app.has_focus('Keep it', 'button')
        self.app.screen.key('Return')
        self.app.wait_for_none(self.tr('Wipe it'), 'button')
        self.assertEqual(self.wipes(), [])
        self.assertNotEqual(self.client.get(self.device(), 'Device.State'), 'wiping')

    def not_before_it_can_be_read(self):
        """Never while something else is in front, and a while after: however slow this machine is, that tells."""
        other = self.other_program()
        self.client.pause(1.5 * READ_S)
        self.assertFalse(self.app.find(self.tr('Wipe it'), 'button').has('sensitive'), 'it is not in front')
        before = time.monotonic()
        other.kill()
        self.can_press('Wipe it')
        self.assertGreaterEqual(time.monotonic() - before, READ_S)

    def test_41_device_and_cloud_out_of_reach(self):
        self.session.cloud.stop()
        self.session.tell_device(self.unit, 'range out')
        self.wait(lambda: self.client.get(self.device(), 'Device.State') == 'away', 'the device is away')
        self.go_home()
        self.to_plan()
        self.to_question()
        self.agree('Wipe it')
        self.app.wait_for(self.tr('Progress of the wipe'), 'progress bar')
        self.app.sees('Stop the wipe')
        self.app.shoot('wipe-waits', self.styles)

    def test_42_goes_on_without_the_app(self):
        self.restart_app()
        self.app.wait_for(re.compile(f'^{NAME}'), 'cell|list item|button')
        self.app.shoot('home-wiping')

    def test_43_everything_is_wiped(self):
        self.session.start_cloud()
        self.session.tell_device(self.unit, 'range in')
        self.wait(lambda: self.device() is None, 'the device is no longer ours', 90)
        [receipt] = self.wipes()
        self.assertEqual(set(receipt['places'].values()), {'confirmed'})
        self.app.sees('Welcome to Wattle')

    def test_44_the_receipt(self):
        self.app.press_key('Main menu', 'button')
        self.app.press_key('Receipts', 'menu item')
        self.app.wait_for(self.tr('Receipts'), 'group')
        self.app.shoot('receipts', self.styles)
        product = self.wipes()[0]['device']
        self.app.press_key(re.compile(re.escape(product)), 'list item')
        self.app.sees('The proof', 'Genuine: every signature in it is right, and all of them are for this wipe.')
        self.app.shoot('receipt', self.styles)

    def test_45_the_next_owner(self):
        self.to_next_code()
        self.app.sees('It opens the device once. Whoever knows it can set up the device, so give it to the next owner alone.')
        code = self.app.wait_for(self.CODE, 'label').name.replace('-', '')
        self.app.shoot('next-owner', self.styles)
        self.assertNotEqual(code, self.unit.code)
        candidate = self.client.discover()
        with self.assertRaisesRegex(DBusError, '^WrongCode'):
            self.client.open(candidate, self.unit.code)
        self.client.open(candidate, code)
        self.client.call(candidate, 'Candidate.Close')
        self.client.call(ROOT, 'Manager.StopDiscovery')
        self.assertEqual(json.loads(self.client.call(ROOT, 'Manager.GetReceipt', '(s)', self.wipes()[0]['id']))['format'],
                         'wattle-wipe-certificate-1')


class Lost(Parting):
    """A second device, which is lost, and whose cloud is gone for good."""

    def steps(self):
        return {step: state for job in self.client.objects('Job').values() for step, _, state in job['Job']['Steps']}

    def test_50_lost(self):
        self.unit.process.stop()
        self.units.append(self.session.new_unit())
        self.session.start_device(self.units[1])
        self.client.set_up(self.units[1], decisions={'cloud-history': True}, name=NAME)
        self.wait(lambda: self.client.get(self.device(), 'Device.Cloud') == 'active', 'the cloud gets readings')
        self.session.cloud.stop()
        self.units[1].process.stop()
        self.wait(lambda: self.client.get(self.device(), 'Device.State') == 'away', 'the device is away')
        self.to_plan()
        self.app.press_key('I do not have the device any more', 'check box', 'space')
        self.to_question()
        self.app.sees('Your data in the cloud and on this computer is deleted now, and the device when it is found. '
                      'This cannot be undone.')
        self.agree('Wipe it')
        self.wait(lambda: self.steps().get('traces') == 'done', 'what need not wait is wiped')

    def refused(self):
        """In the words of the service, which wants to have asked the cloud in vain a few times before."""
        return any(self.app.find(containing=self.tr(words)) for words in (
            'Wattle has hardly asked the cloud yet. It may only be away for a moment. Wait a minute, then try again.',
            'Wattle is asking the cloud just now. Wait a moment, then try again.'))

    def given_up(self):
        """Whether the service has done it. The choice is there for as long as it has not."""
        self.app.press_key("The maker's cloud is gone for good", 'list item')
        self.app.has_focus('Go on asking it', 'button')
        self.app.shoot('wipe-give-up')
        self.agree('Give it up')
        self.wait(lambda: 'given-up' in self.steps().values() or self.refused(), 'an answer')
        if 'given-up' in self.steps().values():
            return True
        self.wait(lambda: not self.refused(), 'the person has read that it is too early')
        return False

    def test_51_without_the_cloud(self):
        self.wait(self.given_up, 'the cloud is given up')
        self.app.wait_for_none(self.tr("The maker's cloud is gone for good"), 'list item')
        self.app.press_key('See what is wiped so far', 'list item')
        self.app.sees('Not everything is wiped yet')
        self.app.shoot('receipt-lost')

    def test_52_found(self):
        self.session.start_device(self.units[1])
        self.wait(lambda: self.device() is None, 'the device is wiped', 90)
        self.assertEqual({r['places']['cloud-account'] for r in self.wipes()} & {'given-up'}, {'given-up'})
