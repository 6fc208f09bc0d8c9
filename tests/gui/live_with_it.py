# SPDX-License-Identifier: Apache-2.0
"""Home, a device's pages, decisions, another program that asks, and troubles."""

from journey import CARD, NAME, Journey
from wattle_test import DBusError, Keyring
from wattle_test.client import ROOT

PAGES = {'readings': 'Readings', 'privacy': 'Privacy', 'support': 'Support', 'updates': 'Updates', 'safety': 'Safety and help',
         'household': 'Your household', 'log': 'What Wattle did'}


class LiveWithIt(Journey):
    """With one device, called as in NAME."""

    def says_state(self, state):
        """Whether home says it of the device; a sentence begins there."""
        return self.tr(state).casefold() in self.card().casefold()

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
        self.wait(lambda: attention in self.card(), 'home says so first')
        self.app.shoot('home-attention', self.styles)
        self.session.start_cloud()
        self.wait(self.confirmed, 'the cloud has confirmed')
        self.wait(lambda: attention not in self.card(), 'home knows')

    # -------------------------------------------------------------------- agent

    def ask(self):
        call = self.begin()
        self.sees_question()
        return call

    def test_24_another_program_asks(self):
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
        self.can_press('Allow once')  # once the person can have read it
        self.app.press_key('Allow once', 'button')
        self.client.wait_for_job(self.client.finish(call)[0])

    # ------------------------------------------------------------------ trouble

    def test_25_keyring_locked(self):
        Keyring(self.client).lock()
        self.wait(lambda: any(name == 'KeyringLocked' for name, _ in self.client.get(ROOT, 'Manager.Problems')),
                  'the service tells')
        self.app.wait_for(self.tr('Unlock'), 'button')
        self.app.shoot('trouble-keyring', self.styles)
        self.session.keyring.stop()
        self.session.start_keyring()
        self.app.wait_for_none(self.tr('Unlock'), 'button')

    def test_26_service_gone(self):
        self.session.daemon.kill()
        self.app.sees("Wattle's service is not running")
        self.app.shoot('trouble-service', self.styles)
        self.session.start_daemon()
        self.app.wait_for(CARD, 'cell')

    def test_27_device_away(self):
        self.session.tell_device(self.unit, 'range out')
        self.wait(lambda: self.client.get(self.device(), 'Device.State') == 'away', 'the device is away')
        self.wait(lambda: self.says_state('out of reach'), 'its state in words')
        self.app.shoot('home-away')
        self.session.tell_device(self.unit, 'range in')
        self.wait(lambda: self.says_state('connected'), 'it is back')
