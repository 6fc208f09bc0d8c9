# SPDX-License-Identifier: Apache-2.0
"""Parting with a device, by keyboard alone."""

import json
import re

from journey import NAME, Journey
from wattle_test import DBusError
from wattle_test.client import ROOT


class PartWithIt(Journey):
    """Its wipe with all that can come between, until the code of its next owner is forgotten."""

    def to_plan(self):
        self.open_device()
        self.app.press_key('Give away or dispose', 'list item')
        self.app.sees('What will go')

    def to_question(self):
        self.assertFalse(self.app.wait_for(self.tr('Wipe everything…'), 'button').has('sensitive'), 'not by accident')
        self.app.press_key('I have read what will go', 'check box', 'space')
        self.app.press_key('Wipe everything…', 'button')
        self.app.has_focus('Keep it', 'button')

    def can_press(self, answer):
        """A moment later."""
        self.wait(lambda: self.app.find(self.tr(answer), 'button').has('sensitive'), f'“{answer}” can be pressed')

    def agree(self, answer):
        self.can_press(answer)
        self.app.press_key(answer, 'button')

    def wipes(self):
        return [r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['kind'] == 'wipe']

    def test_30_asked_once_and_kept(self):
        self.to_plan()
        self.app.shoot('wipe-plan', self.styles)
        self.to_question()
        self.assertFalse(self.app.find(self.tr('Wipe it'), 'button').has('sensitive'), 'not before it can be read')
        self.can_press('Wipe it')
        self.app.shoot('wipe-question', ('light', 'large'))  # its buttons change places
        self.app.has_focus('Keep it', 'button')
        self.app.screen.key('Return')
        self.app.wait_for_none(self.tr('Wipe it'), 'button')
        self.assertEqual(self.wipes(), [])
        self.assertNotEqual(self.client.get(self.device(), 'Device.State'), 'wiping')

    def test_31_device_and_cloud_out_of_reach(self):
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

    def test_32_goes_on_without_the_app(self):
        self.restart_app()
        self.app.wait_for(re.compile(f'^{NAME}'), 'cell|list item|button')
        self.app.shoot('home-wiping')

    def test_33_everything_is_wiped(self):
        self.session.start_cloud()
        self.session.tell_device(self.unit, 'range in')
        self.wait(lambda: self.device() is None, 'the device is no longer ours', 90)
        [receipt] = self.wipes()
        self.assertEqual(set(receipt['places'].values()), {'confirmed'})
        self.app.sees('Welcome to Wattle')

    def test_34_the_receipt(self):
        self.app.press_key('Main menu', 'button')
        self.app.press_key('Receipts', 'menu item')
        self.app.wait_for(self.tr('Receipts'), 'group')
        self.app.shoot('receipts', self.styles)
        product = self.wipes()[0]['device']
        self.app.press_key(re.compile(re.escape(product)), 'list item')
        self.app.sees('The proof', 'Genuine: every signature in it is right, and all of them are for this wipe.')
        self.app.shoot('receipt', self.styles)

    def test_35_the_next_owner(self):
        self.app.press_key('The new setup code', 'list item')
        self.app.sees('It opens the device once. Whoever knows it can set up the device, so give it to the next owner alone.')
        code = self.app.wait_for(re.compile(r'^\d{4}-\d{3}-\d{3}$'), 'label').name.replace('-', '')
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
