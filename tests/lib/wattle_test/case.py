# SPDX-License-Identifier: Apache-2.0
"""What the tests of bad input begin with: a session with one unowned device near."""

import unittest

from .client import secret_fd
from .keyring import Keyring
from .session import Session

PASSWORD = 'plain tall paddock gumtree'
FINISH = ('Candidate.Finish', '(ha{sb}a{sv})', 0)


class Case(unittest.TestCase):
    """A session with one unowned device near."""

    cloud = keyring = True

    def setUp(self):
        self.session = session = self.enterContext(Session())
        session.start_bus()
        if self.keyring:
            session.start_keyring()
        session.start_cloud()
        if not self.cloud:
            session.cloud.stop()
        session.start_daemon()
        self.client = session.client()
        self.unit = session.new_unit()

    def switch_on(self, *options):
        self.session.start_device(self.unit, *options)

    def wait(self, condition, what, timeout=None):
        return self.client.wait(condition, what, timeout)

    def restart_daemon(self):
        self.session.daemon.stop()
        self.session.start_daemon()

    def finish(self, candidate, password=PASSWORD, decisions=None):
        return self.client.call(candidate, *FINISH, decisions or {}, {}, fds=[secret_fd(password)])

    def assert_untouched(self, candidate=None):
        """No device, nothing in the keyring, and the real device is unowned."""
        self.assertEqual(self.client.objects('Device'), {})
        if self.keyring:
            self.assertEqual(Keyring(self.client).items(), {})
        if candidate is not None:
            self.wait(lambda: self.client.get(candidate, 'Candidate.State') == 'unowned', 'the candidate is as before')

    def assert_works(self):
        """Afterwards all goes as it should."""
        device = self.client.set_up(self.unit)
        self.wait(lambda: self.client.get(device, 'Device.State') == 'connected', 'the device is connected')
        return device
