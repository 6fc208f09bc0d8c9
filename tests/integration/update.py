#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Installing an update: the real daemon, a device with images and a boot loader, over its own link."""

import os
import signal
import subprocess
import unittest

from wattle_test import DBusError
from wattle_test.case import Case, PASSWORD
from wattle_test.client import ROOT
from wattle_test.images import Images
from wattle_test.process import run

POWER_CUT = 86  # the exit status of a virtual device whose power was cut


class Base(Case):
    options = ()

    def setUp(self):
        super().setUp()
        self.images = Images(self.session, self.unit)
        self.first = self.images.hash(self.images.first)
        self.switch_on(self.images.option, *self.options)
        self.device = self.client.set_up(self.unit, PASSWORD, {'cloud-history': True})
        self.wait(lambda: self.get('State') == 'fine', 'the device told what runs')
        self.client.register_agent()

    def get(self, name):
        return self.client.get(self.device, f'Update.{name}')

    def events(self):
        return [entry[2] for entry in reversed(self.client.call(ROOT, 'Manager.GetLog', '(su)', '', 0))]

    def install(self, image):
        fd = image if isinstance(image, int) else os.open(image, os.O_RDONLY)
        return self.client.call(self.device, 'Update.Install', '(ha{sv})', 0, {}, fds=[fd])

    def job(self, job):
        return self.client.objects('Job')[job]['Job']

    def step(self, job):
        return [step[0] for step in self.job(job)['Steps'] if step[2] in ('running', 'waiting')]

    def fails(self, name, job):
        return self.client.fails(name, self.client.wait_for_job, job)

    def assert_runs(self, image, version):
        self.wait(lambda: self.get('Image') == image, 'the image runs')
        self.wait(lambda: self.get('State') == 'fine', 'and all is well')
        self.assertEqual((self.get('AcceptedImage'), self.get('Alerts')), (image, []))
        self.assertEqual(self.client.get(self.device, 'Device.FirmwareVersion'), version)


class Update(Base):
    def test_install(self):
        """The new one runs and stays, and settings, decisions and password are what they were."""
        readings = self.client.collect('Device.Reading')
        self.wait(lambda: readings, 'a reading')
        image = self.images.new('1.1.0', size=60000)
        job = self.install(image)
        self.assertEqual(self.client.questions[-1][0], 'install')
        self.wait(lambda: self.get('State') == 'installing', 'it is being installed')
        self.client.fails('Busy', self.install, image)
        result = self.client.wait_for_job(job)
        self.assertEqual((result['version'], result['image']), ('1.1.0', self.images.hash(image)))
        self.assert_runs(self.images.hash(image), '1.1.0')
        self.assertEqual(self.get('ResetCause'), 'software')
        self.assertEqual([step[2] for step in self.job(job)['Steps']], ['done'] * 4)
        self.assertIn('update-installed', self.events())
        self.assertNotIn('image-changed', self.events())
        # It stays at the next start, too.
        self.unit.process.stop()
        self.switch_on(self.images.option)
        count = len(readings)
        self.wait(lambda: len(readings) > count, 'it measures on')
        self.assert_runs(self.images.hash(image), '1.1.0')
        purposes = self.client.purposes(self.device)
        self.assertEqual((purposes['cloud-history']['state'], purposes['cloud-history']['device']), ('given', 'confirmed'))
        self.assert_opens_with_password()

    def assert_opens_with_password(self):
        """For a computer that has never met it."""
        self.unit.process.stop()
        self.session.daemon.stop()
        for path in (self.session.home / 'data/wattle').glob('wattle.db*'):
            path.unlink()
        self.session.start_daemon()
        self.switch_on(self.images.option)
        self.client.open(self.client.discover('owned'), PASSWORD, 'password')

    def test_by_command(self):
        image = self.images.new('1.1.0')
        out = run([self.session.build / 'cli/wattle', 'update', 'Kitchen', image, '--yes'], self.session.env).stdout
        self.assertIn('runs version 1.1.0 now', out)
        self.assert_runs(self.images.hash(image), '1.1.0')

    def test_twice(self):
        for version in ('1.1.0', '1.1.1', '1.1.1'):
            image = self.images.new(version)
            self.client.wait_for_job(self.install(image))
            self.assert_runs(self.images.hash(image), version)

    def test_refused_files(self):
        """Before anything is sent: the device is not even asked."""
        good = self.images.new('1.1.0')
        data = good.read_bytes()
        other = self.images.new('1.1.0', product=0x00020002)
        old = self.images.new('0.9.0')
        for name, content in {'InvalidArgument': [b'', b'x', b'x' * 100000, data[:-1], data + b'x', data[:5000],
                                                  data[:600] + bytes([data[600] ^ 1]) + data[601:]],
                              'NotAllowed': [other.read_bytes(), old.read_bytes(),
                                             self.images.first.read_bytes()]}.items():
            for text in content:
                path = self.session.dir / 'file'
                path.write_bytes(text)
                self.fails(name, self.install(path))
        self.assert_runs(self.first, '1.0.0')
        self.assertFalse((self.images.folder / 'slot-1.bin').read_bytes().strip(b'\xff'))

    def test_endless_files(self):
        """A file that has no end, and one that is not a file."""
        for path in ('/dev/zero', self.session.dir):
            self.fails('InvalidArgument', self.install(path))
        reading, writing = os.pipe()
        self.fails('InvalidArgument', self.install(reading))
        os.close(writing)
        big = self.session.dir / 'big'
        with open(big, 'wb') as file:
            file.truncate(1 << 40)
        self.fails('InvalidArgument', self.install(big))
        self.client.fails('NoAgent|Denied', self.ask_nobody, self.images.new('1.1.0'))

    def ask_nobody(self, image):
        self.client.unregister_agent()
        self.install(image)

    def test_wrong_signature(self):
        """The boot loader does not start it: the one before is back, and that is no surprise."""
        image = self.images.new('1.1.0', key=self.images.new_key('stranger'))
        sentence = self.fails('Failed', self.install(image))
        self.assertIn('signed', sentence)
        self.assert_runs(self.first, '1.0.0')
        self.assertNotIn('image-changed', self.events())
        self.assertEqual(self.session.query_database("SELECT count(*) FROM known_images WHERE origin = 'offered'"), [(0,)])
        # And a good one is taken afterwards.
        good = self.images.new('1.1.0')
        self.client.wait_for_job(self.install(good))
        self.assert_runs(self.images.hash(good), '1.1.0')

    def test_device_without_images(self):
        unit = self.session.new_unit()
        self.session.start_device(unit)
        device = self.client.set_up(unit, PASSWORD + ' 2', name='Plain')
        self.client.wait(lambda: self.client.get(device, 'Device.State') == 'connected', 'connected')
        self.assertFalse(self.client.get(device, 'Update.CanInstall'))
        self.assertEqual(self.client.get(device, 'Update.State'), 'unknown')
        with self.assertRaises(DBusError) as caught:
            self.client.call(device, 'Update.Install', '(ha{sv})', 0, {},
                             fds=[os.open(self.images.new('1.1.0'), os.O_RDONLY)])
        self.assertEqual(caught.exception.name, 'Version')

    def test_while_something_is_off(self):
        """A device that refuses nearly everything still takes a better image."""
        self.unit.process.stop()
        self.switch_on(self.images.option, '--debug-port', 'open')
        self.wait(lambda: [a[0] for a in self.get('Alerts')] == ['debug-port-open'], 'the device tells')
        image = self.images.new('1.1.0')
        self.client.wait_for_job(self.install(image))
        self.assertEqual((self.get('Image'), self.get('AcceptedImage')), (self.images.hash(image),) * 2)
        self.assertEqual([a[0] for a in self.get('Alerts')], ['debug-port-open'])


class OnTheWay(Base):
    """Over a link of small packets, so that the way takes a while."""

    options = ('--mtu', 20)

    def halfway(self, image):
        """A job that has sent part of the file, to a device that answers no more."""
        job = self.install(image)
        self.wait(lambda: self.job(job)['Progress'] > 0.27, 'part of it is sent')
        self.freeze()
        self.assertEqual(self.step(job), ['send'])
        return job

    def freeze(self):
        self.unit.process.signal(signal.SIGSTOP)
        self.addCleanup(self.thaw)

    def thaw(self):
        if self.unit.process.running:
            self.unit.process.signal(signal.SIGCONT)

    def test_cancelled(self):
        image = self.images.new('1.1.0', size=450000)
        job = self.halfway(image)
        self.client.call(job, 'Job.Cancel')
        self.client.wait_for_job(job, 'cancelled')
        self.thaw()
        self.assert_runs(self.first, '1.0.0')
        self.unit.process.stop()
        self.switch_on(self.images.option)
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'connected', 'connected again')
        self.assert_runs(self.first, '1.0.0')

    def test_cancelled_while_it_waits(self):
        self.unit.process.stop()
        job = self.install(self.images.new('1.1.0'))
        self.client.wait_for_job(job, 'waiting')
        self.client.call(job, 'Job.Cancel')
        self.client.wait_for_job(job, 'cancelled')
        self.assertEqual(self.get('State'), 'fine')

    def test_link_lost(self):
        """The device walks away and comes back: it takes the file up where it has it."""
        self.unit.process.stop()
        self.switch_on(self.images.option, *self.options, '--out-of-range-after', 6000, '--back-after', 5000)
        self.wait(lambda: self.client.get(self.device, 'Device.State') == 'connected', 'connected again')
        image = self.images.new('1.1.0', size=450000)
        job = self.install(image)
        self.client.wait_for_job(job, 'waiting')
        before = self.job(job)['Progress']
        self.assertGreater(before, 0.26)
        self.wait(lambda: self.job(job)['State'] != 'waiting', 'it goes on')
        lowest = before
        while self.job(job)['State'] == 'running' and self.step(job) == ['send']:
            lowest = min(lowest, self.job(job)['Progress'])
        self.assertGreater(lowest, before - 0.002, 'it did not begin anew')
        self.client.wait_for_job(job)
        self.assert_runs(self.images.hash(image), '1.1.0')

    def test_power_cut_while_sending(self):
        image = self.images.new('1.1.0', size=450000)
        job = self.halfway(image)
        self.unit.process.kill()
        self.client.wait_for_job(job, 'waiting')
        self.switch_on(self.images.option)
        self.client.wait_for_job(job)
        self.assert_runs(self.images.hash(image), '1.1.0')

    def test_power_cuts_while_swapping(self):
        """Cut at some operations on the memory for images: the update is finished, or the one before runs."""
        for cut in (40, 75, 90):
            with self.subTest(cut):
                image = self.images.new('1.1.0')
                running = self.get('Image')
                self.unit.process.stop()
                self.switch_on(self.images.option, '--cut-images-at', cut)
                self.wait(lambda: self.client.get(self.device, 'Device.State') == 'connected', 'connected')
                job = self.install(image)
                self.assertEqual(self.unit.process.wait(60), POWER_CUT)
                self.switch_on(self.images.option)
                self.wait(lambda: self.job(job)['State'] in ('done', 'failed'), 'it ends')
                if self.job(job)['State'] == 'done':
                    self.assert_runs(self.images.hash(image), '1.1.0')
                else:
                    self.assert_runs(running, self.client.get(self.device, 'Device.FirmwareVersion'))
                self.assertNotIn('image-changed', self.events())

    def test_daemon_restarted(self):
        """Killed when the device has been told to start with it: it is still no surprise."""
        image = self.images.new('1.1.0')
        self.install(image)
        self.wait(lambda: self.unit.process.log().count('is switched on') == 2, 'the device has started anew')
        self.session.daemon.kill()
        self.session.start_daemon()
        self.assert_runs(self.images.hash(image), '1.1.0')
        self.assertNotIn('image-changed', self.events())

    def test_daemon_stopped(self):
        """Ended in order with part of the file sent: nothing has changed, and it can be begun once more."""
        image = self.images.new('1.1.0', size=450000)
        self.halfway(image)
        self.restart_daemon()
        self.thaw()
        self.assert_runs(self.first, '1.0.0')
        self.client.register_agent()
        self.client.wait_for_job(self.install(image))
        self.assert_runs(self.images.hash(image), '1.1.0')

    def test_wiped_meanwhile(self):
        image = self.images.new('1.1.0', size=450000)
        job = self.halfway(image)
        wipe = self.client.call(self.device, 'Wipe.Start', '(a{sv})', {})
        self.client.wait_for_job(job, 'cancelled')
        self.thaw()
        self.client.wait_for_job(wipe)

    def test_ctrl_c(self):
        image = self.images.new('1.1.0', size=450000)
        command = subprocess.Popen([self.session.build / 'cli/wattle', 'update', 'Kitchen', image, '--yes'],
                                   env=self.session.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.wait(lambda: self.client.objects('Job') and any(
            'update' == j['Job']['Kind'] and j['Job']['Progress'] > 0.27 for j in self.client.objects('Job').values()),
            'part of it is sent')
        self.freeze()
        command.send_signal(signal.SIGINT)
        out = command.communicate(timeout=30)[0]
        self.assertEqual(command.returncode, 130, out)
        self.assertIn('Everything is as it was before', out)
        self.thaw()
        self.assert_runs(self.first, '1.0.0')


if __name__ == '__main__':
    unittest.main(verbosity=2)
