# SPDX-License-Identifier: Apache-2.0
"""What can happen to a radio, in the middle of everything that a person does with a device.

Each trouble begins at the notification of that number that the device would
send; the link is frozen there, so that it is the same point each time.
"""

import struct

from gi.repository import GLib

from wattle_test import DBusError, secret_fd
from wattle_test.client import ROOT, JobFailed

from wattle_bluez.world import LOCKED, MTU, NAME, PASSWORD, Story

# Seconds after which an owned device changes its tag, and one more.
ROTATION = 901
# Seconds that the code is locked for by the fifth wrong one, and one more; by the sixth it is five times as long.
FIRST_LOCK = 61
SECOND_LOCK = 301
# Of a connection, on a wide link: after hello the one that proves the device, and so tells whether a code is right.
PROOF = 2
# Of linux/rfkill.h.
RFKILL_TYPE_BLUETOOTH, RFKILL_OP_CHANGE_ALL = 2, 3
OTHER_PASSWORD = 'another tall paddock gumtree'


class Troubles:
    """What happens to @stack once its device's radio has fallen silent; each leaves everything as it was."""

    def __init__(self, stack):
        self.stack = stack

    def out_of_range_and_back(self):
        self.stack.wait_for_no_link('hci0')
        self.stack.air.in_range('hci1')

    def bluetoothd_killed_and_restarted(self):
        self.stack.bluetoothd.kill()
        self.stack.air.in_range('hci1')
        self.stack.start_bluetoothd()

    def adapter_pulled_out_and_back(self):
        self.stack.air.unplug('hci0')
        self.stack.client.wait(lambda: '/org/bluez/hci0' not in self.stack.adapters(), 'the adapter is gone')
        self.stack.air.in_range('hci1')
        self.stack.air.plug('hci0')
        self.stack.wait_for_adapter('hci0')


class InTheMiddle(Story):
    """One life of a device, with @trouble in the middle of each chapter."""

    trouble = None

    def strike(self, act, at=1, later=ROTATION):
        """Begins @act, and has the trouble at the device's notification number @at; what @act has begun.

        When it is over, so are @later seconds: after a quarter of an hour an owned device has another tag, and another
        address.
        """
        self.stack.air.cut_at('hci1', at)
        begun = act()
        self.wait(lambda: self.stack.air.is_out_of_range('hci1'), 'the link is cut')
        getattr(Troubles(self.stack), self.trouble)()
        if later:
            self.session.tell(self.world.unit, f'time {later}')
        return begun

    def outcome(self, pending):
        """How a call has ended: None where it went well, else its error."""
        try:
            self.client.finish(pending, 90)
        except DBusError as error:
            return error
        return None

    def begin_opening(self, candidate, code):
        return self.client.begin(candidate, 'Candidate.Open', '(ha{sv})', 0, {'secret': GLib.Variant('s', 'code')},
                                 fds=[secret_fd(code)])

    def test_1_opening(self):
        self.world.disown()
        candidate = self.world.discover()
        failed = self.outcome(self.strike(lambda: self.begin_opening(candidate, self.world.code), PROOF))
        self.assertEqual(failed.name, 'Unreachable')

    def guess(self, wrong):
        """One wrong code; how many are left."""
        self.client.fails('WrongCode|Locked', self.client.open, self.world.discover(), wrong)
        return next(i['Candidate']['AttemptsLeft'] for i in self.client.objects('Candidate').values())

    def test_2_lock_out(self):
        """Nobody gets one try more by it, and who is locked out stays out until the time is up."""
        self.world.disown()
        wrong = self.session.new_unit().code
        left = self.guess(wrong)
        candidate = self.world.discover()
        failed = self.outcome(self.strike(lambda: self.begin_opening(candidate, wrong), PROOF, later=0))
        self.assertEqual(failed.name, 'Unreachable')
        # A try counts before its answer goes out; on a narrow link this one did not get as far.
        left -= 1 if MTU > 200 else 0
        while left > 0:
            left -= 1
            self.assertEqual(self.guess(wrong), left)
        self.unlock(FIRST_LOCK)
        self.assertEqual(self.guess(wrong), 0)
        self.stack.air.out_of_range('hci1')
        getattr(Troubles(self.stack), self.trouble)()
        self.client.fails('Locked', self.client.open, self.world.discover('locked'), self.world.code)
        self.unlock(SECOND_LOCK)
        candidate = self.world.discover()
        self.client.open(candidate, self.world.code)
        self.client.call(candidate, 'Candidate.Close')

    def unlock(self, seconds):
        self.wait(lambda: self.world.adverts(LOCKED, now=True), 'everybody can see that it is locked')
        self.session.tell(self.world.unit, f'time {seconds}')

    def test_3_set_up(self):
        """All or nothing: it is ours, or it was never touched and can be set up."""
        candidate = self.world.discover()
        self.client.open(candidate, self.world.code)
        job = self.strike(lambda: self.client.call(
            candidate, 'Candidate.Finish', '(ha{sb}a{sv})', 0, {}, {'name': GLib.Variant('s', NAME)},
            fds=[secret_fd(PASSWORD)]))
        try:
            self.client.wait_for_job(job, timeout=120)
        except JobFailed:
            self.assertIsNone(self.world.device, 'half a device')
        self.world.own()
        self.assertEqual(self.client.get(self.world.device, 'Device.Name'), NAME)
        self.world.remember_keys()

    def test_4_reconnect(self):
        self.world.own()
        self.client.call(self.world.device, 'Device.Disconnect')
        self.stack.wait_for_no_link('hci1')
        self.outcome(self.strike(lambda: self.client.begin(self.world.device, 'Device.Connect'), PROOF))
        self.world.connected()

    def test_5_password(self):
        """The old one or the new one: whoever knows both can always go on."""
        self.world.own()
        self.world.secret('new password', 'text', OTHER_PASSWORD)
        self.outcome(self.strike(lambda: self.change_password(OTHER_PASSWORD)))
        self.world.connected()
        again = self.outcome(self.change_password(OTHER_PASSWORD))
        self.assertTrue(again is None or 'the password the device has now' in again.message, again)
        self.assertIsNone(self.outcome(self.change_password(PASSWORD)))

    def change_password(self, password):
        return self.client.begin(self.world.device, 'Device.ChangePassword', '(h)', 0, fds=[secret_fd(password)])

    def test_6_withdrawal(self):
        """The decision holds at once, and is carried out when everything is back."""
        self.world.own()
        self.client.call(self.world.device, 'Consent.Give', '(s)', 'cloud-history')
        self.world.confirmed('cloud-history', 'given')
        self.outcome(self.strike(lambda: self.client.begin(self.world.device, 'Consent.Withdraw', '(s)', 'cloud-history')))
        self.assertEqual(self.client.purposes(self.world.device)['cloud-history']['state'], 'withdrawn')
        self.world.confirmed('cloud-history', 'withdrawn')
        self.assertTrue(self.world.receipt('consent')['complete'])

    def test_7_wipe(self):
        """It is wiped in the end, with its receipt, and the next owner's code opens it."""
        self.world.own()
        entry = self.world.wiped(self.strike(
            lambda: self.client.call(self.world.device, 'Wipe.Start', '(a{sv})', {})))
        self.assertTrue(entry['complete'])
        self.assertEqual(set(entry['places'].values()), {'confirmed'})
        candidate = self.world.discover()
        self.client.open(candidate, self.world.code)
        self.client.call(candidate, 'Candidate.Close')


class OutOfRange(InTheMiddle):
    trouble = 'out_of_range_and_back'


class Restart(InTheMiddle):
    trouble = 'bluetoothd_killed_and_restarted'


class PulledOut(InTheMiddle):
    trouble = 'adapter_pulled_out_and_back'


class Airplane(Story):
    """Airplane mode, by the kernel's rfkill: each adapter is blocked, the device's too."""

    def block(self, blocked):
        with open('/dev/rfkill', 'r+b', buffering=0) as rfkill:
            rfkill.write(struct.pack('IBBBB', 0, RFKILL_TYPE_BLUETOOTH, RFKILL_OP_CHANGE_ALL, blocked, 0))

    def problems(self):
        return dict(self.client.get(ROOT, 'Manager.Problems'))

    def test_on_and_off(self):
        self.world.own()
        self.assertEqual(self.problems(), {})
        self.addCleanup(self.block, False)
        self.block(True)
        self.wait(lambda: 'airplane' in self.problems().get('RadioBlocked', ''), 'the person is told')
        self.wait(lambda: self.world.state() != 'connected', 'the connection is gone')
        self.block(False)
        self.wait(lambda: not self.problems(), 'nothing is in the way')
        self.world.connected()
