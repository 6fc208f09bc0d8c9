# SPDX-License-Identifier: Apache-2.0
"""A private bus with a mock service, and `wattle` run by a script or a person."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / 'lib'))
from mock_service import MockService  # noqa: E402
from wattle_test.process import Process, clean_environment  # noqa: E402
from wattle_test.terminal import Terminal  # noqa: E402

WATTLE = os.environ['WATTLE_CLI']


class Answer:
    def __init__(self, result):
        self.code, self.out, self.err = result.returncode, result.stdout, result.stderr

    @property
    def json(self):
        return json.loads(self.out)


class CliTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix='wtl-cli-'))
        self.addCleanup(shutil.rmtree, self.dir)
        self.env = clean_environment(self.dir, self.dir)
        self.env['DBUS_SESSION_BUS_ADDRESS'] = f'unix:path={self.dir}/bus'
        self.bus = Process('bus', ['dbus-daemon', '--session', '--nofork', '--nopidfile', '--print-address',
                                   f'--address=unix:path={self.dir}/bus'], self.env, self.dir).start()
        self.addCleanup(self.bus.kill)
        self.bus.wait_for('unix:path')

    def service(self):
        """Started for the rest of the test."""
        mock = MockService(self.env['DBUS_SESSION_BUS_ADDRESS'])
        mock.__enter__()
        self.addCleanup(mock.__exit__)
        return mock

    def secret_file(self, text):
        path = self.dir / f'secret-{len(list(self.dir.iterdir()))}'
        path.write_text(text)
        return str(path)

    def wattle(self, *arguments, stdin='', code=0, **env):
        """As a script runs it: no terminal anywhere."""
        result = subprocess.run([WATTLE, *arguments], input=stdin, env={**self.env, **env}, timeout=60, text=True,
                                check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.dir)
        self.assertEqual(result.returncode, code, f'{arguments}\n{result.stdout}\n{result.stderr}')
        self.assertNotIn('\033', result.stdout)
        return Answer(result)

    def person(self, *arguments, columns=80, term='xterm', **env):
        """As a person runs it: at a terminal."""
        terminal = Terminal([WATTLE, *arguments], {**self.env, **env}, columns, term, self.dir)
        self.addCleanup(terminal.close)
        return terminal
