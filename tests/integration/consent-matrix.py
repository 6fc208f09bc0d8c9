#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A withdrawal survives whatever happens to the computer, the device or the cloud meanwhile.

The matrix is generated: each place (computer, device, cloud) with each fault
(crash before, crash after, other side down, slow, receipt lost, receipt
forged, disk full), at each point where it can happen.  In each cell a person
withdraws what has data in all three places.  In the end all three have
deleted it, both have signed for it once, the receipt proves it; and before
that nobody is told that it is so.

With WATTLE_MATRIX=whole every point, else every cell at a few.
"""

import base64
import json
import os
import sys
import threading
import time
import unittest

from wattle_test import CloudApi, DBusError, Keyring, Power
from wattle_test.case import Case
from wattle_test.client import ROOT
from wattle_test.liars import CloudLiar, LinkLiar, http_answer
from wattle_test.process import run

WHOLE = os.environ.get('WATTLE_MATRIX') == 'whole'
PURPOSE = 'cloud-history'
FAULTS = ('crash before', 'crash after', 'down', 'slow', 'lost', 'forged', 'full')
PACKETS = 3  # that a device's answer may be spread over, readings in between included
SYNCS = 8    # of the daemon, from the person's word to the last receipt kept


def honest(direction, number, packet):
    return [packet]


class Matrix(Case):
    def setUp(self):
        super().setUp()
        session = self.session
        self.power = Power(session, session.home / 'data/wattle')
        self.cloud_power = Power(session, session.dir / 'cloud', 'cloud-power')
        # The device and the cloud each behind one who passes everything on, until told otherwise.
        hidden = session.runtime / 'hidden'
        hidden.mkdir(mode=0o700)
        visible, session.links = session.links, hidden
        session.start_device(self.unit)
        session.links = visible
        visible.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.wait(lambda: (hidden / f'{self.unit.unit_id}.advert').exists(), 'the device is on the air')
        self.link = self.enterContext(LinkLiar(visible, 'between', hidden / self.unit.unit_id))
        session.cloud.stop()
        self.behind = session.process('cloud-behind', session.cloud.argv)
        self.behind_port = 0
        self.start_cloud()
        keys = session.dir / 'cloud'
        self.relay = self.enterContext(CloudLiar(session.cloud_port, keys / 'tls-cert.pem', keys / 'tls-key.pem',
                                                 self.behind_port))
        self.device = self.client.set_up(self.unit, decisions={PURPOSE: True})
        self.cells = {}

    # ------------------------------------------------------------ the parts

    def start_cloud(self, extra_env=None):
        self.behind.start(extra_argv=['--listen', f'127.0.0.1:{self.behind_port}'], extra_env=extra_env)
        self.behind_port = int(self.behind.wait_for(r'listening https://127\.0\.0\.1:(\d+)').group(1))

    def start_daemon(self, environment=None):
        if self.session.daemon.running:
            self.session.daemon.stop()
        self.session.start_daemon(extra_env=environment)
        self.wait(lambda: self.device in self.client.objects('Device'), 'the device is known')

    def switch_on_again(self):
        if not self.unit.process.running:
            visible, self.session.links = self.session.links, self.session.runtime / 'hidden'
            self.session.start_device(self.unit)
            self.session.links = visible

    def purpose(self):
        return self.client.purposes(self.device)[PURPOSE]

    def in_cloud(self):
        account, secret = self.account
        status, readings = CloudApi(self.behind_port, account, secret).readings(self.unit.unit_id)
        return len(readings) if status == 200 else 0

    def here(self):
        return self.session.query_database('SELECT count(*) FROM readings WHERE (purposes & 2) != 0')[0][0]

    def is_settled(self):
        purpose = self.purpose()
        return (purpose['device'], purpose['cloud']) == ('confirmed', 'confirmed')

    # ------------------------------------------------------------ one cell

    def prepare(self):
        """The purpose is allowed, and there is data of it here and in the cloud."""
        self.client.call(self.device, 'Consent.Give', '(s)', PURPOSE)
        self.wait(self.is_settled, 'a yes that all have confirmed')
        if not hasattr(self, 'account'):
            keyring = Keyring(self.client)
            item = next(i for i, a in keyring.items().items() if a.get('kind') == 'cloud-secret')
            name = self.session.query_database('SELECT cloud_account FROM devices')[0][0]
            self.account = name, keyring.secret(item).decode()
        self.wait(lambda: self.here() and self.in_cloud(), 'data here and in the cloud')
        self.records = int(self.client.call(self.device, 'Consent.VerifyLedger'))

    def withdraw(self):
        """Whether the person was told that it is done."""
        try:
            self.client.call(self.device, 'Consent.Withdraw', '(s)', PURPOSE, timeout=20)
            return True
        except DBusError:
            return False

    def mend(self):
        """All is well from now on, and nobody waits for a pause between tries."""
        self.link.script, self.relay.script = honest, lambda request, respond: respond()
        if not self.behind.running:
            self.start_cloud()
        self.switch_on_again()
        self.start_daemon()

    def last_receipt(self, where):
        """Of the last decision; a second can hold several."""
        listed = [r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['kind'] == 'consent']
        texts = [(self.client.call(ROOT, 'Manager.GetReceipt', '(s)', r['id']), r['complete']) for r in listed]
        text, complete = max(texts, key=lambda each: json.loads(each[0])['records'][0]['sequence'])
        self.assertTrue(complete, where)
        return text

    def check(self, told, where):
        """Nothing is lost and nothing is half done."""
        client, state = self.client, self.purpose()['state']
        if told:
            self.assertEqual(state, 'withdrawn', where)
        if state == 'given':  # it never was: the person says it again
            self.assertEqual(int(client.call(self.device, 'Consent.VerifyLedger')), self.records, where)
            self.assertTrue(self.withdraw(), where)
        self.wait(self.is_settled, f'{where}: all confirm')
        self.assertEqual((self.purpose()['state'], self.here(), self.in_cloud()), ('withdrawn', 0, 0), where)
        # The no, this computer's count, and one receipt of each, whatever was repeated.
        self.assertEqual(int(client.call(self.device, 'Consent.VerifyLedger')), self.records + 4, where)
        open_ones = self.session.query_database('SELECT count(*) FROM deliveries d WHERE confirmed_at = 0 AND version >'
                                                ' (SELECT max(version) FROM deliveries e WHERE e.confirmed_at > 0'
                                                ' AND e.place = d.place AND e.device = d.device)')
        self.assertEqual(open_ones, [(0,)], where)
        path = self.session.dir / 'receipt.json'
        path.write_text(self.last_receipt(where))
        verdict = json.loads(run([self.session.build / 'cli/wattle', 'consent', 'verify', path, '--json'],
                                 self.session.env).stdout)
        self.assertEqual(set(verdict['removed']), {'device', 'cloud', 'computer'}, where)

    def cell(self, place, fault, point, act):
        where = f'{place}, {fault}, {point}'
        with self.subTest(where):
            self.prepare()
            told = act()
            self.mend()
            self.check(told, where)
            self.cells[place, fault] = self.cells.get((place, fault), 0) + 1
            if WHOLE:
                print(f'{where}: kept', file=sys.stderr)

    def outstanding(self, place):
        """Withdraws and sees that @place owes its word, and since when."""
        started = int(time.time())
        told = self.withdraw()
        other = 'cloud' if place == 'device' else 'device'
        self.wait(lambda: self.purpose()[other] == 'confirmed', f'the {other} confirms')
        purpose = self.purpose()
        self.assertEqual(purpose[place], 'outstanding')
        self.assertLess(abs(purpose[f'{place}-since'] - started), 30)
        self.assertEqual(self.here(), 0, 'in force here at once')
        return told

    # ------------------------------------------------------------ computer

    def crash_daemon(self, cut, sync):
        self.start_daemon(self.power.environment(cut, 2**62))
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'connected', 'connected')
        self.power.cut_after(sync)
        told = self.withdraw()
        deadline = time.monotonic() + 4
        while self.session.daemon.running and time.monotonic() < deadline:
            self.client.pause(0.02)
        self.session.daemon.kill()
        return told

    def full_disk(self, at):
        """While the person decides, or once they have."""
        self.start_daemon(self.power.environment())
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'connected', 'connected')
        if at == 'decision':
            self.power.fill_disk()
            self.client.fails('Store', self.client.call, self.device, 'Consent.Withdraw', '(s)', PURPOSE)
            self.assertEqual(self.purpose()['state'], 'given')
            return False
        self.relay.script = lambda request, respond: self.fill_then(respond())
        return self.outstanding_or_done()

    def fill_then(self, answer):
        self.power.fill_disk()
        return answer

    def outstanding_or_done(self):
        told = self.withdraw()
        self.client.pause(0.5)
        return told

    def both(self, link, relay):
        self.link.script, self.relay.script = link, relay
        told = self.withdraw()
        self.client.pause(0.3)
        purpose = self.purpose()
        self.assertEqual((purpose['device'], purpose['cloud']), ('outstanding', 'outstanding'))
        return told

    def cells_of_computer(self):
        stride = 1 if WHOLE else 3
        for fault, cut in (('crash before', 'sync-before'), ('crash after', 'sync-after')):
            for sync in range(1, SYNCS + 1, stride):
                yield fault, f'sync {sync}', lambda cut=cut, sync=sync: self.crash_daemon(cut, sync)
        yield 'down', 'both others', lambda: self.both(lambda *_: None, lambda *_: None)
        yield 'slow', 'both others', lambda: self.both(lambda d, n, p: time.sleep(0.2) or [p],
                                                      lambda request, respond: time.sleep(1) or respond())
        yield 'lost', 'both receipts', lambda: self.both(self.lose(1), lambda request, respond: respond() and None)
        yield 'forged', 'both receipts', lambda: self.both(self.flip(1), self.forge(FORGERIES[0]))
        for at in ('decision', 'receipt'):
            yield 'full', at, lambda at=at: self.full_disk(at)

    # -------------------------------------------------------------- device

    def nth(self, wanted, n, then):
        """A script that does @then at the nth packet in the direction from now on."""
        seen = [0]

        def script(direction, number, packet):
            if direction != wanted:
                return [packet]
            seen[0] += 1
            return then(packet) if seen[0] >= n else [packet]
        return script

    def lose(self, n):
        return self.nth('up', n, lambda packet: None)

    def flip(self, n):
        return self.nth('up', n, lambda packet: [packet[:-1] + bytes([packet[-1] ^ 1])])

    def kill_device(self, packet=None):
        self.unit.process.kill()

    def through(self, script):
        self.link.script = script
        told = self.withdraw()
        self.client.pause(0.5)
        return told

    def device_down(self):
        self.unit.process.kill()
        return self.outstanding('device')

    def cells_of_device(self):
        points = range(1, PACKETS + 1) if WHOLE else (1,)
        for n in points:
            yield 'crash before', f'packet {n} to it', lambda n=n: self.through(self.nth('down', n, self.kill_device))
            yield 'crash after', f'packet {n} from it', lambda n=n: self.through(self.nth('up', n, self.kill_device))
            yield 'lost', f'packet {n} from it', lambda n=n: self.through(self.lose(n))
            yield 'forged', f'packet {n} from it', lambda n=n: self.through(self.flip(n))
        yield 'down', 'switched off', self.device_down
        yield 'slow', 'every packet', lambda: self.through(lambda d, n, p: time.sleep(0.3) or [p])
        # A device has no disk to fill: its memory fails in the middle of a write instead.
        yield 'full', 'its memory', lambda: self.through(self.nth('down', 1, lambda p: self.kill_after(p)))

    def kill_after(self, packet):
        """The device gets it and dies about then."""
        def die():
            time.sleep(0.004)
            self.unit.process.kill()
        threading.Thread(target=die, daemon=True).start()
        return [packet]

    # --------------------------------------------------------------- cloud

    def at_consent(self, act, answers=False):
        """Withdraws with @act(request, respond) in the place of the cloud's answer, which is none unless @answers."""
        done = threading.Event()

        def script(request, respond):
            if b'/consent ' not in request.split(b'\r\n')[0]:
                return respond()
            answer = act(request, respond)
            done.set()
            return answer
        self.relay.script = script
        told = self.outstanding('cloud')
        self.wait(done.is_set, 'the cloud was asked')
        self.client.pause(0.2)
        if not answers:
            self.assertEqual(self.purpose()['cloud'], 'outstanding')
        return told

    def forge(self, forgery):
        def answer(request, respond):
            whole = respond()
            if b'/consent ' not in request.split(b'\r\n')[0]:
                return whole
            body = json.loads(whole.split(b'\r\n\r\n', 1)[1])
            body['receipt'] = forgery(body['receipt'])
            return http_answer(200, json.dumps(body).encode())
        return answer

    def die(self, answer=None):
        self.behind.kill()

    def cloud_down(self):
        self.behind.kill()
        return self.outstanding('cloud')

    def cloud_full(self):
        self.behind.stop()
        self.start_cloud(self.cloud_power.environment())
        self.cloud_power.fill_disk()
        told = self.outstanding('cloud')
        self.behind.stop()
        return told

    def cells_of_cloud(self):
        yield 'crash before', 'the request', lambda: self.at_consent(lambda request, respond: self.die())
        yield 'crash after', 'the request', lambda: self.at_consent(lambda request, respond: self.die(respond()))
        yield 'down', 'killed', self.cloud_down
        yield 'slow', 'two seconds', lambda: self.at_consent(lambda request, respond: time.sleep(2) or respond(), True)
        yield 'lost', 'its answer', lambda: self.at_consent(lambda request, respond: respond() and None)
        for number, forgery in enumerate(FORGERIES if WHOLE else FORGERIES[:2]):
            yield 'forged', f'forgery {number}', lambda forgery=forgery: self.at_consent(self.forge(forgery))
        yield 'full', 'its disk', self.cloud_full

    # ---------------------------------------------------------------- test

    def test_matrix(self):
        started = time.monotonic()
        for place, cells in (('computer', self.cells_of_computer()), ('device', self.cells_of_device()),
                             ('cloud', self.cells_of_cloud())):
            for fault, point, act in cells:
                self.cell(place, fault, point, act)
        missing = [(p, f) for p in ('computer', 'device', 'cloud') for f in FAULTS if (p, f) not in self.cells]
        self.assertEqual(missing, [], 'cells that were not tried or failed')
        print(f'withdrawal: {len(self.cells)} cells at {sum(self.cells.values())} points, 0 lost, 0 half done, '
              f'{time.monotonic() - started:.0f} s', file=sys.stderr)


def reencode(receipt, change):
    """The receipt with other claims under the old signature."""
    header, payload, signature = receipt.split('.')
    claims = json.loads(base64.urlsafe_b64decode(payload + '=' * (-len(payload) % 4)))
    change(claims)
    text = json.dumps(claims, sort_keys=True, separators=(',', ':')).encode()
    return '.'.join((header, base64.urlsafe_b64encode(text).decode().rstrip('='), signature))


FORGERIES = (
    lambda receipt: receipt[:-4] + ('AAAA' if receipt[-4:] != 'AAAA' else 'BBBB'),
    lambda receipt: reencode(receipt, lambda claims: claims.update(records_deleted=0)),
    lambda receipt: reencode(receipt, lambda claims: claims.update(allowed=[PURPOSE])),
    lambda receipt: receipt.rsplit('.', 1)[0] + '.',
    lambda receipt: '',
)


if __name__ == '__main__':
    unittest.main(verbosity=2)
