#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""By hand, for it needs PipeWire (README.md): a camera of the session's own films a setup code.

    see_camera.py WIDTHxHEIGHT LANGUAGE
"""

import socket
import sys

import journeys
from scan import Scan
from wattle_test.camera import YES
from wattle_test.picture import qr_rows, write_png
from wattle_test.process import run

WIDTH, HEIGHT = 640, 480
DESK = bytes((40, 90, 160))  # red, green, blue
CAMERA = ('gst-launch-1.0 multifilesrc location={} loop=true caps=image/png,framerate=10/1 ! pngdec ! videoconvert '
          f'! video/x-raw,format=RGB,width={WIDTH},height={HEIGHT} ! identity sync=true drop-allocation=true '
          '! pipewiresink mode=provide stream-properties=p,media.class=Video/Source,media.role=Camera,node.name=desk')


class SeeCamera(Scan):
    def setUp(self):
        """PipeWire where the app does not find it but by what the portal gives."""
        self.folder = self.session.dir / self._testMethodName
        self.folder.mkdir(mode=0o700)
        self.pipewire = {**self.session.env, 'XDG_RUNTIME_DIR': str(self.folder)}
        self.start('pipewire')
        self.wait(lambda: (self.folder / 'pipewire-0').exists(), 'PipeWire is there')
        self.start('wireplumber')
        self.wait(lambda: 'WirePlumber' in self.list('Client'), 'something links cameras with who films')
        self.show()
        self.camera = self.start(*CAMERA.format(self.folder / 'frame.png').split())
        self.wait(lambda: 'desk' in self.list('Node'), 'the camera is there')

    def start(self, *command):
        process = self.session.process(command[0], command, env=self.pipewire).start()
        self.addCleanup(process.kill)
        return process

    def list(self, kind):
        return run(['pw-cli', 'ls', kind], self.pipewire).stdout

    def show(self, code=()):
        """The camera sees the desk, with the rows of @code in the middle."""
        above, left = (HEIGHT - len(code)) // 2, (WIDTH - len(code)) // 2
        rows = [DESK * WIDTH] * HEIGHT
        for y, row in enumerate(code):
            rows[above + y] = DESK * left + row + DESK * (WIDTH - left - len(code))
        write_png(self.folder / 'next.png', WIDTH, HEIGHT, rows)
        (self.folder / 'next.png').rename(self.folder / 'frame.png')

    def connect(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self.folder / 'pipewire-0'))
        return connection.detach()

    def to_picture(self):
        portal = self.portal(self.connect)
        self.to_code()
        self.to_camera(portal)
        portal.answer(YES)
        row = (DESK[::-1] + b'\xff') * 100  # as the screen has it
        self.wait(lambda: row in self.app.screen.dump(), 'the picture is shown')

    def test_80_a_code_before_the_camera(self):
        self.session.start_device(self.unit)
        self.to_picture()
        self.app.shoot('camera-picture', self.styles)
        self.show(qr_rows(self.unit.qr))
        self.app.has_focus('Use this password (best)')
        self.wait(lambda: 'wattle-gtk' not in self.list('Node'), 'the camera is let go')
        self.cancel()

    def test_81_the_camera_is_unplugged(self):
        self.to_picture()
        self.camera.kill()
        self.told('The camera gives no picture. See that no other app uses it, and try again.')
        self.cancel()


if __name__ == '__main__':
    journeys.JOURNEYS = (SeeCamera,)
    journeys.main(sys.argv[1], sys.argv[2], ['SeeCamera.test_8', 'Nothing'])
