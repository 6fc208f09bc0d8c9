# SPDX-License-Identifier: Apache-2.0
"""What happens seldom in a life with a device: tried once in each language."""

import re
import signal
import tarfile

from gi.repository import Gio, GLib

from journey import CARD, Journey
from wattle_test import DBusError, Power
from wattle_test.client import NAME, PREFIX, ROOT, XML
from wattle_test.fake_bluez import FakeBluez, Radio
from wattle_test.images import Images


class OldService:
    """A service of an older version, and the part of systemd that ends it."""

    def __init__(self, address):
        flags = Gio.DBusConnectionFlags
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
        self.restarted = None
        systemd = Gio.DBusNodeInfo.new_for_xml(
            '<node><interface name="org.freedesktop.systemd1.Manager"><method name="RestartUnit">'
            '<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="o" direction="out"/>'
            '</method></interface></node>')
        objects = Gio.DBusNodeInfo.new_for_xml(
            '<node><interface name="org.freedesktop.DBus.ObjectManager"><method name="GetManagedObjects">'
            '<arg type="a{oa{sa{sv}}}" direction="out"/></method></interface></node>')
        manager = Gio.DBusNodeInfo.new_for_xml(XML.read_text())
        self._serve('/org/freedesktop/systemd1', systemd.interfaces[0], self._restart)
        self._serve(ROOT, objects.interfaces[0],
                    lambda invocation, *_: invocation.return_value(GLib.Variant('(a{oa{sa{sv}}})', ({},))))
        self._serve(ROOT, manager.lookup_interface(PREFIX + 'Manager'), lambda invocation, *_: invocation.return_value(None))
        for name in ('org.freedesktop.systemd1', NAME):
            self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                               GLib.Variant('(su)', (name, 0)), None, Gio.DBusCallFlags.NONE, -1, None)

    def _serve(self, path, interface, answer):
        properties = {'Version': GLib.Variant('s', '0.0.9'), 'Discovering': GLib.Variant('b', False),
                      'Problems': GLib.Variant('a(ss)', [])}
        self.bus.register_object(path, interface, lambda *call: answer(call[6], *call[5].unpack()),
                                 lambda *get: properties[get[4]], None)

    def _restart(self, invocation, unit, _mode):
        self.restarted = unit
        invocation.return_value(GLib.Variant('(o)', ('/org/freedesktop/systemd1/job/1',)))


class Seldom(Journey):
    """With the device of the journeys before."""

    # ----------------------------------------------------------------- password

    def changes(self):
        return [event for _, _, event, _ in self.client.call(ROOT, 'Manager.GetLog', '(su)', '', 0)
                if event == 'password-changed']

    def to_new_password(self):
        self.app.press_key('Change the device password', 'list item')
        self.app.has_focus('Use this password (best)')
        suggested = re.compile(r'^(\w+ ){4}\w+$')
        self.wait(lambda: suggested.match(self.app.focus().description), 'one is made up, and told where the keyboard is')

    def test_30_another_password(self):
        """As at set-up: one that is made up comes first, one's own is judged."""
        self.open_device()
        self.app.press_key('Your household', 'list item')
        self.to_new_password()
        self.app.shoot('new-password', self.styles)
        self.app.screen.key('Down')
        self.app.has_focus('Your password for the device', 'password')
        self.app.screen.type('password1')
        self.app.wait_for(containing=self.tr('very weak: guessed at once'), role='status')
        self.assertFalse(self.app.find(self.tr('Change password'), 'button').has('sensitive'))
        self.app.shoot('new-password-weak')
        self.app.screen.key('ctrl+a')
        self.app.screen.type('another tall paddock gumtree')
        self.can_press('Change password')
        self.assertEqual(self.app.wait_for(role='meter').value(), 5)
        self.app.screen.key('Return')
        self.wait(self.changes, 'the device has it')
        self.app.sees('The device has its new password. The old one opens nothing any more.')
        self.app.has_focus('Change the device password', 'list item')
        self.to_new_password()
        self.app.press_key('Copy', 'button')
        toast = self.app.wait_for(self.tr('Copied. Paste it into your password manager.'))
        self.assertLess(toast.extents()[1] + toast.extents()[3], self.app.find(self.tr('Change password'), 'button').extents()[1],
                        'what is said does not cover the button')
        self.app.press_key('Change password', 'button')
        self.wait(lambda: len(self.changes()) == 2, 'the device has the one that was made up')

    def test_31_another_program_asks_before_the_app_runs(self):
        """The bus starts it, for the question alone."""
        self.app.close()
        with self.assertRaisesRegex(DBusError, '^NoAgent'):  # it is not installed
            self.client.finish(self.begin(), 5)
        self.session.install_app()
        call, closed = self.begin(), self.app
        Journey.app = self.session.app_of_bus()
        self.sees_question()
        self.app.screen.key('Return')
        with self.assertRaisesRegex(DBusError, '^Denied'):
            self.client.finish(call)
        self.wait(lambda: not self.app.process.running, 'its window closes, and it ends')
        Journey.app = closed.start()

    # ----------------------------------------------------------------- software

    def restart_device(self, images, state):
        self.unit.process.stop()
        self.session.start_device(self.unit, images.option)
        self.wait(lambda: self.client.get(self.device(), 'Update.State') == state, f'its software is {state}', 60)

    def test_38_other_software(self):
        """Home says so first, the device's page leads to why, and only who means it accepts it."""
        images = type(self).images = Images(self.session, self.unit)
        self.restart_device(images, 'fine')
        self.unit.process.stop()
        images.put(images.new('1.0.1'))
        self.restart_device(images, 'alert')
        (_, sentence), = self.client.get(self.device(), 'Update.Alerts')
        self.go_home()
        self.wait(lambda: sentence in self.card(), 'home says so')
        self.app.shoot('home-alert')
        self.open_device()
        self.app.press_key(sentence, 'list item')
        self.app.sees('What is wrong', 'What the device tells of itself')
        self.app.shoot('device-updates-alert', self.styles)
        self.app.press_key('Accept…', 'button')
        self.app.has_focus('Cancel', 'button')
        self.app.shoot('device-updates-accept')
        self.app.screen.key('Return')
        self.app.has_focus('Accept…', 'button')
        self.assertEqual(self.client.get(self.device(), 'Update.State'), 'alert')
        self.app.screen.key('Return')
        self.app.press_key('Accept', 'button')
        self.wait(lambda: self.client.get(self.device(), 'Update.State') == 'fine', 'it is accepted')
        self.app.wait_for_none(self.tr('Accept…'), 'button')
        self.go_home()
        self.wait(lambda: sentence not in self.card(), 'home knows')

    def test_39_installs(self):
        """A file is chosen, the person is asked, and what came of it is said; Enter at once installs nothing."""
        images = type(self).images
        bad, good = self.session.home / 'bad.bin', self.session.home / 'good.bin'
        bad.write_bytes(b'no software')
        good.write_bytes(images.new('1.1.0').read_bytes())
        self.open_device()
        self.app.press_key('Updates', 'list item')
        self.install(good, meant=False)
        self.assertNotIn('update', [job['Job']['Kind'] for job in self.client.objects('Job').values()])
        self.install(bad)
        self.app.sees('This file is no software for a device, or it is damaged. Get it once more.')
        self.can_press('Choose…')
        self.install(good)
        self.wait(lambda: self.client.get(self.device(), 'Update.Image') == images.hash(good), 'it is installed', 120)
        self.app.wait_for(containing='1.1.0')
        self.can_press('Choose…')
        self.app.shoot('device-updates-installed')
        self.go_home()

    def install(self, path, meant=True):
        self.app.press_key('Choose…', 'button')
        self.app.choose_file(path)
        self.app.has_focus('Cancel', 'button')
        if not meant:
            self.app.shoot('device-updates-install')
            self.app.screen.key('Return')
            self.app.has_focus('Choose…', 'button')
        else:
            self.app.press_key('Install', 'button')

    # ------------------------------------------------------------------ trouble

    def test_32_cloud_does_not_answer(self):
        self.client.call(self.device(), 'Consent.Give', '(s)', 'cloud-history')
        self.wait(lambda: self.client.get(self.device(), 'Device.Cloud') == 'active', 'the cloud gets readings')
        self.session.cloud.stop()
        self.go_home()
        attention = self.tr("The maker's cloud does not answer. Nothing is lost: Wattle tries again by itself.")
        self.wait(lambda: attention in self.card(), 'home says so')
        self.app.shoot('home-cloud-away')
        self.open_device()
        self.app.wait_for(containing=attention)
        self.session.start_cloud()
        self.app.wait_for_none(containing=attention)

    def test_36_copy_of_all_data(self):
        """To a folder that takes nothing, and then to one that does."""
        path = self.session.home / 'copy.tar'
        self.open_device()
        self.app.press_key('Save…', 'button')
        self.app.choose_file('/sys/copy.tar')  # which is closed to root, too
        self.app.wait_for(self.tr('Not saved'), 'dialog')
        self.app.sees('You may not write to that folder. Choose another one.')
        self.app.has_focus('Another place…', 'button')
        self.app.screen.key('Return')
        self.app.choose_file(path)
        self.app.wait_for(containing=self.tr('Everything is in “%s”. Only you can read that file; keep it safe.') % path.name)
        self.assertTrue(tarfile.is_tarfile(path))
        self.assertEqual([file.name for file in path.parent.glob('copy*')], [path.name])

    def test_37_a_suggestion_that_comes_late(self):
        """While the one that was shown is on its way, it stays the one that is shown, and can be copied."""
        self.open_device()
        self.app.press_key('Your household', 'list item')
        self.to_new_password()
        shown, before = self.app.focus().description, len(self.changes())
        self.unit.process.signal(signal.SIGSTOP)
        self.session.daemon.signal(signal.SIGSTOP)
        self.app.press_key('Another one', 'button')
        self.app.press_key('Change password', 'button')
        self.app.sees('Telling the device…')
        self.session.daemon.signal(signal.SIGCONT)
        self.client.call(self.device(), 'Device.SuggestPassphrase')  # it answers this after the app
        self.app.shoot('new-password-sending')
        self.assertEqual(self.app.find(self.tr('Use this password (best)')).description, shown)
        self.assertTrue(self.app.find(self.tr('Copy'), 'button').has('sensitive'))
        self.unit.process.signal(signal.SIGCONT)
        self.wait(lambda: len(self.changes()) > before, 'the device has it')
    def test_33_disk_full(self):
        self.session.daemon.stop()
        power = Power(self.session, self.session.home / 'data/wattle')
        self.session.start_daemon(extra_env=power.environment())
        self.go_home()
        self.app.wait_for(CARD, 'cell')
        power.fill_disk()
        sentence = ('Wattle could not save its records because the disk is full. Nothing was lost. Free some space and '
                    'try again.')
        self.app.sees(sentence)
        self.wait(lambda: self.client.get(self.device(), 'Device.State') == 'problem', 'the device has it, too')
        self.wait(lambda: self.tr('has a problem').casefold() in self.card().casefold(), 'its card says so')
        self.assertNotIn(self.tr(sentence), self.card(), 'told once')
        self.app.wait_for(self.tr('Try again'), 'button')
        self.app.shoot('trouble-disk', self.styles)
        power.fill_disk(False)
        self.app.wait_for_none(self.tr('Try again'), 'button')

    def test_34_service_too_old(self):
        self.session.daemon.stop()
        old = OldService(self.session.env['DBUS_SESSION_BUS_ADDRESS'])
        self.app.sees("Wattle's service is too old")
        self.app.shoot('trouble-old')
        self.app.press_key('Start it again', 'button')
        self.wait(lambda: old.restarted, 'systemd is asked')
        self.assertEqual(old.restarted, 'wattled.service')
        old.bus.close_sync(None)
        self.session.start_daemon()
        self.app.wait_for(CARD, 'cell')

    def test_35_bluetooth(self):
        """Gone, missing, off; the app switches it on."""
        self.session.daemon.stop()
        self.session.start_system_bus()
        bluez = FakeBluez(self.session.env['DBUS_SYSTEM_BUS_ADDRESS'])
        self.addCleanup(bluez.close)
        self.session.start_daemon()
        self.app.wait_for(CARD, 'cell')
        self.app.screen.key('ctrl+n')  # to look for devices
        problems = [self.problem('RadioService')]
        bluez.appear()
        problems.append(self.problem('RadioMissing'))
        self.app.shoot('trouble-no-bluetooth')
        Radio(bluez, Powered=False, PowerState='off')
        problems.append(self.problem('RadioOff'))
        self.app.shoot('trouble-bluetooth-off')
        self.app.press_key('Switch on', 'button')
        self.wait(lambda: not self.client.get(ROOT, 'Manager.Problems'), 'it is on')
        for sentence in problems:
            self.app.wait_for_none(sentence, 'alert')
        self.session.daemon.stop()
        self.session.start_daemon(['--adapter', 'none'])
        self.go_home()
        self.app.wait_for(CARD, 'cell')

    def problem(self, name):
        """The service has it, and the app says so."""
        sentence = self.wait(lambda: dict(self.client.get(ROOT, 'Manager.Problems')).get(name), name)
        self.app.wait_for(sentence, 'alert')
        return sentence
