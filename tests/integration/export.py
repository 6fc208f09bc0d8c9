#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing is left out: what every store holds is planted or read there, and found again in the archive."""

import base64
import contextlib
import csv
import fcntl
import hashlib
import html.parser
import io
import json
import os
import pathlib
import sqlite3
import subprocess
import tarfile
import unittest
import urllib.parse

from gi.repository import GLib

from wattle_test import CloudApi, Keyring, Session

FIRST_NAME = '=SUM(1) <script>alert("x")</script> & é'
NAME = '=<img src=x onerror=alert(1)> "Küche" &amp; co'
PASSWORD = 'plain tall paddock gumtree'
CANARIES = {  # by table, what a daemon that is not running finds when it starts
    'settings': "INSERT INTO settings (name, value) VALUES ('canary-settings-name', 'canary-settings-value')",
    'log': "INSERT INTO log (time, device, event, sentence) VALUES (1, :device, 'canary-log-event', "
           "'+canary-log-sentence, \"quoted\"\nsecond line')",
    'log of no device': "INSERT INTO log (time, device, event, sentence) VALUES (1, '', 'started', 'canary-log-nobody')",
    'receipts': "INSERT INTO receipts VALUES ('ca', 'consent', :device, 'canary-receipt-name', 1, 1, '{}', "
                "'{\"canary\":\"canary-receipt-json\"}')",
    'support_told': "INSERT INTO support_told VALUES (:device, 'canary-support-end', 'ended', 1)",
    'sent': "INSERT INTO sent VALUES (:device, 'canary-sent-purpose', 1)",
    'devices': "UPDATE devices SET firmware_version = 'canary-firmware'",
}
VOLATILE = {'devices': {'last_seen', 'firmware_version'}, 'sent': {'sequence'}}  # while the device goes on measuring


class Page(html.parser.HTMLParser):
    """What a browser makes of index.html."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.text, self.attributes, self.headers = [], [], '', {}, 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        if tag == 'html':
            self.attributes = attributes
        if tag == 'a':
            self.links.append(urllib.parse.unquote(attributes['href']))
        self.headers += tag == 'th' and attributes.get('scope') == 'col'
        for name in attributes:
            assert not name.startswith('on') and name not in ('src', 'srcset'), (tag, name)

    def handle_data(self, data):
        self.text += data


class Case(unittest.TestCase):
    def setUp(self):
        self.session = self.enterContext(Session())
        self.session.start_all()
        self.client = self.session.client()
        self.keyring = Keyring(self.client)
        self.unit = self.session.new_unit()
        self.session.start_device(self.unit)
        self.device = self.client.set_up(self.unit, PASSWORD, {'cloud-history': True}, FIRST_NAME)
        self.id = self.client.get(self.device, 'Device.Id')
        self.wait(lambda: self.client.get(self.device, 'Device.Cloud') == 'active', 'the cloud is active')
        self.client.register_agent()

    def wait(self, condition, what, timeout=None):
        return self.client.wait(condition, what, timeout)

    def begin(self, fd):
        return self.client.call(self.device, 'Device.Export', '(ha{sv})', 0, {}, fds=[fd])

    def export(self, name='export.tar'):
        """The folder that the archive holds."""
        path = self.session.dir / name
        self.client.wait_for_job(self.begin(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)))
        folder = self.session.dir / f'{name}-unpacked'
        with tarfile.open(path) as archive:
            for member in archive:
                self.assertTrue(member.name.startswith('wattle-export/'), member.name)
                self.assertTrue(member.isfile())
                self.assertNotIn('..', pathlib.PurePath(member.name).parts)
                self.assertEqual(member.mode, 0o600)
            archive.extractall(folder)
        return folder / 'wattle-export'

    @staticmethod
    def csv(path):
        return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline='')))

    def cloud_readings(self):
        account = self.session.query_database('SELECT cloud_account FROM devices')[0][0]
        item = next(i for i, a in self.keyring.items().items() if a.get('kind') == 'cloud-secret')
        return CloudApi(self.session.cloud_port, account, self.keyring.secret(item).decode()).readings(
            self.unit.unit_id)[1]


class Complete(Case):
    def plant(self):
        self.client.set(self.device, 'Device.Name', GLib.Variant('s', NAME))
        self.session.daemon.stop()
        with contextlib.closing(sqlite3.connect(self.session.home / 'data/wattle/wattle.db')) as database, database:
            for statement in CANARIES.values():
                database.execute(statement, {'device': self.id} if ':device' in statement else {})
        self.session.start_daemon()
        self.client.register_agent()
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'connected', 'the device is connected')
        self.wait(lambda: len(self.cloud_readings()) >= 3, 'readings in the cloud')

    def database(self):
        """Table to its rows as dictionaries, from a copy."""
        tables = [t for t, in self.session.query_database(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {table: [dict(zip([c for _, c, *_ in self.session.query_database(f'PRAGMA table_info({table})')], row))
                        for row in self.session.query_database(f'SELECT * FROM {table}')] for table in tables}

    def test_everything_is_there(self):
        self.plant()
        cloud, labels = self.cloud_readings(), self.keyring.labels()
        folder = self.export()
        files = {str(p.relative_to(folder)): p for p in folder.rglob('*') if p.is_file()}
        everything = '\n'.join(p.read_text() for p in files.values())
        self.check_sums(folder, files)
        self.check_database(files)
        for canary in ('canary-settings-name', 'canary-settings-value', 'canary-log-event', 'canary-log-sentence',
                       'canary-log-nobody', 'canary-receipt-name', 'canary-receipt-json', 'canary-support-end',
                       'canary-sent-purpose', self.unit.unit_id):
            self.assertIn(canary, everything)
        # The device's memory, and what was fetched from it.
        here = {int(r['sequence']): r for r in self.csv(files['readings.csv'])}
        device = {int(r['sequence']): r for r in self.csv(files['device-readings.csv'])}
        info, = json.loads(files['device-info.json'].read_text())
        self.assertGreater(len(here), 3)
        self.assertEqual({s for s in here if info['readings_first'] <= s <= info['readings_last']} - set(device), set())
        self.assertEqual(here[max(here)]['value'], device[max(here)]['value'])
        self.assertEqual([str(r['sequence']) for r in json.loads(files['readings.json'].read_text())],
                         [r['sequence'] for r in self.csv(files['readings.csv'])])
        # The cloud, both as it came and as a table.
        table = {int(r['sequence']): int(r['value']) for r in self.csv(files['cloud-readings.csv'])}
        self.assertEqual({r['sequence']: r['value'] for r in cloud}.items() - table.items(), set())
        self.assertEqual({r['unit'] for r in self.csv(files['cloud-devices.csv'])}, {self.unit.unit_id})
        raw = json.loads(files['cloud.json'].read_text())['devices'][0]['readings']['cloud-history']
        self.assertEqual({r['sequence']: r['value'] for r in raw}, table)
        # The keyring's labels, and nothing that they are for.
        self.assertEqual(sorted(r['label'].removeprefix("'") for r in self.csv(files['keyring.csv'])), sorted(labels))
        for secret in self.keyring.secrets():
            for form in (secret.hex(), base64.b64encode(secret).decode(), base64.urlsafe_b64encode(secret).decode()):
                self.assertNotIn(form.rstrip('='), everything)
        self.assertNotIn(PASSWORD, everything)

    def check_sums(self, folder, files):
        result = subprocess.run(['sha256sum', '--strict', '-c', 'SHA256SUMS'], cwd=folder, text=True, check=False,
                                capture_output=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        named = {line.split('  ', 1)[1] for line in files['SHA256SUMS'].read_text().splitlines()}
        self.assertEqual(named, set(files) - {'SHA256SUMS'})
        self.assertEqual(hashlib.sha256(files['passport.json'].read_bytes()).hexdigest(),
                         hashlib.sha256(self.session.passport.read_bytes()).hexdigest())

    def check_database(self, files):
        """Every cell of every row of every table there is, in JSON and in CSV."""
        cells = 0
        for table, rows in self.database().items():
            if table == 'readings':
                continue
            plain = json.loads(files[f'records/{table}.json'].read_text())
            sheet = self.csv(files[f'records/{table}.csv'])
            self.assertEqual(len(plain), len(sheet))
            volatile = VOLATILE.get(table, set())
            for row in rows:
                if table == 'log' and row['event'] == 'exported':
                    continue  # written when the archive was
                values = {k: v.hex() if isinstance(v, bytes) else v for k, v in row.items() if k not in volatile}
                self.assertTrue(any(values.items() <= found.items() for found in plain), (table, row))
                texts = {k: '' if v is None else str(v) for k, v in values.items()}
                self.assertTrue(any(all(found[k].removeprefix("'") == v for k, v in texts.items()) for found in sheet),
                                (table, row))
                cells += len(row)
        self.assertGreater(cells, 100)

    def test_page(self):
        self.client.set(self.device, 'Device.Name', GLib.Variant('s', NAME))
        folder = self.export()
        text = (folder / 'index.html').read_text()
        page = Page(text)
        self.assertEqual((page.attributes['lang'], page.attributes['dir']), ('en', 'ltr'))
        self.assertEqual(page.tags.count('h1'), 1)
        self.assertFalse({'script', 'img', 'link', 'iframe', 'form', 'object'} & set(page.tags))
        self.assertIn(f'Everything held about {NAME}', page.text)
        self.assertEqual(page.tags.count('th'), page.headers, 'each heading says what it is of')
        here = {str(p.relative_to(folder)) for p in folder.rglob('*') if p.is_file()}
        self.assertEqual(set(page.links), here - {'index.html', 'SHA256SUMS'}, 'each file is one click away')
        for part in ('care@gumleaf.example', 'wattle rename', 'sha256sum -c', 'You said yes.', self.unit.unit_id,
                     'The maker fixes security problems until'):
            self.assertIn(part, page.text)
        self.assertNotIn('What is missing', page.text)
        for line in page.text.splitlines():
            self.assertNotIn('%s', line)

    def test_formulas(self):
        """A spreadsheet must not run what a name says."""
        self.client.set(self.device, 'Device.Name', GLib.Variant('s', NAME))
        folder = self.export()
        self.assertEqual(self.csv(folder / 'device.csv')[0]['name'], "'" + NAME)
        self.assertEqual(json.loads((folder / 'device.json').read_text())[0]['name'], NAME)


class Incomplete(Case):
    def missing(self, folder, *names):
        page = Page((folder / 'index.html').read_text())
        self.assertIn('What is missing', page.text)
        for name in names:
            self.assertFalse((folder / name).exists(), name)
        return page.text

    def test_cloud_stopped(self):
        self.client.set(self.device, 'Device.RelayToCloud', GLib.Variant('b', False))
        text = self.missing(self.export(), 'cloud.json', 'cloud-readings.csv')
        self.assertIn('stopped sending to the cloud', text)

    def test_device_away(self):
        self.unit.process.stop()
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'away', 'the device is away')
        folder = self.export()
        self.missing(folder, 'device-info.json', 'device-readings.csv')
        self.assertTrue((folder / 'readings.csv').exists())

    def test_cancel(self):
        """A reader that takes nothing holds up nobody, and the export can be cancelled."""
        reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        job = self.begin(writer)
        steps = lambda: {s[0]: s[2] for s in self.client.get(job, 'Job.Steps')}  # noqa: E731
        self.wait(lambda: steps()['write'] == 'running', 'it is being written')
        progress = self.client.get(job, 'Job.Progress')
        self.assertTrue(0 < progress < 1, progress)
        self.client.call(job, 'Job.Cancel')
        self.wait(lambda: self.client.get(job, 'Job.State') == 'cancelled', 'cancelled')
        os.close(reader)
        events = [e[2] for e in self.client.call('/org/wattle/Companion', 'Manager.GetLog', '(su)', '', 0)]
        self.assertNotIn('exported', events)
        self.export()


if __name__ == '__main__':
    unittest.main(verbosity=2)
