#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A wipe whose device has troubles of its own: away, back, without power in the middle, its answer lost.

Whatever happens, the wipe ends by itself with one receipt that the device has
signed, and the next owner's code opens the device.
"""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import unittest

from wattle_test import DBusError, Keyring, Session
from wattle_test.liars import LinkLiar
from wattle_test.session import ROOT as ROOT_FOLDER

PASSWORD = 'plain tall paddock gumtree'
ROOT = '/org/wattle/Companion'
OWNED_OR_WIPING = 0x03  # flags in an advertisement
POWER_CUT = 86  # exit status of a virtual device that lost its power


class Case(unittest.TestCase):
    def setUp(self):
        self.session = self.enterContext(Session())
        self.session.start_all()
        self.client = self.session.client()
        self.client.register_agent()
        self.unit = self.session.new_unit()
        self.seen = set()

    def switch_on(self, *options):
        self.session.start_device(self.unit, *options)

    def tell(self, line):
        return self.session.tell_device(self.unit, line)

    def own(self):
        device = self.client.set_up(self.unit, PASSWORD)
        self.client.wait(lambda: self.state(device) == 'connected', 'the device is connected')
        self.client.call(ROOT, 'Manager.StopDiscovery')
        return device

    def state(self, device):
        return self.client.get(device, 'Device.State')

    def start_wipe(self, device):
        return self.client.call(device, 'Wipe.Start', '(a{sv})', {})

    def job(self, job, name):
        return self.client.get(job, f'Job.{name}')

    def restart_daemon(self):
        self.session.daemon.kill()
        self.session.start_daemon()
        self.client.register_agent()

    def new_receipts(self):
        return [r for r in self.client.call(ROOT, 'Manager.ListReceipts')
                if r['kind'] == 'wipe' and r['complete'] and r['id'] not in self.seen]

    def finished(self):
        """The receipt; afterwards the unit's code is the fresh one."""
        receipts = self.client.wait(self.new_receipts, 'the receipt')
        self.assertEqual(len(receipts), 1)
        self.seen.add(receipts[0]['id'])
        self.assertEqual(receipts[0]['places']['device'], 'confirmed')
        self.client.wait(lambda: not self.client.objects('Device'), 'the device is no longer ours')
        self.client.call(ROOT, 'Manager.RevealNextCode', '(s)', receipts[0]['id'])
        self.unit.code = self.client.read_secret()
        self.client.call(ROOT, 'Manager.ForgetNextCode', '(s)', receipts[0]['id'])
        return receipts[0]


class Away(Case):
    def test_wiped_when_it_is_back(self):
        self.switch_on()
        device = self.own()
        self.tell('range out')
        self.unit.process.stop()
        self.client.wait(lambda: self.state(device) == 'away', 'the device is away')
        job = self.start_wipe(device)
        self.client.wait(lambda: self.job(job, 'State') == 'waiting', 'the job waits')
        self.assertEqual(self.job(job, 'Error')[0], 'Unreachable')
        self.assertEqual(self.state(device), 'wiping')
        self.client.fails('Busy|NotAllowed', self.client.call, device, 'Device.Connect')
        self.client.fails('Busy|NotAllowed', self.client.call, device, 'Consent.Give', '(s)', 'cloud-history')
        self.restart_daemon()
        self.client.wait(lambda: self.client.objects('Device'), 'the daemon remembers')
        self.assertEqual(self.state(device), 'wiping')
        self.switch_on()
        self.finished()
        self.own()

    def as_in_the_first_version(self):
        """The database as the first version of Wattle would have left it, from the same rows."""
        source = (ROOT_FOLDER / 'daemon/store/schema.c').read_text()
        text = source.split('version_1[] =')[1].split(';\n\n')[0]
        sql = ''.join(re.findall(r'"((?:[^"\\\\]|\\\\.)*)"', re.sub(r'/\*.*?\*/', '', text, flags=re.S)))
        path = self.session.home / 'data/wattle/wattle.db'
        new = sqlite3.connect(f'{path}.old')
        new.executescript(sql)
        new.execute('ATTACH ? AS now', (str(path),))
        for (table,) in new.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall():
            names = ', '.join(c[1] for c in new.execute(f'PRAGMA main.table_info({table})'))
            new.execute(f'INSERT INTO main.{table} ({names}) SELECT {names} FROM now.{table}')
        application, = new.execute('PRAGMA now.application_id').fetchone()
        new.commit()
        new.execute('DETACH now')
        new.execute(f'PRAGMA application_id = {application}')
        new.execute('PRAGMA user_version = 1')
        new.commit()
        new.close()
        for file in path.parent.glob('wattle.db*'):
            if file.suffix != '.old':
                file.unlink()
        os.rename(f'{path}.old', path)

    def test_years_later(self):
        """Many starts, a newer Wattle, no passport file and no cloud any more: wiped on first contact."""
        self.switch_on()
        device = self.own()
        self.unit.process.stop()
        self.client.wait(lambda: self.state(device) == 'away', 'the device is away')
        self.start_wipe(device)
        self.session.cloud.stop()
        self.session.passport.unlink()
        self.session.daemon.stop()
        self.as_in_the_first_version()
        for _ in range(5):
            self.session.start_daemon()
            self.client.wait(lambda: self.client.objects('Device'), 'the daemon remembers')
            self.session.daemon.stop()
        self.session.start_daemon()
        self.client.register_agent()
        self.assertEqual(self.client.get(ROOT, 'Manager.Problems'), [])
        self.switch_on()
        self.finished()

    def test_cancel(self):
        self.switch_on()
        device = self.own()
        self.unit.process.stop()
        self.client.wait(lambda: self.state(device) == 'away', 'the device is away')
        job = self.start_wipe(device)
        self.client.wait(lambda: self.job(job, 'State') == 'waiting', 'the job waits')
        self.assertTrue(self.job(job, 'Cancellable'))
        self.client.call(job, 'Job.Cancel')
        self.assertEqual(self.job(job, 'State'), 'cancelled')
        self.assertEqual(self.state(device), 'away')
        self.switch_on()
        self.client.wait(lambda: self.state(device) == 'connected', 'all is as before')
        self.restart_daemon()
        self.client.wait(lambda: self.client.objects('Device').get(device), 'the daemon remembers')
        self.client.wait(lambda: self.state(device) == 'connected', 'and nothing is wiped')
        self.assertEqual(self.new_receipts(), [])

    def test_reset_by_its_button_and_set_up_again(self):
        """The old entry can still be wiped: the device holds nothing of it any more."""
        self.switch_on()
        old = self.own()
        label = self.unit.code
        self.tell('reset')
        self.client.wait(lambda: 'unowned' in self.tell('state'), 'the device is reset')
        self.unit.code = label
        new = self.client.set_up(self.unit, 'quiet river fern basalt')
        self.client.wait(lambda: self.state(new) == 'connected', 'the device is ours again')
        job = self.start_wipe(old)
        self.client.wait_for_job(job)
        receipt = self.new_receipts()
        self.assertEqual([r['places']['device'] for r in receipt], ['not-needed'])
        self.assertEqual(self.state(new), 'connected')
        self.assertEqual(list(self.client.objects('Device')), [new])


class Lost(Case):
    """The person says that the device is lost: all else goes now, the device when it is found."""

    NAME = 'CANARY-NAME-Quokka'

    def database(self):
        folder = self.session.home / 'data/wattle'
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}

    def assert_only_the_rest_is_left(self, account):
        """Here is nothing but what the device's own wipe needs."""
        for name, data in self.database().items():
            for canary in (self.NAME.encode(), account.encode()):
                self.assertNotIn(canary, data, name)
        keyring = Keyring(self.client)
        kinds = sorted(a['kind'] for a in keyring.items().values())
        self.assertEqual(kinds, ['advert-key', 'certificate-key', 'owner-key'])
        self.assertFalse([label for label in keyring.labels() if self.NAME in label])
        counts = self.session.query_database('SELECT (SELECT count(*) FROM readings), (SELECT count(*) FROM ledger),'
                                             ' (SELECT count(*) FROM log WHERE device <> ""),'
                                             ' (SELECT count(*) FROM receipts WHERE kind <> "wipe")')
        self.assertEqual(counts, [(0, 0, 0, 0)])

    def lose(self):
        """A device with readings and an account is away and declared lost; its job, once only it is left."""
        self.switch_on()
        device = self.client.set_up(self.unit, PASSWORD, {'cloud-history': True}, self.NAME)
        self.client.wait(lambda: self.client.get(device, 'Device.LastReading')[0], 'a reading')
        self.client.wait(lambda: self.client.purposes(device)['cloud-history']['cloud'] == 'confirmed', 'the cloud knows')
        self.account = self.session.query_database('SELECT cloud_account FROM devices')[0][0]
        self.unit.process.stop()
        self.client.wait(lambda: self.state(device) == 'away', 'the device is away')
        job = self.client.call(device, 'Wipe.DeclareLost')
        self.client.wait(lambda: self.job(job, 'Result').get('receipt'), 'all but the device is wiped')
        return device, job

    def test_all_else_goes_now(self):
        device, job = self.lose()
        self.assertEqual(self.job(job, 'State'), 'waiting')
        self.assert_only_the_rest_is_left(self.account)
        self.assertNotIn(self.NAME, repr(self.client.objects('Device')))
        self.assertEqual(json.loads(self.client.call(device, 'Consent.GetRecords')), [])
        receipt, = [r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['kind'] == 'wipe']
        self.assertFalse(receipt['complete'])
        self.assertEqual({p for p, s in receipt['places'].items() if s == 'outstanding'}, {'device', 'keyring', 'records'})
        self.assertEqual({p for p, s in receipt['places'].items() if s == 'confirmed'},
                         {'traces', 'cloud-data', 'cloud-account', 'spare-keys'})
        for _ in range(3):
            self.restart_daemon()
            self.client.wait(lambda: self.client.objects('Device'), 'the daemon remembers')
            self.client.wait(lambda: any(i['Job']['Result'].get('receipt') for i in self.client.objects('Job').values()),
                             'the receipt')
        self.assert_only_the_rest_is_left(self.account)
        self.session.cloud.stop()  # for good
        self.session.passport.unlink()
        # Nothing else is possible before somebody finds it; then it is wiped.
        self.client.fails('Busy|NotAllowed', self.client.call, device, 'Device.GetReadings', '(tu)', 0, 0)
        self.client.fails('Busy|NotAllowed', self.client.call, device, 'Consent.Give', '(s)', 'cloud-history')
        self.switch_on()
        receipt = self.finished()
        self.assertEqual(set(receipt['places'].values()), {'confirmed'})
        self.assertEqual(Keyring(self.client).items(), {})

    def test_by_the_command_line(self):
        """The command comes back when all but the device is wiped, and says what is left to come."""
        self.switch_on()
        device = self.own()
        self.unit.process.stop()
        self.client.wait(lambda: self.state(device) == 'away', 'the device is away')
        self.client.unregister_agent()
        pending = subprocess.Popen([self.session.build / 'cli/wattle', 'wipe', '--lost', '--yes', 'Kitchen'],
                                   env=self.session.env, stdout=subprocess.PIPE, text=True)
        self.client.wait(lambda: pending.poll() is not None, 'the command comes back')
        said = ' '.join(pending.communicate()[0].split())
        self.assertEqual(pending.returncode, 0, said)
        self.assertIn('The device itself is wiped when it is next near this computer', said)
        self.assertIn('On the device: not confirmed yet', said)
        self.client.register_agent()
        self.switch_on()
        self.finished()

    def test_said_in_the_middle_of_a_wipe(self):
        """A wipe waits for a device that is away; then the person says that it is lost."""
        self.switch_on()
        device = self.own()
        self.unit.process.stop()
        self.client.wait(lambda: self.state(device) == 'away', 'the device is away')
        job = self.start_wipe(device)
        self.client.wait(lambda: self.job(job, 'State') == 'waiting', 'the job waits')
        self.assertEqual([s[0] for s in self.job(job, 'Steps')],
                         ['cloud-data', 'cloud-account', 'device', 'keyring', 'records'])
        self.assertEqual(self.client.call(device, 'Wipe.DeclareLost'), job)
        self.client.wait(lambda: self.job(job, 'Result').get('receipt'), 'all but the device is wiped')
        self.assertEqual([s[0] for s in self.job(job, 'Steps')][:2], ['traces', 'cloud-data'])
        self.assertFalse(self.job(job, 'Cancellable'))
        self.switch_on()
        self.assertEqual(self.finished()['places']['cloud-data'], 'not-needed')


class SeenBeforeItsAnswer(Case):
    """The device is wiped and seen as anybody's while its answer is still on the way, or lost on it."""

    def setUp(self):
        super().setUp()
        self.asked = 0  # packets to the device since the wipe began; the second one commits it
        self.armed = self.told = False
        self.hidden = self.session.runtime / 'hidden'
        self.hidden.mkdir(mode=0o700)
        self.session.links.mkdir(parents=True, mode=0o700)
        visible, self.session.links = self.session.links, self.hidden
        self.session.start_device(self.unit)
        self.session.links = visible
        self.liar = LinkLiar(visible, 'device', self.hidden / self.unit.unit_id, self.script).__enter__()
        self.addCleanup(self.liar.close)

    def script(self, direction, number, packet):
        self.asked += self.armed and direction == 'down'
        if self.told or direction != 'up' or self.asked < 2:
            return [packet]
        deadline = time.monotonic() + 10
        while self.liar.advertised[0] & OWNED_OR_WIPING and time.monotonic() < deadline:
            self.liar.follow()
            time.sleep(0.01)
        time.sleep(0.5)  # the companion has seen it
        self.told = True
        return self.answer(packet)

    def wipe(self):
        device = self.own()
        self.armed = True
        self.start_wipe(device)
        self.finished()
        self.assertTrue(self.told)

    def test_forged(self):
        self.answer = lambda packet: [packet[:-1] + bytes([packet[-1] ^ 1])]
        self.wipe()

    def test_lost(self):
        self.answer = lambda packet: None
        self.wipe()

    def test_late(self):
        self.answer = lambda packet: [packet]
        self.wipe()

    def test_lost_among_new_ones(self):
        """Others of its kind in sight: each is tried once, whichever comes first, and can be set up as before."""
        others = [self.session.new_unit() for _ in range(3)]
        self.answer = lambda packet: None
        device = self.own()
        for other in others:
            self.session.start_device(other)
        self.client.call(ROOT, 'Manager.StartDiscovery')
        self.client.wait(lambda: len(self.client.objects('Candidate')) == 3, 'three others')
        self.armed = True
        self.start_wipe(device)
        self.finished()
        self.client.wait(lambda: len(self.client.objects('Candidate')) == 4, 'all of them can be set up')
        for other in others:
            self.assertEqual(self.candidate_of(other), 'must-change-password')

    def candidate_of(self, unit):
        """The state of the one candidate that the label's code opens."""
        for path in self.client.objects('Candidate'):
            try:
                self.client.open(path, unit.code)
                return self.client.get(path, 'Candidate.State')
            except DBusError as error:
                self.assertIn(error.name, ('WrongCode', 'Busy'))  # another's, or opened before
        return None


class PowerCuts(Case):
    def test_without_power_in_the_middle(self):
        """At flash operations all through the wipe; at some the answer is lost, at others the wipe goes on at the start."""
        points, at, whole = 0, 1, False
        while not whole:
            self.switch_on()
            device = self.own()
            self.tell(f'cut {at}')
            self.start_wipe(device)
            self.client.wait(lambda: not self.unit.process.running or self.new_receipts(), 'the cut or the end')
            whole = self.unit.process.running
            if not whole:
                self.assertEqual(self.unit.process.wait(), POWER_CUT, f'cut {at}')
                if at % 2:
                    self.restart_daemon()
                self.switch_on()
                points += 1
            self.finished()
            self.unit.process.stop()
            at += 9
            self.assertLess(at, 2000, 'the wipe does not end')
        self.assertGreater(points, 3)
        print(f'{points} power cuts of the device during its wipe, each ended in one signed receipt', file=sys.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
