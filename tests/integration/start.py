#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How the daemon starts and ends: by hand, by the bus, by systemd's rules."""

import os
import re
import shutil
import signal
import subprocess
import unittest

from gi.repository import GLib

from wattle_test import Session
from wattle_test.client import NAME, ROOT

# What an idle daemon has in memory of libraries; others are loaded when called.
LATER = ('soup', 'secret', 'gnutls', 'archive', 'zxcvbn', 'mbedcrypto.so.7', 'cbor')


class Start(unittest.TestCase):
    def setUp(self):
        self.session = self.enterContext(Session())
        self.program = self.session.build / 'daemon/wattled'

    def run_program(self, *arguments, **env):
        return subprocess.run([self.program, *arguments], env={**self.session.env, **env}, timeout=30, text=True,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_help(self):
        result = self.run_program('--help')
        self.assertEqual(result.returncode, 0)
        for word in ('--links', '--database', '--version'):
            self.assertIn(word, result.stdout)

    def test_version(self):
        result = self.run_program('--version')
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r'^wattled \d+\.\d+\.\d+\n$')

    def test_wrong_arguments(self):
        for arguments in (['--no-such-option'], ['something'], ['--links']):
            result = self.run_program(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn('--help', result.stderr)

    def test_no_bus(self):
        result = self.run_program(DBUS_SESSION_BUS_ADDRESS='unix:path=/nonexistent')
        self.assertEqual(result.returncode, 1)
        self.assertIn('session bus', result.stderr)

    def test_ends_when_told(self):
        self.session.start_bus()
        for number in (signal.SIGTERM, signal.SIGINT):
            daemon = self.session.start_daemon()
            daemon.signal(number)
            self.assertEqual(daemon.wait(), 0)

    def test_ends_with_the_bus(self):
        self.session.start_bus()
        daemon = self.session.start_daemon()
        self.session.bus.kill()
        daemon.wait()

    def test_started_by_a_call(self):
        """The bus starts it from the installed service file, and the call finds its object."""
        service = (self.session.build / 'data/dbus/org.wattle.Companion.service').read_text()
        self.assertIn('SystemdService=wattled.service', service)
        services = self.session.home / 'data/dbus-1/services'
        services.mkdir(parents=True)
        service = re.sub(r'^Exec=.*/wattled$', f'Exec={self.program}', service, flags=re.M)
        service = re.sub(r'^SystemdService=.*$', '', service, flags=re.M)
        (services / 'org.wattle.Companion.service').write_text(service)
        self.session.start_bus()
        client = self.session.client()
        self.assertEqual(client.get(ROOT, 'Manager.Version'),
                         self.run_program('--version').stdout.split()[1])
        pid = client.raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                         'GetConnectionUnixProcessID', GLib.Variant('(s)', (NAME,)))[0]
        os.kill(pid, signal.SIGTERM)
        client.wait(lambda: not os.path.exists(f'/proc/{pid}'), 'it ends')

    @unittest.skipUnless(shutil.which('systemd-analyze'), 'systemd is not installed')
    def test_unit_file(self):
        unit = self.session.dir / 'wattled.service'
        text = (self.session.build / 'data/systemd/wattled.service').read_text()
        unit.write_text(re.sub(r'^ExecStart=.*$', f'ExecStart={self.program}', text, flags=re.M))
        result = subprocess.run(['systemd-analyze', '--user', 'verify', '--man=no', unit], env=self.session.env,
                                text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual((result.returncode, result.stdout), (0, ''))

    @unittest.skipUnless(shutil.which('readelf'), 'binutils are not installed')
    def test_libraries_come_later(self):
        out = subprocess.run(['readelf', '-d', self.program], text=True, check=True, stdout=subprocess.PIPE).stdout
        needed = re.findall(r'\(NEEDED\).*\[(.*)\]', out)
        self.assertIn('libgio-2.0.so.0', needed)
        for library in LATER:
            self.assertFalse([n for n in needed if n.startswith(f'lib{library}')], 'daemon/lazy lacks a function')


if __name__ == '__main__':
    unittest.main(verbosity=2)
