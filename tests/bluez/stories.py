#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Stories in one process and one virtual machine.

    stories.py [CLASS[.TEST]]...

WATTLE_MTU: the largest ATT_MTU of links.
"""

import sys
import unittest

from stories.main_job import MainJob
from stories.strangers import Companions, Neighbours, Programs
from stories.troubles import Airplane, OutOfRange, PulledOut, Restart
from wattle_bluez.world import main

STORIES = [MainJob, Neighbours, Programs, Companions, OutOfRange, Restart, PulledOut, Airplane]


def load_tests(loader, _tests, _pattern):
    return unittest.TestSuite(loader.loadTestsFromTestCase(story) for story in STORIES)


if __name__ == '__main__':
    sys.exit(main())
