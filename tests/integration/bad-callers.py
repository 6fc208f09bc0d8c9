#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that misbehave on the bus.

Each ends in a named error and a sentence, and in a state that is exactly as
before or exactly as after.
"""

import os
import unittest

from gi.repository import GLib

from wattle_test import DBusError, secret_fd
from wattle_test.case import Case
from wattle_test.client import ROOT


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
