# SPDX-License-Identifier: Apache-2.0
"""The code off a picture of the label's QR code, and off the camera, instead of by typing."""

import os

from add_device import Wizard
from wattle_test.camera import NO, OTHER, YES, CameraPortal
from wattle_test.picture import write_png, write_qr


class Scan(Wizard):
    """Up to the page after the code; the device stays as it was."""

    def to_code(self):
        """Also where the device was there already."""
        super().to_code()
        self.app.sees('Or let Wattle read the QR code on the label. A picture of it can also be dropped or pasted here.')

    def opened(self):
        self.app.has_focus('Use this password (best)')
        self.cancel()

    def told(self, sentence):
        """Below the code and where the keyboard is."""
        node = self.app.wait_for(self.tr(sentence), 'alert')
        self.assertEqual(self.app.has_focus('Code from the label').description, node.name)

    def choose(self, path):
        self.app.press_key('Choose a picture…', 'button')
        self.app.choose_file(path)

    # ------------------------------------------------------------------ pictures

    def test_60_a_picture_from_a_file(self):
        self.to_code()
        self.app.shoot('add-code-scan')
        self.choose(self.picture())
        self.opened()

    def test_61_pictures_without_a_code(self):
        """Nothing on it, no picture at all, another code: told, and nothing is tried."""
        self.to_code()
        white, words = self.session.home / 'white.png', self.session.home / 'words.png'
        write_png(white, 40, 40, [b'\xff' * 120] * 40)
        words.write_text('no picture')
        self.choose(white)
        self.told('There is no QR code in the picture. Take one of the label from nearer, with light on it.')
        self.choose(words)
        self.told('This picture cannot be read. Choose a photograph or a screenshot of the QR code.')
        self.choose(write_qr(self.session.home / 'other.png', 'https://example.org/'))
        self.told('This QR code is not a setup code. Take the one on the device’s label.')
        self.app.shoot('add-code-no-picture')
        self.cancel()

    def test_62_pasted(self):
        self.to_code()
        other = self.other_program()
        self.app.screen.activate(self.app.process.pid)
        self.app.has_focus('Code from the label')
        self.app.screen.key('ctrl+v')
        self.app.has_focus('Use this password (best)')
        other.kill()
        self.cancel()

    def test_63_dropped(self):
        self.to_code()
        other = self.other_program()
        x, y, width, height = self.app.screen.window_of(other.pid, self.client)
        right = x + width // 2 < self.app.screen.width // 2
        self.app.screen.drag((x + width // 2, y + height // 2),
                             (self.app.screen.width * (3 if right else 1) // 4, self.app.screen.height * 2 // 3))
        other.kill()
        self.app.screen.activate(self.app.process.pid)
        self.opened()

    # -------------------------------------------------------------------- camera

    def test_64_no_camera(self):
        self.to_code()
        self.assertIsNone(self.app.find(self.tr('Use the camera'), 'button'))
        self.cancel()

    def portal(self, remote=None):
        portal = CameraPortal(self.session.appearance, remote)
        self.addCleanup(portal.close)
        return portal

    def to_camera(self, portal):
        before = len(portal.asked)
        self.app.press_key('Use the camera', 'button')
        self.app.wait_for(self.tr('Camera'), 'group')
        self.wait(lambda: portal.refuses or len(portal.asked) > before, 'the desktop is asked')

    def test_65_the_camera_is_refused(self):
        """By the person, by the desktop without asking; and what ends by itself is no refusal."""
        portal = self.portal()
        self.to_code()
        self.to_camera(portal)
        self.app.shoot('camera')
        portal.answer(NO)
        refused = 'The camera was not allowed. You can type the code, or choose a picture of it.'
        self.told(refused)
        self.app.shoot('camera-refused')
        self.to_camera(portal)
        portal.answer(OTHER)
        self.told('The desktop gave no camera. You can type the code, or choose a picture of it.')
        portal.refuses = 'org.freedesktop.portal.Error.NotAllowed'
        self.app.press_key('Use the camera', 'button')
        self.told(refused)
        self.choose(self.picture())
        self.opened()

    def test_66_back_before_the_answer(self):
        """The question goes with the page that has asked it."""
        portal = self.portal()
        self.to_code()
        self.to_camera(portal)
        self.app.screen.key('alt+Left')
        self.app.has_focus('Code from the label')
        self.wait(lambda: portal.closed == portal.asked, 'the question is closed')
        portal.answer(YES)  # on its way already
        self.cancel()

    def test_67_the_camera_gives_no_picture(self):
        """What the desktop gives is no connection to PipeWire, or has ended."""
        def ended():
            end, other = os.pipe()
            os.close(other)
            return end
        portal = self.portal(ended)
        self.to_code()
        self.to_camera(portal)
        portal.answer(YES)
        self.told('The camera gives no picture. See that no other app uses it, and try again.')
        self.cancel()
