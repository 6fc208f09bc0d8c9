#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Setup codes that are mistyped, wrong, of another device, or not passed as they must be.

Each ends in a named error and a sentence, and in a state that is exactly as
before or exactly as after.
"""

import os
import time
import unittest

from wattle_test import secret_fd
from wattle_test.case import Case


class Codes(Case):
    cloud = False

    def mistyped(self):
        code = self.unit.code
        swap = next(i for i in range(9) if code[i] != code[i + 1])
        return {
            'a digit': code[:4] + str((int(code[4]) + 1) % 10) + code[5:],
            'a pair': code[:swap] + code[swap + 1] + code[swap] + code[swap + 2:],
            'short': code[:-1],
            'long': code + '1',
            'nothing': '',
            'words': 'I do not know',
            'control characters': code[:5] + '\x1b[2J' + code[5:],
            'very long': '1' * 256,
        }

    def other_code(self, number):
        """A well-formed code that is not the unit's."""
        unit = self.session.new_unit()
        self.assertNotEqual(unit.code, self.unit.code, number)
        return unit.code

    def test_mistyped_codes_cost_nothing(self):
        self.switch_on('--verbose')
        candidate = self.client.discover()
        for name, text in self.mistyped().items():
            with self.subTest(name):
                self.client.fails('MistypedCode', self.client.open, candidate, text)
        self.assertEqual(self.client.get(candidate, 'Candidate.AttemptsLeft'), 255, 'the device was not asked')
        self.assert_untouched(candidate)
        self.assert_works()

    def test_wrong_codes_lock(self):
        self.switch_on()
        client, candidate = self.client, self.client.discover()
        for left in (4, 3, 2, 1):
            sentence = client.fails('WrongCode', client.open, candidate, self.other_code(left))
            self.assertEqual(client.get(candidate, 'Candidate.AttemptsLeft'), left)
            self.assertIn(str(left), sentence)
        client.fails('Locked|WrongCode', client.open, candidate, self.other_code(0))
        self.assert_locked(candidate)
        # The right code opens nothing now either, and a power cut does not help.
        client.fails('Locked', client.open, candidate, self.unit.code)
        self.unit.process.kill()
        self.switch_on()
        candidate = client.discover('locked')
        client.fails('Locked', client.open, candidate, self.unit.code)
        self.assert_locked(candidate)
        self.assert_untouched()

    def test_a_right_code_gives_all_tries_back(self):
        """Also where the next wrong one would have locked it."""
        self.switch_on()
        client, candidate = self.client, self.client.discover()
        for number in range(4):
            client.fails('WrongCode', client.open, candidate, self.other_code(number))
        client.open(candidate, self.unit.code)
        client.call(candidate, 'Candidate.Close')
        self.wait(lambda: client.get(candidate, 'Candidate.State') == 'unowned', 'it can be opened again')
        self.assertEqual(client.get(candidate, 'Candidate.LockedUntil'), 0)
        client.fails('WrongCode', client.open, candidate, self.other_code(4))
        self.assertEqual(client.get(candidate, 'Candidate.AttemptsLeft'), 4)
        self.assert_works()

    def assert_locked(self, candidate):
        self.wait(lambda: self.client.get(candidate, 'Candidate.State') == 'locked', 'the candidate is locked')
        until = self.client.get(candidate, 'Candidate.LockedUntil')
        self.assertGreater(until, time.time() + 10)
        self.assertLess(until, time.time() + 24 * 3600)

    def test_code_of_another_device(self):
        """The QR text says which unit it belongs to."""
        self.switch_on()
        candidate = self.client.discover()
        other = self.session.new_unit()
        self.client.fails('WrongCode|MistypedCode|NotGenuine', self.client.open, candidate, other.qr)
        self.assert_untouched(candidate)
        self.client.open(candidate, self.unit.qr)
        self.assertEqual(self.client.get(candidate, 'Candidate.UnitId'), self.unit.unit_id)

    def test_secrets_come_as_sealed_memory(self):
        self.switch_on()
        candidate = self.client.discover()
        read_end, write_end = os.pipe()
        os.write(write_end, self.unit.code.encode())
        plain = os.memfd_create('plain')
        os.write(plain, self.unit.code.encode())
        for fd in (read_end, plain, os.open('/dev/zero', os.O_RDONLY), secret_fd('1' * 300), secret_fd(b'\xff\xfe')):
            self.client.fails('InvalidArgument', self.client.call, candidate, 'Candidate.Open', '(ha{sv})', 0, {},
                              fds=[fd])
        os.close(write_end)
        self.client.fails('InvalidArgument', self.client.call, candidate, 'Candidate.Open', '(ha{sv})', 0, {})
        self.client.fails('InvalidArgument', self.client.call, candidate, 'Candidate.Open', '(ha{sv})', 5, {},
                          fds=[secret_fd(self.unit.code)])
        self.client.fails('InvalidArgument', self.client.open, candidate, self.unit.code, 'magic')
        self.assert_works()


if __name__ == '__main__':
    unittest.main(verbosity=2)
