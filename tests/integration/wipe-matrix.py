#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every step of a wipe, as the plan's own table has them, with each thing that can go wrong there.

A step is a transition of the journal: a place is begun ("start"), or done
("finish").  Faults: the daemon is killed just before and just after the
transition is durable, the other side (cloud, device, keyring, disk) is down or
slow at that moment, its answer is lost or forged, the disk is full.

Whatever happens, each wipe ends by itself, once, in a certificate that an
independent verifier accepts, with nothing of the person left anywhere.

    wipe-matrix.py [--whole] [--only TEXT] [--stride N]
"""

import argparse
import base64
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

from wattle_test import CloudApi, DBusError, Keyring, Power, Session
from wattle_test.certificate import verify_certificate
from wattle_test.liars import CloudLiar, LinkLiar, http_answer

ROOT = '/org/wattle/Companion'
NAME, PASSWORD = 'CANARY-NAME-Quokka', 'canary paddock wombat drizzle'
FAULTS = ('crash before', 'crash after', 'other side down', 'other side slow', 'receipt lost', 'receipt forged',
          'disk full')
KEYRING = ('keyring', 'spare-keys')
SLOW = 2.0  # seconds


def steps(session):
    """(kind of wipe, place, who confirms, "start" or "finish"), from the plan's own table."""
    out = subprocess.run([session.build / 'tests/lib/wipe-steps'], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [(*line.split(), step) for line in out.splitlines() for step in ('start', 'finish')]


class Cloud:
    """The real cloud behind one that can lie."""

    def __init__(self, session):
        session.start_cloud()
        session.cloud.stop()
        keys, self.process = session.dir / 'cloud', session.process('cloud-behind', session.cloud.argv)
        self.process.start(['--listen', '127.0.0.1:0'])
        self.port = int(self.process.wait_for(r'listening https://127\.0\.0\.1:(\d+)').group(1))
        self.lie = None
        self.liar = CloudLiar(session.cloud_port, keys / 'tls-cert.pem', keys / 'tls-key.pem', self.port, self.script)

    def script(self, request, respond):
        lie = self.lie
        if lie is None or not request.startswith(lie['requests']):
            return respond()
        self.lie = None
        lie['told'] = True
        answer = respond() if lie['reaches'] else b''
        return lie['answer'](answer)

    def down(self):
        self.process.kill()

    def up(self):
        self.process.start(['--listen', f'127.0.0.1:{self.port}'])
        self.process.wait_for('listening')

    def slow(self):
        self.process.signal(signal.SIGSTOP)
        time.sleep(SLOW)
        self.process.signal(signal.SIGCONT)


class Device:
    """The real device behind a link that can lie."""

    def __init__(self, session):
        self.session, self.unit = session, session.new_unit()
        self.hidden = session.runtime / 'hidden'
        self.hidden.mkdir(mode=0o700)
        session.links.mkdir(parents=True, mode=0o700)
        self.up()
        self.lie = None
        self.liar = LinkLiar(session.links, 'device', self.hidden / self.unit.unit_id, self.script)

    def script(self, direction, number, packet):
        lie = self.lie
        if lie is None:
            return [packet]
        lie['asked'] += direction == 'down'
        if direction != 'up' or lie['asked'] < lie['at']:
            return [packet]
        self.lie = None
        lie['told'] = True
        return None if lie['lost'] else [packet[:-1] + bytes([packet[-1] ^ 1])]

    def down(self):
        self.unit.process.kill()

    def up(self):
        visible, self.session.links = self.session.links, self.hidden
        self.session.start_device(self.unit, '--interval', '5000')
        self.session.links = visible

    def slow(self):
        self.unit.process.signal(signal.SIGSTOP)
        time.sleep(SLOW)
        self.unit.process.signal(signal.SIGCONT)


class Rig:
    def __init__(self):
        self.session = session = Session()
        session.__enter__()
        session.start_bus()
        session.start_keyring()
        self.cloud = Cloud(session)
        self.device = Device(session)
        self.cloud.process.signal(signal.SIGHUP)
        self.cloud.liar.__enter__()
        self.device.liar.__enter__()
        session.start_daemon()
        self.client, self.unit = session.client(), self.device.unit
        self.folder = session.home / 'data/wattle'
        self.power = Power(session, self.folder)
        self.seen = set()
        manifest = json.loads(session.manifest.read_text().splitlines()[0])
        self.device_key = base64.urlsafe_b64decode(manifest['public_key'] + '==')
        self.receipt_key = json.loads((session.dir / 'cloud.json').read_text())['receipt_key']

    def close(self, good):
        self.device.liar.close()
        self.cloud.liar.close()
        self.session.__exit__(*((None, None, None) if good else (AssertionError, None, None)))

    # ------------------------------------------------------------ other sides

    def keyring_up(self):
        self.session.start_keyring()

    def down(self, place, by):
        {'cloud': self.cloud.down, 'device': self.device.down}.get(by, self.session.keyring.kill)() \
            if by != 'computer' or place in KEYRING else self.power.break_disk()

    def up(self, place, by):
        if by == 'computer' and place not in KEYRING:
            self.power.fill_disk(False)
        else:
            {'cloud': self.cloud.up, 'device': self.device.up}.get(by, self.keyring_up)()

    def slow(self, place, by, go_on):
        """The other side answers late, as the daemon goes on."""
        if by == 'computer' and place not in KEYRING:
            self.power.slow_disk(300)
            go_on()
            self.client.pause(SLOW)
            self.power.slow_disk(0)
            return
        pid = {'cloud': self.cloud.process, 'device': self.unit_process()}.get(by, self.session.keyring).pid
        os.kill(pid, signal.SIGSTOP)
        go_on()
        time.sleep(SLOW)
        os.kill(pid, signal.SIGCONT)

    def unit_process(self):
        return self.unit.process

    # ----------------------------------------------------------------- a cell

    def start_daemon(self, environment=None):
        self.session.daemon.start(extra_env=environment)
        self.client.wait_for_name('org.wattle.Companion', self.session.daemon)
        self.client.register_agent()

    def own(self, kind):
        client = self.client
        device = client.set_up(self.unit, PASSWORD, {'cloud-history': kind != 'no-account'}, NAME)
        client.wait(lambda: client.get(device, 'Device.LastReading')[0], 'a reading')
        if kind != 'no-account':
            client.wait(lambda: client.purposes(device)['cloud-history']['cloud'] == 'confirmed', 'the cloud confirms')
            client.wait(lambda: client.get(device, 'Device.Cloud') == 'active', 'all is sent')
        client.wait(lambda: client.purposes(device)['cloud-history']['device'] == 'confirmed', 'the device confirms')
        self.account = self.session.query_database('SELECT cloud_account FROM devices')[0][0]
        return device

    def start_wipe(self, device, kind):
        try:
            if kind == 'lost':
                self.client.call(device, 'Wipe.DeclareLost')
            else:
                self.client.call(device, 'Wipe.Start', '(a{sv})', {})
        except DBusError:
            self.wait_for_death()

    def new_receipts(self):
        try:
            return [r for r in self.client.call(ROOT, 'Manager.ListReceipts')
                    if r['kind'] == 'wipe' and r['complete'] and r['id'] not in self.seen]
        except DBusError:
            return []

    def wait_for_death(self):
        self.client.wait(lambda: not self.session.daemon.running, 'the crash', 30)
        status = self.session.daemon.wait()
        assert status == -9, f'the daemon ended with {status}'

    def wait_for_stop(self):
        """Until the daemon stands still at the point."""
        def stopped():
            with open(f'/proc/{self.session.daemon.pid}/stat', encoding='ascii') as file:
                return file.read().rsplit(')', 1)[1].split()[0] == 'T'
        self.client.wait(stopped, 'the daemon is at the point', 30)

    def go_on(self):
        self.session.daemon.signal(signal.SIGCONT)

    def job_step(self, place):
        for interfaces in self.client.objects('Job').values():
            if interfaces['Job']['Kind'] == 'wipe' and interfaces['Job']['State'] in ('running', 'waiting'):
                return {s[0]: s[2] for s in interfaces['Job']['Steps']}.get(place)
        return None

    def cell(self, kind, place, by, step, fault):
        point = f'"{place}":{{"state":"running"}}' if step == 'start' else f'"{place}":{{"done_at":'
        begin, fault_act = ACTS[fault](place, by, step)
        self.session.daemon.stop()
        self.start_daemon(self.power.environment(begin, match=point) if begin else self.power.environment())
        device = self.own(kind)
        act = fault_act(self, place, by, step)
        next(act)
        self.start_wipe(device, kind)
        next(act, None)
        if begin:
            assert self.power.matched() or not self.session.daemon.running, 'the point was never reached'
        self.check_end(kind)

    def check_end(self, kind):
        client = self.client
        receipts = client.wait(self.new_receipts, 'the receipt', 120)
        assert len(receipts) == 1, receipts
        receipt = receipts[0]
        self.seen.add(receipt['id'])
        assert set(receipt['places'].values()) <= {'confirmed', 'not-needed'}, receipt
        client.wait(lambda: not client.objects('Device'), 'the device is no longer ours')
        text = client.call(ROOT, 'Manager.GetReceipt', '(s)', receipt['id'])
        document = verify_certificate(text, self.device_key, self.receipt_key)
        confirmed = {p for p, s in document['receipt']['places'].items() if s['state'] == 'confirmed'}
        assert confirmed >= {'device', 'keyring', 'records'}, confirmed
        assert kind == 'no-account' or 'cloud-account' in confirmed, confirmed
        client.call(ROOT, 'Manager.RevealNextCode', '(s)', receipt['id'])
        self.unit.code = client.read_secret()
        client.call(ROOT, 'Manager.ForgetNextCode', '(s)', receipt['id'])
        self.check_nothing_is_left(text)

    def check_nothing_is_left(self, certificate):
        if self.account:
            status, _ = CloudApi(self.cloud.port, self.account, 'x' * 43).request('GET', '/v1/devices')
            assert status == 401, status
        keyring = Keyring(self.client)
        self.client.wait(lambda: keyring.items() == {}, 'the keyring holds nothing of ours', 10)
        canaries = [NAME.encode(), PASSWORD.encode()] + ([self.account.encode()] if self.account else [])
        raw = {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}
        raw['flash'], raw['certificate'] = self.unit.flash.read_bytes(), certificate.encode()
        for name, data in raw.items():
            for canary in canaries:
                assert canary not in data, f'{canary} in {name}'
        tables = self.session.query_database('SELECT (SELECT count(*) FROM wipes), (SELECT count(*) FROM devices),'
                                             ' (SELECT count(*) FROM readings), (SELECT count(*) FROM ledger)')
        assert tables == [(0, 0, 0, 0)], tables


# --------------------------------------------------------------------- faults
# Each: the power shim's point, and a generator that is run up to before the wipe
# and from after it has been asked for.

def crash(when):
    def act(rig, place, by, step):
        yield
        rig.wait_for_death()
        rig.start_daemon()
    return lambda place, by, step: (f'match-{when}', act)


def down(place, by, step):
    disk = by == 'computer' and place not in KEYRING

    def act(rig, place, by, step):
        yield
        if disk:
            rig.client.wait(rig.power.matched, 'the point')
        else:
            rig.wait_for_stop()
            rig.down(place, by)
            rig.go_on()
        rig.client.pause(1.5)
        if step == 'start':
            assert not rig.new_receipts(), 'a receipt without the other side'
            assert rig.job_step(place) in ('running', 'waiting', 'pending'), rig.job_step(place)
        rig.up(place, by)
    last = place == 'records' and step == 'finish'
    return 'match-broken' if disk else 'match-stop-after' if step == 'start' or last else 'match-stop-before', act


def slow(place, by, step):
    def act(rig, place, by, step):
        yield
        rig.wait_for_stop()
        rig.slow(place, by, rig.go_on)
    return 'match-stop-after' if step == 'start' else 'match-stop-before', act


def full(place, by, step):
    def act(rig, place, by, step):
        yield
        rig.client.wait(rig.power.matched, 'the point')
        rig.client.pause(0.5)
        assert not rig.new_receipts(), 'a receipt on a full disk'
        assert rig.job_step(place) in ('running', 'waiting', 'pending'), rig.job_step(place)
        rig.power.fill_disk(False)
    return 'match-full', act


def lie_of_cloud(place, step, lost):
    def act(rig, place, by, step):
        wanted = b'GET /v1/devices ' if (place, step) == ('cloud-data', 'start') else \
            b'DELETE /v1/devices/' if place == 'cloud-data' else b'DELETE /v1/account'
        forged = http_answer(200, json.dumps({'receipt': forge_jws(rig)}).encode()) if step == 'finish' else \
            http_answer(200, b'{"devices": 7}')
        lie = {'requests': wanted, 'reaches': step == 'finish', 'answer': lambda answer: None if lost else forged}
        rig.cloud.lie = lie
        yield
        rig.client.wait(lambda: lie.get('told'), 'the lie')
    return None, act


def forge_jws(rig):
    """A receipt that says what it should, signed by somebody else."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b'=').decode()
    text = encode(b'{"alg":"ES256"}') + '.' + encode(b'{"kind":"device-deletion","request":"00"}')
    r, s = utils.decode_dss_signature(ec.generate_private_key(ec.SECP256R1()).sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return text + '.' + encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))


def lie_of_device(place, step, lost):
    def act(rig, place, by, step):
        lie = {'asked': 0, 'at': 1 if step == 'start' else 2, 'lost': lost}
        rig.device.lie = lie
        yield
        rig.client.wait(lambda: lie.get('told'), 'the lie')
    return None, act


def lose_of_keyring(place, step):
    """The keyring dies as it is asked, or as it answers."""
    def act(rig, place, by, step):
        yield
        rig.wait_for_stop()
        rig.session.keyring.signal(signal.SIGSTOP)
        rig.go_on()
        rig.client.pause(0.4)
        if step == 'finish':
            rig.session.keyring.signal(signal.SIGCONT)
            time.sleep(random.uniform(0, 0.03))
        rig.session.keyring.kill()
        rig.client.pause(0.3)
        rig.keyring_up()
    return 'match-stop-after', act


def lose_of_disk(place, step):
    """The disk says that it failed: before the write is done, or after."""
    def act(rig, place, by, step):
        yield
        rig.client.wait(rig.power.matched, 'the point')
        rig.client.pause(0.3)
        rig.power.fill_disk(False)
    return 'match-broken' if step == 'start' else 'match-sync', act


def lost(place, by, step):
    if by == 'cloud':
        return lie_of_cloud(place, step, True)
    if by == 'device':
        return lie_of_device(place, step, True)
    return lose_of_keyring(place, step) if place in KEYRING else lose_of_disk(place, step)


def forge_journal(place, step):
    """The computer's own word is in its journal: somebody changes that while the daemon is off."""
    def act(rig, place, by, step):
        yield
        rig.wait_for_death()
        database = sqlite3.connect(rig.folder / 'wattle.db')
        wipe, plan = database.execute('SELECT id, plan FROM wipes').fetchone()
        forged = json.loads(plan)
        forged['places'][place] = {'state': 'done'} if step == 'finish' else {'state': 'over'}
        database.execute('UPDATE wipes SET plan = ?', (json.dumps(forged),))
        database.commit()
        database.close()
        rig.start_daemon()
        rig.client.wait(lambda: 'StoreCorrupt' in [name for name, _ in rig.client.get(ROOT, 'Manager.Problems')],
                        'the daemon says so')
        assert not rig.new_receipts()
        rig.session.daemon.stop()
        database = sqlite3.connect(rig.folder / 'wattle.db')
        database.execute('UPDATE wipes SET plan = ?', (plan,))
        database.commit()
        database.close()
        rig.start_daemon()
    return 'match-after' if step == 'start' else 'match-before', act


def forged(place, by, step):
    if by == 'cloud':
        return lie_of_cloud(place, step, False)
    return lie_of_device(place, step, False) if by == 'device' else forge_journal(place, step)


ACTS = {'crash before': crash('before'), 'crash after': crash('after'), 'other side down': down,
        'other side slow': slow, 'receipt lost': lost, 'receipt forged': forged, 'disk full': full}
assert tuple(ACTS) == FAULTS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--whole', action='store_true')
    parser.add_argument('--only', default='')
    parser.add_argument('--stride', type=int, default=23)
    options = parser.parse_args()
    rig, failed, tried = Rig(), [], 0
    matrix = [(*step, fault) for step in steps(rig.session) for fault in FAULTS]
    if options.only:
        chosen = [c for c in matrix if options.only in ' '.join(c)]
    else:
        chosen = matrix if options.whole else matrix[random.randrange(options.stride)::options.stride]
    for cell in chosen:
        name, began = '{} wipe, {} ({}), {}: {}'.format(*cell), time.monotonic()
        try:
            rig.cell(*cell)
            print(f'ok      {name} ({time.monotonic() - began:.1f} s)', flush=True)
        except Exception as error:  # pylint: disable=broad-except
            print(f'FAILED  {name}: {type(error).__name__}: {error}', flush=True)
            failed.append(name)
            rig.close(False)
            rig = Rig()
        tried += 1
    rig.close(True)
    print(f'{len(matrix)} cells in the matrix ({len(matrix) // len(FAULTS)} steps × {len(FAULTS)} faults), {tried} tried: '
          f'{tried - len(failed)} ended in one proven wipe, {len(failed)} lost or half')
    return 1 if failed or not tried else 0


if __name__ == '__main__':
    sys.exit(main())
