#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A person's journeys through the real window, with the real service, device, keyring and cloud.

    journeys.py WIDTHxHEIGHT LANGUAGE [TEST...]

Each test is a chapter and goes on where the one before ended.
"""

import sys
import unittest

from wattle_test.app import AppSession

SIZE, LANGUAGE = (360, 640), 'en'


class Journeys(unittest.TestCase):
    """Chapters share the session, as a story does."""

    @classmethod
    def setUpClass(cls):
        cls.session = cls.enterClassContext(AppSession(SIZE, LANGUAGE))
        cls.session.start_all()
        cls.app = cls.session.start_app()

    def test_01_first_start(self):
        self.app.wait_for('Wattle', 'window')
        self.app.wait_for(self.app.tr('Add a device'), 'button')
        self.app.shoot('home', ('light', 'dark', 'contrast', 'large'))

    def test_90_nothing_was_wrong(self):
        self.app.close()
        self.assertEqual(self.app.warnings(), [])
        self.assertEqual(self.app.faults, {})


if __name__ == '__main__':
    SIZE, LANGUAGE = tuple(map(int, sys.argv[1].split('x'))), sys.argv[2]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
