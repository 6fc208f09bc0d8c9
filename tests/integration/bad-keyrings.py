#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A keyring that is locked or missing.

Each ends in a named error and a sentence, and in a state that is exactly as
before or exactly as after.
"""

import unittest
from pathlib import Path

from wattle_test import Keyring
from wattle_test.case import PASSWORD, Case
from wattle_test.client import ROOT


class LockedKeyring(Case):
    cloud = False

    def is_told(self):
        return any(name == 'KeyringLocked' for name, _ in self.client.get(ROOT, 'Manager.Problems'))

    def test_locked(self):
        self.switch_on()
        candidate = self.client.discover()
        self.client.open(candidate, self.unit.code)
        Keyring(self.client).lock()
        self.client.fails('KeyringLocked', self.client.finish_setup, candidate, PASSWORD, {}, 'Kitchen')
        self.assertEqual(self.client.objects('Device'), {})
        self.wait(self.is_told, 'the problem is told')

    def test_locked_from_the_start(self):
        """Told before the keyring is needed, without its library and without asking for its password."""
        self.switch_on()
        device = self.client.set_up(self.unit)
        self.unit.process.stop()
        Keyring(self.client).lock()
        self.restart_daemon()
        self.wait(self.is_told, 'the problem is told')
        self.assertNotIn('libsecret', Path(f'/proc/{self.session.daemon.pid}/maps').read_text())
        self.assertEqual(self.client.get(device, 'Device.State'), 'away')
        # The keyring leaves and comes back open: told, too.
        self.session.keyring.stop()
        self.session.start_keyring()
        self.wait(lambda: self.client.get(ROOT, 'Manager.Problems') == [], 'the keyring is seen to be open')

    def test_unlocking(self):
        """Asked for: at once where it is open, and an error where nobody answers the keyring's question."""
        self.client.call(ROOT, 'Manager.UnlockKeyring')
        Keyring(self.client).lock()
        self.client.fails('KeyringLocked', self.client.call, ROOT, 'Manager.UnlockKeyring')

    def test_no_device_no_question(self):
        """Who has no device is not told about a keyring that is not needed."""
        Keyring(self.client).lock()
        self.restart_daemon()
        self.client.pause(1)
        self.assertEqual(self.client.get(ROOT, 'Manager.Problems'), [])

    def test_locked_later(self):
        """A device set up already: it cannot be reached, and nothing about it is lost."""
        self.switch_on()
        device = self.client.set_up(self.unit)
        Keyring(self.client).lock()
        self.restart_daemon()
        self.assertIn(device, self.client.objects('Device'))
        self.client.fails('KeyringLocked', self.client.call, device, 'Device.Connect')
        self.client.call(device, 'Device.GetReadings', '(tu)', 0, 0)
        # Unlocked again as the person's login would.
        self.session.keyring.stop()
        self.session.start_keyring()
        self.wait(lambda: self.client.get(ROOT, 'Manager.Problems') == [], 'the keyring is seen to be open', 10)
        self.client.call(device, 'Device.Connect')
        self.wait(lambda: self.client.get(device, 'Device.State') == 'connected', 'it is connected again')


class NoKeyring(Case):
    cloud = keyring = False

    def test_missing(self):
        self.switch_on()
        candidate = self.client.discover()
        self.client.open(candidate, self.unit.code)
        self.client.fails('KeyringMissing', self.client.call, ROOT, 'Manager.UnlockKeyring')
        self.client.fails('KeyringMissing', self.client.finish_setup, candidate, PASSWORD, {}, 'Kitchen')
        self.assertEqual(self.client.objects('Device'), {})
        files = b''.join(p.read_bytes() for p in self.session.home.rglob('*') if p.is_file())
        self.assertNotIn(PASSWORD.encode(), files, 'no fallback file')
        self.session.start_keyring()
        self.client.call(candidate, 'Candidate.Close')
        self.wait(lambda: self.client.get(candidate, 'Candidate.State') == 'unowned', 'the device was not touched')
        self.assert_works()


if __name__ == '__main__':
    unittest.main(verbosity=2)
