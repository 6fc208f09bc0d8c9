#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What bad input gets, by D-Bus against the real programs.

Each ends in a named error and a sentence, and in a state that is exactly as
before or exactly as after.
"""

import json
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest

from gi.repository import GLib

from wattle_test import DBusError, Keyring, Power, Session, secret_fd
from wattle_test.client import ROOT, JobFailed
from wattle_test.liars import CloudLiar, LinkLiar, http_answer

PASSWORD = 'plain tall paddock gumtree'
FINISH = ('Candidate.Finish', '(ha{sb}a{sv})', 0)


class Case(unittest.TestCase):
    """A session with one unowned device near."""

    cloud = keyring = True

    def setUp(self):
        self.session = session = self.enterContext(Session())
        session.start_bus()
        if self.keyring:
            session.start_keyring()
        session.start_cloud()
        if not self.cloud:
            session.cloud.stop()
        session.start_daemon()
        self.client = session.client()
        self.unit = session.new_unit()

    def switch_on(self, *options):
        self.session.start_device(self.unit, *options)

    def wait(self, condition, what, timeout=None):
        return self.client.wait(condition, what, timeout)

    def restart_daemon(self):
        self.session.daemon.stop()
        self.session.start_daemon()

    def finish(self, candidate, password=PASSWORD, decisions=None):
        return self.client.call(candidate, *FINISH, decisions or {}, {}, fds=[secret_fd(password)])

    def assert_untouched(self, candidate=None):
        """No device, nothing in the keyring, and the real device is unowned."""
        self.assertEqual(self.client.objects('Device'), {})
        if self.keyring:
            self.assertEqual(Keyring(self.client).items(), {})
        if candidate is not None:
            self.wait(lambda: self.client.get(candidate, 'Candidate.State') == 'unowned', 'the candidate is as before')

    def assert_works(self):
        """Afterwards all goes as it should."""
        device = self.client.set_up(self.unit)
        self.wait(lambda: self.client.get(device, 'Device.State') == 'connected', 'the device is connected')
        return device


class Codes(Case):
    cloud = False

    def mistyped(self):
        code = self.unit.code
        swap = next(i for i in range(9) if code[i] != code[i + 1])
        return {
            'a digit': code[:4] + str((int(code[4]) + 1) % 10) + code[5:],
            'a pair': code[:swap] + code[swap + 1] + code[swap] + code[swap + 2:],
            'short': code[:-1],
            'long': code + '1',
            'nothing': '',
            'words': 'I do not know',
            'control characters': code[:5] + '\x1b[2J' + code[5:],
            'very long': '1' * 256,
        }

    def other_code(self, number):
        """A well-formed code that is not the unit's."""
        unit = self.session.new_unit()
        self.assertNotEqual(unit.code, self.unit.code, number)
        return unit.code

    def test_mistyped_codes_cost_nothing(self):
        self.switch_on('--verbose')
        candidate = self.client.discover()
        for name, text in self.mistyped().items():
            with self.subTest(name):
                self.client.fails('MistypedCode', self.client.open, candidate, text)
        self.assertEqual(self.client.get(candidate, 'Candidate.AttemptsLeft'), 255, 'the device was not asked')
        self.assert_untouched(candidate)
        self.assert_works()

    def test_wrong_codes_lock(self):
        self.switch_on()
        client, candidate = self.client, self.client.discover()
        for left in (4, 3, 2, 1):
            sentence = client.fails('WrongCode', client.open, candidate, self.other_code(left))
            self.assertEqual(client.get(candidate, 'Candidate.AttemptsLeft'), left)
            self.assertIn(str(left), sentence)
        client.fails('Locked|WrongCode', client.open, candidate, self.other_code(0))
        self.assert_locked(candidate)
        # The right code opens nothing now either, and a power cut does not help.
        client.fails('Locked', client.open, candidate, self.unit.code)
        self.unit.process.kill()
        self.switch_on()
        candidate = client.discover('locked')
        client.fails('Locked', client.open, candidate, self.unit.code)
        self.assert_locked(candidate)
        self.assert_untouched()

    def assert_locked(self, candidate):
        self.wait(lambda: self.client.get(candidate, 'Candidate.State') == 'locked', 'the candidate is locked')
        until = self.client.get(candidate, 'Candidate.LockedUntil')
        self.assertGreater(until, time.time() + 10)
        self.assertLess(until, time.time() + 24 * 3600)

    def test_code_of_another_device(self):
        """The QR text says which unit it belongs to."""
        self.switch_on()
        candidate = self.client.discover()
        other = self.session.new_unit()
        self.client.fails('WrongCode|MistypedCode|NotGenuine', self.client.open, candidate, other.qr)
        self.assert_untouched(candidate)
        self.client.open(candidate, self.unit.qr)
        self.assertEqual(self.client.get(candidate, 'Candidate.UnitId'), self.unit.unit_id)

    def test_secrets_come_as_sealed_memory(self):
        self.switch_on()
        candidate = self.client.discover()
        read_end, write_end = os.pipe()
        os.write(write_end, self.unit.code.encode())
        plain = os.memfd_create('plain')
        os.write(plain, self.unit.code.encode())
        for fd in (read_end, plain, os.open('/dev/zero', os.O_RDONLY), secret_fd('1' * 300), secret_fd(b'\xff\xfe')):
            self.client.fails('InvalidArgument', self.client.call, candidate, 'Candidate.Open', '(ha{sv})', 0, {},
                              fds=[fd])
        os.close(write_end)
        self.client.fails('InvalidArgument', self.client.call, candidate, 'Candidate.Open', '(ha{sv})', 0, {})
        self.client.fails('InvalidArgument', self.client.call, candidate, 'Candidate.Open', '(ha{sv})', 5, {},
                          fds=[secret_fd(self.unit.code)])
        self.client.fails('InvalidArgument', self.client.open, candidate, self.unit.code, 'magic')
        self.assert_works()


class Passwords(Case):
    cloud = False

    def test_refused_passwords(self):
        self.switch_on()
        client, candidate = self.client, self.client.discover()
        client.open(candidate, self.unit.code)
        refused = {'short': 'kqz7!', 'empty': '', 'common': 'password1234', 'pattern': 'qwertyuiop',
                   'the code': self.unit.code, 'the code in groups': f'{self.unit.code[:4]}-{self.unit.code[4:]}',
                   'the product': 'gumleaf room thermometer', 'very long': 'x4 ' * 80}
        for name, password in refused.items():
            with self.subTest(name):
                _, acceptable, reasons = client.call(candidate, 'Candidate.CheckPassword', '(h)', 0,
                                                     fds=[secret_fd(password)])
                self.assertFalse(acceptable)
                self.assertTrue(reasons and all(len(reason) > 15 for reason in reasons))
                client.fails('WeakPassword', self.finish, candidate, password)
                self.assertEqual(client.get(candidate, 'Candidate.State'), 'must-change-password')
        self.assertEqual(client.objects('Device'), {})
        client.finish_setup(candidate, PASSWORD, {}, 'Kitchen')

    def test_reused_password(self):
        self.switch_on()
        client = self.client
        client.set_up(self.unit)
        second = self.session.new_unit()
        self.session.start_device(second)
        candidate = client.discover()
        client.open(candidate, second.code)
        _, acceptable, reasons = client.call(candidate, 'Candidate.CheckPassword', '(h)', 0, fds=[secret_fd(PASSWORD)])
        self.assertFalse(acceptable)
        self.assertTrue(reasons)
        client.fails('WeakPassword', self.finish, candidate, PASSWORD)
        client.finish_setup(candidate, 'a quite different sentence', {}, 'Bathroom')

    def test_change_to_a_bad_password(self):
        self.switch_on()
        device = self.client.set_up(self.unit)
        for password in ('short', 'password1234', self.unit.code):
            self.client.fails('WeakPassword', self.client.call, device, 'Device.ChangePassword', '(h)', 0,
                              fds=[secret_fd(password)])

    def test_household_password(self):
        """Wrong device passwords are counted apart and lock, too; the right one enrols another computer."""
        self.switch_on()
        client = self.client
        client.set_up(self.unit)
        self.unit.process.stop()
        self.session.daemon.stop()
        shutil.move(self.session.home / 'data/wattle/wattle.db', self.session.dir / 'away.db')
        for extra in (self.session.home / 'data/wattle').glob('wattle.db*'):
            extra.unlink()
        self.session.start_daemon()
        self.switch_on()
        candidate = client.discover('owned')
        client.fails('AlreadyOwned|WrongCode|NotAllowed', client.open, candidate, self.unit.code)
        client.fails('WrongPassword', client.open, candidate, 'certainly not this one', 'password')
        self.assertEqual(client.get(candidate, 'Candidate.AttemptsLeft'), 4)
        client.open(candidate, PASSWORD, 'password')
        device = client.finish_setup(candidate, '', {}, 'Kitchen')
        self.wait(lambda: client.get(device, 'Device.State') == 'connected', 'the other computer is connected')


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


class LyingCloud(Case):
    """The cloud answers once consent is given; whatever it says, the decision stands and is delivered later."""

    def setUp(self):
        super().setUp()
        self.switch_on()
        self.device = self.client.set_up(self.unit)
        self.session.cloud.stop()

    def liar(self, script=None, certificate=None, key=None):
        """On the real cloud's port; the real one is behind it on another."""
        keys = self.session.dir / 'cloud'
        hidden = self.session.process('cloud-behind', [
            *self.session.cloud.argv, '--listen', '127.0.0.1:0'])
        hidden.start()
        port = int(hidden.wait_for(r'listening https://127\.0\.0\.1:(\d+)').group(1))
        self.addCleanup(hidden.kill)
        self.behind = hidden
        return CloudLiar(self.session.cloud_port, certificate or keys / 'tls-cert.pem', key or keys / 'tls-key.pem',
                         port, script)

    def cloud_state(self):
        return self.client.get(self.device, 'Device.Cloud')

    def is_confirmed(self):
        return self.client.purposes(self.device)['cloud-history']['cloud'] == 'confirmed'

    def give(self):
        self.client.call(self.device, 'Consent.Give', '(s)', 'cloud-history')

    def assert_waits(self, liar):
        self.wait(lambda: liar.requests, 'the cloud was asked')
        self.wait(lambda: self.cloud_state() in ('unreachable', 'outstanding'), 'the cloud owes an answer')
        purpose = self.client.purposes(self.device)['cloud-history']
        self.assertEqual((purpose['state'], purpose['cloud']), ('given', 'outstanding'))
        self.assertGreater(purpose['outstanding-since'], 0)

    def assert_delivered_later(self):
        self.behind.stop()
        self.session.start_cloud()
        self.restart_daemon()
        self.wait(self.is_confirmed, 'the true cloud confirms')

    def lie(self, script):
        with self.liar(script) as liar:
            self.give()
            self.assert_waits(liar)
        self.assert_delivered_later()

    def test_errors(self):
        self.lie(lambda request, respond: http_answer(503, b'{"code": "busy"}', 'application/problem+json'))

    def test_rubbish(self):
        self.lie(lambda request, respond: b'\0\1\2 what? \r\n\r\n')

    def test_not_json(self):
        self.lie(lambda request, respond: http_answer(201, b'<html>welcome</html>', 'text/html'))

    def test_deep_json(self):
        self.lie(lambda request, respond: http_answer(201, b'[' * 50000))

    def test_endless(self):
        self.lie(lambda request, respond: http_answer(201, b'{"account": "' + b'a' * 20_000_000 + b'"}'))

    def test_redirect(self):
        self.lie(lambda request, respond: b'HTTP/1.1 307 Away\r\nLocation: https://127.0.0.1:1/\r\n'
                                          b'Content-Length: 0\r\nConnection: close\r\n\r\n')

    def test_hangs_up(self):
        self.lie(lambda request, respond: None)

    def test_hangs_up_in_the_middle(self):
        self.lie(lambda request, respond: b'HTTP/1.1 201 Made\r\nContent-Type: application/json\r\n'
                                          b'Content-Length: 500\r\nConnection: close\r\n\r\n{"acc')

    def test_forged_receipt(self):
        def script(request, respond):
            answer = respond()
            if b'/consent ' not in request.split(b'\r\n')[0] + b' ':
                return answer
            head, body = answer.split(b'\r\n\r\n', 1)
            body = json.loads(body)
            begin, middle, end = body['receipt'].split('.')
            body['receipt'] = '.'.join((begin, middle, ('A' if end[0] != 'A' else 'B') + end[1:]))
            return http_answer(200, json.dumps(body).encode())
        self.lie(script)

    def test_answer_lost(self):
        """Each request is carried out, but its answer is lost once: all may be repeated."""
        seen = set()

        def script(request, respond):
            answer = respond()
            line = request.split(b'\r\n')[0]
            if line in seen:
                return answer
            seen.add(line)
            return None
        with self.liar(script):
            self.give()
            while not self.is_confirmed():
                lost = len(seen)
                self.assertLess(lost, 12, 'the requests do not end')
                self.restart_daemon()  # does not wait for the pause between tries
                self.wait(lambda lost=lost: self.is_confirmed() or len(seen) > lost, 'the next request')

    def test_false_cloud(self):
        """Another key at the right address: nothing is said to it."""
        other = self.session.dir / 'false'
        subprocess.run([self.session.build / 'cloud/wattle-cloud', '--init', '--data', other], check=True,
                       env=self.session.env, stdout=subprocess.DEVNULL)
        with self.liar(None, other / 'tls-cert.pem', other / 'tls-key.pem') as liar:
            self.give()
            self.wait(lambda: self.cloud_state() in ('unreachable', 'outstanding'), 'it is not trusted')
            self.client.pause(1)
            self.assertEqual(liar.requests, [])
        self.assert_delivered_later()

    def test_nobody_there(self):
        self.give()
        self.wait(lambda: self.cloud_state() in ('unreachable', 'outstanding'), 'the cloud is away')
        self.session.start_cloud()
        self.restart_daemon()
        self.wait(lambda: self.cloud_state() == 'active', 'the cloud is back')

    def test_wipe_without_the_cloud(self):
        """The wipe waits for the cloud, says so, and goes on when it is back."""
        self.session.start_cloud()
        self.give()
        self.wait(lambda: self.cloud_state() == 'active', 'the cloud takes part')
        self.session.cloud.stop()
        self.client.register_agent()
        job = self.client.call(self.device, 'Wipe.Start', '(a{sv})', {})
        self.client.wait_for_job(job, 'waiting')
        error, sentence = self.client.get(job, 'Job.Error')
        self.assertIn(error, ('CloudUnreachable', 'Unreachable'))
        self.assertGreater(len(sentence), 15)
        steps = {step: state for step, _, state in self.client.get(job, 'Job.Steps')}
        self.assertEqual(steps['device'], 'done')
        self.client.fails('Busy', self.client.call, self.device, 'Wipe.Start', '(a{sv})', {})
        self.session.start_cloud()
        self.restart_daemon()
        self.wait(lambda: [r for r in self.client.call(ROOT, 'Manager.ListReceipts')
                           if r['kind'] == 'wipe' and r['complete']], 'the wipe is finished')


class LockedKeyring(Case):
    cloud = False

    def test_locked(self):
        self.switch_on()
        candidate = self.client.discover()
        self.client.open(candidate, self.unit.code)
        Keyring(self.client).lock()
        self.client.fails('KeyringLocked', self.client.finish_setup, candidate, PASSWORD, {}, 'Kitchen')
        self.assertEqual(self.client.objects('Device'), {})
        self.wait(lambda: any(name == 'KeyringLocked' for name, _ in self.client.get(ROOT, 'Manager.Problems')),
                  'the problem is told')

    def test_locked_later(self):
        """A device set up already: it cannot be reached, and nothing about it is lost."""
        self.switch_on()
        device = self.client.set_up(self.unit)
        Keyring(self.client).lock()
        self.restart_daemon()
        self.assertIn(device, self.client.objects('Device'))
        self.client.fails('KeyringLocked', self.client.call, device, 'Device.Connect')
        self.client.call(device, 'Device.GetReadings', '(tu)', 0, 0)
        # Unlocked again as the person's login would.
        self.session.keyring.stop()
        self.session.start_keyring()
        self.wait(lambda: self.client.get(ROOT, 'Manager.Problems') == [], 'the keyring is seen to be open', 10)
        self.client.call(device, 'Device.Connect')
        self.wait(lambda: self.client.get(device, 'Device.State') == 'connected', 'it is connected again')


class NoKeyring(Case):
    cloud = keyring = False

    def test_missing(self):
        self.switch_on()
        candidate = self.client.discover()
        self.client.open(candidate, self.unit.code)
        self.client.fails('KeyringMissing', self.client.finish_setup, candidate, PASSWORD, {}, 'Kitchen')
        self.assertEqual(self.client.objects('Device'), {})
        files = b''.join(p.read_bytes() for p in self.session.home.rglob('*') if p.is_file())
        self.assertNotIn(PASSWORD.encode(), files, 'no fallback file')
        self.session.start_keyring()
        self.client.call(candidate, 'Candidate.Close')
        self.wait(lambda: self.client.get(candidate, 'Candidate.State') == 'unowned', 'the device was not touched')
        self.assert_works()


class Store(Case):
    cloud = False

    def setUp(self):
        super().setUp()
        self.database = self.session.home / 'data/wattle/wattle.db'

    def test_second_daemon(self):
        second = self.session.process('second', [self.session.build / 'daemon/wattled']).start()
        self.assertEqual(second.wait(), 1)
        self.assertIn('running already', second.log())
        self.assertEqual(self.client.get(ROOT, 'Manager.Problems'), [])

    def test_second_session_of_the_same_home(self):
        """On another bus, but with the same records: it serves, and says why it cannot do much."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir=self.session.dir)))
        env = {**self.session.env, 'DBUS_SESSION_BUS_ADDRESS': self.session.new_bus('bus-2', folder)[1]}
        second = self.session.process('second', [self.session.build / 'daemon/wattled'], env=env).start()
        client = type(self.client)(env['DBUS_SESSION_BUS_ADDRESS'])
        client.wait_for_name('org.wattle.Companion', second)
        problems = client.get(ROOT, 'Manager.Problems')
        self.assertIn('Busy', [name for name, _ in problems])
        client.fails('Busy', client.call, ROOT, 'Manager.ListReceipts')
        second.stop()
        self.assertEqual(self.client.get(ROOT, 'Manager.Problems'), [])

    def damage(self, change):
        """With the daemon stopped, @change(path) spoils the database; gives its bytes after that."""
        self.switch_on()
        device = self.client.set_up(self.unit)
        self.session.daemon.stop()
        # A write-ahead log would bring back what is spoiled.
        database = sqlite3.connect(self.database)
        database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        database.close()
        keep = self.session.dir / 'kept'
        keep.mkdir()
        for path in self.database.parent.glob('wattle.db*'):
            shutil.copy(path, keep)
        change(self.database)
        spoiled = self.database.read_bytes()
        return device, keep, spoiled

    def assert_refused(self, name, spoiled):
        self.session.start_daemon()
        self.assertIn(name, [problem for problem, _ in self.client.get(ROOT, 'Manager.Problems')])
        self.client.fails(name, self.client.call, ROOT, 'Manager.StartDiscovery')
        self.client.fails(name, self.client.call, ROOT, 'Manager.GetLog', '(su)', '', 0)
        self.session.daemon.stop()
        self.assertEqual(self.database.read_bytes(), spoiled, 'the file is left as it is')

    def assert_restored(self, device, keep):
        for path in self.database.parent.glob('wattle.db*'):
            path.unlink()
        for path in keep.iterdir():
            shutil.copy(path, self.database.parent)
        self.session.start_daemon()
        self.assertEqual(self.client.get(ROOT, 'Manager.Problems'), [])
        self.wait(lambda: self.client.get(device, 'Device.State') == 'connected', 'nothing was lost')

    def test_corrupt_database(self):
        def change(path):
            data = bytearray(path.read_bytes())
            for at in range(4096, len(data), 512):
                data[at:at + 64] = os.urandom(64)
            path.write_bytes(data)
        device, keep, spoiled = self.damage(change)
        self.assert_refused('StoreCorrupt', spoiled)
        self.assert_restored(device, keep)

    def test_not_a_database(self):
        device, keep, spoiled = self.damage(lambda path: path.write_bytes(b'Dear diary, ' * 1000))
        self.assert_refused('StoreCorrupt', spoiled)
        self.assert_restored(device, keep)

    def test_database_of_a_newer_wattle(self):
        def change(path):
            database = sqlite3.connect(path)
            database.execute('PRAGMA user_version = 900')
            database.close()
        device, keep, spoiled = self.damage(change)
        self.assert_refused('Version', spoiled)
        self.assert_restored(device, keep)

    def test_no_access(self):
        if os.geteuid() == 0:
            self.skipTest('root may read everything')
        device, keep, spoiled = self.damage(lambda path: None)
        self.database.chmod(0)
        self.session.start_daemon()
        self.assertIn('Store', [problem for problem, _ in self.client.get(ROOT, 'Manager.Problems')])
        self.session.daemon.stop()
        self.database.chmod(0o600)
        self.assert_restored(device, keep)

    def test_full_disk(self):
        self.session.daemon.stop()
        power = Power(self.session, self.database.parent)
        self.session.start_daemon(extra_env=power.environment())
        self.switch_on()
        device = self.client.set_up(self.unit)
        power.fill_disk()
        self.client.fails('Store', self.client.call, device, 'Consent.Give', '(s)', 'cloud-history')
        self.assertEqual(self.client.purposes(device)['cloud-history']['state'], 'refused')
        self.client.fails('Store', self.client.set, device, 'Device.Name', GLib.Variant('s', 'Elsewhere'))
        self.client.register_agent()
        self.client.fails('Store', self.client.call, device, 'Wipe.Start', '(a{sv})', {})
        self.assertNotEqual(self.client.get(device, 'Device.State'), 'wiping')
        power.fill_disk(False)
        self.client.call(device, 'Consent.Give', '(s)', 'product-improvement')
        self.assertEqual(self.client.purposes(device)['product-improvement']['state'], 'given')
        self.restart_daemon()
        self.assertEqual(self.client.get(device, 'Device.Name'), 'Kitchen')
        self.assertEqual(self.client.purposes(device)['cloud-history']['state'], 'refused')

    def test_full_disk_at_set_up(self):
        self.session.daemon.stop()
        power = Power(self.session, self.database.parent)
        self.session.start_daemon(extra_env=power.environment())
        self.switch_on()
        candidate = self.client.discover()
        self.client.open(candidate, self.unit.code)
        power.fill_disk()
        self.client.fails('Store', self.client.finish_setup, candidate, PASSWORD, {}, 'Kitchen')
        self.assertEqual(self.client.objects('Device'), {})
        power.fill_disk(False)
        self.wait(lambda: not Keyring(self.client).items(), 'no key is left behind')
        self.restart_daemon()
        self.assert_works()

    def test_tampered_ledger(self):
        self.switch_on()
        device = self.client.set_up(self.unit)
        self.client.call(device, 'Consent.VerifyLedger')
        self.session.daemon.stop()
        database = sqlite3.connect(self.database)
        changed = database.execute("UPDATE ledger SET json = replace(json, 'cloud-history', 'cloud-hist0ry')").rowcount
        database.commit()
        database.close()
        self.assertGreater(changed, 0)
        self.session.start_daemon()
        self.client.fails('Tampered', self.client.call, device, 'Consent.VerifyLedger')


class Callers(Case):
    """Programs that misbehave on the bus."""

    cloud = False

    def other(self):
        return type(self.client)(self.session.env['DBUS_SESSION_BUS_ADDRESS'])

    def test_opener_leaves(self):
        """A set-up that was opened closes with its app; the device is as before."""
        self.switch_on()
        self.client.discover()
        other = self.other()
        candidate = other.discover()
        other.open(candidate, self.unit.code)
        self.client.fails('NotAllowed', self.finish, candidate)
        self.client.fails('NotAllowed', self.client.call, candidate, 'Candidate.Close')
        other.bus.close_sync()
        self.assert_untouched(candidate)
        self.assert_works()

    def test_seeker_leaves(self):
        self.switch_on()
        other = self.other()
        other.discover()
        self.assertTrue(self.client.get(ROOT, 'Manager.Discovering'))
        other.bus.close_sync()
        self.wait(lambda: not self.client.get(ROOT, 'Manager.Discovering'), 'the search ends')
        self.wait(lambda: not self.client.objects('Candidate'), 'and its candidates go')

    def test_twice_at_once(self):
        self.switch_on()
        candidate = self.client.discover()
        opening = self.client.begin(candidate, 'Candidate.Open', '(ha{sv})', 0, {}, fds=[secret_fd(self.unit.code)])
        self.client.fails('Busy', self.client.open, candidate, self.unit.code)
        self.client.finish(opening)
        self.client.fails('Busy', self.client.open, candidate, self.unit.code)

    def test_nonsense(self):
        self.switch_on()
        client = self.client
        device = client.set_up(self.unit)
        client.fails('NotFound', client.call, ROOT, 'Manager.GetReceipt', '(s)', 'x' * 10000)
        client.call(ROOT, 'Manager.ForgetNextCode', '(s)', "'; DROP TABLE receipts; --")  # gone is gone
        client.fails('NotFound', client.call, ROOT, 'Manager.UnregisterAgent', '(o)', '/nobody')
        client.fails('NotFound', client.call, device, 'Consent.Give', '(s)', '')
        self.assertEqual(client.call(ROOT, 'Manager.GetLog', '(su)', 'no-such-device', 4294967295), [])
        self.assertEqual(client.call(device, 'Device.GetReadings', '(tu)', 18446744073709551615, 4294967295)[0], [])
        for name in ('', 'x' * 5000, 'line\nbreak', '\x1b[31mred'):
            client.fails('InvalidArgument', client.set, device, 'Device.Name', GLib.Variant('s', name))
        for language in ('', 'xx', 'de_AT.UTF-8@euro', '../../etc/passwd', 'e' * 10000):
            passport = client.get(device, 'Device.Passport')
            self.assertTrue(client.call(passport, 'Passport.GetNotice', '(s)', language))
        with self.assertRaises(DBusError):
            client.set(device, 'Device.State', GLib.Variant('s', 'wiping'))
        with self.assertRaises(DBusError):
            client.call(device, 'Device.Explode')
        self.assertEqual(client.get(device, 'Device.Name'), 'Kitchen')

    def test_export_to_nowhere(self):
        self.switch_on()
        device = self.client.set_up(self.unit)
        self.client.register_agent()
        for name, fd in (('read-only', os.open('/dev/null', os.O_RDONLY)), ('full', os.open('/dev/full', os.O_WRONLY))):
            with self.subTest(name):
                try:
                    job = self.client.call(device, 'Device.Export', '(ha{sv})', 0, {}, fds=[fd])
                    self.client.wait_for_job(job, 'failed')
                    self.assertTrue(self.client.get(job, 'Job.Error')[1])
                except DBusError as error:
                    self.assertIn(error.name, ('InvalidArgument', 'Failed', 'Store'))
        read_end, write_end = os.pipe()
        os.close(read_end)
        try:
            job = self.client.call(device, 'Device.Export', '(ha{sv})', 0, {}, fds=[write_end])
            self.client.wait_for_job(job, 'failed')
        except DBusError:
            pass
        self.assertTrue(self.session.daemon.running, 'a broken pipe ends nothing')


if __name__ == '__main__':
    unittest.main(verbosity=2)
