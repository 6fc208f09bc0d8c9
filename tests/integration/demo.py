#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/demo tells its whole story, opens the app or its shell, and leaves nothing behind however it ends."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from wattle_test import Terminal

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / 'scripts/demo'
BUILD = os.environ['WATTLE_BUILD']


class Demo(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix='wtl-demo-'))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        # What a person's session has: the demo must not touch it.
        self.home = self.dir / 'home'
        self.home.mkdir()
        self.temporary = self.dir / 'tmp'
        self.temporary.mkdir()
        self.env = {**os.environ, 'DISPLAY': '', 'WAYLAND_DISPLAY': '', 'TMPDIR': str(self.temporary), 'HOME': str(self.home), 'LC_ALL': 'C.UTF-8',
                    'XDG_RUNTIME_DIR': str(self.home), 'DBUS_SESSION_BUS_ADDRESS': f'unix:path={self.home}/no-bus'}

    def processes(self):
        """Those that live in the demo's folder, by their environment or working directory."""
        found = []
        for process in pathlib.Path('/proc').glob('[0-9]*'):
            try:
                if os.fsencode(self.temporary) + b'/' in (process / 'environ').read_bytes():
                    found.append((process / 'cmdline').read_bytes().replace(b'\0', b' ').decode())
            except OSError:
                continue
        return found

    def nothing_is_left(self):
        self.assertEqual(self.processes(), [])
        self.assertEqual(list(self.temporary.iterdir()), [])
        self.assertEqual(list(self.home.iterdir()), [])

    def start(self, *arguments):
        return subprocess.Popen([DEMO, '--build', BUILD, '--fast', *arguments], env=self.env, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))

    def test_story(self):
        with self.start() as demo:
            out, _ = demo.communicate(timeout=240)
        self.assertEqual(demo.returncode, 0, out)
        for chapter in range(1, 9):
            self.assertIn(f'\n{chapter}. ', out)
        self.assertRegex(out, r'That is the whole\s+story\.\n$')
        self.assertNotIn('\033', out)
        self.nothing_is_left()

    def test_ctrl_c(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.start() as demo:
                deadline = time.monotonic() + 60
                while not any('wattled' in p for p in self.processes()):
                    self.assertLess(time.monotonic(), deadline, 'the service did not start')
                    self.assertIsNone(demo.poll())
                    time.sleep(0.1)
                demo.send_signal(number)
                out, _ = demo.communicate(timeout=60)
            self.assertEqual(demo.returncode, 128 + number, out)
            self.nothing_is_left()

    def test_ctrl_c_at_a_terminal(self):
        """Every program of the demo gets it, too, in the middle of what it does."""
        person = Terminal([DEMO, '--build', BUILD, '--fast'], self.env, timeout=60)
        self.addCleanup(person.close)
        person.says('wattle discover')
        person.press('c')
        person.ended(130)
        self.nothing_is_left()

    def test_it_notices_what_goes_wrong(self):
        """Without the program that plays the device the story cannot be told, and must not be."""
        broken = self.dir / 'build'
        for program in ('cli/wattle', 'cloud/wattle-cloud', 'vendor/wattle-vendor', 'daemon/wattled'):
            (broken / program).parent.mkdir(parents=True, exist_ok=True)
            (broken / program).symlink_to(f'{BUILD}/{program}')
        with self.start('--build', str(broken)) as demo:
            out, _ = demo.communicate(timeout=120)
        self.assertEqual(demo.returncode, 1, out)
        self.assertIn('The demo went wrong: The start of the device did not happen.', out)
        self.nothing_is_left()

    def test_shell(self):
        person = Terminal([DEMO, '--build', BUILD, '--no-story', '--shell'], self.env, timeout=60)
        self.addCleanup(person.close)
        person.answer('(wattle demo) ', 'label')
        code = person.matches(r'Setup code: (\d{4}-\d{3}-\d{3})')[1]
        person.answer('(wattle demo) ', 'wattle setup')
        person.answer('Which one?', '1')
        person.answer('Setup code:', code)
        person.reads_on('Use this password?')
        person.type('y')
        person.answer('Question 1 of 2: do you allow this?', 'n')
        person.answer('Question 2 of 2: do you allow this?', 'n')
        person.answer('What do you call it?', 'Kitchen')
        person.says('is yours now')
        person.answer('(wattle demo) ', 'device state')
        person.says('owned')
        person.answer('(wattle demo) ', 'exit')
        person.ended()
        self.nothing_is_left()

    def open_screen(self):
        """One without a window manager; what is on it is asked by x()."""
        screen = subprocess.Popen(['Xvfb', '-displayfd', '1', '-nolisten', 'tcp', '-screen', '0', '1024x768x24'],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(screen.stdout.close)
        self.addCleanup(screen.wait)
        self.addCleanup(screen.terminate)
        self.env['DISPLAY'] = f':{int(screen.stdout.readline())}'
        self.env['GSK_RENDERER'] = 'cairo'
        # GTK unloads modules that leave memory behind, and nobody can say whose it was.
        self.env['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'

    def x(self, *arguments):
        return subprocess.run(['xdotool', *arguments], env=self.env, check=False, text=True, timeout=30,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.split()

    def window(self):
        """The app's, once it is shown."""
        deadline = time.monotonic() + 30
        while not (found := self.x('search', '--onlyvisible', '--name', '^Wattle$')):
            self.assertLess(time.monotonic(), deadline, 'no window was shown')
            time.sleep(0.1)
        return found[0]

    def test_app(self):
        """Where there is a screen the app opens; closing its window ends the demo."""
        self.open_screen()
        person = Terminal([DEMO, '--build', BUILD, '--fast'], self.env, timeout=60)
        self.addCleanup(person.close)
        person.matches(r'Setup code: (\d{4}-\d{3}-\d{3})')
        person.says('Close its window to end the demo')
        window = self.window()
        self.x('windowfocus', '--sync', window)
        self.x('key', '--window', window, 'ctrl+q')
        person.ended()
        self.nothing_is_left()

    def test_app_beside_a_shell(self):
        self.open_screen()
        person = Terminal([DEMO, '--build', BUILD, '--fast', '--shell'], self.env, timeout=60)
        self.addCleanup(person.close)
        person.says('The app is open.')
        person.answer('(wattle demo) ', 'wattle list')
        person.says('Kitchen')
        self.window()
        person.answer('(wattle demo) ', 'exit')
        person.ended()
        self.nothing_is_left()

    def test_headless(self):
        """The story, even where there is a screen."""
        self.open_screen()
        person = Terminal([DEMO, '--build', BUILD, '--fast', '--headless'], self.env, timeout=60)
        self.addCleanup(person.close)
        person.says('1. A new device comes home')
        person.press('c')
        person.ended(130)
        self.nothing_is_left()


if __name__ == '__main__':
    unittest.main()
