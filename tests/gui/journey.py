# SPDX-License-Identifier: Apache-2.0
"""What the journeys share: one session, one person at its window."""

import os
import re
import tempfile
import unittest

from wattle_test.picture import write_qr

PASSWORD = 'plain tall paddock gumtree'
NAME = 'Kitchen'
CARD = re.compile(f'^{NAME}\\n')


class Journey(unittest.TestCase):
    """The runner sets these once for all journeys, which go on where the one before ended."""

    session = app = client = None
    units = []

    @property
    def tr(self):
        return self.session.language

    @property
    def styles(self):
        """For the pages that matter most: all in one language, in the others what depends on it."""
        return ('light', 'dark', 'contrast', 'large') if self.tr.name == 'en' else ('light', 'large')

    @property
    def unit(self):
        """The device that the journeys are about."""
        return self.units[0]

    def wait(self, condition, what, timeout=None):
        return self.client.wait(condition, what, timeout)

    def restart_app(self, extra_env=None):
        """As after a crash."""
        self.app.kill()
        type(self).app = Journey.app = self.app.start(extra_env)

    def device(self):
        """The object path of the one device of ours, None where there is none."""
        return next(iter(self.client.objects('Device')), None)

    def candidates(self):
        """(state, name) of what is near."""
        return {path: (o['Candidate']['State'], o['Candidate']['Name']) for path, o in self.client.objects('Candidate').items()}

    def go_home(self):
        """From wherever the journey is, as a person would."""
        def at_home():
            if self.app.find('Wattle', 'group'):
                return True
            self.app.screen.key('alt+Left')
            return False
        self.wait(at_home, 'the way home')

    def card(self):
        """What the device's card says."""
        return self.app.wait_for(CARD, 'cell').name

    def can_press(self, button):
        """Now, or in a moment."""
        def sensitive():
            node = self.app.find(self.tr(button), 'button')
            return node is not None and node.has('sensitive')
        self.wait(sensitive, f'“{button}” can be pressed')

    def open_device(self):
        self.go_home()
        self.app.press_key(CARD, 'cell')
        self.app.wait_for(NAME, 'group')

    def picture(self):
        """Of the QR code on the label."""
        return write_qr(self.session.home / 'label.png', self.unit.qr)

    def other_program(self):
        """In front, with that picture."""
        other = self.session.process('other-window', [self.session.build / 'tests/gui/other-window', self.picture()],
                                     env=self.session.app_env)
        self.addCleanup(other.kill)
        other.start().wait_for('copied')
        self.app.screen.window_of(other.pid, self.client)
        return other

    def begin(self):
        """Another program wants all data; its call."""
        file = tempfile.TemporaryFile(dir=self.session.dir)
        return self.client.begin(self.device(), 'Device.Export', '(ha{sv})', 0, {}, fds=[os.dup(file.fileno())])

    def sees_question(self):
        self.app.wait_for(self.tr('Another program wants all data of “%s”') % NAME)
        self.app.has_focus('Deny', 'button')  # the default
