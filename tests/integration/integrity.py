#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What runs on a device and what is off with it: the real daemon and a device with images, over its own link."""

import signal
import unittest

from wattle_test import secret_fd
from wattle_test.case import Case, PASSWORD
from wattle_test.client import ROOT
from wattle_test.images import Images
from wattle_test.process import run


class Integrity(Case):
    def setUp(self):
        super().setUp()
        self.images = Images(self.session, self.unit)
        self.first = self.images.hash(self.images.first)
        self.switch_on(self.images.option)
        self.device = self.client.set_up(self.unit, PASSWORD)
        self.wait(lambda: self.get('State') == 'fine', 'the device told what runs')

    def get(self, name):
        return self.client.get(self.device, f'Update.{name}')

    def alerts(self):
        return [alert[0] for alert in self.get('Alerts')]

    def again(self, *options, image=None):
        """Switches the device off and on, with other images or faults."""
        boots = self.get('BootCount')
        self.unit.process.stop()
        if image is not None:
            self.images.put(image)
        self.switch_on(self.images.option, *options)
        self.wait(lambda: self.get('BootCount') > boots, 'the device told again')

    def events(self):
        return [entry[2] for entry in reversed(self.client.call(ROOT, 'Manager.GetLog', '(su)', '', 0))]

    def wattle(self, *arguments, code=0):
        done = run([self.session.build / 'cli/wattle', *arguments], {**self.session.env, 'COLUMNS': '100'},
                   check=code == 0)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def test_normal(self):
        self.assertEqual((self.get('Image'), self.get('AcceptedImage')), (self.first, self.first))
        self.assertEqual((self.alerts(), self.get('CanInstall'), self.get('DebugPort')), ([], True, 'unknown'))
        self.assertEqual(self.get('ResetCause'), 'power')
        self.assertGreater(self.get('Checked'), 0)
        self.assertEqual(self.events().count('image-noted'), 1)
        self.assertEqual(self.client.get(self.device, 'Device.State'), 'connected')
        self.assertEqual(self.client.get(self.device, 'Device.FirmwareVersion'), '1.0.0')
        self.again('--debug-port', 'locked', '--reset-cause', 'watchdog')
        self.assertEqual((self.get('DebugPort'), self.get('ResetCause')), ('locked', 'watchdog'))
        self.assertEqual((self.get('State'), self.alerts()), ('fine', []))
        # It is known without the device, and after a restart.
        self.unit.process.stop()
        self.restart_daemon()
        self.assertEqual((self.get('State'), self.get('Image')), ('fine', self.first))
        self.assertEqual(self.get('ResetCause'), 'watchdog')

    def test_image_changed(self):
        other = self.images.new('1.0.1')
        self.again(image=other)
        self.wait(lambda: self.alerts() == ['image-changed'], 'the change is noticed')
        self.assertEqual(self.get('State'), 'alert')
        self.assertEqual((self.get('Image'), self.get('AcceptedImage')), (self.images.hash(other), self.first))
        self.assertEqual(self.client.get(self.device, 'Device.State'), 'problem')
        self.assertEqual(self.client.get(self.device, 'Device.Problem')[0], 'DeviceAlert')
        self.restart_daemon()
        self.assertEqual(self.alerts(), ['image-changed'])
        self.assertEqual(self.events().count('image-changed'), 1)
        # It measures as before: only the person may know better.
        readings = self.client.collect('Device.Reading')
        self.wait(lambda: readings, 'a reading')

    def test_accept(self):
        other = self.images.new('1.0.1')
        self.again(image=other)
        self.wait(lambda: self.alerts() == ['image-changed'], 'the change is noticed')
        accept = ('Update.AcceptImage', '(s)')
        self.client.fails('NoAgent', self.client.call, self.device, *accept, self.images.hash(other))
        self.client.register_agent(lambda action, details: False)
        self.client.fails('Denied', self.client.call, self.device, *accept, self.images.hash(other))
        self.client.unregister_agent()
        self.client.register_agent()
        for wrong in (self.first, '', 'x' * 100000):
            self.client.fails('NotAllowed', self.client.call, self.device, *accept, wrong)
        self.assertEqual(self.alerts(), ['image-changed'])
        self.client.call(self.device, *accept, self.images.hash(other))
        self.assertEqual(self.client.questions[-1][0], 'accept-image')
        self.assertEqual((self.alerts(), self.get('State')), ([], 'fine'))
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'connected', 'all is well')
        self.restart_daemon()
        self.assertEqual((self.alerts(), self.get('AcceptedImage')), ([], self.images.hash(other)))
        self.assertIn('image-accepted', self.events())
        # The first one is another one now.
        self.again(image=self.images.new('1.0.0'))
        self.wait(lambda: self.alerts() == ['image-changed'], 'going back is noticed, too')

    def test_image_comes_back(self):
        self.again(image=self.images.new('1.0.1'))
        self.wait(lambda: self.alerts() == ['image-changed'], 'the change is noticed')
        self.again(image=self.images.first)
        self.wait(lambda: self.alerts() == [], 'the known one runs again')
        self.assertEqual([e for e in self.events() if e.startswith('image-')],
                         ['image-noted', 'image-changed', 'image-back'])

    def test_altered(self):
        """The device finds out that what runs is not what was signed."""
        self.again('--alter-image')
        self.wait(lambda: self.alerts() == ['unknown-image'], 'the device tells')
        self.assertEqual(self.client.get(self.device, 'Device.Problem')[0], 'DeviceAlert')
        sentence = self.client.fails('DeviceAlert', self.client.call, self.device, 'Device.ChangePassword', '(h)', 0,
                                     fds=[secret_fd('tall plain gumtree paddock')])
        self.assertIn('not what its maker signed', sentence)
        self.client.register_agent()
        self.client.fails('DeviceAlert', self.client.call, self.device, 'Update.AcceptImage', '(s)', self.get('Image'))
        # A decision waits; the session stays.
        self.client.call(self.device, 'Consent.Give', '(s)', 'cloud-history')
        self.client.pause(1)
        self.assertEqual(self.client.purposes(self.device)['cloud-history']['device'], 'outstanding')
        self.client.call(self.device, 'Device.Connect')
        self.again()
        self.wait(lambda: self.alerts() == [], 'it is mended')
        self.wait(lambda: self.client.purposes(self.device)['cloud-history']['device'] == 'confirmed', 'it is delivered')
        events = [e for e in self.events() if e.startswith('alert-')]
        self.assertEqual([e for e in events if e != 'alert-heard'], ['alert-began', 'alert-ended'])

    def test_debug_port(self):
        self.again('--debug-port', 'open')
        self.wait(lambda: self.alerts() == ['debug-port-open'], 'the device tells')
        self.assertEqual((self.get('DebugPort'), self.get('State')), ('open', 'alert'))
        # Not forgotten while the device is away, nor by a restart.
        self.unit.process.stop()
        self.restart_daemon()
        self.assertEqual(self.alerts(), ['debug-port-open'])
        self.assertEqual(self.client.get(self.device, 'Device.State'), 'problem')

    def test_two_alerts_and_a_wipe(self):
        """What is off does not keep anybody from wiping."""
        self.again('--debug-port', 'open', '--alter-image')
        self.wait(lambda: self.alerts() == ['unknown-image', 'debug-port-open'], 'the device tells')
        self.client.register_agent()
        job = self.client.call(self.device, 'Wipe.Start', '(a{sv})', {})
        self.client.wait_for_job(job)
        for table in ('integrity', 'known_images'):
            self.assertEqual(self.session.query_database(f'SELECT count(*) FROM {table}'), [(0,)])

    def test_advertised(self):
        """An advertisement is believed until the device can be asked."""
        self.session.daemon.stop()
        self.unit.process.stop()
        self.switch_on(self.images.option, '--debug-port', 'open')
        advert = self.session.links / f'{self.unit.unit_id}.advert'
        self.wait(lambda: advert.exists() and advert.read_bytes()[0] & 8, 'it says that something is off')
        self.unit.process.signal(signal.SIGSTOP)  # it is heard, and answers nobody
        self.addCleanup(self.unit.process.signal, signal.SIGCONT)
        self.session.start_daemon()
        self.wait(lambda: self.alerts() == ['advertised'], 'it is heard')
        self.assertEqual(self.client.get(self.device, 'Device.State'), 'problem')
        self.unit.process.signal(signal.SIGCONT)
        self.wait(lambda: self.alerts() == ['debug-port-open'], 'the device tells')
        self.assertEqual([e for e in self.events() if e.startswith('alert-')], ['alert-heard', 'alert-began'])

    def test_new_owner_of_a_device_that_is_off(self):
        """A device with something off takes no owner, and says why."""
        unit = self.session.new_unit()
        images = Images(self.session, unit)
        self.session.start_device(unit, images.option, '--debug-port', 'open')
        candidate = self.client.discover()
        self.client.open(candidate, unit.code)
        sentence = self.client.fails('DeviceAlert', self.client.finish_setup, candidate, PASSWORD + ' 2', {}, 'Second')
        self.assertIn('port', sentence)
        self.assertEqual(len(self.client.objects('Device')), 1)


if __name__ == '__main__':
    unittest.main(verbosity=2)
