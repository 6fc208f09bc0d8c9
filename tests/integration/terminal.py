#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The main job by the command line, as a person at a terminal does it.

Cloud, device, keyring, bus and daemon are the real programs.  Each test is a
chapter and goes on where the one before ended.
"""

import functools
import json
import re
import shutil
import subprocess
import tarfile
import unittest

from wattle_test import Session, Terminal
from wattle_test.codes import last_digit_mistyped, other_valid_code
from wattle_test.process import run

OWN_PASSWORD = 'seven wet wombats went west'


class TerminalStory(unittest.TestCase):
    """Chapters share the session, as a story does."""

    @classmethod
    def setUpClass(cls):
        cls.session = cls.enterClassContext(Session())
        cls.session.start_all()
        cls.unit = cls.session.new_unit()
        cls.session.start_device(cls.unit)
        cls.program = cls.session.build / 'cli/wattle'

    def wattle(self, *arguments, columns=80, session=None):
        session = session or self.session
        terminal = Terminal([self.program, *arguments], session.env, columns=columns, cwd=session.home, timeout=60)
        self.addCleanup(terminal.close)
        return terminal

    def ask(self, *arguments, code=0):
        """The JSON that a script would get."""
        result = run([self.program, *arguments, '--json'], self.session.env, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return json.loads(result.stdout)

    def wait(self, condition, what):
        return self.session.client().wait(condition, what)

    # ------------------------------------------------------------- set up

    def test_01_nothing_yet(self):
        self.assertIn('You have no device yet', self.wattle('list').ended())
        self.assertIn('Nothing stands in the way', self.wattle('status').ended())
        self.assertIn('There is no receipt yet', self.wattle('receipts').ended())

    def test_02_leaving_changes_nothing(self):
        person = self.wattle('setup')
        person.answer('Which one?', '1')
        person.answer('Setup code:', self.unit.code)
        person.reads_on('Use this password?')
        person.press('c')
        person.says('The device is as it was before')
        person.ended(130)
        self.assertEqual(self.ask('list'), [])

    def test_03_set_up(self):
        person = self.wattle('setup')
        person.says('Gumleaf room thermometer')
        person.answer('Which one?', '1')
        person.answer('Setup code:', last_digit_mistyped(self.unit.code))
        person.says('no try was used')
        person.answer('Setup code:', other_valid_code(self.unit.code))
        left = int(person.matches(r'(\d) tries are left')[1])
        self.assertEqual(left, 4)
        person.answer('Setup code:', f' {self.unit.code[:4]} {self.unit.code[4:7]}-{self.unit.code[7:]} ')

        notice = person.reads_on('A password for the device')
        for text in ('Gumleaf Instruments Pty Ltd', 'Security updates come until', 'You decide: yes or no'):
            self.assertIn(text, notice)
        suggestion = person.matches(r'\n    ([a-z]+(?:[ -][a-z]+){3,})\r\n')[1]
        person.answer('Use this password?', 'n')
        person.answer_hidden('Your new password (not shown):', self.unit.code)
        person.answer_hidden('The same once more:', self.unit.code)
        person.says('Please choose another one')
        person.answer_hidden('Your new password (not shown):', OWN_PASSWORD)
        person.answer_hidden('The same once more:', OWN_PASSWORD)
        self.assertNotEqual(suggestion, OWN_PASSWORD)
        person.answer('Question 1 of 2: do you allow this?', '')
        person.answer('Please type y for yes or n for no', 'n')
        person.answer('Question 2 of 2: do you allow this?', 'n')
        person.answer('What do you call it?', 'Kitchen')
        person.says('“Kitchen” is yours now')
        person.ended()
        devices = self.ask('list')
        self.assertEqual([(d['name'], d['unit_id'], d['cloud']) for d in devices],
                         [('Kitchen', self.unit.unit_id, 'none')])

    def test_04_another_computer(self):
        """The code opens nothing any more; the password lets another computer of the household in."""
        self.session.daemon.stop()
        with Session() as other:
            other.start_bus()
            other.start_keyring()
            shutil.copy(self.session.passport, other.home / 'data/wattle/passports')
            other.start_daemon(['--links', self.session.links])
            wattle = functools.partial(self.wattle, session=other)

            person = wattle('setup', '1')
            person.answer('Setup code:', self.unit.code)
            person.says('wattle setup --join')
            person.ended(6)

            person = wattle('setup', '--join')
            person.says('belongs to somebody')
            person.answer('Which one?', '1')
            person.answer_hidden('Password of the device (not shown):', 'not at all the password')
            person.says('That is not the password')
            person.answer_hidden('Password of the device (not shown):', OWN_PASSWORD)
            person.reads_on('Question 1 of 2: do you allow this?')
            person.type('n')
            person.answer('Question 2 of 2: do you allow this?', 'n')
            person.answer('What do you call it?', 'The same')
            person.says('“The same” is yours now')
            person.ended()
            other.daemon.stop()
        self.session.start_daemon()
        self.wait(lambda: self.ask('show')['state'] == 'connected', 'the first computer is back')

    # ----------------------------------------------------------- readings

    def test_05_readings_come(self):
        person = self.wattle('readings', '--follow')
        for _ in range(3):
            person.matches(r'\d\d:\d\d +-?\d+\.\d °C')
        person.press('c')
        person.ended(0)
        self.assertIn('°C', self.wattle('readings', 'kit', columns=40).ended())
        self.assertRegex(self.wattle('list').ended(), r'Kitchen +connected +\d+\.\d °C')

    def test_06_read_again(self):
        notice = self.wattle('notice', columns=40).ended()
        self.assertIn('Security updates come until', re.sub(r'\s+', ' ', notice))
        shown = self.wattle('show').ended()
        self.assertIn(self.unit.unit_id, shown)
        self.assertNotIn('dpv', (notice + shown).lower())

    # ------------------------------------------------------------ consent

    def purpose(self, name):
        return next(p for p in self.ask('consent', 'list', 'Kitchen') if p['id'] == name)

    def settled(self, name):
        purpose = self.purpose(name)
        return 'outstanding' not in (purpose['device'], purpose['cloud'])

    def test_07_give(self):
        self.assertEqual(self.purpose('cloud-history')['state'], 'refused')
        person = self.wattle('consent', 'give')
        person.answer('What for?', '1')
        person.answer('Do you allow this?', 'y')
        person.says('you said yes')
        person.ended()
        self.wait(lambda: self.settled('cloud-history'), 'the confirmation of the consent')
        self.assertEqual(self.ask('show')['cloud'], 'active')

    def test_08_withdraw(self):
        person = self.wattle('consent', 'withdraw', 'Kitchen', 'cloud-history')
        person.says('you took it back')
        person.ended()
        self.wait(lambda: self.settled('cloud-history'), 'the confirmation of the withdrawal')
        verified = self.wattle('consent', 'verify').ended()
        self.assertIn('unchanged since', verified)

    # -------------------------------------------------------------- upkeep

    def test_09_another_password(self):
        person = self.wattle('password')
        person.answer('Use this password?', 'n')
        for text in ('12345', 'nine noisy newts nap nightly'):
            person.answer_hidden('Your new password (not shown):', text)
            person.answer_hidden('The same once more:', text)
        person.says('The device has its new password')
        person.ended()

    def test_10_rename_and_log(self):
        self.wattle('rename', 'Kitchen', 'Küche').ended()
        self.assertIn('Küche', self.wattle('list').ended())
        self.wattle('rename', 'küche', 'Kitchen').ended()
        log = self.wattle('log').ended()
        self.assertGreater(len(log.splitlines()), 3)
        for secret in (self.unit.code, OWN_PASSWORD, 'newts'):
            self.assertNotIn(secret, log)

    def test_11_export(self):
        person = self.wattle('export', '--output', 'mine.tar')
        person.answer('Go ahead?', 'n')
        person.ended(6)
        person = self.wattle('export', '--output', 'mine.tar')
        person.answer('Go ahead?', 'y')
        person.says('Everything is in “mine.tar”')
        person.ended()
        with tarfile.open(self.session.home / 'mine.tar') as archive:
            self.assertGreater(len(archive.getnames()), 3)

    # ---------------------------------------------------------------- wipe

    def test_12_wipe_out_of_reach(self):
        self.unit.process.stop()
        self.wait(lambda: self.ask('show')['state'] != 'connected', 'that the device is missed')
        person = self.wattle('wipe')
        person.says('What will go with “Kitchen”')
        person.answer('Name:', 'Bathroom')
        person.says('nothing was wiped')
        person.ended(6)
        person = self.wattle('wipe')
        person.answer('Name:', 'Kitchen')
        person.answer('keep a copy of your data first?', 'n')
        person.says('waiting:')
        person.says('Press Ctrl-C to leave it going')
        person.press('c')
        person.says('goes on with the wipe by itself')
        person.ended(130)

    def test_13_wipe_goes_on(self):
        self.session.start_device(self.unit)
        self.wait(lambda: self.ask('list') == [], 'the end of the wipe')
        receipts = [r for r in self.ask('receipts') if r['kind'] == 'wipe']
        self.assertEqual([r['complete'] for r in receipts], [True])
        type(self).receipt = receipts[0]['id']
        shown = self.wattle('receipts', 'show', self.receipt).ended()
        self.assertIn('On the device: confirmed', shown)

    def test_14_next_owner(self):
        person = self.wattle('receipts', 'next-code', self.receipt)
        person.answer('Go ahead?', 'y')
        code = person.matches(r'Setup code: (\d{4}-\d{3}-\d{3})')[1]
        person.ended()
        self.assertNotEqual(code.replace('-', ''), self.unit.code)

        person = self.wattle('setup')
        person.answer('Which one?', '1')
        person.answer('Setup code:', self.unit.code)
        person.says('tries are left')
        person.answer('Setup code:', code)
        person.reads_on('Use this password?')
        person.type('y')
        person.answer('Question 1 of 2: do you allow this?', 'y')
        person.answer('Question 2 of 2: do you allow this?', 'y')
        person.answer('What do you call it?', '')
        person.says('is yours now')
        person.ended()

    def check_papers(self, receipt, code):
        """The card and the certificate, read back by other programs."""
        folder = self.session.dir
        card, paper, saved = (folder / name for name in ('card.pdf', 'wipe.pdf', 'wipe.json'))
        answer = self.ask('next-code', receipt, '--yes', '--card', card)
        digits = code.replace('-', '')
        self.assertEqual(answer['qr'], f'WTL:1.00010001.{digits}.{self.unit.unit_id}')
        subprocess.run(['pdftoppm', '-r', '200', '-png', '-singlefile', card, folder / 'card'], check=True)
        seen = subprocess.run(['zbarimg', '-q', '--raw', folder / 'card.png'], check=True, stdout=subprocess.PIPE, text=True)
        self.assertEqual(seen.stdout.strip(), answer['qr'])
        self.assertIn(code, subprocess.run(['pdftotext', card, '-'], check=True, stdout=subprocess.PIPE, text=True).stdout)
        self.ask('certificate', 'print', receipt, paper)
        self.ask('certificate', 'save', receipt, saved)
        self.ask('certificate', 'save', receipt, saved, code=6)
        self.session.daemon.stop()  # anybody can check it, with nothing of ours running
        told = self.ask('certificate', 'verify', saved)
        self.assertEqual((told['genuine'], told['bound'], told['complete']), (True, True, True))
        self.assertEqual(told['unit'], self.unit.unit_id)
        text = subprocess.run(['pdftotext', '-layout', paper, '-'], check=True, stdout=subprocess.PIPE, text=True).stdout
        for words in ('Everything that could be wiped is wiped', 'The device signed this itself', told['id']):
            self.assertIn(words, text)
        saved.write_text(saved.read_text().replace('"remains":[]', '"remains":["Nothing"]', 1))
        self.ask('certificate', 'verify', saved, code=11)
        self.session.start_daemon()

    def test_15_wipe_at_once(self):
        person = self.wattle('wipe')
        name = person.matches(r'type its name: ([^\r\n]+)')[1]
        person.answer('Name:', name)
        person.answer('keep a copy of your data first?', 'y')
        person.says('Nothing is wiped before it is whole')
        kept = person.matches(r'Your copy is in “([^”]+)”')[1]
        person.says('All is done')
        code = person.matches(r'Setup code: (\d{4}-\d{3}-\d{3})')[1]
        person.ended()
        self.assertNotEqual(code.replace('-', ''), self.unit.code)
        with tarfile.open(self.session.home / ''.join(kept.split())) as archive:
            self.assertGreater(len(archive.getnames()), 3)
        receipt = next(r['id'] for r in self.ask('receipts') if r['kind'] == 'wipe' and r['id'] != self.receipt)
        self.check_papers(receipt, code)
        person = self.wattle('receipts', 'forget-code', receipt)
        person.answer('may Wattle forget it?', 'y')
        person.ended()
        self.ask('receipts', 'next-code', receipt, '--yes', code=3)


if __name__ == '__main__':
    unittest.main(failfast=True)
