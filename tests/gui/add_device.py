# SPDX-License-Identifier: Apache-2.0
"""Adding a device, by keyboard alone."""

import re

from journey import PASSWORD, Journey
from wattle_test.codes import last_digit_mistyped, other_valid_code

# In as few steps as security allows: the device, its code, a password, the data, its name.
STEPS = 5


class Wizard(Journey):
    """Its pages."""

    def at_list(self):
        """The device appears by itself."""
        state, name = self.wait(lambda: next(iter(self.candidates().values()), None), 'a candidate')
        self.assertEqual(state, 'unowned')
        self.app.wait_for(name, 'list item')
        return name

    def to_code(self):
        self.app.press_key(self.at_list(), 'list item')
        self.app.has_focus('Code from the label', 'text')

    def to_password(self):
        self.app.screen.type(self.unit.code)
        self.app.acts += 1
        self.app.has_focus('Use this password (best)')

    def to_data(self):
        self.app.press_key('Continue', 'button')
        self.app.sees('You decide')

    def to_last(self):
        self.app.press_key('Continue', 'button')
        self.app.has_focus('What do you call it?', 'text')

    PAGES = (to_code, to_password, to_data, to_last)

    def cancel(self):
        self.app.press_key('Cancel', 'button')
        self.as_before()

    def as_before(self):
        self.wait(lambda: all(state == 'unowned' for state, _ in self.candidates().values()), 'the device is as before')
        self.assertIsNone(self.device())
        self.at_list()


class AddDevice(Wizard):
    """From first start to the last page, with wrong answers."""

    def test_10_no_device_near(self):
        self.app.sees('Welcome to Wattle', 'Looking for devices…')
        self.app.shoot('welcome')
        if self.tr.name == 'en':  # ten seconds later, whichever the language
            self.app.sees('None so far. Is the device switched on, and in the same room? '
                          'If somebody had it before you, reset it first: its guide says how.')
            self.app.shoot('welcome-none')

    def test_11_it_appears_by_itself(self):
        self.session.start_device(self.unit)
        self.at_list()
        self.app.shoot('welcome-near', self.styles)

    def test_12_wrong_codes(self):
        self.to_code()
        self.app.shoot('add-code', self.styles)
        self.app.screen.type(last_digit_mistyped(self.unit.code))
        node = self.app.wait_for(role='alert')
        self.assertEqual(self.app.has_focus('Code from the label').description, node.name, 'told where the keyboard is')
        self.assertEqual(self.app.focus().text(), re.sub(r'(....)(...)(...)', r'\1-\2-\3',
                                                         last_digit_mistyped(self.unit.code)), 'in groups')
        self.app.shoot('add-code-mistyped')
        self.assertIn(self.attempts(), (5, 255), 'no try was used')
        self.app.screen.key('ctrl+a')
        self.app.screen.type(other_valid_code(self.unit.code))
        self.wait(lambda: (n := self.app.find(role='alert')) and n.name != node.name and '4' in n.name, 'four tries are left')
        self.assertEqual(self.attempts(), 4)
        self.cancel()

    def attempts(self):
        return next(iter(self.client.objects('Candidate').values()))['Candidate']['AttemptsLeft']

    def test_13_weak_password(self):
        self.to_code()
        self.to_password()
        self.app.shoot('add-password', self.styles)
        self.app.screen.key('Down')
        self.app.has_focus('Your password for the device', 'password')
        self.app.screen.type('password1')
        self.app.wait_for(containing=self.tr('very weak: guessed at once'), role='status')
        self.assertFalse(self.app.find(self.tr('Continue'), 'button').has('sensitive'))
        self.app.shoot('add-password-weak')
        self.app.screen.key('ctrl+a')
        self.app.screen.type(PASSWORD)
        self.can_press('Continue')
        self.assertEqual(self.app.wait_for(role='meter').value(), 5)
        self.app.shoot('add-password-own')
        self.to_data()
        self.app.shoot('add-data', self.styles)
        self.to_last()
        self.app.shoot('add-last', self.styles)
        self.cancel()


class ComesBetween(Wizard):
    """Backwards, and with everything that can come between."""

    def test_14_back_from_every_page(self):
        for page in self.PAGES:
            page(self)
        for title in ('Your data', 'Password', 'Setup code'):
            self.app.screen.key('alt+Left')
            self.app.wait_for(self.tr(title), 'group')
        self.app.screen.key('alt+Left')
        self.as_before()

    def test_15_cancel_on_every_page(self):
        for last in range(1, len(self.PAGES)):
            for page in self.PAGES[:last]:
                page(self)
            self.cancel()

    def test_16_it_walks_away_on_every_page(self):
        """And comes back: the set-up goes on where it was."""
        self.to_code()
        self.walk('out')
        self.app.screen.type(self.unit.code)
        self.out_of_reach()
        self.walk('in')
        self.app.press_key('Open', 'button')
        self.app.has_focus('Use this password (best)')
        for page in (self.to_data, self.to_last):
            self.walk('out')
            page()
            self.walk('in')
        self.walk('out')
        self.app.press_key('Set up', 'button')
        self.app.wait_for(role='alert')
        self.app.shoot('add-out-of-reach')
        self.walk('in')
        if self.app.find(self.tr('Setting up'), 'group'):  # it was not seen to go before it was needed
            self.app.screen.key('alt+Left')
            self.app.has_focus('What do you call it?', 'text')
        self.cancel()

    def walk(self, where):
        self.session.tell_device(self.unit, f'range {where}')
        if where == 'in':
            self.wait(self.candidates, 'it is seen again')

    def out_of_reach(self):
        self.app.wait_for(self.tr('The device is out of reach. Bring it near, see that it is switched on, and try again.'),
                          'alert')

    def test_17_app_ends_on_every_page(self):
        for last in range(1, len(self.PAGES) + 1):
            for page in self.PAGES[:last]:
                page(self)
            self.restart_app()
            self.as_before()


class Owned(Wizard):
    """Straight through."""

    def test_18_in_few_steps(self):
        self.app.acts = 0
        for page in self.PAGES:
            page(self)
        self.app.screen.type('Kitchen')
        self.app.screen.key('Return')
        self.app.acts += 1
        self.wait(self.device, 'the device is ours')
        self.app.wait_for('Kitchen', 'group')
        print(f'{self.app.acts} steps from a device near to a device of ours', flush=True)
        self.assertEqual(self.app.acts, STEPS)
        self.assertEqual(self.client.get(self.device(), 'Device.Name'), 'Kitchen')
        self.assertEqual({p['state'] for p in self.client.purposes(self.device()).values()}, {'needed', 'refused'},
                         'no answer is a no')
