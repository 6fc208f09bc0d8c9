#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as a person uses it: at a terminal that asks."""

import re
import signal
import unittest

from gi.repository import GLib
from harness import WATTLE, CliTest, Terminal
from mock_service import CANDIDATE, GOOD_CODE, PASSPHRASE, ROOT


class Person(CliTest):
    def setUp(self):
        super().setUp()
        self.mock = self.service()

    # ------------------------------------------------------------- set-up

    def test_setup_story(self):
        child = self.person('setup')
        child.says('Looking for new devices')
        self.mock.add_candidate()
        self.mock.add_candidate(ROOT + '/candidates/c2', State=GLib.Variant('s', 'owned'))
        child.matches('1: Gumleaf room thermometer \\(c1\\): ready to set up, very near')
        child.matches('2: None of these')
        child.answer('Which one? [1-2] ', '7')
        child.answer('Please type a number from 1 to 2', '1')
        child.answer('Setup code: ', '123')
        child.says('The code has ten digits; no try was used')
        child.answer('Setup code: ', '1111-111-111')
        child.says('4 tries are left')
        child.answer('Setup code: ', ' 1234 567-890 ')

        child.says('Gumleaf Pty Ltd')
        child.says('Security updates come until 31 March 2099')
        child.says('What it collects')
        child.says('It is not said who repairs the device.')

        child.says(PASSPHRASE)
        child.answer('Use this password? [y/n] ', 'n')
        for tries, password in enumerate(('short', 'a password of my own')):
            child.says('Your new password (not shown): ')
            child.wait_for_hidden()
            child.type(password)
            child.says('The same once more: ')
            child.type('a typing slip' if tries == 0 else password)
            if tries == 0:
                child.says('not the same')
                self.assertNotIn('short', child.shown)
                child.says('Your new password (not shown): ')
                child.type(password)
                child.answer('The same once more: ', password)
                child.says('weak')
                child.says('Use more words.')
        child.says('very strong')
        self.assertNotIn('a password of my own', child.shown)
        child.wait_for_hidden(False)

        child.says('Readings away from home')
        child.says('365 days')
        child.answer('Question 1 of 2: do you allow this? [y/n] ', '')
        child.answer('Please type y for yes or n for no', 'y')
        child.says('Numbat Statistics')
        child.answer('Question 2 of 2: do you allow this? [y/n] ', 'no')
        child.answer('Enter alone for “Gumleaf room thermometer”: ', 'Kitchen')
        child.says('done: Step key.')
        child.says('done: Step consent.')
        child.says('“Kitchen” is yours now.')
        self.assertIn('wattle readings --follow', child.ended())
        self.assertIn(('Finish', ('a password of my own', {'cloud-history': True, 'product-improvement': False},
                                  {'name': 'Kitchen'})), self.mock.calls)

    def to_password(self, *arguments, **options):
        self.mock.add_candidate()
        child = self.person('setup', 'c1', '--code-file', self.secret_file(GOOD_CODE), *arguments, **options)
        child.reads_on('Use this password? [y/n] ')
        return child

    def test_setup_with_suggestion_and_keyring(self):
        self.mock.keyring_locked = 1
        child = self.to_password('--allow', 'cloud-history', '--refuse', 'product-improvement')
        child.type('y')
        child.answer('Enter alone', '')
        child.says('Your keyring is locked.')
        child.answer('Try again? [y/n] ', 'y')
        child.says('is yours now')
        child.ended()
        finish = [c[1] for c in self.mock.calls if c[0] == 'Finish']
        self.assertEqual(finish, [
            'KeyringLocked', (PASSPHRASE, {'cloud-history': True, 'product-improvement': False}, {})])

    def test_leaving_setup_restores_everything(self):
        for leave, code in (('c', 130), ('d', 6)):
            self.mock.calls.clear()
            child = self.to_password()
            child.type('n')
            child.says('(not shown): ')
            child.wait_for_hidden()
            child.press(leave)
            child.says('The device is as it was before')
            child.wait_for_hidden(False)
            child.ended(code)
            self.assertIn(('Close', ''), self.mock.calls)
            self.mock.in_loop(self.mock.remove, CANDIDATE)

    def test_hidden_input_and_ctrl_z(self):
        """A shell between, as a program whose session leader it is cannot be stopped."""
        self.mock.add_device()
        child = Terminal(['bash', '--norc', '-i'], {**self.env, 'PS1': 'shell: '}, term='dumb', cwd=self.dir)
        self.addCleanup(child.close)
        child.answer('shell: ', f'{WATTLE} password; echo "ended $?"')
        child.answer('Use this password? [y/n] ', 'n')
        child.says('(not shown): ')
        child.wait_for_hidden()
        child.press('z')
        child.says('Stopped')
        child.answer('shell: ', 'fg')
        child.wait_for_hidden()
        child.type('the long first secret')
        child.answer('once more: ', 'the long first secret')
        child.says('has its new password')
        self.assertNotIn('first', child.shown)
        self.assertIn(('ChangePassword', 'the long first secret'), self.mock.calls)

    def test_hidden_input_and_term(self):
        child = self.to_password()
        child.type('n')
        child.says('(not shown): ')
        child.wait_for_hidden()
        child.signal(signal.SIGTERM)
        child.wait_for_hidden(False)
        child.ended(128 + signal.SIGTERM)

    def test_hidden_input_and_abrupt_end(self):
        child = self.to_password()
        child.type('n')
        child.says('(not shown): ')
        child.wait_for_hidden()
        child.signal(signal.SIGQUIT)
        child.wait_for_hidden(False)
        child.ended(-signal.SIGQUIT)

    def test_locked(self):
        self.mock.attempts = 1
        self.mock.add_candidate()
        child = self.person('setup', 'c1')
        child.answer('Setup code: ', '1111111111')
        child.says('locked until 1 January 2100')
        child.ended(5)

    def test_join(self):
        self.mock.add_candidate(State=GLib.Variant('s', 'owned'))
        child = self.person('setup', '--join', '--refuse', 'cloud-history', '--refuse', 'product-improvement',
                            '--name', 'Kitchen')
        child.answer('Which one?', '1')
        child.answer('Password of the device (not shown): ', 'wrong')
        child.says('This is not the password')
        child.says('Password of the device (not shown): ')
        child.wait_for_hidden()
        child.type(PASSPHRASE)
        child.says('is yours now')
        child.ended()

    def test_long_notice_on_a_small_screen(self):
        self.mock.add_candidate()
        self.mock.sections = [(f'Part {n}', ['One line.', 'Another.']) for n in range(20)]
        child = self.person('setup', 'c1', '--code-file', self.secret_file(GOOD_CODE))
        pages = 0
        while child.matches('Press Enter to read on|Use this password')[0].startswith('Press'):
            pages += 1
            self.assertLessEqual(child.shown.count('\n'), 24)  # one of them is that of Enter
            child.type('')
        self.assertEqual(pages, 4)
        child.press('c')
        child.ended(130)

    def test_problems_are_told_first(self):
        self.mock.in_loop(lambda: self.mock.change(ROOT, 'Manager', Problems=[('KeyringLocked', 'Unlock it.')]))
        child = self.person('setup')
        child.says('Unlock it.')
        child.says('Looking for new devices')
        child.press('c')
        child.ended(130)

    # --------------------------------------------------------------- wipe

    def test_wipe_story(self):
        self.mock.add_device()
        child = self.person('wipe')
        child.says('What will go with “Kitchen”')
        child.says('Keys in your keyring: The keys.')
        child.says('Paper printouts.')
        child.answer('Name: ', 'Kitchen')
        child.answer('keep a copy of your data first? [y/n] ', 'n')
        child.says('done: Step records.')
        child.says('All is done.')
        child.says('Cloud account: not involved')
        child.says('Setup code: 9876-543-210')
        self.assertIn('wattle receipts forget-code 3f2a00', child.ended())
        self.assertEqual([c for c in self.mock.calls if c[1] == 'allowed'],
                         [('wipe', 'allowed'), ('reveal-next-code', 'allowed')])

    def test_wrong_name(self):
        self.mock.add_device()
        child = self.person('wipe', 'Kitchen')
        child.answer('Name: ', 'kitchen')
        child.says('nothing was wiped')
        child.ended(6)
        self.assertEqual(self.mock.calls, [])

    def test_give_up_cloud(self):
        self.mock.add_device()
        self.mock.wipe_waits = True
        self.wattle('wipe', 'Kitchen', '--yes', '--wait', '1', code=7)
        child = self.person('wipe', 'Kitchen', '--give-up-cloud')
        child.says('gone for good')
        child.says('type the name of the cloud: cloud.gumleaf.example')
        child.answer('Name: ', 'gumleaf')
        child.says('goes on asking the cloud')
        child.ended(6)
        self.assertNotIn('GiveUpCloud', [c[0] for c in self.mock.calls])
        child = self.person('wipe', 'Kitchen', '--give-up-cloud')
        child.answer('Name: ', 'cloud.gumleaf.example')
        child.says('All is done.')
        child.ended()
        self.assertIn(('give-up-cloud', 'allowed'), self.mock.calls)

    def test_wipe_waiting_can_be_left(self):
        self.mock.add_device()
        self.mock.wipe_waits = True
        child = self.person('wipe', 'Kitchen')
        child.answer('Name: ', 'Kitchen')
        child.answer('keep a copy of your data first? [y/n] ', 'n')
        child.says('waiting: The device is out of reach.')
        child.says('Press Ctrl-C to leave it going')
        child.press('c')
        child.says('goes on with the wipe by itself')
        child.ended(130)
        self.assertNotIn('Cancel', [c[0] for c in self.mock.calls])

        child = self.person('wipe', 'Kitchen')
        child.says('waiting: The device is out of reach.')
        self.mock.release(self.mock.job)
        child.says('All is done.')
        child.says('9876-543-210')
        child.ended()

    def test_ctrl_c_cancels_a_job(self):
        self.mock.add_candidate()
        self.mock.step_job = lambda _path: False  # it takes for ever
        child = self.person('setup', 'c1', '--code-file', self.secret_file(GOOD_CODE), '--password-file',
                            self.secret_file(PASSPHRASE), '--refuse', 'cloud-history', '--refuse',
                            'product-improvement', '--name', 'Kitchen')
        child.says('The setup goes on.')
        child.press('c')
        child.says('Stopped. Everything is as it was before.')
        child.ended(130)
        self.assertIn('Cancel', [c[0] for c in self.mock.calls])

    # -------------------------------------------------------------- agent

    def test_agent_asks_the_person(self):
        self.mock.add_device()
        child = self.person('export', '--output', 'out.tar')
        child.says('This is about: export.')
        child.answer('Go ahead? [y/n] ', 'n')
        child.says('nothing was done')
        child.ended(6)
        child = self.person('export', '--output', 'out.tar')
        child.answer('Go ahead? [y/n] ', 'y')
        child.says('Everything is in “out.tar”')
        child.ended()

    def test_agent_allows_only_its_own(self):
        """While a wipe that was confirmed goes on, what another program asks for is asked, too."""
        self.mock.add_device()
        own = self.mock.authorize
        self.mock.authorize = lambda action, invocation, then: own(action, invocation, then, caller=':1.999')
        child = self.person('wipe', 'Kitchen')
        child.answer('Name: ', 'Kitchen')
        child.answer('keep a copy of your data first? [y/n] ', 'n')
        child.says('Another program asks for this:')
        child.answer('Go ahead? [y/n] ', 'n')
        child.ended(6)
        self.assertEqual(self.mock.calls, [('wipe', 'denied')])

    # ------------------------------------------------------- small screens

    def test_narrow_and_dumb(self):
        self.mock.add_device()
        for arguments in (('consent',), ('list',), ('show',), ('notice',), ('help',), ('help', 'exit-codes'),
                          ('receipts',), ('log',), ('status',)):
            child = self.person(*arguments, columns=40, term='dumb')
            text = child.ended()
            self.assertNotIn('\033', text, arguments)
            too_long = [line for line in text.splitlines() if len(line) > 40 and ' ' in line.strip()
                        and 'http' not in line]
            self.assertEqual(too_long, [], arguments)

    def test_dumb_setup_has_no_control_characters(self):
        child = self.to_password('--allow', 'cloud-history', '--refuse', 'product-improvement', '--name', 'Kitchen',
                                 term='dumb', columns=40)
        seen = child.shown
        child.type('y')
        seen += child.ended()
        self.assertEqual(re.findall(r'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)', seen.replace('\r\r\n', '\n')), [])
        self.assertIn('done: Step key.', seen)

    def test_bold_and_no_color(self):
        self.mock.add_device()
        self.assertIn('\033[1m', self.person('show').ended())
        self.assertNotIn('\033', self.person('show', NO_COLOR='1').ended())

    def test_no_input_asks_nothing(self):
        self.mock.add_device()
        self.mock.add_candidate()
        for arguments, code in ((('wipe', 'Kitchen', '--no-input'), 6), (('setup', 'c1', '--no-input'), 2),
                                (('password', '--no-input'), 2), (('export', '--json'), 6)):
            self.person(*arguments).ended(code)

    # -------------------------------------------------------------- update

    def test_accept(self):
        self.mock.add_device()
        self.mock.in_loop(lambda: self.mock.change('/org/wattle/Companion/devices/d1', 'Update', State='alert',
                                                   Image='cd' * 32, Alerts=[('image-changed', 'Other software runs.')]))
        child = self.person('update', 'Kitchen', '--accept')
        child.says('only if you know where')
        child.answer('Do you know where it comes from? [y/n] ', 'n')
        self.assertIn('goes on warning', child.ended(6))
        self.assertNotIn(('AcceptImage', 'cd' * 32), self.mock.calls)
        child = self.person('update', 'Kitchen', '--accept')
        child.answer('Do you know where it comes from? [y/n] ', 'y')
        self.assertIn('Accepted.', child.ended())
        self.assertIn(('AcceptImage', 'cd' * 32), self.mock.calls)

    # -------------------------------------------------------------- others

    def test_consent_and_password(self):
        self.mock.add_device()
        child = self.person('consent', 'give')
        child.answer('What for? [1-2] ', '1')
        child.says('The cloud keeps a copy for you.')
        child.answer('Do you allow this? [y/n] ', 'y')
        child.says('have confirmed it')
        child.ended()
        self.assertIn(('given', 'cloud-history'), self.mock.calls)

        child = self.person('consent', 'give', 'Kitchen', 'product-improvement')
        child.says('A yes ends by itself after 90 days.')
        child.answer('Do you allow this? [y/n] ', 'n')
        child.ended(6)

        child = self.person('password')
        child.says(PASSPHRASE)
        child.answer('Use this password? [y/n] ', 'n')
        for text in ('short', 'long enough this time'):
            child.answer('Your new password (not shown): ', text)
            child.answer('once more: ', text)
            child.says({'short': 'too short', 'long enough this time': 'has its new password'}[text])
        child.ended()

    def test_discover_and_follow_end_with_ctrl_c(self):
        child = self.person('discover', '--timeout', '60')
        child.says('Looking for new devices')
        child.press('c')
        child.ended(130)

        self.mock.add_device()
        child = self.person('readings', '--follow')
        child.says('Ctrl-C ends this')
        self.mock.send_reading(2501, 22.2)
        child.says('22.2 °C')
        child.press('c')
        child.ended(0)

    def test_choose_among_devices(self):
        self.mock.add_device()
        self.mock.add_device(ROOT + '/devices/d2', 'Bedroom', 'GL-0002')
        child = self.person('show')
        child.says('1: Bedroom')
        child.answer('Which device? [1-2] ', '2')
        self.assertIn('GL-0001', child.ended())


if __name__ == '__main__':
    unittest.main()
