# SPDX-License-Identifier: Apache-2.0
"""A screen with keyboard and mouse: Xvfb, a window manager, and a desktop's settings."""

import struct
import subprocess
import time

from .picture import write_png

# GTK draws this many pixels around a window where nothing composites: the
# screen is that much larger, and its pictures are cut.
BORDER = 5

# One window, which fills the screen as on a handset; dialogs in its middle.
OPENBOX = '''<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <placement><policy>Smart</policy><center>yes</center></placement>
  <applications><application class="*"><decor>no</decor></application></applications>
  <keyboard/><mouse/><desktops><number>1</number></desktops>
</openbox_config>
'''
SETTINGS = '''Gtk/EnableAnimations 0
Gtk/CursorBlink 0
Gtk/FontName "Cantarell 11"
Gtk/DecorationLayout "appmenu:close"
Net/IconThemeName "Adwaita"
Xft/Antialias 1
Xft/DPI {dpi}
'''
DPI = 96 * 1024


class Screen:
    """@size is what a window gets: (width, height)."""

    def __init__(self, session, size):
        self.session, (self.width, self.height) = session, size
        self.folder = session.dir / 'screen'
        self.folder.mkdir()

    def start(self):
        session = self.session
        xvfb = session.process('xvfb', [
            'Xvfb', '-displayfd', '1', '-nolisten', 'tcp', '-fbdir', self.folder, '-screen', '0',
            f'{self.width + 2 * BORDER}x{self.height + 2 * BORDER}x24']).start()
        self.display = ':' + xvfb.wait_for(r'(?m)^(\d+)$')[1]
        self.env = {**session.env, 'DISPLAY': self.display}
        config = self.folder / 'openbox.xml'
        config.write_text(OPENBOX)
        session.process('openbox', ['openbox', '--config-file', config, '--sm-disable'], env=self.env).start()
        self._xsettings = session.process('xsettingsd', ['xsettingsd', '-c', self.folder / 'settings'], env=self.env)
        self._write_settings(1)
        self._xsettings.start()
        self._xsettings.wait_for('Took ownership')
        session.client().wait(self._is_managed, 'the window manager is there')
        self.park()
        return self

    def _is_managed(self):
        return subprocess.run(['xdotool', 'get_num_desktops'], env=self.env, check=False, timeout=30,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def scale_text(self, factor):
        """All text that many times larger, as a person sets it for the whole desktop."""
        self._write_settings(factor)
        self._xsettings.signal(1)

    def _write_settings(self, factor):
        (self.folder / 'settings').write_text(SETTINGS.format(dpi=int(DPI * factor)))

    # ------------------------------------------------------ keyboard and mouse

    def _xdotool(self, *arguments):
        subprocess.run(['xdotool', *map(str, arguments)], env=self.env, check=True, timeout=30)

    def key(self, *keys):
        """Presses keys, named as X does: Tab, Return, shift+Tab."""
        self._xdotool('key', '--delay', 0, *keys)

    def type(self, text):
        self._xdotool('type', '--delay', 1, text)

    def click(self, x, y, button=1, times=1):
        """At a point of the window."""
        self._xdotool('mousemove', x + BORDER, y + BORDER, 'click', '--delay', 1, '--repeat', times, button)

    def drag(self, start, end):
        """Presses at one point of the window, moves to another as a hand does, and lets go there."""
        (x, y), steps = start, 12
        self._xdotool('mousemove', x + BORDER, y + BORDER, 'mousedown', 1)
        for step in range(1, steps + 1):
            self._xdotool('mousemove', *(a + (b - a) * step // steps + BORDER for a, b in zip(start, end)), 'sleep', 0.03)
        self._xdotool('sleep', 0.3, 'mouseup', 1)
        self.park()

    def _search(self, pid):
        return subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(pid)], env=self.env, check=False, timeout=30,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split()

    def window_of(self, pid, client):
        """(x, y, width, height) of a program's window, once it is there, from the corner of the app's."""
        client.wait(lambda: self._search(pid), 'its window')
        shell = subprocess.run(['xdotool', 'getwindowgeometry', '--shell', self._search(pid)[-1]], env=self.env, check=True,
                               timeout=30, stdout=subprocess.PIPE, text=True).stdout
        told = dict(line.split('=') for line in shell.split())
        return int(told['X']) - BORDER, int(told['Y']) - BORDER, int(told['WIDTH']), int(told['HEIGHT'])

    def activate(self, pid):
        """Brings a program's window to the front."""
        self._xdotool('windowactivate', '--sync', self._search(pid)[-1])

    def park(self):
        """Takes the pointer out of the window, where it would light up what is below it and be in pictures."""
        self._xdotool('mousemove', self.width + 2 * BORDER - 1, self.height + 2 * BORDER - 1)

    # --------------------------------------------------------------- pictures

    def dump(self):
        """What is on the screen now: an X window dump, to be compared with another."""
        return (self.folder / 'Xvfb_screen0').read_bytes()

    def settled_dump(self, client, timeout=5):
        """The same, once it has not changed for a while; or at last, where something moves on."""
        deadline, dump = time.monotonic() + timeout, None
        while dump != (new := self.dump()) and time.monotonic() < deadline:
            dump = new
            client.pause(0.06)
        return dump

    def _rows(self, dump):
        """Red, green, blue of each row of the window."""
        # 25 numbers, then colours, then pixels of four bytes.
        header = struct.unpack('>25I', dump[:100])
        start, stride = header[0] + 12 * header[19], header[12]
        for y in range(BORDER, BORDER + self.height):
            row = dump[start + y * stride + 4 * BORDER:][:4 * self.width]
            pixels = bytearray(3 * self.width)
            pixels[0::3], pixels[1::3], pixels[2::3] = row[2::4], row[1::4], row[0::4]
            yield bytes(pixels)

    def save(self, path, client):
        """A picture of the screen as PNG."""
        write_png(path, self.width, self.height, self._rows(self.settled_dump(client)))
