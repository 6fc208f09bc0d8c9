# SPDX-License-Identifier: Apache-2.0
"""What the journeys share: one session, one person at its window."""

import unittest

PASSWORD = 'plain tall paddock gumtree'


class Journey(unittest.TestCase):
    """The runner sets these once for all journeys, which go on where the one before ended."""

    session = app = client = None
    units = []

    @property
    def tr(self):
        return self.session.language

    @property
    def unit(self):
        """The device that the journeys are about."""
        return self.units[0]

    def wait(self, condition, what, timeout=None):
        return self.client.wait(condition, what, timeout)

    def restart_app(self, *arguments):
        """As after a crash."""
        self.app.kill()
        type(self).app = Journey.app = self.app.start()

    def device(self):
        """The object path of the one device of ours, None where there is none."""
        return next(iter(self.client.objects('Device')), None)

    def candidates(self):
        """(state, name) of what is near."""
        return {path: (o['Candidate']['State'], o['Candidate']['Name']) for path, o in self.client.objects('Candidate').items()}
