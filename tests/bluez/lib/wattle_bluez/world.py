# SPDX-License-Identifier: Apache-2.0
"""What all stories share: one bluetoothd, a person with a device, and a trace of all that goes over the air."""

import json
import os
import pathlib
import sys
import time
import unittest

from eavesdrop import Secret, find
from wattle_test import Keyring
from wattle_test.client import ROOT

from .central import Central
from .gatt import SERVICE
from .session import BluetoothSession
from .stack import Stack

RESULTS = pathlib.Path(os.environ.get('WATTLE_RESULTS', '/run/results'))
MTU = int(os.environ.get('WATTLE_MTU', '517'))
PASSWORD = 'plain tall paddock gumtree'
NAME = 'Kookaburra corner 7141'
# Thousandths of a degree, and a number that does not come about by chance.
READING = 31415926
# hci0 is the person's, hci1 the device's, hci2 everybody else's.
CONTROLLERS = 3
# Flags of an advertisement's first byte.
OWNED, LOCKED = 1, 4
# dBm; at hci0 the device is heard by more, everybody else by less.
NEAR = -58


class World:
    """Made once; stories go on where others have ended."""

    _the_one = None

    @classmethod
    def get(cls):
        if cls._the_one is None:
            cls._the_one = cls()
            cls._the_one.begin()
        assert cls._the_one.complete, 'the world did not come to be'
        return cls._the_one

    @classmethod
    def close(cls):
        """Ends all programs; one that crashed or that a sanitizer complains of is an AssertionError."""
        if cls._the_one is not None:
            cls._the_one.end()

    def __init__(self):
        self.secrets = []
        self.complete = False
        self.stack = Stack(RESULTS / 'logs', CONTROLLERS)
        self.session = BluetoothSession(self.stack)

    def begin(self):
        self.stack.start(trace=RESULTS / 'stories.btsnoop')
        self.stack.air.limit_mtu(MTU)
        self.session.__enter__()
        self.session.start_all()
        self.client = self.session.client()
        self.client.register_agent()
        self.keyring = Keyring(self.client)
        self.unit = self.session.new_unit()
        self.secret('unit id', 'text', self.unit.unit_id)
        self.code = self.unit.code
        self.session.start_device(self.unit)
        self.session.tell(self.unit, f'value {READING}')
        self.secret('reading', 'number', READING)
        self.secret('name', 'text', NAME)
        self.secret('password', 'text', PASSWORD)
        self.complete = True

    # --------------------------------------------------------- what is secret

    def secret(self, label, kind, value):
        """Remembers what nobody who listens may find."""
        entry = {'label': label, 'kind': kind, 'value': str(value)}
        if entry not in self.secrets:
            self.secrets.append(entry)

    @property
    def code(self):
        return self._code

    @code.setter
    def code(self, code):
        self._code = self.unit.code = code
        self.secret('setup code', 'code', code)

    def remember_keys(self):
        for number, secret in enumerate(self.keyring.secrets()):
            if len(secret) >= 16:
                self.secret(f'key {number}', 'bytes', secret.hex())

    def assert_no_secret_in(self, *streams):
        found = find([Secret(**entry) for entry in self.secrets], streams)
        assert not found, f'in the clear: {found}'

    def end(self):
        type(self)._the_one = None
        (RESULTS / 'stories.secrets.json').write_text(json.dumps(self.secrets))
        try:
            self.session.__exit__(None, None, None)
        finally:
            self.stack.stop()

    # ---------------------------------------------------- what a person does

    @property
    def device(self):
        """The path of the one device, None where there is none."""
        return next(iter(self.client.objects('Device')), None)

    def state(self):
        device = self.device
        return self.client.get(device, 'Device.State') if device else None

    def discover(self, state='unowned', product=None):
        """The candidate that is nearest: the real one, with strange devices around it; or any that is a @product."""
        self.client.call(ROOT, 'Manager.StartDiscovery')

        def nearest():
            found = {p: i['Candidate'] for p, i in self.client.objects('Candidate').items()}
            found = {p: c for p, c in found.items() if c['State'] == state
                     and (c['SignalStrength'] > NEAR if product is None else c['Product'] == product)}
            return max(found, key=lambda p: found[p]['SignalStrength'], default=None)
        return self.client.wait(nearest, f'a candidate near in state {state}', 90)

    def set_up(self, password=PASSWORD, name=NAME):
        candidate = self.discover()
        self.client.open(candidate, self.code)
        device = self.client.finish_setup(candidate, password, {}, name)
        self.client.call(ROOT, 'Manager.StopDiscovery')
        self.connected()
        self.remember_keys()
        return device

    def connected(self, timeout=90):
        """Waits until the device is connected, and hurries it."""
        def attempt():
            device = self.device
            if device is None or self.client.get(device, 'Device.State') == 'connected':
                return device is not None
            try:
                self.client.call(device, 'Device.Connect', timeout=timeout)
            except Exception:  # pylint: disable=broad-except # tried again until the time is up
                self.client.pause(0.5)
            return False
        self.client.wait(attempt, 'the device is connected', timeout)

    def confirmed(self, purpose, state):
        def both():
            p = self.client.purposes(self.device)[purpose]
            return p['state'] == state and p['device'] == p['cloud'] == 'confirmed' and not p['outstanding-since']
        self.client.wait(both, f'device and cloud confirm {purpose} {state}', 90)

    def wiped(self, job, timeout=120):
        """Waits for the end of a wipe; the next owner's code is the unit's code from then on."""
        receipt = self.client.wait_for_job(job, timeout=timeout)['receipt']
        self.client.wait(lambda: not self.device, 'the device is no longer ours')
        self.client.call(ROOT, 'Manager.RevealNextCode', '(s)', receipt)
        self.code = self.client.read_secret()
        self.client.call(ROOT, 'Manager.ForgetNextCode', '(s)', receipt)
        return next(r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['id'] == receipt)

    def receipt(self, kind):
        """The newest of that kind in the list."""
        return next(r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['kind'] == kind)

    def adverts(self, flag, now=False, by='hci0'):
        """What bluetoothd has heard at @by that has @flag, and, if @now, still hears."""
        heard = (bytes(d.get('ServiceData', {}).get(SERVICE, b'\0')) for p, d in self.stack.objects('Device1').items()
                 if p.startswith(f'/org/bluez/{by}/') and ('RSSI' in d or not now))
        return {data for data in heard if data[0] & flag}

    def rotate(self):
        """The device, ours, changes its tag often enough for who reads the trace to see what stays.

        It advertises only where nobody is connected, and our daemon connects to what it sees for the first time: it is
        stopped meanwhile, and somebody else hears each tag.
        """
        self.session.daemon.stop()
        self.stack.wait_for_no_link('hci1')
        stranger = Central(self.stack, 'hci2')
        stranger.start_discovery()
        for _ in range(5):
            known = self.adverts(OWNED, by='hci2')
            self.session.tell(self.unit, 'time 901')
            self.client.wait(lambda known=known: self.adverts(OWNED, by='hci2') - known, 'a new tag')
        stranger.stop_discovery()
        self.session.start_daemon()
        self.client.register_agent()

    def own(self):
        """The device is ours and connected, whatever was before."""
        if self.device is None:
            self.set_up()
        self.connected()
        return self.device

    def disown(self):
        """The device is nobody's."""
        if self.device is not None:
            self.wiped(self.client.call(self.device, 'Wipe.Start', '(a{sv})', {}))


class Story(unittest.TestCase):
    """A chapter of the shared world."""

    def setUp(self):
        began = time.monotonic()
        self.addCleanup(lambda: print(f'{time.monotonic() - began:.1f} s ', end='', file=sys.stderr))
        self.world = World.get()
        self.client, self.stack, self.session = self.world.client, self.world.stack, self.world.session

    def wait(self, condition, what, timeout=90):
        return self.client.wait(condition, what, timeout)


class Result(unittest.TextTestResult):
    """Says at once what is wrong: the machine may be switched off before the end."""

    def addError(self, test, err):
        super().addError(test, err)
        self.stream.writeln(self.errors[-1][1])

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.stream.writeln(self.failures[-1][1])


def main():
    """What a program of stories ends with: its exit status."""
    runner = unittest.TextTestRunner(verbosity=2, resultclass=Result)
    well = unittest.main(testRunner=runner, exit=False).result.wasSuccessful()
    World.close()
    return 0 if well else 1
