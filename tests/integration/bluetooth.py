#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon and a BlueZ that does what real ones do rarely.

The daemon, keyring and devices are real; bluetoothd is not (tests/bluez has the
real one), so that it can be old, blocked, gone or half dead.
"""

import time
import unittest

from gi.repository import GLib

from wattle_test import Session, secret_fd
from wattle_test.client import ROOT, Client
from wattle_test.fake_bluez import DEVICE, SERVICE, FakeBluez, Neighbour, Radio

UNOWNED = bytes.fromhex('10 00010001 0102030405')


class Bluetooth(unittest.TestCase):
    cloud = False

    def setUp(self):
        self.session = session = self.enterContext(Session())
        session.start_bus()
        session.start_system_bus()
        session.start_keyring()
        session.start_cloud()
        self.client = session.client()
        self.bluez = FakeBluez(session.env['DBUS_SYSTEM_BUS_ADDRESS'])
        self.addCleanup(self.bluez.close)

    def start(self, *argv):
        self.session.start_daemon(argv)

    def wait(self, condition, what, timeout=None):
        return self.client.wait(condition, what, timeout)

    def problems(self):
        return dict(self.client.get(ROOT, 'Manager.Problems'))

    def expect_problem(self, name, word):
        """The problem is there, and its sentence has @word; the sentence."""
        found = self.wait(lambda: self.problems().get(name), name)
        self.assertIn(word, found)
        self.assertEqual(len(self.problems()), 1)
        return found

    def expect_no_problem(self):
        self.wait(lambda: not self.problems(), 'no problem is left')

    def look(self):
        self.client.call(ROOT, 'Manager.StartDiscovery')

    def stop_looking(self):
        self.client.call(ROOT, 'Manager.StopDiscovery')

    def candidates(self):
        return [c['Candidate'] for c in self.client.objects('Candidate').values()]

    def device_state(self, device):
        return self.client.get(device, 'Device.State')

    def expect_state(self, device, state):
        self.wait(lambda: self.device_state(device) == state, f'the device is {state}')

    def switch_on(self, radio, unit=None, address='C0:00:00:00:00:01', **options):
        """A virtual device on the air of @radio: the Neighbour."""
        unit = unit or self.session.new_unit()
        folder = self.session.dir / 'air'
        folder.mkdir(exist_ok=True, mode=0o700)
        advert = folder / f'{unit.unit_id}.advert'
        self.session.start_device(unit, '--links', folder, wait=False)
        self.wait(advert.exists, 'the device is on the air')
        neighbour = Neighbour(radio, address, advert.read_bytes()[:10], folder / f'{unit.unit_id}.sock', **options)
        neighbour.unit = unit
        self.mirror(neighbour, advert)
        return neighbour

    def mirror(self, neighbour, path):
        """Says on the air what the device says."""
        last = [path.read_bytes()]

        def look():
            data = path.read_bytes() if path.exists() else last[0]
            if data != last[0]:
                last[0] = data
                neighbour.advertise(data[:10])
            return True
        number = GLib.timeout_add(100, look)
        self.addCleanup(GLib.source_remove, number)

    def set_up(self, neighbour):
        device = self.client.set_up(neighbour.unit)
        self.expect_state(device, 'connected')
        return device


class Story(Bluetooth):
    def live_through(self, neighbour):
        device = self.set_up(neighbour)
        self.assertEqual(self.client.get(device, 'Device.LastReading')[2] in ('', '°C'), True)
        self.wait(lambda: self.client.get(device, 'Device.LastReading')[0], 'a reading came')
        self.client.register_agent()
        job = self.client.call(device, 'Wipe.Start', '(a{sv})', {})
        self.client.wait_for_job(job)
        self.wait(lambda: f'RemoveDevice {neighbour.radio.path}' in self.bluez.calls, 'BlueZ was told to forget it')

    def test_sockets(self):
        self.bluez.appear()
        radio = Radio(self.bluez)
        neighbour = self.switch_on(radio)
        self.start()
        self.live_through(neighbour)
        self.assertTrue(self.bluez.count('AcquireWrite'))
        self.assertFalse(self.bluez.count('WriteValue'))

    def test_values(self):
        """Without sockets packets go as method calls and signals."""
        self.bluez.offers_sockets = False
        self.bluez.appear()
        neighbour = self.switch_on(Radio(self.bluez))
        neighbour.mtu = 23
        self.start()
        self.live_through(neighbour)
        self.assertTrue(self.bluez.count('WriteValue'))


class States(Bluetooth):
    def test_states_of_the_radio(self):
        self.start()
        self.assertEqual(self.problems(), {}, 'nobody looks: nothing stands in the way')
        self.look()
        self.expect_problem('RadioService', 'not running')
        self.bluez.appear()
        self.expect_problem('RadioMissing', 'Plug one in')
        radio = Radio(self.bluez, Powered=False, PowerState='off')
        self.expect_problem('RadioOff', 'Switch it on')
        radio.power(False, 'off-blocked')
        self.expect_problem('RadioBlocked', 'airplane')
        Neighbour(radio, 'C0:00:00:00:00:01', UNOWNED)
        radio.power(True)
        self.expect_no_problem()
        self.wait(lambda: radio.discovering, 'it looks')
        self.wait(self.candidates, 'a candidate')
        radio.power(False)
        self.expect_problem('RadioOff', 'Switch it on')
        self.wait(lambda: not self.candidates(), 'nobody hears it')
        radio.power(True)
        self.wait(lambda: radio.discovering, 'it looks again')
        self.wait(self.candidates, 'it is heard again')
        self.expect_no_problem()
        radio.unplug()
        self.expect_problem('RadioMissing', 'Plug one in')
        Radio(self.bluez, Roles=['peripheral'])
        self.expect_problem('RadioOld', 'adapter is too old')
        self.stop_looking()
        self.expect_no_problem()

    def test_old_bluez(self):
        self.bluez.appear()
        Radio(self.bluez, Roles=None, PowerState=None)
        self.start()
        self.look()
        self.expect_problem('RadioOld', 'BlueZ')

    def test_restart(self):
        self.bluez.appear()
        radio = Radio(self.bluez)
        Neighbour(radio, 'C0:00:00:00:00:09', UNOWNED)
        self.start()
        self.look()
        self.wait(self.candidates, 'a candidate')
        self.bluez.vanish()
        self.expect_problem('RadioService', 'just stopped')
        self.wait(lambda: not self.candidates(), 'the candidate is gone')
        self.bluez.appear()
        radio = Radio(self.bluez)
        Neighbour(radio, 'C0:00:00:00:00:09', UNOWNED)
        self.wait(self.candidates, 'it is back')
        self.expect_no_problem()
        self.bluez.vanish()
        self.expect_problem('RadioService', 'just stopped')
        self.wait(lambda: 'not running' in self.problems()['RadioService'], 'it does not come back', 20)

    def test_refused(self):
        self.bluez.refuse['StartDiscovery'] = 'Failed'
        self.bluez.appear()
        Radio(self.bluez)
        self.start()
        self.look()
        self.expect_problem('RadioService', 'off and on')
        self.bluez.refuse.clear()
        self.expect_no_problem()

    def test_silent(self):
        """A bluetoothd that answers nothing keeps nobody else waiting."""
        self.bluez.silent |= {'SetDiscoveryFilter', 'StartDiscovery', 'StopDiscovery'}
        self.bluez.appear()
        radio = Radio(self.bluez)
        self.start()
        self.look()
        self.wait(lambda: self.bluez.count('SetDiscoveryFilter'), 'it was asked')
        started = time.monotonic()
        self.stop_looking()
        self.assertLess(time.monotonic() - started, 2)
        self.assertTrue(radio)


class Seeing(Bluetooth):
    def setUp(self):
        super().setUp()
        self.bluez.appear()
        self.radio = Radio(self.bluez)

    def test_who_is_near(self):
        neighbour = Neighbour(self.radio, 'C0:00:00:00:00:01', UNOWNED, rssi=-71)
        Neighbour(self.radio, 'C0:00:00:00:00:02', b'rubbish')
        Neighbour(self.radio, 'C0:00:00:00:00:03', b'')
        Neighbour(self.radio, 'C0:00:00:00:00:04', UNOWNED, ServiceData={}, UUIDs=['ab' * 4 + '-0000-1000-8000-00805f9b34fb'])
        self.start()
        self.look()
        found = self.wait(self.candidates, 'a candidate')
        self.assertEqual([(c['Link'], c['SignalStrength'], c['State']) for c in found], [('bluetooth', -71, 'unowned')])
        neighbour.advertise(UNOWNED, rssi=-40)
        self.wait(lambda: self.candidates()[0]['SignalStrength'] == -40, 'it came nearer')
        neighbour.advertise(bytes([0x14]) + UNOWNED[1:])
        self.wait(lambda: self.candidates()[0]['State'] == 'locked', 'its code is locked')
        neighbour.vanish()
        self.wait(lambda: not self.candidates(), 'it is gone')

    def test_what_bluez_remembers(self):
        """It keeps what it heard some time ago, with a signal: nothing that a person could set up."""
        gone = Neighbour(self.radio, 'C0:00:00:00:00:01', UNOWNED, rssi=-40)
        gone.silent = True
        Neighbour(self.radio, 'C0:00:00:00:00:02', UNOWNED, rssi=-70)
        self.start()
        self.look()
        self.wait(self.candidates, 'one that is there')
        self.client.pause(0.5)
        self.assertEqual([c['SignalStrength'] for c in self.candidates()], [-70])
        gone.silent = False
        gone.tell()
        self.wait(lambda: len(self.candidates()) == 2, 'it is back')

    def test_twenty(self):
        for number in range(20):
            Neighbour(self.radio, f'C0:00:00:00:01:{number:02X}', UNOWNED)
        self.start()
        self.look()
        self.wait(lambda: len(self.candidates()) == 20, 'all are seen')
        self.stop_looking()
        self.wait(lambda: not self.radio.discovering, 'the radio rests')

    def test_two_adapters(self):
        """A device that both hear is one candidate, as long as one hears it."""
        second = Radio(self.bluez, 'hci1')
        first_view = Neighbour(self.radio, 'C0:00:00:00:00:01', UNOWNED, rssi=-80)
        second_view = Neighbour(second, 'C0:00:00:00:00:01', UNOWNED, rssi=-50)
        self.start()
        self.look()
        self.wait(lambda: [c['SignalStrength'] for c in self.candidates()] == [-50], 'one, by the better signal')
        self.wait(lambda: self.radio.discovering and second.discovering, 'both look')
        second_view.vanish()
        second.unplug()
        self.client.pause(0.5)
        self.assertEqual(len(self.candidates()), 1)
        self.assertEqual(self.problems(), {})
        first_view.vanish()
        self.wait(lambda: not self.candidates(), 'nobody hears it')

    def test_only_one_adapter(self):
        second = Radio(self.bluez, 'hci1')
        Neighbour(second, 'C0:00:00:00:00:02', UNOWNED)
        Neighbour(self.radio, 'C0:00:00:00:00:01', UNOWNED, rssi=-51)
        self.start('--adapter', 'hci0')
        self.look()
        self.wait(lambda: self.radio.discovering, 'it looks')
        self.wait(lambda: [c['SignalStrength'] for c in self.candidates()] == [-51], 'what hci0 hears')
        self.assertFalse(second.discovering)
        self.radio.unplug()
        self.expect_problem('RadioMissing', 'hci0')


class Connecting(Bluetooth):
    def setUp(self):
        super().setUp()
        self.bluez.appear()
        self.radio = Radio(self.bluez)

    def open(self, unit, code=None):
        self.client.open(self.client.discover(), code or unit.code)

    def test_ghost(self):
        """A connection that a daemon left behind when it was killed is ended."""
        neighbour = self.switch_on(self.radio, Connected=True)
        self.start()
        self.look()
        self.wait(lambda: not neighbour.connected, 'the ghost is gone', 15)
        self.set_up(neighbour)

    def test_ghost_in_the_way(self):
        neighbour = self.switch_on(self.radio, Connected=True)
        self.start()
        self.open(neighbour.unit)
        self.assertLess(self.bluez.calls.index(f'Disconnect {neighbour.path}'),
                        self.bluez.calls.index(f'Connect {neighbour.path}'))

    def test_nobody_looks_meanwhile(self):
        """The radio does not look for others while it connects, and does again afterwards."""
        neighbour = self.switch_on(self.radio)
        self.start()
        self.look()
        self.open(neighbour.unit)
        before = self.bluez.calls[:self.bluez.calls.index(f'Connect {neighbour.path}')]
        self.assertEqual([c.split()[0] for c in before if 'Discovery ' in c], ['StartDiscovery', 'StopDiscovery'])
        self.wait(lambda: self.radio.discovering, 'it looks again')

    def hang_up_once(self):
        """A device that has hung up on who had the wrong code, and is not heard any more."""
        neighbour = self.switch_on(self.radio)
        self.start()
        self.look()
        candidate = self.client.discover()
        neighbour.silent = True
        self.client.fails('WrongCode', self.client.open, candidate, self.session.new_unit().code)
        self.wait(lambda: not neighbour.connected, 'it has hung up')
        return neighbour, candidate

    def test_heard_again_first(self):
        """After a connection, one that is not heard is not connected to: it may have another address."""
        neighbour, candidate = self.hang_up_once()
        opening = self.client.begin(candidate, 'Candidate.Open', '(ha{sv})', 0, {}, fds=[secret_fd(neighbour.unit.code)])
        self.client.pause(2)
        self.assertEqual(self.bluez.count('Connect'), 1)
        neighbour.silent = False
        neighbour.tell()
        self.client.finish(opening)
        self.assertEqual(self.bluez.count('Connect'), 2)

    def test_nobody_says_connected(self):
        """BlueZ 5.66 may keep to itself that a device is connected; that it is not any more it tells."""
        neighbour = self.switch_on(self.radio)
        neighbour.says_connected = False
        self.start()
        device = self.set_up(neighbour)
        self.bluez.change(neighbour.path, DEVICE, RSSI=-42)
        readings = self.client.collect('Device.Reading')
        self.wait(lambda: len(readings) > 1, 'the connection holds')
        self.expect_state(device, 'connected')
        neighbour.silent = True
        neighbour.hang_up()
        self.expect_state(device, 'away')

    def test_disconnect_does_nothing(self):
        """So BlueZ 5.66 does at times where it does not know that the device is connected."""
        neighbour = self.switch_on(self.radio)
        neighbour.says_connected = False
        neighbour._disconnect = lambda invocation: invocation.return_value(None)
        neighbour.vanish()
        neighbour.come_back()
        self.start()
        device = self.set_up(neighbour)
        self.client.call(device, 'Device.Disconnect')
        self.wait(lambda: neighbour.path not in self.bluez.objects, 'the connection is ended in another way')
        neighbour.come_back()
        self.expect_state(device, 'connected')

    def test_gone_for_good(self):
        neighbour = self.switch_on(self.radio)
        self.start()
        self.look()
        candidate = self.client.discover()
        neighbour.silent = True
        self.client.fails('WrongCode', self.client.open, candidate, self.session.new_unit().code)
        self.client.fails('Unreachable', self.client.open, candidate, neighbour.unit.code)
        self.assertEqual(self.bluez.count('Connect'), 1)

    def test_ghost_becomes_another(self):
        """BlueZ drops the device with the stale connection, and finds it again at the same path."""
        neighbour = self.switch_on(self.radio, Connected=True)

        def forgotten(invocation):
            invocation.return_value(None)
            neighbour.properties['Connected'] = False
            neighbour.vanish()
            neighbour.come_back()
        neighbour._disconnect = forgotten
        neighbour.vanish()
        neighbour.come_back()
        self.start()
        self.open(neighbour.unit)

    def test_somebody_elses(self):
        """A connection that another program uses is none of our business."""
        neighbour = self.switch_on(self.radio, Connected=True)
        for number in (11, 13):
            self.bluez.change(f'{neighbour.path}/service0010/char00{number}', 'org.bluez.GattCharacteristic1',
                              **{'WriteAcquired' if number == 11 else 'NotifyAcquired': True})
        self.start()
        candidate = self.client.discover()
        self.client.fails('Busy', self.client.open, candidate, neighbour.unit.code)
        self.client.pause(6)
        self.assertTrue(neighbour.connected)
        self.assertNotIn(f'Disconnect {neighbour.path}', self.bluez.calls[:-1])

    def begin_untold(self):
        """A device whose connection has ended, and what another program that comes after tells of itself."""
        neighbour, candidate = self.hang_up_once()

        def come():
            self.bluez.objects[neighbour.path][DEVICE]['Connected'] = GLib.Variant('b', True)
            self.bluez.change(f'{neighbour.path}/service0010/char0013', 'org.bluez.GattCharacteristic1', NotifyAcquired=True)
            neighbour.add_services()
        return neighbour, candidate, come

    def test_somebody_elses_untold(self):
        """That another program is connected BlueZ 5.66 may keep to itself, but not what that has acquired."""
        neighbour, candidate, come = self.begin_untold()
        come()
        self.client.fails('Busy', self.client.open, candidate, neighbour.unit.code)
        self.assertTrue(neighbour.connected)

    def test_somebody_comes_meanwhile(self):
        """While it is waited to hear the device again."""
        neighbour, candidate, come = self.begin_untold()
        opening = self.client.begin(candidate, 'Candidate.Open', '(ha{sv})', 0, {}, fds=[secret_fd(neighbour.unit.code)])
        self.client.pause(2)
        come()
        self.client.fails('Busy', self.client.finish, opening)

    def test_killed(self):
        """What a killed daemon had connected is connected again by the next."""
        neighbour = self.switch_on(self.radio)
        self.start()
        device = self.set_up(neighbour)
        self.session.daemon.kill()
        self.wait(lambda: True, 'a moment')
        self.assertTrue(neighbour.connected, 'BlueZ keeps it')
        self.start()
        self.expect_state(device, 'connected')

    def test_cancelled(self):
        """An attempt that is given up leaves nothing connected."""
        neighbour = self.switch_on(self.radio)
        neighbour.add_services = lambda: None
        self.start()
        candidate = self.client.discover()
        pending = self.client.begin(candidate, 'Candidate.Open', '(ha{sv})', 0, {}, fds=[secret_fd(neighbour.unit.code)])
        self.wait(lambda: neighbour.connected, 'connected, without services')
        self.client.call(candidate, 'Candidate.Close')
        self.wait(lambda: 'error' in pending, 'the attempt ended')
        self.wait(lambda: not neighbour.connected, 'it is disconnected')

    def test_refusals(self):
        neighbour = self.switch_on(self.radio)
        self.start()
        candidate = self.client.discover()
        for method, answer, name in (('Connect', 'Failed', 'Unreachable'), ('Connect', 'InProgress', 'Busy'),
                                     ('AcquireNotify', 'Failed', 'Unreachable'), ('AcquireWrite', 'NotPermitted', 'Busy')):
            self.bluez.refuse = {method: answer}
            self.client.fails(name, self.client.open, candidate, neighbour.unit.code)
            self.wait(lambda: not neighbour.connected, 'it is disconnected')
        self.bluez.refuse = {}
        self.client.open(candidate, neighbour.unit.code)

    def test_no_wattle(self):
        """It says our UUID and has none of our service."""
        neighbour = self.switch_on(self.radio)
        neighbour.add_services = lambda: self.bluez.change(neighbour.path, DEVICE, ServicesResolved=True)
        self.start()
        candidate = self.client.discover()
        self.client.fails('Protocol', self.client.open, candidate, neighbour.unit.code)
        self.wait(lambda: not neighbour.connected, 'it is disconnected')

    def test_lost(self):
        """Out of range in the middle, and back."""
        neighbour = self.switch_on(self.radio)
        self.start()
        device = self.set_up(neighbour)
        neighbour.vanish()
        self.expect_state(device, 'away')
        neighbour.come_back()
        self.expect_state(device, 'connected')

    def begin_opening(self, neighbour):
        """The candidate that is heard as well as @neighbour, and the call that opens it."""
        def found():
            return next((path for path, i in self.client.objects('Candidate').items()
                         if i['Candidate']['SignalStrength'] == neighbour.properties['RSSI']), None)
        candidate = self.wait(found, 'the candidate')
        return candidate, self.client.begin(candidate, 'Candidate.Open', '(ha{sv})', 0,
                                            {'secret': GLib.Variant('s', 'code')}, fds=[secret_fd(neighbour.unit.code)])

    def connects(self):
        return [call.split()[1] for call in self.bluez.calls if call.startswith('Connect ')]

    def test_two_adapters_at_once(self):
        """Each connects by itself; those that one adapter is asked for take turns, in the order of asking."""
        other = Radio(self.bluez, 'hci1')
        stuck, second, third = (self.switch_on(self.radio, address=f'C0:00:00:00:00:0{n}', rssi=-40 - 10 * n)
                                for n in (1, 2, 3))
        elsewhere = self.switch_on(other, address='C0:00:00:00:00:04', rssi=-80)
        stuck.add_services = lambda: None
        self.start()
        self.look()
        candidate, stuck_opening = self.begin_opening(stuck)
        self.wait(lambda: stuck.connected, 'connected, without services')
        waiting = [self.begin_opening(second)[1], self.begin_opening(third)[1]]
        self.client.finish(self.begin_opening(elsewhere)[1])
        self.assertEqual(self.connects(), [stuck.path, elsewhere.path])
        self.assertFalse([p for p in (stuck_opening, *waiting) if 'value' in p or 'error' in p])
        self.client.call(candidate, 'Candidate.Close')
        for opening in waiting:
            self.client.finish(opening)
        self.assertEqual(self.connects(), [stuck.path, elsewhere.path, second.path, third.path])
        self.assertTrue(all(n.connected for n in (second, third, elsewhere)), 'one adapter holds several')

    def test_bond(self):
        """Bonded where the device asks for it, by an agent of our own that is not the default."""
        neighbour = self.switch_on(self.radio)
        neighbour.asks_for_bond = True
        self.start()
        self.open(neighbour.unit)
        calls = [c.split()[0] for c in self.bluez.calls]
        self.assertLess(calls.index('RegisterAgent'), calls.index('Pair'))
        self.assertLess(calls.index('Pair'), calls.index('AcquireNotify'))


class Background(Bluetooth):
    """What is done for a device of ours that is away, and what is not."""

    def begin(self, **options):
        self.bluez.appear()
        self.radio = Radio(self.bluez, **options)
        self.neighbour = self.switch_on(self.radio)
        self.start()
        self.device = self.set_up(self.neighbour)
        self.wait(lambda: not self.radio.discovering, 'nobody looks')

    def test_monitor(self):
        """A passive monitor where BlueZ has one: no discovery, and nothing to do until it is seen."""
        self.begin(monitors=True)
        self.neighbour.vanish()
        self.expect_state(self.device, 'away')
        self.wait(lambda: self.bluez.count('RegisterMonitor'), 'the monitor')
        starts = self.bluez.count('StartDiscovery')
        pattern = self.bluez.monitor_patterns(self.client)
        self.assertEqual([(0, 0x21, bytes.fromhex(SERVICE.replace('-', ''))[::-1])], pattern)
        self.neighbour.come_back()
        self.expect_state(self.device, 'connected')
        self.wait(lambda: not self.bluez.monitor_patterns(self.client), 'all are here: no monitor')
        self.assertEqual(self.bluez.count('RegisterMonitor'), 1)
        self.assertEqual(self.bluez.count('StartDiscovery'), starts)

    def test_monitor_refused(self):
        self.bluez.refuse['RegisterMonitor'] = 'Failed'
        self.begin(monitors=True)
        self.neighbour.vanish()
        self.wait(lambda: self.radio.discovering, 'it looks by itself')

    def test_now_and_then(self):
        """Without monitors a short look at once, and then a pause."""
        self.begin()
        self.neighbour.vanish()
        self.expect_state(self.device, 'away')
        self.wait(lambda: self.radio.discovering, 'a look')
        self.wait(lambda: not self.radio.discovering, 'a pause', 12)
        self.client.pause(0.5)
        before = self.bluez.messages
        self.client.pause(5)
        self.assertEqual(self.bluez.messages, before, 'a pause is one')
        self.assertFalse(self.radio.discovering)

    def test_look_waits_for_bluez(self):
        """After a restart the kernel may still be busy with the discovery of the bluetoothd before."""
        self.begin()
        self.bluez.refuse['StartDiscovery'] = 'InProgress'
        self.neighbour.vanish()
        self.expect_state(self.device, 'away')
        self.client.pause(10)
        self.bluez.refuse.clear()
        self.wait(lambda: self.radio.discovering, 'a look, not a pause', 5)
        self.neighbour.come_back()
        self.expect_state(self.device, 'connected')

    def test_all_here(self):
        """With all of ours connected the radio rests, and so does the daemon."""
        self.begin()
        before = self.bluez.messages
        self.client.pause(5)
        self.assertEqual(self.bluez.messages, before)


class Sleep(Bluetooth):
    LOGIND = ('org.freedesktop.login1', '/org/freedesktop/login1')

    def setUp(self):
        super().setUp()
        self.logind = self.session.process('logind', ['/usr/bin/python3', '-m', 'dbusmock', '--system', '--template',
                                                      'logind']).start()
        self.system = Client(self.session.env['DBUS_SYSTEM_BUS_ADDRESS'])
        self.system.wait_for_name(self.LOGIND[0], self.logind)
        self.bluez.appear()
        self.radio = Radio(self.bluez)
        self.neighbour = self.switch_on(self.radio)
        self.start()
        self.device = self.set_up(self.neighbour)
        self.expect_lock()

    def locks(self):
        return [lock[:2] + lock[3:4] for lock in self.system.raw(*self.LOGIND, 'org.freedesktop.login1.Manager', 'ListInhibitors')[0]]

    def expect_lock(self):
        self.wait(lambda: self.locks() == [('sleep', 'Wattle', 'delay')], 'a lock that delays sleep')

    def announce(self, begins):
        self.system.raw(*self.LOGIND, 'org.freedesktop.DBus.Mock', 'EmitSignal', GLib.Variant('(sssav)', (
            'org.freedesktop.login1.Manager', 'PrepareForSleep', 'b', [GLib.Variant('b', begins)])))

    def test_sleep_and_wake(self):
        self.announce(True)
        self.wait(lambda: not self.locks(), 'sleep may come')
        self.assertFalse(self.neighbour.connected, 'the connection was ended before')
        self.assertEqual(self.device_state(self.device), 'away')
        self.assertEqual(self.client.get(self.device, 'Device.Problem'), ('', ''))
        connects = self.bluez.count('Connect')
        self.client.pause(2)
        self.assertEqual(self.bluez.count('Connect'), connects, 'nothing is begun in one\'s sleep')
        self.announce(False)
        self.expect_state(self.device, 'connected')
        self.expect_lock()

    def test_sleep_while_opening(self):
        """A person's attempt ends with a sentence, not with a time-out."""
        other = self.switch_on(self.radio, address='C0:00:00:00:00:02')
        other.add_services = lambda: None
        candidate = self.client.discover()
        pending = self.client.begin(candidate, 'Candidate.Open', '(ha{sv})', 0, {}, fds=[secret_fd(other.unit.code)])
        self.wait(lambda: other.connected, 'connected, without services')
        self.announce(True)
        self.wait(lambda: not self.locks(), 'sleep may come')
        self.wait(lambda: 'error' in pending, 'the attempt ended')
        self.assertFalse(other.connected)

    def test_bluez_does_not_answer(self):
        """Sleep is not kept waiting for long."""
        self.bluez.silent.add('Disconnect')
        started = time.monotonic()
        self.announce(True)
        self.wait(lambda: not self.locks(), 'sleep may come')
        self.assertLess(time.monotonic() - started, 8)

    def test_logind_restarts(self):
        self.announce(True)
        self.wait(lambda: not self.locks(), 'sleep may come')
        self.logind.kill()
        self.expect_state(self.device, 'connected')
        self.logind.start()
        self.system.wait_for_name(self.LOGIND[0], self.logind)
        self.expect_lock()


if __name__ == '__main__':
    unittest.main(verbosity=2)
