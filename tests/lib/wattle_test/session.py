# SPDX-License-Identifier: Apache-2.0
"""A private session: home, bus, keyring, cloud, devices, daemon."""

import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import tempfile

from .client import Client
from .process import Process, clean_environment, run

# A session bus that starts nothing but what lies in the private home: else a
# keyring that is installed would come by itself.
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
TESTS = pathlib.Path(__file__).resolve().parents[2]
ROOT = TESTS.parent
THERMOMETER = ROOT / 'data/passports/gumleaf-thermometer.json'


class Unit:
    """One device as it leaves the factory: its flash file and its label."""

    def __init__(self, unit_id, product, flash, label):
        self.unit_id, self.product, self.flash = unit_id, product, pathlib.Path(flash)
        self.code, self.qr = label['code'], label['qr']


class Session:
    """Everything under one temporary folder; nothing is left at the end."""

    def __init__(self, build=None):
        self.build = pathlib.Path(build or os.environ['WATTLE_BUILD']).resolve()
        self.processes = []
        self.units = 0
        self.cloud = self.daemon = self.keyring = self.bus = self.system_bus = None

    def __enter__(self):
        # Short, because a socket's path may have 107 bytes.
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix='wtl-'))
        self.home, self.runtime, self.logs = (self.dir / n for n in ('home', 'run', 'logs'))
        for folder in (self.home, self.runtime, self.logs, self.home / 'data/wattle/passports'):
            folder.mkdir(parents=True, mode=0o700)
        self.links = self.runtime / 'wattle/links'
        self.manifest = self.dir / 'units.jsonl'
        self.manifest.touch()
        self.passport = None
        self.env = clean_environment(self.home, self.runtime)
        # Never the machine's own.
        self.env['DBUS_SYSTEM_BUS_ADDRESS'] = f'unix:path={self.dir}/system/bus'
        self.env['XDG_DATA_DIRS'] = f'{self.dir}/share:/usr/local/share:/usr/share'
        return self

    def __exit__(self, kind, error, trace):
        failures = []
        for process in reversed(self.processes):
            try:
                if process.running and kind is None:
                    process.stop()
                else:
                    process.kill()
                    process.check_sanitizers()
            except AssertionError as failure:
                failures.append(failure)
        if kind is not None and os.environ.get('WATTLE_TEST_LOGS', '1') == '1':
            for process in self.processes:
                print(f'---- {process.name}\n{process.log(whole=True)[-3000:]}')
        shutil.rmtree(self.dir, ignore_errors=True)
        if failures and kind is None:
            raise failures[0]

    def process(self, name, argv, stdin=None, env=None):
        process = Process(name, argv, env or self.env, self.logs, stdin)
        self.processes.append(process)
        return process

    # ------------------------------------------------------------ the parts

    def new_bus(self, name, folder):
        """A bus with its socket in @folder: the process, and its address."""
        address = f'unix:path={folder}/bus'
        config = self.dir / f'{name}.conf'
        config.write_text(BUS_CONFIG.format(address=address, services=self.home / 'data/dbus-1/services'))
        process = self.process(name, ['dbus-daemon', f'--config-file={config}', '--nofork', '--nopidfile',
                                      '--print-address']).start()
        process.wait_for('unix:path')
        return process, address

    def start_bus(self):
        self.bus, self.env['DBUS_SESSION_BUS_ADDRESS'] = self.new_bus('bus', self.runtime)
        return self.bus

    def start_system_bus(self):
        """A private one; a daemon that is started after it uses Bluetooth."""
        (self.dir / 'system').mkdir(exist_ok=True)
        self.system_bus, _ = self.new_bus('system-bus', self.dir / 'system')
        return self.system_bus

    def start_keyring(self):
        """The real keyring, unlocked with an empty password, as an automatic login does."""
        self.keyring = self.process('keyring', ['gnome-keyring-daemon', '--foreground', '--unlock',
                                                '--components=secrets'], stdin=b'\n').start()
        self.client().wait_for_name('org.freedesktop.secrets')
        return self.keyring

    def start_cloud(self):
        data = self.dir / 'cloud'
        if not data.exists():
            info = run([self.build / 'cloud/wattle-cloud', '--init', '--data', data], self.env).stdout
            (self.dir / 'cloud.json').write_text(info)
        port = getattr(self, 'cloud_port', 0)
        self.cloud = self.cloud or self.process('cloud', [self.build / 'cloud/wattle-cloud', '--data', data, '--units',
                                                          self.manifest, '--accounts-per-hour=100000'])
        self.cloud.start(extra_argv=['--listen', f'127.0.0.1:{port}'])
        match = self.cloud.wait_for(r'listening (https://127\.0\.0\.1:(\d+))')
        self.cloud_url, self.cloud_port = match.group(1), int(match.group(2))
        if self.passport is None:
            self.passport = self.home / 'data/wattle/passports/thermometer.json'
            run([self.build / 'vendor/wattle-vendor', 'passport', 'fill', THERMOMETER, '--cloud-url', self.cloud_url,
                 '--cloud-info', self.dir / 'cloud.json', '-o', self.passport], self.env)
        return self.cloud

    def start_daemon(self, extra_argv=(), extra_env=None):
        self.daemon = self.daemon or self.process('wattled', [self.build / 'daemon/wattled'])
        radio = [] if self.system_bus else ['--adapter', 'none']
        self.daemon.start([*radio, *extra_argv], extra_env)
        self.client().wait_for_name('org.wattle.Companion', self.daemon)
        return self.daemon

    def start_all(self):
        self.start_bus()
        self.start_keyring()
        self.start_cloud()
        self.start_daemon()

    def new_unit(self, product=0x00010001, passport=None):
        """Provisions a unit as the manufacturer's bench does; the cloud learns its public key."""
        self.units += 1
        unit_id = f'GL-{self.units:06d}'
        flash, label = self.dir / f'{unit_id}.flash', self.dir / f'{unit_id}.label'
        run([self.build / 'vendor/wattle-vendor', 'device', 'new', '--product', f'0x{product:08x}', '--unit', unit_id,
             '--passport', passport or self.passport, '--flash', flash, '--manifest', self.manifest, '--label', label],
            self.env)
        if self.cloud is not None and self.cloud.running:
            self.cloud.signal(signal.SIGHUP)
        return Unit(unit_id, product, flash, json.loads(label.read_text()))

    def start_device(self, unit, *options, wait=True):
        """Powers a unit on; the same unit again gives the same Process, restarted."""
        self.links.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not hasattr(unit, 'process'):
            unit.process = self.process(f'device-{unit.unit_id}', [
                self.build / 'firmware/virtual/wattle-virtual-device', '--flash', unit.flash, '--links', self.links,
                '--name', unit.unit_id, '--interval', '200', '--control', self._control(unit)])
        self._control(unit).unlink(missing_ok=True)
        unit.process.start(extra_argv=options)
        if wait:
            self.client().wait(lambda: (self.links / f'{unit.unit_id}.sock').exists(), 'the device is on the air')
        return unit.process

    def _control(self, unit):
        return self.dir / f'{unit.unit_id}.control'

    def tell_device(self, unit, line):
        """A line to the control socket of its virtual device, such as "range out"; the answer."""
        self.client().wait(self._control(unit).exists, 'the control socket')
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(10)
            control.connect(str(self._control(unit)))
            control.sendall(line.encode() + b'\n')
            return control.recv(1000).decode()

    def query_database(self, query, *arguments):
        """Asks a copy of the daemon's database, which the daemon keeps locked."""
        with tempfile.TemporaryDirectory(dir=self.dir) as folder:
            for path in (self.home / 'data/wattle').glob('wattle.db*'):
                shutil.copy(path, folder)
            database = sqlite3.connect(f'{folder}/wattle.db')
            try:
                return database.execute(query, arguments).fetchall()
            finally:
                database.close()

    def client(self):
        """The one D-Bus connection of the test; a new one after the bus was restarted."""
        if getattr(self, '_client', None) is None:
            self._client = Client(self.env['DBUS_SESSION_BUS_ADDRESS'])
        return self._client
