#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Devices that lie, stall, leave or send rubbish, and passports that are missing or none.

Each ends in a named error and a sentence, and in a state that is exactly as
before or exactly as after.
"""

import os
import random
import time
import unittest

from wattle_test import DBusError, Keyring, secret_fd
from wattle_test.case import PASSWORD, Case
from wattle_test.client import ROOT, JobFailed
from wattle_test.liars import LinkLiar


class LyingDevice(Case):
    cloud = False

    def liar(self, script=None, advert=None, real=False):
        self.session.links.mkdir(parents=True, exist_ok=True, mode=0o700)
        return LinkLiar(self.session.links, 'liar', self.hidden / self.unit.unit_id if real else None, script, advert)

    def hide_device(self):
        """The real device on links of its own, for liars to stand before."""
        self.hidden = self.session.runtime / 'hidden'
        self.hidden.mkdir(mode=0o700)
        visible, self.session.links = self.session.links, self.hidden
        self.session.start_device(self.unit, '--mtu', '100')
        self.session.links = visible
        self.wait(lambda: (self.hidden / f'{self.unit.unit_id}.advert').exists(), 'it advertises')

    def test_rubbish(self):
        rng = random.Random(7)
        scripts = {
            'hangs up': lambda d, n, p: None,
            'random bytes': lambda d, n, p: [rng.randbytes(rng.randint(1, 512))],
            'zeros': lambda d, n, p: [bytes(64)],
            'too long': lambda d, n, p: [b'\xc0' + bytes(2000)],
            'echo': lambda d, n, p: [p],
            'a flood': lambda d, n, p: [b'\x80\xff\xff' + bytes(400)] * 50,
            'many replies': lambda d, n, p: [p] * 20,
        }
        for name, script in scripts.items():
            with self.subTest(name), self.liar(script):
                candidate = self.client.discover()
                self.client.fails('Protocol|Unreachable|Version|NotGenuine|TimedOut', self.client.open, candidate,
                                  self.unit.code)
                self.assert_untouched(candidate)
            self.wait(lambda: not self.client.objects('Candidate'), 'the liar is out of sight')
        self.switch_on()
        self.assert_works()

    def test_silence(self):
        with self.liar(lambda d, n, p: []):
            candidate = self.client.discover()
            started = time.monotonic()
            self.client.fails('TimedOut|Unreachable', self.client.open, candidate, self.unit.code)
            self.assertLess(time.monotonic() - started, 45)
            self.assert_untouched(candidate)

    def test_rubbish_adverts(self):
        links = self.session.links
        links.mkdir(parents=True, exist_ok=True, mode=0o700)
        for number, advert in enumerate((b'', b'\x10', bytes(12), b'\xff' * 12, b'\x10' + bytes(500), b'\xf0' * 12)):
            (links / f'bad{number}.advert').write_bytes(advert)
        (links / 'bad-folder.advert').mkdir()
        (links / 'bad-link.advert').symlink_to('/dev/zero')
        os.mkfifo(links / 'bad-fifo.advert')
        self.switch_on()
        self.assert_works()

    def count_packets(self):
        """How many packets a whole set-up takes."""
        with self.liar(real=True) as liar:
            candidate = self.client.discover()
            self.client.open(candidate, self.unit.code)
            opened = liar.count
            self.client.call(candidate, 'Candidate.Close')
            self.wait(lambda: self.client.get(candidate, 'Candidate.State') == 'unowned', 'closed')
        self.wait(lambda: not self.client.objects('Candidate'), 'out of sight')
        return opened

    def test_forged_packets(self):
        """One bit of one packet is another, for every packet until the device is open."""
        self.hide_device()
        packets = self.count_packets()
        self.assertGreater(packets, 6)
        for victim in range(1, packets + 1):
            def script(direction, number, packet, victim=victim):
                if number != victim:
                    return [packet]
                return [packet[:-1] + bytes([packet[-1] ^ 0x10])]
            with self.subTest(packet=victim), self.liar(script, real=True):
                candidate = self.client.discover()
                self.client.fails('Protocol|Unreachable|WrongCode|NotGenuine|Version|TimedOut', self.client.open,
                                  candidate, self.unit.code)
                self.assert_untouched(candidate)
            self.wait(lambda: not self.client.objects('Candidate'), 'out of sight')
            self.assertEqual(self.daemon_problems(), [])
        self.session.links, self.hidden = self.hidden, self.session.links

    def daemon_problems(self):
        return self.client.get(ROOT, 'Manager.Problems')

    def test_hangs_up_at_any_packet(self):
        """A set-up that loses its link at packet N is finished or never was, for every N."""
        self.hide_device()
        finished = rolled_back = 0
        for limit in range(1, 200):
            def script(direction, number, packet, limit=limit):
                return None if number == limit else [packet]
            with self.subTest(packet=limit), self.liar(script, real=True) as liar:
                outcome = self.set_up_through(liar, limit)
            if outcome == 'finished':
                finished += 1
                break
            rolled_back += 1
        print(f'\n{rolled_back} points rolled back, set-up whole at packet {limit}')
        self.assertGreater(rolled_back, 8)
        self.assertEqual(finished, 1)

    def set_up_through(self, liar, limit):
        """'finished' or 'rolled-back'; the owner sees the same as the device."""
        client = self.client
        candidate = client.discover()
        try:
            client.open(candidate, self.unit.code)
            device = client.finish_setup(candidate, PASSWORD, {}, 'Kitchen')
        except (DBusError, JobFailed) as error:
            self.assertIn(error.name, ('Unreachable', 'Protocol', 'TimedOut'), limit)
            liar.script = lambda direction, number, packet: [packet]
            self.wait(lambda: not client.objects('Device') and not Keyring(client).items(), 'nothing is kept')
            self.wait(lambda: any(c['Candidate']['State'] == 'unowned' for c in client.objects('Candidate').values()),
                      'the device is unowned')
            client.call(ROOT, 'Manager.StopDiscovery')
            return 'rolled-back'
        liar.script = lambda direction, number, packet: [packet]
        self.wait(lambda: client.get(device, 'Device.State') == 'connected', 'ours and connected')
        return 'finished'

    def test_bad_radio(self):
        """Lost, repeated, reordered, corrupted packets: slow or failing, never wrong."""
        for fault in ('--lose', '--repeat', '--reorder', '--corrupt'):
            with self.subTest(fault):
                self.switch_on(fault, '0.15', '--seed', '3')
                candidate = self.client.discover()
                try:
                    self.client.open(candidate, self.unit.code)
                    self.client.call(candidate, 'Candidate.Close')
                except DBusError as error:
                    self.assertIn(error.name, ('Protocol', 'Unreachable', 'TimedOut', 'WrongCode'))
                self.assert_untouched()
                self.unit.process.stop()
                self.wait(lambda: not self.client.objects('Candidate'), 'out of sight')

    def test_no_passport(self):
        """The device names a passport that this computer does not have."""
        self.switch_on()
        self.session.passport.rename(self.session.dir / 'elsewhere.json')
        candidate = self.client.discover()
        self.client.fails('Passport', self.client.open, candidate, self.unit.code)
        self.assert_untouched(candidate)
        (self.session.dir / 'elsewhere.json').rename(self.session.passport)
        self.assert_works()

    def test_invalid_passport(self):
        """It has one with that hash, but it is no passport."""
        for name, content in (('broken', b'{"format": "wattle-passport-1", '), ('empty object', b'{}'),
                              ('deep', b'[' * 100000 + b']' * 100000), ('not text', os.urandom(2000))):
            with self.subTest(name):
                passport = self.session.passport.parent / 'bad.json'
                passport.write_bytes(content)
                try:
                    unit = self.session.new_unit(passport=passport)
                except AssertionError:
                    continue  # the bench refuses it as well
                self.session.start_device(unit)
                candidate = self.client.discover()
                self.client.fails('Passport', self.client.open, candidate, unit.code)
                self.assert_untouched(candidate)
                unit.process.stop()
                self.wait(lambda: not self.client.objects('Candidate'), 'out of sight')

    def test_goes_out_of_range(self):
        self.switch_on()
        device = self.client.set_up(self.unit)
        self.unit.process.stop()
        self.wait(lambda: self.client.get(device, 'Device.State') == 'away', 'it is away')
        self.client.fails('Unreachable', self.client.call, device, 'Device.Connect')
        self.client.fails('Unreachable|TimedOut', self.client.call, device, 'Device.ChangePassword', '(h)', 0,
                          fds=[secret_fd('another good long sentence')])
        self.switch_on()
        self.wait(lambda: self.client.get(device, 'Device.State') == 'connected', 'it is back')


if __name__ == '__main__':
    unittest.main(verbosity=2)
