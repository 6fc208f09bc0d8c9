#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Passwords that are weak, reused or wrong.

Each ends in a named error and a sentence, and in a state that is exactly as
before or exactly as after.
"""

import shutil
import unittest

from wattle_test import secret_fd
from wattle_test.case import PASSWORD, Case


class Passwords(Case):
    cloud = False

    def test_refused_passwords(self):
        self.switch_on()
        client, candidate = self.client, self.client.discover()
        client.open(candidate, self.unit.code)
        refused = {'short': 'kqz7!', 'empty': '', 'common': 'password1234', 'pattern': 'qwertyuiop',
                   'the code': self.unit.code, 'the code in groups': f'{self.unit.code[:4]}-{self.unit.code[4:]}',
                   'the product': 'gumleaf room thermometer', 'very long': 'x4 ' * 80}
        for name, password in refused.items():
            with self.subTest(name):
                _, acceptable, reasons = client.call(candidate, 'Candidate.CheckPassword', '(h)', 0,
                                                     fds=[secret_fd(password)])
                self.assertFalse(acceptable)
                self.assertTrue(reasons and all(len(reason) > 15 for reason in reasons))
                client.fails('WeakPassword', self.finish, candidate, password)
                self.assertEqual(client.get(candidate, 'Candidate.State'), 'must-change-password')
        self.assertEqual(client.objects('Device'), {})
        client.finish_setup(candidate, PASSWORD, {}, 'Kitchen')

    def test_reused_password(self):
        self.switch_on()
        client = self.client
        client.set_up(self.unit)
        second = self.session.new_unit()
        self.session.start_device(second)
        candidate = client.discover()
        client.open(candidate, second.code)
        _, acceptable, reasons = client.call(candidate, 'Candidate.CheckPassword', '(h)', 0, fds=[secret_fd(PASSWORD)])
        self.assertFalse(acceptable)
        self.assertTrue(reasons)
        client.fails('WeakPassword', self.finish, candidate, PASSWORD)
        client.finish_setup(candidate, 'a quite different sentence', {}, 'Bathroom')

    def test_change_to_a_bad_password(self):
        self.switch_on()
        device = self.client.set_up(self.unit)
        suggested = self.suggestion(device)
        for password, acceptable in {'short': False, 'password1234': False, 'gl-000001': False, PASSWORD: True,
                                     'Kitchen kitchen': False, suggested: True}.items():
            score, judged, reasons = self.client.call(device, 'Device.CheckPassword', '(h)', 0, fds=[secret_fd(password)])
            self.assertEqual(judged, acceptable, password)
            self.assertEqual(score >= 3, acceptable, password)
            self.assertTrue(acceptable or reasons)
        for password in ('short', 'password1234', self.unit.code):
            self.client.fails('WeakPassword', self.client.call, device, 'Device.ChangePassword', '(h)', 0,
                              fds=[secret_fd(password)])

    def test_change_to_a_suggestion(self):
        """What is suggested is taken, and is another one each time."""
        self.switch_on()
        device = self.client.set_up(self.unit)
        first, second = self.suggestion(device), self.suggestion(device)
        self.assertNotEqual(first, second)
        self.assertEqual(len(first.split()), 5)
        self.client.call(device, 'Device.ChangePassword', '(h)', 0, fds=[secret_fd(first)])

    def test_password_of_another_device(self):
        """A change is judged as a set-up is."""
        self.switch_on()
        self.client.set_up(self.unit)
        second = self.session.new_unit()
        self.session.start_device(second)
        device = self.client.set_up(second, 'a quite different sentence', name='Bathroom')
        _, acceptable, reasons = self.client.call(device, 'Device.CheckPassword', '(h)', 0, fds=[secret_fd(PASSWORD)])
        self.assertFalse(acceptable)
        self.assertTrue(reasons)

    def suggestion(self, device):
        self.client.call(device, 'Device.SuggestPassphrase')
        return self.client.read_secret()

    def test_household_password(self):
        """Wrong device passwords are counted apart and lock, too; the right one enrols another computer."""
        self.switch_on()
        client = self.client
        client.set_up(self.unit)
        self.unit.process.stop()
        self.session.daemon.stop()
        shutil.move(self.session.home / 'data/wattle/wattle.db', self.session.dir / 'away.db')
        for extra in (self.session.home / 'data/wattle').glob('wattle.db*'):
            extra.unlink()
        self.session.start_daemon()
        self.switch_on()
        candidate = client.discover('owned')
        client.fails('AlreadyOwned|WrongCode|NotAllowed', client.open, candidate, self.unit.code)
        client.fails('WrongPassword', client.open, candidate, 'certainly not this one', 'password')
        self.assertEqual(client.get(candidate, 'Candidate.AttemptsLeft'), 4)
        client.open(candidate, PASSWORD, 'password')
        device = client.finish_setup(candidate, '', {}, 'Kitchen')
        self.wait(lambda: client.get(device, 'Device.State') == 'connected', 'the other computer is connected')


if __name__ == '__main__':
    unittest.main(verbosity=2)
