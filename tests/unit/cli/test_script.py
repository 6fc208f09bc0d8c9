#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as a script uses it: options, JSON, exit codes."""

import csv
import io
import json
import os
import pathlib
import re
import stat
import subprocess
import tempfile
import time
import unittest

from gi.repository import GLib
from harness import WATTLE, CliTest
from mock_service import DEVICE, GOOD_CODE, PASSPHRASE, ROOT, Refuse, as_dict

SOURCE = pathlib.Path(__file__).resolve().parents[3]


class WithoutService(CliTest):
    def test_help_teaches(self):
        overview = self.wattle('help').out
        commands = re.findall(r'^([a-z]+) {2,}\w', overview, re.M)
        self.assertGreater(len(commands), 15)
        for command in commands:
            text = self.wattle(command, '--help').out
            self.assertEqual(text, self.wattle('help', command).out)
            self.assertIn(f'Usage: wattle {command}', text)
            self.assertIn('Examples:', text)
        self.wattle('--version')
        self.wattle(code=2)
        self.assertIn('no command', self.wattle('frobnicate', code=2).err)
        self.wattle('list', '--frobnicate', code=2)
        self.wattle('list', 'too', 'much', code=2)

    def test_no_service(self):
        answer = self.wattle('list', '--json', code=13)
        self.assertIn('systemctl --user start wattled', answer.err)
        self.assertEqual(answer.json['error']['name'], 'NoService')
        self.assertEqual(answer.json['error']['exit_code'], 13)
        self.bus.stop()
        self.assertIn('session', self.wattle('list', code=13).err)

    def test_secrets_are_no_arguments(self):
        for arguments in (['setup', 'c1', '--code', GOOD_CODE], ['setup', 'c1', '--password=secret'],
                          ['setup', '1234-567-890'], ['setup', 'WTL:1.00010001.1234567890.GL-1'],
                          ['password', 'Kitchen', '--password', 'secret']):
            answer = self.wattle(*arguments, code=2)
            self.assertIn('command line', answer.err)
            self.assertIn('-file', answer.err)

    def test_manual_matches(self):
        manual = (SOURCE / 'docs/wattle.1').read_text().replace('\\-', '-').replace('\\fB', '').replace('\\fR', '')
        for line in self.wattle('help', 'exit-codes').out.splitlines()[1:]:
            number, meaning = line.split(None, 1)
            self.assertIn(f'.B {number}\n{meaning[0].upper()}{meaning[1:].split(" with")[0]}', manual)
        for command in self.wattle('complete', 'commands').out.split():
            self.assertRegex(manual, rf'(?m)^.*\b{command}\b')
            for option in self.wattle('complete', 'options', command).out.split():
                self.assertIn(option, manual, command)

    def test_completion_is_quiet_without_service(self):
        for what in ('devices', 'purposes', 'receipts', 'candidates', 'nonsense'):
            self.assertEqual(self.wattle('complete', what, 'Kitchen').out, '')

    def test_plain_character_set(self):
        """In an old locale quotes become plain ones, not question marks."""
        answer = self.wattle('frobnicate', code=2, LC_ALL='C')
        self.assertIn('"frobnicate"', answer.err)


class WithService(CliTest):
    def setUp(self):
        super().setUp()
        self.mock = self.service()

    def test_every_error_has_its_exit_code(self):
        self.mock.add_device()
        for name, code in {'Failed': 1, 'InvalidArgument': 2, 'NotFound': 3, 'WrongPassword': 4, 'Locked': 5,
                           'Denied': 6, 'NotAllowed': 6, 'Unreachable': 7, 'TimedOut': 7, 'RadioOff': 7,
                           'KeyringMissing': 8,
                           'KeyringLocked': 8, 'Cloud': 9, 'CloudUnreachable': 9, 'WeakPassword': 10,
                           'NotGenuine': 11, 'Version': 11, 'DeviceAlert': 11, 'StoreCorrupt': 12, 'Tampered': 12, 'Busy': 14}.items():
            self.mock.refuse = {'Connect': Refuse(name, f'Sentence of {name}.')}
            answer = self.wattle('connect', '--json', code=code)
            self.assertIn(f'Sentence of {name}.', answer.err)
            self.assertEqual(answer.json['error']['name'], name)
            self.assertEqual(answer.json['error']['sentence'], f'Sentence of {name}.')

    def test_discover(self):
        answer = self.wattle('discover', '--timeout', '1', '--json', code=3)
        self.assertTrue(answer.out.startswith('[]'))
        self.mock.add_candidate()
        found = self.wattle('discover', '--timeout', '1', '--json').json
        self.assertEqual([c['id'] for c in found], ['c1'])
        self.assertEqual(found[0]['state'], 'unowned')
        self.assertIn('Gumleaf room thermometer (c1): ready to set up, very near',
                      self.wattle('discover', '-t', '1').out)
        self.wattle('discover', '--timeout', '0', code=2)

    def set_up(self, *more, code=0, secret=GOOD_CODE, password=PASSPHRASE):
        return self.wattle('setup', 'c1', '--code-file', self.secret_file(secret), '--password-file', '-', '--json',
                           *more, stdin=password + '\n', code=code)

    def test_setup(self):
        self.mock.add_candidate()
        answer = self.set_up('--allow', 'cloud-history', '--name', 'Kitchen').json
        self.assertEqual(answer['device'], 'd1')
        self.assertEqual(answer['decisions'], {'cloud-history': True, 'product-improvement': False})
        self.assertIn(('Finish', (PASSPHRASE, {'cloud-history': True, 'product-improvement': False},
                                  {'name': 'Kitchen'})), self.mock.calls)
        self.assertNotIn(('Close', ''), self.mock.calls)

    def test_setup_both_secrets_from_standard_input(self):
        self.mock.add_candidate()
        self.wattle('setup', 'c1', '--code-file', '-', '--password-file', '-',
                    stdin=f'1234-567-890\n{PASSPHRASE}\n')
        self.assertIn(('Open', '1234-567-890'), self.mock.calls)
        self.assertIn(('CheckPassword', PASSPHRASE), self.mock.calls)

    def test_setup_join(self):
        self.mock.add_candidate(State=GLib.Variant('s', 'owned'))
        self.wattle('setup', 'c1', '--join', '--password-file', self.secret_file('wrong\n'), code=4)
        self.wattle('setup', 'c1', '--join', '--password-file', self.secret_file(PASSPHRASE))
        self.assertEqual([c[1][0] for c in self.mock.calls if c[0] == 'Finish'], [''])

    def test_setup_refusals(self):
        self.mock.add_candidate()
        self.assertIn('--code-file', self.wattle('setup', 'c1', code=2).err)
        self.assertIn('CANDIDATE', self.wattle('setup', code=2).err)
        self.wattle('setup', 'c9', '--timeout', '1', '--code-file', '-', '--password-file', '-', stdin='1\n2\n', code=3)
        self.wattle('setup', 'c1', '--code-file', '/does/not/exist', '--password-file', '-', code=3)
        self.wattle('setup', 'c1', '--code-file', '-', '--password-file', '-', stdin='', code=2)
        self.wattle('setup', 'c1', '--code-file', '-', '--password-file', '-', stdin='x' * 5000, code=2)
        self.assertEqual([c for c in self.mock.calls if c[0] == 'Open'], [])

        answer = self.set_up(code=4, secret='12345')
        self.assertEqual(answer.json['error']['name'], 'MistypedCode')
        self.assertEqual(self.set_up(code=4, secret='1111111111').json['error']['name'], 'WrongCode')
        self.assertNotIn(('Close', ''), self.mock.calls)

    def test_setup_that_fails_after_opening_closes(self):
        self.mock.add_candidate()
        for more, code, password in ((['--allow', 'nonsense'], 3, PASSPHRASE),
                                     (['--refuse', 'local-readings'], 2, PASSPHRASE),
                                     (['--allow', 'cloud-history', '--refuse', 'cloud-history'], 2, PASSPHRASE),
                                     ([], 10, 'weak')):
            self.mock.calls.clear()
            answer = self.set_up(*more, code=code, password=password)
            self.assertIn(('Close', ''), self.mock.calls, more)
            self.assertEqual([c for c in self.mock.calls if c[0] == 'Finish'], [])
        self.assertIn('Use more words.', answer.json['error']['sentence'])
        self.mock.keyring_locked = 1
        self.assertEqual(self.set_up(code=8).json['error']['name'], 'KeyringLocked')

    def test_setup_locked(self):
        self.mock.add_candidate()
        self.mock.attempts = 1
        answer = self.set_up(code=5, secret='1111111111')
        self.assertIn('1 January 2100', answer.json['error']['sentence'])

    def test_list_and_show(self):
        self.assertIn('wattle setup', self.wattle('list').out)
        self.wattle('show', code=3)
        self.mock.add_device()
        self.mock.add_device(ROOT + '/devices/d2', 'Bed\033[31mroom', 'GL-0002',
                             State=GLib.Variant('s', 'problem'),
                             Problem=GLib.Variant('(ss)', ('Unreachable', 'It does not answer.')),
                             LastReading=GLib.Variant('(tds)', (0, 0.0, '')))
        text = self.wattle('list').out
        self.assertRegex(text, r'Kitchen +connected +21\.5 °C +d1')
        self.assertIn('Bed[31mroom', text)
        devices = {d['id']: d for d in self.wattle('list', '--json').json}
        self.assertEqual(devices['d1']['last_seen'], '2026-11-23T05:00:00Z')
        self.assertIsNone(devices['d2']['last_reading'])
        self.assertEqual(devices['d2']['problem'], 'Unreachable')

        self.wattle('show', code=2)
        self.wattle('show', 'nothing', code=3)
        self.assertEqual(self.wattle('show', 'kit', '--json').json['unit_id'], 'GL-0001')
        text = self.wattle('show', 'gl-0001').out
        self.assertIn('Security updates come until 31 March 2099', text)
        self.assertIn('https://gumleaf.example/security', text)
        self.assertIn('It is not said who repairs the device.', text)

    def test_notice(self):
        self.mock.add_device()
        text = self.wattle('notice').out
        self.assertIn('What it collects', text)
        self.assertNotIn('\007', text)
        self.wattle('notice', '--language', 'de')
        self.wattle('notice', LC_ALL='', LANG='C.UTF-8', LANGUAGE='de_AT.UTF-8')
        self.assertEqual([c[1] for c in self.mock.calls if c[0] == 'GetNotice'], ['', 'de', 'de_AT'])
        self.assertEqual(self.wattle('notice', '--json').json['sections'][1]['title'], 'Who gets it')

    def test_others(self):
        self.mock.add_device()
        text = self.wattle('others', 'Kitchen', 'Our children').out
        self.assertIn(('Set Others', 'Our children'), self.mock.calls)
        self.assertIn('What it collects', text)
        self.assertNotIn('\007', text)
        told = self.wattle('others', 'Kitchen', '--print', 'page.pdf', '--json').json
        self.assertEqual((told['others'], told['file']), ('Our children', 'page.pdf'))
        self.assertTrue((self.dir / 'page.pdf').read_bytes().startswith(b'%PDF-'))
        self.wattle('others', 'Kitchen', '--print', 'page.pdf', code=6)  # it is there
        self.wattle('others', 'Kitchen', 'Guests', '--nobody', code=2)
        self.wattle('others', 'Kitchen', '--nobody')
        self.assertEqual(self.mock.calls[-1], ('Set Others', ''))
        self.mock.refuse = {'GetOthersNotice': Refuse('NotAllowed', 'This device is being wiped.')}
        self.wattle('others', code=6)

    def alert(self, *alerts):
        self.mock.in_loop(lambda: self.mock.change(DEVICE, 'Update', State='alert', Image='cd' * 32, Alerts=list(alerts)))

    def test_update(self):
        self.wattle('update', 'Kitchen', code=3)
        self.assertIn('no device yet', self.wattle('update').out)
        self.mock.add_device()
        self.assertIn('as it should be', self.wattle('update').out)
        self.assertEqual([d['image'] for d in self.wattle('update', '--json').json], ['ab' * 32])
        text = self.wattle('update', 'Kitchen').out
        for words in ('Software: 1.0.0', 'the power came on', 'locked', 'erased 12 times of 10000', 'ab' * 32,
                      'it takes them from you'):
            self.assertIn(words, text)
        self.assertNotIn('--accept', text)
        self.assertIn('nothing to accept', self.wattle('update', 'Kitchen', '--accept').out)
        self.assertIn('Nothing stands in the way', self.wattle('status').out)
        self.wattle('update', 'Kitchen', 'x', 'y', code=2)
        self.wattle('update', 'Kitchen', 'x', '--accept', code=2)

    def test_update_alerts(self):
        self.mock.add_device()
        self.alert(('image-changed', 'Other software runs.'), ('memory-worn', 'Worn\033[2J out.'))
        text = self.wattle('update', 'Kitchen').out
        for words in ('something is wrong', 'Attention: Other software runs.', 'ab' * 32, 'cd' * 32,
                      "wattle update 'Kitchen' --accept"):
            self.assertIn(words, text)
        self.assertNotIn('\033', text)
        told = self.wattle('update', 'Kitchen', '--json').json
        self.assertEqual([a['id'] for a in told['alerts']], ['image-changed', 'memory-worn'])
        self.assertEqual((told['image'], told['flash_cycles'], told['can_install']), ('cd' * 32, 10000, True))
        problems = self.wattle('status', '--json').json['problems']
        self.assertEqual([(p['name'], p['device']) for p in problems], [('DeviceAlert', 'Kitchen')] * 2)
        self.assertIn('Kitchen: Other software runs.', self.wattle('status').out)

    def test_update_accept(self):
        self.mock.add_device()
        self.alert(('image-changed', 'Other software runs.'))
        self.wattle('update', 'Kitchen', '--accept', code=6)  # nobody to ask
        self.assertNotIn(('AcceptImage', 'cd' * 32), self.mock.calls)
        self.mock.refuse = {'AcceptImage': Refuse('DeviceAlert', 'It is not what its maker signed.')}
        self.wattle('update', 'Kitchen', '--accept', '--yes', code=11)
        self.mock.refuse = {}
        self.wattle('update', 'Kitchen', '--accept', '--yes')
        self.assertEqual(self.mock.calls[-1], ('AcceptImage', 'cd' * 32))
        self.assertIn(('accept-image', 'allowed'), self.mock.calls)

    def test_update_install(self):
        self.mock.add_device()
        image = self.dir / 'image.bin'
        self.wattle('update', 'Kitchen', image, code=3)
        image.write_bytes(b'an image')
        self.wattle('update', 'Kitchen', image, code=6)  # nobody to ask
        self.assertNotIn(('Install', b'an image'), self.mock.calls)
        answer = self.wattle('update', 'Kitchen', image, '--yes')
        self.assertIn(('Install', b'an image'), self.mock.calls)
        self.assertIn(('install', 'allowed'), self.mock.calls)
        self.assertIn('runs version 1.2.0 now', answer.out)
        self.assertIn('done: Step prove.', answer.out)
        told = self.wattle('update', 'Kitchen', image, '--yes', '--json').json
        self.assertEqual((told['version'], told['image']), ('1.2.0', 'cd' * 32))
        self.mock.refuse = {'Install': Refuse('Busy', 'Software is being installed on the device.')}
        self.wattle('update', 'Kitchen', image, '--yes', code=14)

    def test_consent(self):
        self.mock.add_device()
        text = self.wattle('consent').out
        self.assertRegex(text, r'Readings at home +needed to work')
        self.assertIn("manufacturer's cloud has not confirmed", text)
        self.assertNotIn('dpv', text.lower())
        states = {p['id']: p for p in self.wattle('consent', 'list', 'Kitchen', '--json').json}
        self.assertEqual(states['cloud-history']['state'], 'refused')
        self.assertEqual(states['product-improvement']['cloud'], 'outstanding')
        self.assertEqual([states[p]['consent_days'] for p in ('cloud-history', 'product-improvement')], [0, 90])

        given = self.wattle('consent', 'give', 'Kitchen', 'cloud-history', '--json').json
        self.assertEqual((given['state'], given['cloud']), ('given', 'confirmed'))
        text = self.wattle('consent', 'withdraw', 'kitchen', 'Readings away').out
        self.assertIn('you took it back', text)
        self.assertIn('have confirmed it', text)
        text = self.wattle('consent', 'withdraw', 'Kitchen', 'cloud-history', '--no-wait').out
        self.assertIn('has not confirmed', text)

        self.assertIn('you said no', self.wattle('consent', 'refuse', 'Kitchen', 'cloud-history').out)
        self.wattle('consent', 'give', 'Kitchen', 'cloud-history', '--until', '2999-12-30')
        until = next(c[1] for c in self.mock.calls if c[0] == 'until')
        self.assertEqual(time.strftime('%F %T', time.localtime(until)), '2999-12-31 00:00:00')
        for day in ('2001-01-01', 'tomorrow', '', '2999-02-31'):
            self.wattle('consent', 'give', 'Kitchen', 'cloud-history', '--until', day, code=2)
        self.assertEqual(self.wattle('consent', 'export').json, {'format': 'wattle-ledger-1'})

        self.wattle('consent', 'give', 'Kitchen', 'nonsense', code=3)
        self.wattle('consent', 'give', 'Kitchen', code=2)
        self.wattle('consent', 'frobnicate', 'Kitchen', code=2)
        self.assertEqual(self.wattle('consent', 'records').json, [{'number': 1}])
        self.assertEqual(self.wattle('consent', 'verify', '--json').json, {'records': 7, 'intact': True})
        self.mock.refuse = {'VerifyLedger': Refuse('Tampered', 'Record 3 was changed.')}
        self.wattle('consent', 'verify', code=12)

    def test_consent_states(self):
        """Each of the six is told in words, and what the person can do about it."""
        self.mock.add_device()
        purpose = next(p for p in self.mock.purposes if p['id'] == 'cloud-history')
        for state, words in {'not-asked': 'not asked yet: off', 'given': 'you said yes', 'refused': 'you said no',
                             'withdrawn': 'you took it back', 'expired': 'your yes has ended: off',
                             'outdated': 'the notice changed: off'}.items():
            purpose.update(state=state, device='confirmed', cloud='confirmed', since=1795400000,
                           until=1895400000 if state == 'given' else 0)
            self.mock.change(DEVICE, 'Consent', Purposes=[as_dict(p) for p in self.mock.purposes])
            text = self.wattle('consent').out
            self.assertIn(words, text)
            self.assertEqual('until you say yes again' in text, state == 'expired')
            self.assertEqual('your yes ends by itself on' in text, state == 'given')
            self.assertEqual('until you decide again' in ' '.join(text.split()), state == 'outdated')

    def test_verify_files(self):
        """Without any service: a file that is no receipt is refused, whatever it is."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, content in {'empty': b'', 'object': b'{}', 'list': b'[]', 'words': b'Dear diary', 'bytes': b'\xff\0',
                              'deep': b'[' * 100000, 'kind': b'{"format":"wattle-ledger-1"}'}.items():
            path = folder / f'{name}.json'
            path.write_bytes(content)
            self.wattle('consent', 'verify', str(path), code=12)
        self.wattle('consent', 'verify', str(folder / 'missing.json'), code=12)
        self.wattle('consent', 'verify', str(folder), code=12)
        receipt = self.wattle('receipts', 'show', '3f', '--json').out
        path = folder / 'receipt.json'
        path.write_text(receipt)
        self.assertIn('Genuine and unchanged', self.wattle('consent', 'verify', str(path)).out)
        self.assertEqual(self.wattle('consent', 'verify', str(path), '--json').json['removed'], {'computer': 3})
        path.write_text(receipt.replace('65537', '65538'))
        self.wattle('consent', 'verify', str(path), code=11)

    def test_readings(self):
        self.mock.add_device()
        rows = list(csv.reader(io.StringIO(self.wattle('readings', '--csv', LC_ALL='C').out)))
        self.assertEqual(rows[0], ['sequence', 'time', 'value (°C)'])
        self.assertEqual(len(rows), 2501)
        self.assertEqual(rows[1], ['1', '2026-11-23T02:13:21Z', '20.1'])
        self.assertEqual([int(r[0]) for r in rows[1:]], list(range(1, 2501)))
        document = self.wattle('readings', '--json', '--after', '2400').json
        self.assertEqual((document['unit'], len(document['readings'])), ('°C', 100))
        self.assertEqual(len(self.wattle('readings', '--last', '3').out.splitlines()), 3)
        self.assertEqual(len(self.wattle('readings').out.splitlines()), 20)
        self.wattle('readings', '--csv', '--json', code=2)

    def test_readings_follow(self):
        self.mock.add_device()
        with subprocess.Popen([WATTLE, 'readings', '--follow', '--json', '--last', '1'], env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            self.assertEqual(json.loads(child.stdout.readline())['sequence'], 2500)
            self.mock.send_reading(2500, 1.0)  # known already
            self.mock.send_reading(2501, -3.25)
            self.assertEqual(json.loads(child.stdout.readline()),
                             {'sequence': 2501, 'time': '2026-11-23T05:00:00Z', 'value': -3.25})
            child.send_signal(2)
            child.wait(20)
            self.assertEqual(child.returncode, 0)

    def test_small_ones(self):
        self.mock.add_device()
        self.wattle('rename', 'Kitchen', 'Küche im Süden')
        self.assertIn(('Set Name', 'Küche im Süden'), self.mock.calls)
        self.wattle('rename', 'd1', code=2)
        self.wattle('connect')
        self.wattle('disconnect', 'd1')
        self.assertIn(('Connect', DEVICE), self.mock.calls)
        self.assertIn(('Disconnect', DEVICE), self.mock.calls)
        lines = self.wattle('log').out.splitlines()
        self.assertIn('Kitchen was set up.', lines[0])
        self.assertEqual(len(self.wattle('log', 'd1', '--last', '1', '--json').json), 1)

    def test_password(self):
        self.mock.add_device()
        self.wattle('password', code=2)
        self.wattle('password', '--password-file', self.secret_file('short'), code=10)
        self.wattle('password', '--password-file', '-', stdin='long enough this time\r\nrest')
        self.assertIn(('ChangePassword', 'long enough this time'), self.mock.calls)

    def test_export(self):
        self.mock.add_device()
        self.wattle('export', '--output', 'out.tar', code=6)
        self.assertEqual(list(self.dir.glob('*.tar*')), [])
        answer = self.wattle('export', '--output', 'out.tar', '--yes', '--json').json
        self.assertEqual(answer, {'file': 'out.tar'})
        self.assertEqual((self.dir / 'out.tar').read_bytes(), b'a tar archive')
        self.assertEqual(stat.S_IMODE(os.stat(self.dir / 'out.tar').st_mode), 0o600)
        self.wattle('export', '--output', 'out.tar', '--yes', code=6)
        self.wattle('export', '--output', 'out.tar', '--yes', '--force')
        self.wattle('export', '--output', '/does/not/exist.tar', '--yes', code=12)
        self.mock.refuse = {'Export': Refuse('CloudUnreachable', 'The cloud is away.')}
        self.wattle('export', '--output', 'other.tar', '--yes', code=9)
        self.assertEqual([p.name for p in self.dir.glob('*.tar*')], ['out.tar'])

    def test_support(self):
        self.assertEqual(self.wattle('support', '--json').json, [])
        self.mock.add_device()
        self.assertRegex(self.wattle('support').out, r'Kitchen +has ended +1 November 2026')
        page, = self.wattle('support', '--json').json
        self.assertEqual((page['name'], page['stage'], page['days']), ('Kitchen', 'ended', -22))
        self.assertEqual(page, self.wattle('support', 'Kitchen', '--json').json)
        self.assertEqual((page['dispose'], page['replace']), (['Wipe it.', 'Recycle it.'], []))
        text = self.wattle('support', 'Kitchen').out
        for part in ('Nobody repairs it.', 'Holes stay open.', 'What stops working:', '  The cloud.', '  Recycle it.',
                     '  wattle support \'Kitchen\' --stop-cloud', '  wattle wipe \'Kitchen\'', 'reminded again on 30 Nov'):
            self.assertIn(part, text)
        self.assertNotIn('If you replace it', text, 'nothing to say')
        self.wattle('support', 'Kitchen', '--stop-cloud')
        self.assertIn(('Set RelayToCloud', False), self.mock.calls)
        self.assertFalse(self.wattle('support', 'Kitchen', '--json').json['relays_to_cloud'])
        self.assertIn('--resume-cloud', self.wattle('support', 'Kitchen').out)
        self.wattle('support', 'Kitchen', '--resume-cloud')
        self.assertEqual(self.mock.calls[-1], ('Set RelayToCloud', True))
        self.assertIn('30 November 2026', self.wattle('support', 'Kitchen', '--snooze', '7').out)
        self.assertEqual(self.mock.calls[-1], ('Snooze', 7))
        self.wattle('support', 'Kitchen', '--snooze', '91', code=2)
        self.wattle('support', 'Kitchen', '--snooze', '-1', code=2)
        self.wattle('support', 'Kitchen', '--snooze', '5', '--stop-cloud', code=2)
        self.wattle('support', 'Kettle', code=3)

    def test_support_calendar(self):
        self.mock.add_device()
        calendar = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n'
        self.wattle('support', 'Kitchen', '--calendar', 'k.ics')
        self.assertEqual((self.dir / 'k.ics').read_bytes(), calendar.encode())
        self.wattle('support', '--calendar', 'k.ics', code=6)
        self.wattle('support', '--calendar', 'k.ics', '--force')
        self.wattle('support', '--calendar', '/does/not/exist.ics', code=12)
        self.assertEqual(self.wattle('support', '--calendar', '-').out, calendar.replace('\r\n', '\n'))
        self.mock.refuse = {'GetSupportCalendar': Refuse('NotFound', 'There is no date.')}
        self.wattle('support', '--calendar', 'l.ics', code=3)
        self.assertFalse((self.dir / 'l.ics').exists())

    def test_wipe(self):
        self.mock.add_device()
        self.wattle('wipe', '--yes', code=2)
        plan = self.wattle('wipe', 'Kitchen', '--plan', '--json').json
        self.assertEqual(list(plan['places']), ['cloud-data', 'cloud-account', 'device', 'keyring', 'records'])
        self.assertEqual(len(plan['remains']), 1)
        self.assertIn('--yes', self.wattle('wipe', 'Kitchen', code=6).err)
        self.wattle('wipe', 'Kitchen', '--cancel', code=3)
        self.assertNotIn(('wipe', 'allowed'), self.mock.calls)

        answer = self.wattle('wipe', 'Kitchen', '--yes', '--json').json
        self.assertEqual((answer['id'], answer['complete']), ('3f2a00', True))
        self.assertEqual(answer['places']['cloud-account'], 'not-needed')
        self.assertNotIn(('reveal-next-code', 'allowed'), self.mock.calls)

    def test_wipe_that_waits(self):
        self.mock.add_device()
        self.mock.wipe_waits = True
        answer = self.wattle('wipe', 'Kitchen', '--yes', '--wait', '1', code=7)
        self.assertIn('out of reach', answer.out)
        self.assertIn('goes on', answer.err)
        self.assertNotIn('Cancel', [c[0] for c in self.mock.calls])
        # the same command meets the same wipe
        with subprocess.Popen([WATTLE, 'wipe', 'Kitchen', '--yes'], env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            self.assertIn('waiting', child.stdout.readline())
            self.mock.release(self.mock.job)
            child.communicate(timeout=20)
            self.assertEqual(child.returncode, 0)
        self.assertEqual([c for c in self.mock.calls if c[0] == 'wipe'], [('wipe', 'allowed')])

    def test_give_up_cloud(self):
        self.mock.add_device()
        self.mock.wipe_waits = True
        self.wattle('wipe', 'Kitchen', '--yes', '--wait', '1', code=7)
        self.wattle('wipe', 'Kitchen', '--give-up-cloud', code=6)  # nobody to ask
        self.assertNotIn('GiveUpCloud', [c[0] for c in self.mock.calls])
        self.mock.refuse = {'GiveUpCloud': Refuse('Busy', 'Wattle has hardly asked the cloud yet.')}
        self.wattle('wipe', 'Kitchen', '--give-up-cloud', '--yes', code=14)
        self.mock.refuse = {}
        self.wattle('wipe', 'Kitchen', '--give-up-cloud', '--yes')
        self.assertIn(('give-up-cloud', 'allowed'), self.mock.calls)

    def test_wipe_cancelled(self):
        self.mock.add_device()
        self.mock.wipe_waits = True
        self.wattle('wipe', 'Kitchen', '--yes', '--wait', '1', code=7)
        self.assertIn('Nothing was wiped', self.wattle('wipe', 'Kitchen', '--cancel').out)
        self.assertIn(('Cancel', self.mock.job), self.mock.calls)

    def test_receipts(self):
        self.assertRegex(self.wattle('receipts').out, r'Kitchen +wipe +yes +3f2a00')
        self.assertEqual([r['complete'] for r in self.wattle('receipts', '--json').json], [True, False])
        shown = self.wattle('receipts', 'show', '3f').out
        self.assertIn('On the device: confirmed', shown)
        self.assertIn('On this computer: 3 entries deleted', shown)
        self.assertEqual(self.wattle('receipts', 'show', '3f', '--json').json['format'], 'wattle-wipe-receipt-1')
        self.wattle('receipts', 'show', code=2)
        self.wattle('receipts', 'show', 'ff', code=3)
        self.wattle('receipts', 'frobnicate', code=2)
        self.wattle('receipts', 'next-code', '3f', code=6)
        self.assertEqual(self.wattle('receipts', 'next-code', '3f', '--yes', '--json').json['code'], '9876543210')
        self.assertIn('9876-543-210', self.wattle('receipts', 'next-code', '3f', '--yes').out)
        self.wattle('receipts', 'forget-code', '3f', code=6)
        self.wattle('receipts', 'forget-code', '3f', '--yes')
        self.assertEqual([c for c in self.mock.calls if c[0] == 'ForgetNextCode'], [('ForgetNextCode', '3f2a00')])

    def test_status(self):
        self.mock.add_device()
        self.assertIn('Nothing stands in the way', self.wattle('status').out)
        self.mock.in_loop(lambda: self.mock.change(ROOT, 'Manager', Problems=[('KeyringLocked', 'Unlock it.')]))
        self.assertIn('Unlock it.', self.wattle('problems').out)
        status = self.wattle('status', '--json').json
        self.assertEqual((status['version'], status['devices']), ('9.8.7', 1))
        self.assertEqual(status['problems'], [{'name': 'KeyringLocked', 'sentence': 'Unlock it.', 'device': None}])

    def test_service_that_dies(self):
        self.mock.add_device()
        self.mock.wipe_waits = True
        with subprocess.Popen([WATTLE, 'wipe', 'Kitchen', '--yes'], env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            deadline = time.monotonic() + 20
            while not getattr(self.mock, 'job', None) and time.monotonic() < deadline:
                time.sleep(0.02)
            time.sleep(0.3)
            self.mock.in_loop(lambda: self.mock.bus.close_sync(None))
            _out, err = child.communicate(timeout=20)
            self.assertEqual(child.returncode, 13, err)

    def test_completion(self):
        self.mock.add_device()
        self.mock.add_candidate()
        self.assertEqual(self.wattle('complete', 'devices').out, 'Kitchen\n')
        self.assertEqual(self.wattle('complete', 'purposes', 'Kitchen').out, 'cloud-history\nproduct-improvement\n')
        self.assertEqual(self.wattle('complete', 'receipts').out, '3f2a00\n77bb00\n')
        self.assertEqual(self.wattle('complete', 'candidates').out, 'c1\n')

    def complete(self, *words):
        """What Tab offers for the last word."""
        script = f'''. {SOURCE}/cli/completion/wattle
COMP_WORDS=({' '.join(f'"{w}"' for w in words)}) COMP_CWORD={len(words) - 1}
_wattle; printf '%s\\n' "${{COMPREPLY[@]}}"'''
        env = {**self.env, 'PATH': f'{os.path.dirname(WATTLE)}:{self.env["PATH"]}'}
        result = subprocess.run(['bash', '-c', script], env=env, text=True, check=True, stdout=subprocess.PIPE)
        return result.stdout.split('\n')[:-1]

    def test_bash_completion(self):
        self.mock.add_device(name='Küche im Süden')
        self.assertEqual(self.complete('wattle', 'rec'), ['receipts'])
        self.assertEqual(self.complete('wattle', 'consent', 'w'), ['withdraw'])
        self.assertEqual(self.complete('wattle', 'consent', 'give', 'd1', 'c'), ['cloud-history'])
        self.assertEqual(self.complete('wattle', 'receipts', 'show', '3'), ['3f2a00'])
        self.assertIn('--code-file', self.complete('wattle', 'setup', '--co'))
        self.assertEqual(len(self.complete('wattle', 'wipe', 'k')), 1)


if __name__ == '__main__':
    unittest.main()
