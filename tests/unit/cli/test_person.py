#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as a person uses it: at a terminal that asks."""

import re
import signal
import termios
import time
import unittest

import pexpect
from gi.repository import GLib
from harness import WATTLE, CliTest
from mock_service import CANDIDATE, GOOD_CODE, PASSPHRASE, ROOT


class Person(CliTest):
    def setUp(self):
        super().setUp()
        self.mock = self.service()

    def answer(self, child, question, text):
        self.says(child, question)
        child.sendline(text)

    def says(self, child, text):
        """Waits for @text, wherever its lines are broken."""
        child.expect(re.escape(text).replace('\\ ', r'\s+'))

    def echoes(self, child):
        return bool(termios.tcgetattr(child.child_fd)[3] & termios.ECHO)

    def wait_for_hidden(self, child, hidden=True):
        deadline = time.monotonic() + 10
        while self.echoes(child) == hidden:
            self.assertLess(time.monotonic(), deadline, 'the terminal did not change')
            time.sleep(0.02)

    # ------------------------------------------------------------- set-up

    def test_setup_story(self):
        child = self.person('setup')
        self.says(child, 'Looking for new devices')
        self.mock.add_candidate()
        self.mock.add_candidate(ROOT + '/candidates/c2', State=GLib.Variant('s', 'owned'))
        child.expect('1: Gumleaf room thermometer \\(c1\\): ready to set up, very near')
        child.expect('2: None of these')
        self.answer(child, 'Which one? [1-2] ', '7')
        self.answer(child, 'Please type a number from 1 to 2', '1')
        self.answer(child, 'Setup code: ', '123')
        self.says(child, 'The code has ten digits')
        self.says(child, 'No try was used')
        self.answer(child, 'Setup code: ', '1111-111-111')
        self.says(child, '4 tries are left')
        self.answer(child, 'Setup code: ', ' 1234 567-890 ')

        self.says(child, 'Gumleaf Pty Ltd')
        self.says(child, 'Security updates come until 31 March 2099')
        self.says(child, 'What it collects')
        self.says(child, 'It is not said who repairs the device.')

        self.says(child, PASSPHRASE)
        self.answer(child, 'Use this password? [y/n] ', 'n')
        for tries, password in enumerate(('short', 'a password of my own')):
            self.says(child, 'Your new password (not shown): ')
            self.wait_for_hidden(child)
            child.sendline(password)
            self.says(child, 'The same once more: ')
            child.sendline('a typing slip' if tries == 0 else password)
            if tries == 0:
                self.says(child, 'not the same')
                self.assertNotIn('short', child.before)
                self.says(child, 'Your new password (not shown): ')
                child.sendline(password)
                self.answer(child, 'The same once more: ', password)
                self.says(child, 'weak')
                self.says(child, 'Use more words.')
        self.says(child, 'very strong')
        self.assertNotIn('a password of my own', child.before)
        self.wait_for_hidden(child, False)

        self.says(child, 'Readings away from home')
        self.says(child, '365 days')
        self.answer(child, 'Question 1 of 2: do you allow this? [y/n] ', '')
        self.answer(child, 'Please type y for yes or n for no', 'y')
        self.says(child, 'Numbat Statistics')
        self.answer(child, 'Question 2 of 2: do you allow this? [y/n] ', 'no')
        self.answer(child, 'Enter alone for “Gumleaf room thermometer”: ', 'Kitchen')
        self.says(child, 'done: Step key.')
        self.says(child, 'done: Step consent.')
        self.says(child, '“Kitchen” is yours now.')
        self.assertIn('wattle readings --follow', self.ended(child))
        self.assertIn(('Finish', ('a password of my own', {'cloud-history': True, 'product-improvement': False},
                                  {'name': 'Kitchen'})), self.mock.calls)

    def to_password(self, *arguments, **options):
        self.mock.add_candidate()
        child = self.person('setup', 'c1', '--code-file', self.secret_file(GOOD_CODE), *arguments, **options)
        self.says(child, 'Use this password? [y/n] ')
        return child

    def test_setup_with_suggestion_and_keyring(self):
        self.mock.keyring_locked = 1
        child = self.to_password('--allow', 'cloud-history', '--refuse', 'product-improvement')
        child.sendline('y')
        self.answer(child, 'Enter alone', '')
        self.says(child, 'Your keyring is locked.')
        self.answer(child, 'Try again? [y/n] ', 'y')
        self.says(child, 'is yours now')
        self.ended(child)
        finish = [c[1] for c in self.mock.calls if c[0] == 'Finish']
        self.assertEqual(finish, [
            'KeyringLocked', (PASSPHRASE, {'cloud-history': True, 'product-improvement': False}, {})])

    def test_leaving_setup_restores_everything(self):
        for leave, code in (('\003', 130), ('\004', 6)):
            self.mock.calls.clear()
            child = self.to_password()
            child.sendline('n')
            self.says(child, '(not shown): ')
            self.wait_for_hidden(child)
            child.send(leave)
            self.says(child, 'The device is as it was before')
            self.wait_for_hidden(child, False)
            self.ended(child, code)
            self.assertIn(('Close', ''), self.mock.calls)
            self.mock.in_loop(self.mock.remove, CANDIDATE)

    def test_hidden_input_and_ctrl_z(self):
        """A shell between, as a program whose session leader it is cannot be stopped."""
        self.mock.add_device()
        child = pexpect.spawn('bash', ['--norc', '-i'], env={**self.env, 'TERM': 'dumb', 'PS1': 'shell: '}, timeout=20,
                              encoding='utf-8', cwd=str(self.dir))
        self.addCleanup(child.close, True)
        self.answer(child, 'shell: ', f'{WATTLE} password; echo "ended $?"')
        self.says(child, '(not shown): ')
        self.wait_for_hidden(child)
        child.sendcontrol('z')
        self.says(child, 'Stopped')
        self.answer(child, 'shell: ', 'fg')
        self.wait_for_hidden(child)
        child.sendline('the long first secret')
        self.answer(child, 'once more: ', 'the long first secret')
        self.says(child, 'has its new password')
        self.assertNotIn('first', child.before)
        self.assertIn(('ChangePassword', 'the long first secret'), self.mock.calls)

    def test_hidden_input_and_term(self):
        child = self.to_password()
        child.sendline('n')
        self.says(child, '(not shown): ')
        self.wait_for_hidden(child)
        child.kill(signal.SIGTERM)
        self.wait_for_hidden(child, False)
        self.ended(child, 128 + signal.SIGTERM)

    def test_hidden_input_and_abrupt_end(self):
        child = self.to_password()
        child.sendline('n')
        self.says(child, '(not shown): ')
        self.wait_for_hidden(child)
        child.kill(signal.SIGQUIT)
        self.wait_for_hidden(child, False)
        self.ended(child, -signal.SIGQUIT)

    def test_locked(self):
        self.mock.attempts = 1
        self.mock.add_candidate()
        child = self.person('setup', 'c1')
        self.answer(child, 'Setup code: ', '1111111111')
        self.says(child, 'locked until 1 January 2100')
        self.ended(child, 5)

    def test_join(self):
        self.mock.add_candidate(State=GLib.Variant('s', 'owned'))
        child = self.person('setup', '--join', '--refuse', 'cloud-history', '--refuse', 'product-improvement',
                            '--name', 'Kitchen')
        self.answer(child, 'Which one?', '1')
        self.answer(child, 'Password of the device (not shown): ', 'wrong')
        self.says(child, 'This is not the password')
        self.says(child, 'Password of the device (not shown): ')
        self.wait_for_hidden(child)
        child.sendline(PASSPHRASE)
        self.says(child, 'is yours now')
        self.ended(child)

    # --------------------------------------------------------------- wipe

    def test_wipe_story(self):
        self.mock.add_device()
        child = self.person('wipe')
        self.says(child, 'What will go with “Kitchen”')
        self.says(child, 'Keys in your keyring: The keys.')
        self.says(child, 'Paper printouts.')
        self.answer(child, 'Name: ', 'Kitchen')
        self.says(child, 'done: Step records.')
        self.says(child, 'All is done.')
        self.says(child, 'Cloud account: not involved')
        self.says(child, 'Setup code: 9876-543-210')
        self.assertIn('wattle receipts forget-code 3f2a00', self.ended(child))
        self.assertEqual([c for c in self.mock.calls if c[1] == 'allowed'],
                         [('wipe', 'allowed'), ('reveal-next-code', 'allowed')])

    def test_wrong_name(self):
        self.mock.add_device()
        child = self.person('wipe', 'Kitchen')
        self.answer(child, 'Name: ', 'kitchen')
        self.says(child, 'nothing was wiped')
        self.ended(child, 6)
        self.assertEqual(self.mock.calls, [])

    def test_wipe_waiting_can_be_left(self):
        self.mock.add_device()
        self.mock.wipe_waits = True
        child = self.person('wipe', 'Kitchen')
        self.answer(child, 'Name: ', 'Kitchen')
        self.says(child, 'waiting: The device is out of reach.')
        self.says(child, 'Press Ctrl-C to leave it going')
        child.sendcontrol('c')
        self.says(child, 'goes on with the wipe by itself')
        self.ended(child, 130)
        self.assertNotIn('Cancel', [c[0] for c in self.mock.calls])

        child = self.person('wipe', 'Kitchen')
        self.says(child, 'waiting: The device is out of reach.')
        self.mock.release(self.mock.job)
        self.says(child, 'All is done.')
        self.says(child, '9876-543-210')
        self.ended(child)

    def test_ctrl_c_cancels_a_job(self):
        self.mock.add_candidate()
        self.mock.step_job = lambda _path: False  # it takes for ever
        child = self.person('setup', 'c1', '--code-file', self.secret_file(GOOD_CODE), '--password-file',
                            self.secret_file(PASSPHRASE), '--refuse', 'cloud-history', '--refuse',
                            'product-improvement', '--name', 'Kitchen')
        self.says(child, 'The setup goes on.')
        child.sendcontrol('c')
        self.says(child, 'Stopped. Everything is as it was before.')
        self.ended(child, 130)
        self.assertIn('Cancel', [c[0] for c in self.mock.calls])

    # -------------------------------------------------------------- agent

    def test_agent_asks_the_person(self):
        self.mock.add_device()
        child = self.person('export', '--output', 'out.tar')
        self.says(child, 'This is about: export.')
        self.answer(child, 'Go ahead? [y/n] ', 'n')
        self.says(child, 'nothing was done')
        self.ended(child, 6)
        child = self.person('export', '--output', 'out.tar')
        self.answer(child, 'Go ahead? [y/n] ', 'y')
        self.says(child, 'Everything is in “out.tar”')
        self.ended(child)

    def test_agent_allows_only_its_own(self):
        """While a wipe that was confirmed goes on, what another program asks for is asked, too."""
        self.mock.add_device()
        own = self.mock.authorize
        self.mock.authorize = lambda action, invocation, then: own(action, invocation, then, caller=':1.999')
        child = self.person('wipe', 'Kitchen')
        self.answer(child, 'Name: ', 'Kitchen')
        self.says(child, 'Another program asks for this:')
        self.answer(child, 'Go ahead? [y/n] ', 'n')
        self.ended(child, 6)
        self.assertEqual(self.mock.calls, [('wipe', 'denied')])

    # ------------------------------------------------------- small screens

    def test_narrow_and_dumb(self):
        self.mock.add_device()
        for arguments in (('consent',), ('list',), ('show',), ('notice',), ('help',), ('help', 'exit-codes'),
                          ('receipts',), ('log',), ('status',)):
            child = self.person(*arguments, columns=40, term='dumb')
            text = self.ended(child)
            self.assertNotIn('\033', text, arguments)
            too_long = [line for line in text.splitlines() if len(line) > 40 and ' ' in line.strip()
                        and 'http' not in line]
            self.assertEqual(too_long, [], arguments)

    def test_dumb_setup_has_no_control_characters(self):
        child = self.to_password('--allow', 'cloud-history', '--refuse', 'product-improvement', '--name', 'Kitchen',
                                 term='dumb', columns=40)
        seen = child.before
        child.sendline('y')
        seen += self.ended(child)
        self.assertEqual(re.findall(r'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)', seen.replace('\r\r\n', '\n')), [])
        self.assertIn('done: Step key.', seen)

    def test_bold_and_no_color(self):
        self.mock.add_device()
        self.assertIn('\033[1m', self.ended(self.person('show')))
        self.assertNotIn('\033', self.ended(self.person('show', NO_COLOR='1')))

    def test_no_input_asks_nothing(self):
        self.mock.add_device()
        self.mock.add_candidate()
        for arguments, code in ((('wipe', 'Kitchen', '--no-input'), 6), (('setup', 'c1', '--no-input'), 2),
                                (('password', '--no-input'), 2), (('export', '--json'), 6)):
            self.ended(self.person(*arguments), code)

    # -------------------------------------------------------------- others

    def test_consent_and_password(self):
        self.mock.add_device()
        child = self.person('consent', 'give')
        self.answer(child, 'What for? [1-2] ', '1')
        self.says(child, 'The cloud keeps a copy for you.')
        self.answer(child, 'Do you allow this? [y/n] ', 'y')
        self.says(child, 'have confirmed it')
        self.ended(child)
        self.assertIn(('given', 'cloud-history'), self.mock.calls)

        child = self.person('password')
        for text in ('short', 'long enough this time'):
            self.answer(child, 'Your new password (not shown): ', text)
            self.answer(child, 'once more: ', text)
            self.says(child, {'short': 'too short', 'long enough this time': 'has its new password'}[text])
        self.ended(child)

    def test_discover_and_follow_end_with_ctrl_c(self):
        child = self.person('discover', '--timeout', '60')
        self.says(child, 'Looking for new devices')
        child.sendcontrol('c')
        self.ended(child, 130)

        self.mock.add_device()
        child = self.person('readings', '--follow')
        self.says(child, 'Ctrl-C ends this')
        self.mock.send_reading(2501, 22.2)
        self.says(child, '22.2 °C')
        child.sendcontrol('c')
        self.ended(child, 0)

    def test_choose_among_devices(self):
        self.mock.add_device()
        self.mock.add_device(ROOT + '/devices/d2', 'Bedroom', 'GL-0002')
        child = self.person('show')
        self.says(child, '1: Bedroom')
        self.answer(child, 'Which device? [1-2] ', '2')
        self.assertIn('GL-0001', self.ended(child))


if __name__ == '__main__':
    unittest.main()
