#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A person's journeys through the real window, with the real service, device, keyring and cloud.

    journeys.py WIDTHxHEIGHT LANGUAGE [-JOURNEY... | JOURNEY.TEST...]

-JOURNEY leaves one out.
"""

import sys
import time
import unittest

from add_device import AddDevice, ComesBetween, Owned
from journey import Journey
from live_with_it import LiveWithIt
from on_paper import OnPaper
from part_with_it import Lost, PartWithIt
from scan import Scan
from seldom import Seldom
from wattle_test import Desktop
from wattle_test.app import AppSession

JOURNEYS = (AddDevice, ComesBetween, Scan, Owned, LiveWithIt, Seldom, PartWithIt, OnPaper, Lost)


class Timed(unittest.TextTestResult):
    """Says how long each took."""

    def startTest(self, test):
        self._begin = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        self.stream.write(f'{time.monotonic() - self._begin:4.1f} s ')
        super().addSuccess(test)


class Nothing(Journey):
    """What is true of all that was before."""

    def test_went_wrong(self):
        self.app.close()
        self.assertEqual(self.app.warnings(), [])
        self.assertEqual(self.app.faults, {})


def main(size, language, names):
    suite, wanted = unittest.TestSuite(), [name for name in names if not name.startswith('-')]
    for journey in (*JOURNEYS, Nothing):
        suite.addTests(test for test in unittest.defaultTestLoader.loadTestsFromTestCase(journey)
                       if f'-{journey.__name__}' not in names
                       and (not wanted or any(name in test.id() for name in wanted)))
    with AppSession(tuple(map(int, size.split('x'))), language) as session:
        session.start_all()
        # A wipe that ends, and a set-up whose window is closed, are told by a notification.
        Desktop(session.client()).start()
        Journey.session, Journey.client = session, session.client()
        Journey.units = [session.new_unit()]
        Journey.app = session.start_app()
        # What comes after a failure would fail because of it.
        result = unittest.TextTestRunner(verbosity=2, failfast=True, resultclass=Timed).run(suite)
        if not result.wasSuccessful():
            sys.exit(1)


if __name__ == '__main__':
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
