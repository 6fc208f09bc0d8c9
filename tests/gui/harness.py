#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""That the harness finds what it has to find: in a window with faults, it does."""

import unittest
import zlib

from wattle_test.app import App, AppSession


class Harness(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.session = cls.enterClassContext(AppSession())
        cls.session.start_bus()
        cls.app = App(cls.session, program=cls.session.build / 'tests/gui/faulty-window').start()

    def test_1_faults_are_found(self):
        faults = '\n'.join(self.app.audit('faults'))
        self.assertRegex(faults, r'button “GtkImage” \(Add\).* has no name')
        self.assertRegex(faults, r'list item “”.* has no name')
        self.assertRegex(faults, r'the window is 7\d\d wide, the screen 360')
        self.assertEqual(len(faults.splitlines()), 3, faults)

    def test_2_by_action(self):
        self.app.fill('Name', 'you')
        self.app.press('Greet')
        self.app.sees('Hello you')
        self.assertEqual(self.app.warnings(), [])
        self.assertIsNone(self.app.find('Nothing of that name'))

    def test_3_by_keyboard(self):
        self.app.type_into('Name', 'nobody')
        self.app.press_key('Hello you', 'button')
        self.app.sees('Hello nobody')
        self.assertEqual(self.app.acts, 4)
        self.assertRegex('\n'.join(self.app.warnings()), r'^[^\n]*WARNING \*\*: .*nobody there$')
        with self.assertRaisesRegex(AssertionError, 'Tab does not lead to “Name”'):
            self.app.tab_to('Name', 'label')

    def test_4_pictures_differ_by_style(self):
        seen = set()
        for style in ('light', 'dark', 'contrast', 'dark-contrast'):
            self.session.appearance.switch(style)
            self.app.client.wait(lambda: zlib.crc32(self.session.screen.dump()) not in seen, style, 10)
            seen.add(zlib.crc32(self.session.screen.settled_dump(self.app.client)))
        self.session.appearance.switch('light')
        button = self.app.wait_for(containing='Hello', role='button')
        before = button.extents()[3]
        self.session.screen.scale_text(2)
        self.app.client.wait(lambda: button.extents()[3] > before, 'text is larger', 10)


if __name__ == '__main__':
    unittest.main(verbosity=2)
