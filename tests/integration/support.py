#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""End of support: warnings once each, across restarts, and the switch that keeps everything at home.

Daemon, keyring, cloud and device are the real ones and the clock is left alone:
passports end at days counted from today.
"""

import calendar
import contextlib
import datetime
import json
import socket
import sqlite3
import threading
import time
import unittest

import icalendar
from gi.repository import GLib

from wattle_test import CloudApi, Desktop, Keyring, Session
from wattle_test.client import ROOT
from wattle_test.session import THERMOMETER

PASSWORD = 'plain tall paddock gumtree'
HOSTILE = 'Kit<b>chen</b> & "co"; a,b\\n'


def months_from_now(months, days=0):
    """The end date whose mark of so many months was @days days ago."""
    today = datetime.date.today() - datetime.timedelta(days=days)
    index = today.year * 12 + today.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(today.day, last))


class Case(unittest.TestCase):
    def setUp(self):
        self.session = self.enterContext(Session())
        self.session.start_bus()
        self.session.start_keyring()
        self.session.start_cloud()
        self.client = self.session.client()
        self.desktop = Desktop(self.client)

    def passport(self, name, end=None):
        """Another product's passport, with that end of support; None leaves it out."""
        passport = json.loads(self.session.passport.read_text())
        passport['product']['number'] += self.session.units + 1
        passport['compliance'].pop('support_end', None)
        if end is None:
            del passport['support']['end']
        else:
            passport['support']['start'] = '2015-01-01'
            passport['support']['end'] = end.isoformat()
        path = self.session.passport.with_name(f'{name}.json')
        path.write_text(json.dumps(passport))
        return path, passport['product']['number']

    def set_up(self, name, end=None, decisions=None):
        path, product = self.passport(f'p{self.session.units}', end)
        unit = self.session.new_unit(product, path)
        self.session.start_device(unit)
        device = self.client.set_up(unit, f'{PASSWORD} {unit.unit_id}', decisions, name)
        self.client.wait(lambda: self.client.get(device, 'Device.State') == 'connected', 'the device is connected')
        return device, unit

    def support(self, device, language=''):
        return self.client.call(device, 'Device.GetSupport', '(s)', language)

    def told(self, count, pause=1):
        """@count notifications, and no more a while later."""
        self.client.wait(lambda: len(self.desktop.shown) >= count, f'{count} notifications')
        self.client.pause(pause)
        self.assertEqual(len(self.desktop.shown), count, self.desktop.shown)
        return self.desktop.shown[-1]

    def restart(self, kill=False):
        (self.session.daemon.kill if kill else self.session.daemon.stop)()
        self.session.start_daemon()
        self.client.pause(3)  # it looks two seconds after its start


class Warnings(Case):
    def test_once_each(self):
        """A warning comes once, whatever restarts; the stage is on the device's page."""
        self.desktop.start()
        self.session.start_daemon()
        device, _ = self.set_up(HOSTILE, months_from_now(3, 2))
        shown = self.told(1)
        self.assertEqual(shown['summary'], f'{HOSTILE}: support ends within 3 months')
        end = months_from_now(3, 2)
        self.assertIn(f'{end.day} {end:%B} {end.year}', shown['body'])
        self.assertEqual((shown['hints']['urgency'], shown['timeout']), (1, 0))
        self.assertEqual(self.client.get(device, 'Device.SupportStage'), '3-months')
        for kill in (False, True):
            self.restart(kill)
            self.told(1)
        page = self.support(device)
        self.assertEqual((page['end'], page['stage']), (end.isoformat(), '3-months'))
        self.assertEqual(page['days'], (end - datetime.date.today()).days)
        self.assertAlmostEqual(page['told'], time.time(), delta=60)
        events = [e[2] for e in self.client.call(ROOT, 'Manager.GetLog', '(su)', '', 0)]
        self.assertEqual(events.count('support-warning'), 1)

    def test_nothing_to_tell(self):
        self.desktop.start()
        self.session.start_daemon()
        far, _ = self.set_up('Far', months_from_now(12, -2))
        unknown, _ = self.set_up('Unknown')
        self.client.pause(3)
        self.assertEqual(self.desktop.shown, [])
        self.assertEqual(self.support(far)['stage'], 'going-on')
        self.assertEqual(self.support(unknown)['stage'], 'not-stated')
        self.assertAlmostEqual(self.support(far)['next-warning'], time.time() + 2 * 86400, delta=86400)
        self.assertEqual(self.support(unknown)['next-warning'], 0)
        self.client.fails('NotAllowed', self.client.call, far, 'Device.SnoozeSupportWarning', '(u)', 3)
        self.client.fails('NotFound', self.client.call, unknown, 'Device.GetSupportCalendar', '(s)', '')

    def test_no_desktop_yet(self):
        """The warning waits for a desktop, is not lost by a restart, and one that refuses it is not pestered."""
        self.session.start_daemon()
        self.set_up('Old', datetime.date.today() - datetime.timedelta(days=400))
        self.set_up('Soon', months_from_now(6, 1))
        self.client.pause(3)
        self.restart(kill=True)
        self.desktop.refuses = True
        self.desktop.start()
        self.client.pause(2)
        self.desktop.stop()
        self.desktop.refuses = False
        self.client.pause(0.5)
        self.desktop.start()
        self.told(2)
        self.assertEqual({s['summary'] for s in self.desktop.shown},
                         {'Old: support has ended', 'Soon: support ends within 6 months'})
        self.assertEqual({s['summary'][:3]: s['hints']['urgency'] for s in self.desktop.shown}, {'Old': 2, 'Soo': 1})
        self.restart()
        self.told(2)

    def test_later_date_is_told_anew(self):
        """What was told was told of one date."""
        self.desktop.start()
        self.session.start_daemon()
        device, _ = self.set_up('Moved', months_from_now(1, 1))
        self.told(1)
        self.session.daemon.stop()
        rows = self.session.query_database('SELECT end_date, stage FROM support_told')
        self.assertEqual(rows, [(months_from_now(1, 1).isoformat(), '1-month')])
        self.edit_database('UPDATE support_told SET end_date = ?', '2020-01-01')
        self.session.start_daemon()
        self.told(2)
        self.assertEqual(self.client.get(device, 'Device.SupportStage'), '1-month')

    def test_actions(self):
        self.session.start_daemon()
        device, _ = self.set_up('Kitchen', months_from_now(1, 1))
        identity = self.client.get(device, 'Device.Id')
        self.desktop.start_app(self.session.home / 'data/dbus-1/services')
        self.desktop.start()
        shown = self.told(1)
        self.assertEqual(shown['actions'], {'default': 'Open', 'snooze': 'Remind me in a week'})
        self.desktop.emit('ActionInvoked', '(us)', 4711, 'default')  # another program's notification
        self.desktop.emit('ActivationToken', '(us)', shown['id'], 'token-1')
        self.desktop.emit('ActionInvoked', '(us)', shown['id'], 'default')
        self.client.wait(lambda: self.desktop.opened, 'the app is opened')
        action, parameters, platform = self.desktop.opened[0]
        self.assertEqual((action, parameters, platform['activation-token']), ('show-device', [identity], 'token-1'))
        self.desktop.choose(shown['id'], 'snooze')
        self.client.wait(lambda: self.support(device)['snoozed-until'], 'the warning is put off')
        self.assertAlmostEqual(self.support(device)['snoozed-until'], time.time() + 7 * 86400, delta=60)
        self.desktop.choose(shown['id'], 'default')
        self.client.pause(0.5)
        self.assertEqual(len(self.desktop.opened), 1, 'it was closed')

    def test_without_app_or_markup(self):
        self.desktop.capabilities = ['actions', 'body']
        self.desktop.start()
        self.session.start_daemon()
        self.set_up('Kitchen', months_from_now(1, 1))
        shown = self.told(1)
        self.assertEqual(set(shown['actions']), {'snooze'}, 'nothing to open')
        self.assertNotIn('&', shown['body'])

    def test_snooze_survives(self):
        """A snooze is kept, and when it is over the warning comes once more, even if the computer was off."""
        self.desktop.start()
        self.session.start_daemon()
        device, _ = self.set_up('Kitchen', datetime.date.today() - datetime.timedelta(days=30))
        self.told(1)
        for days in (0, 91, 4000000000):
            self.client.fails('InvalidArgument', self.client.call, device, 'Device.SnoozeSupportWarning', '(u)', days)
        until = self.client.call(device, 'Device.SnoozeSupportWarning', '(u)', 5)
        self.assertAlmostEqual(until, time.time() + 5 * 86400, delta=60)
        self.restart()
        self.told(1)
        self.assertEqual(self.support(device)['snoozed-until'], until)
        self.session.daemon.stop()
        self.edit_database('UPDATE support SET snoozed_until = ?', int(time.time()) + 6)
        self.session.start_daemon()
        self.client.pause(3.5)
        self.told(1, 0)
        self.told(2)
        self.assertEqual(self.support(device)['snoozed-until'], 0)
        self.restart()
        self.told(2)

    def edit_database(self, query, *arguments):
        """As if time had passed: the daemon is not running."""
        with contextlib.closing(sqlite3.connect(self.session.home / 'data/wattle/wattle.db')) as database, database:
            database.execute(query, arguments)

    def test_wiped_device_says_nothing(self):
        self.desktop.start()
        self.session.start_daemon()
        device, _ = self.set_up('Kitchen', months_from_now(1, 1))
        shown = self.told(1)
        self.client.register_agent()
        job = self.client.call(device, 'Wipe.Start', '(a{sv})', {})
        self.client.wait_for_job(job)
        self.client.wait(lambda: self.desktop.closed == [shown['id']], 'the notification with its name goes, too')
        self.assertEqual(self.session.query_database('SELECT count(*) FROM support_told'), [(0,)])


class Page(Case):
    def test_page(self):
        self.session.start_daemon()
        device, _ = self.set_up('Kitchen', datetime.date.today() - datetime.timedelta(days=30))
        passport = json.loads(THERMOMETER.read_text())
        page = self.support(device, 'en')
        self.assertEqual((page['stage'], page['days']), ('ended', -30))
        self.assertIn('does not fix security problems any more', page['sentence'])
        self.assertIn('stay open', page['risk'])
        self.assertIn(passport['stops']['after_support']['en'], page['stops'])
        self.assertIn(passport['support']['after']['en'], page['isolate'])
        self.assertTrue(any('stop sending to the cloud' in line for line in page['isolate']))
        self.assertTrue(any('care@gumleaf.example' in line for line in page['replace']))
        self.assertIn('Wipe it first', page['dispose'][0])
        self.assertIn(passport['disposal']['en'], page['dispose'])
        self.assertTrue(page['relays'])

    def test_calendar(self):
        """Another implementation of RFC 5545 reads what we write."""
        self.session.start_daemon()
        end = months_from_now(3, 2)
        # icalendar 4 takes an escaped backslash and an n for a line break.
        name = HOSTILE.replace('\\n', '\\x') + 'ü€𝄞' * 3
        device, _ = self.set_up(name, end)
        text = self.client.call(device, 'Device.GetSupportCalendar', '(s)', 'en')
        for line in text.encode().split(b'\r\n'):
            self.assertLessEqual(len(line), 75)
            self.assertNotIn(b'\n', line)
            line.decode()  # no letter is torn apart
        event, = icalendar.Calendar.from_ical(text).walk('VEVENT')
        self.assertEqual(event['SUMMARY'], f'{name}: last day of support')
        self.assertEqual((event.decoded('DTSTART'), event.decoded('DTEND')), (end, end + datetime.timedelta(days=1)))
        self.assertEqual(event['UID'], self.client.get(device, 'Device.Id') + '-support@wattle')
        self.assertIn('stay open', event['DESCRIPTION'])
        alarms = [alarm.decoded('TRIGGER') for alarm in event.walk('VALARM')]
        self.assertEqual(len(alarms), 3, 'one month, the last day and the day after; the others are past')
        self.assertEqual([a.hour for a in alarms], [9] * 3)
        self.assertEqual(alarms[1].date(), end)
        self.assertTrue(all(alarm['DESCRIPTION'].startswith(name) for alarm in event.walk('VALARM')))


class Listener:
    """Where the cloud was: takes connections and counts them."""

    def __init__(self, port):
        self.count = 0
        self.socket = socket.create_server(('127.0.0.1', port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.count += 1
                connection.close()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Switch(Case):
    """"Stop sending to the cloud": against the real cloud, then against a socket that counts every connection."""

    def setUp(self):
        super().setUp()
        self.session.start_daemon()
        self.readings = self.client.collect('Device.Reading')
        self.device, self.unit = self.set_up('Kitchen', datetime.date.today() - datetime.timedelta(days=30),
                                             {'cloud-history': True})
        self.client.wait(lambda: self.client.get(self.device, 'Device.Cloud') == 'active', 'the cloud is active')
        self.account = self.session.query_database('SELECT cloud_account FROM devices')[0][0]
        self.client.wait(lambda: len(self.cloud_readings()) >= 2, 'readings in the cloud')

    def cloud_readings(self):
        keyring = Keyring(self.client)
        item = next(i for i, a in keyring.items().items() if a.get('kind') == 'cloud-secret')
        api = CloudApi(self.session.cloud_port, self.account, keyring.secret(item).decode())
        return api.readings(self.unit.unit_id)[1]

    def relay(self, on):
        self.client.set(self.device, 'Device.RelayToCloud', GLib.Variant('b', on))

    def live(self, readings=4):
        count = len(self.readings)
        self.client.wait(lambda: len(self.readings) >= count + readings, 'the device goes on measuring')

    def test_nothing_leaves(self):
        self.relay(False)
        self.assertEqual(self.client.get(self.device, 'Device.Cloud'), 'stopped')
        self.assertFalse(self.client.get(self.device, 'Device.RelayToCloud'))
        self.client.pause(0.5)  # what the cloud was taking in
        before = self.cloud_readings()
        self.live()
        self.assertEqual(self.cloud_readings(), before)
        self.session.cloud.stop()
        listener = Listener(self.session.cloud_port)
        self.live()
        self.restart(kill=True)
        self.client.wait(lambda: self.client.get(self.device, 'Device.State') == 'connected', 'connected again')
        self.assertFalse(self.client.get(self.device, 'Device.RelayToCloud'), 'it is kept')
        self.live()
        # Not even a decision, nor an export that the person asks for.
        self.client.call(self.device, 'Consent.Withdraw', '(s)', 'cloud-history')
        self.client.call(self.device, 'Consent.Give', '(s)', 'product-improvement')
        self.client.pause(2)
        self.assertEqual(self.client.purposes(self.device)['cloud-history']['state'], 'withdrawn')
        self.assertEqual(self.client.purposes(self.device)['cloud-history']['cloud'], 'outstanding')
        self.assertEqual(listener.count, 0)
        # The listener would have heard it.
        self.relay(True)
        self.client.wait(lambda: listener.count > 0, 'now it tries')
        listener.close()
        self.session.start_cloud()
        self.restart()
        self.client.wait(lambda: self.client.purposes(self.device)['cloud-history']['cloud'] == 'confirmed',
                         'what waited is delivered')
        self.assertEqual(self.cloud_readings(), [])

    def test_wipe_gets_through(self):
        self.relay(False)
        self.client.register_agent()
        job = self.client.call(self.device, 'Wipe.Start', '(a{sv})', {})
        self.client.fails('Busy|NotAllowed', self.client.set, self.device, 'Device.RelayToCloud',
                          GLib.Variant('b', True))
        receipt = self.client.wait_for_job(job)['receipt']
        places = next(r for r in self.client.call(ROOT, 'Manager.ListReceipts') if r['id'] == receipt)['places']
        self.assertEqual((places['cloud-data'], places['cloud-account']), ('confirmed', 'confirmed'))

    def test_log_says_so(self):
        self.relay(False)
        self.relay(False)
        self.relay(True)
        events = [e[2] for e in self.client.call(ROOT, 'Manager.GetLog', '(su)', '', 0)]
        self.assertEqual((events.count('cloud-stopped'), events.count('cloud-resumed')), (1, 1))


if __name__ == '__main__':
    unittest.main(verbosity=2)
