# SPDX-License-Identifier: Apache-2.0
"""Home, a device's pages, decisions, another program that asks, and troubles."""

import os
import re
import tempfile

from journey import CARD, NAME, Journey
from wattle_test import DBusError, Keyring
from wattle_test.client import ROOT

PAGES = {'readings': 'Readings', 'privacy': 'Privacy', 'support': 'Support', 'updates': 'Updates', 'safety': 'Safety and help',
         'household': 'Your household', 'log': 'What Wattle did'}


class LiveWithIt(Journey):
    """With one device, called as in NAME."""

    def says_state(self, state):
        """Whether home says it of the device; a sentence begins there."""
        return self.tr(state).casefold() in self.app.find(CARD, 'cell').name.casefold()

    def test_20_home(self):
        self.wait(lambda: self.client.get(self.device(), 'Device.State') == 'connected', 'the device is connected')
        self.go_home()
        self.app.wait_for(CARD, 'cell')
        self.wait(lambda: self.says_state('connected'), 'its state in words')
        self.app.shoot('home', self.styles)

    def test_21_pages_of_a_device(self):
        self.open_device()
        self.app.shoot('device', self.styles)
        for page, title in PAGES.items():
            self.app.press_key(title, 'list item')
            self.app.wait_for(self.tr(title), 'group')
            self.app.shoot(f'device-{page}', self.styles if page in ('readings', 'privacy', 'support') else ('light',))
            self.app.screen.key('alt+Left')
            self.app.has_focus(title, 'list item')

    # ---------------------------------------------------------------- decisions

    def purpose(self):
        return self.client.purposes(self.device())['cloud-history']

    def confirmed(self):
        purpose = self.purpose()
        return purpose['device'] == purpose['cloud'] == 'confirmed'

    def test_22_a_yes(self):
        self.open_device()
        self.app.press_key('Privacy', 'list item')
        self.app.press_key(self.purpose()['title'], 'check box', 'space')
        self.wait(lambda: self.purpose()['state'] == 'given', 'it is allowed')
        self.wait(self.confirmed, 'device and cloud have confirmed it')

    def test_23_taken_back_while_the_cloud_is_away(self):
        self.session.cloud.stop()
        self.app.press_key(self.purpose()['title'], 'check box', 'space')
        self.wait(lambda: self.purpose()['state'] == 'withdrawn', 'it is forbidden at once')
        self.wait(lambda: self.purpose()['cloud'] == 'outstanding' and self.purpose()['device'] == 'confirmed',
                  'the cloud has not confirmed')
        self.app.shoot('device-privacy-outstanding')
        self.go_home()
        attention = self.tr('A change of yours is not confirmed everywhere yet.')
        self.wait(lambda: attention in self.app.find(CARD, 'cell').name, 'home says so first')
        self.app.shoot('home-attention', self.styles)
        self.session.start_cloud()
        self.wait(self.confirmed, 'the cloud has confirmed')
        self.wait(lambda: attention not in self.app.find(CARD, 'cell').name, 'home knows')

    # ----------------------------------------------------------------- password

    def changes(self):
        return [event for _, _, event, _ in self.client.call(ROOT, 'Manager.GetLog', '(su)', '', 0)
                if event == 'password-changed']

    def to_new_password(self):
        self.app.press_key('Change the device password', 'list item')
        self.app.has_focus('Use this password (best)')
        suggested = re.compile(r'^(\w+ ){4}\w+$')
        self.wait(lambda: suggested.match(self.app.focus().description), 'one is made up, and told where the keyboard is')

    def test_24_another_password(self):
        """As at set-up: one that is made up comes first, one's own is judged."""
        self.open_device()
        self.app.press_key('Your household', 'list item')
        self.to_new_password()
        self.app.shoot('new-password', self.styles)
        self.app.screen.key('Down')
        self.app.has_focus('Your password for the device', 'password')
        self.app.screen.type('password1')
        self.app.wait_for(containing=self.tr('very weak: guessed at once'), role='status')
        self.assertFalse(self.app.find(self.tr('Change password'), 'button').has('sensitive'))
        self.app.shoot('new-password-weak')
        self.app.screen.key('ctrl+a')
        self.app.screen.type('another tall paddock gumtree')
        self.wait(lambda: self.app.find(self.tr('Change password'), 'button').has('sensitive'), 'a good one is taken')
        self.assertEqual(self.app.wait_for(role='meter').value(), 5)
        self.app.screen.key('Return')
        self.wait(self.changes, 'the device has it')
        self.app.sees('The device has its new password. The old one opens nothing any more.')
        self.app.has_focus('Change the device password', 'list item')
        self.to_new_password()
        self.app.press_key('Change password', 'button')
        self.wait(lambda: len(self.changes()) == 2, 'the device has the one that was made up')

    # -------------------------------------------------------------------- agent

    def begin(self):
        """Another program wants all data; its call."""
        file = tempfile.TemporaryFile(dir=self.session.dir)
        return self.client.begin(self.device(), 'Device.Export', '(ha{sv})', 0, {}, fds=[os.dup(file.fileno())])

    def sees_question(self):
        self.app.wait_for(self.tr('Another program wants all data of “%s”') % NAME)
        self.app.has_focus('Deny', 'button')  # the default

    def ask(self):
        call = self.begin()
        self.sees_question()
        return call

    def test_25_another_program_asks(self):
        call = self.ask()
        self.app.shoot('agent', self.styles)
        self.app.has_focus('Deny', 'button')
        self.app.screen.key('Return')
        with self.assertRaisesRegex(DBusError, '^Denied'):
            self.client.finish(call)
        call = self.ask()
        self.app.screen.key('Escape')
        with self.assertRaisesRegex(DBusError, '^Denied'):
            self.client.finish(call)
        call = self.ask()
        self.wait(lambda: self.app.find(self.tr('Allow once'), 'button').has('sensitive'), 'once the person can have read it')
        self.app.press_key('Allow once', 'button')
        self.client.wait_for_job(self.client.finish(call)[0])

    def test_26_another_program_asks_before_the_app_runs(self):
        """The bus starts it, for the question alone."""
        self.app.close()
        with self.assertRaisesRegex(DBusError, '^NoAgent'):  # it is not installed
            self.client.finish(self.begin(), 5)
        self.session.install_app()
        call, closed = self.begin(), self.app
        Journey.app = self.session.app_of_bus()
        self.sees_question()
        self.app.screen.key('Return')
        with self.assertRaisesRegex(DBusError, '^Denied'):
            self.client.finish(call)
        self.wait(lambda: not self.app.process.running, 'its window closes, and it ends')
        Journey.app = closed.start()

    # ------------------------------------------------------------------ trouble

    def test_27_keyring_locked(self):
        Keyring(self.client).lock()
        self.wait(lambda: any(name == 'KeyringLocked' for name, _ in self.client.get(ROOT, 'Manager.Problems')),
                  'the service tells')
        self.app.wait_for(self.tr('Unlock'), 'button')
        self.app.shoot('trouble-keyring', self.styles)
        self.session.keyring.stop()
        self.session.start_keyring()
        self.app.wait_for_none(self.tr('Unlock'), 'button')

    def test_28_service_gone(self):
        self.session.daemon.kill()
        self.app.sees("Wattle's service is not running")
        self.app.shoot('trouble-service', self.styles)
        self.session.start_daemon()
        self.app.wait_for(CARD, 'cell')

    def test_29_device_away(self):
        self.session.tell_device(self.unit, 'range out')
        self.wait(lambda: self.client.get(self.device(), 'Device.State') == 'away', 'the device is away')
        self.wait(lambda: self.says_state('out of reach'), 'its state in words')
        self.app.shoot('home-away')
        self.session.tell_device(self.unit, 'range in')
        self.wait(lambda: self.says_state('connected'), 'it is back')
