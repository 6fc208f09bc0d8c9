# SPDX-License-Identifier: Apache-2.0
"""A service in a few lines that answers as data/dbus says, to try how the command line takes each answer.

Only for what the command line makes of answers: the real service is met in tests/integration.
"""

import fcntl
import hashlib
import json
import os
import pathlib
import threading

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

NAME = 'org.wattle.Companion'
ROOT = '/org/wattle/Companion'
PREFIX = 'org.wattle.Companion1.'
PASSPORT = ROOT + '/passports/p1'
CANDIDATE = ROOT + '/candidates/c1'
DEVICE = ROOT + '/devices/d1'
XML = pathlib.Path(__file__).resolve().parents[3] / 'data/dbus/org.wattle.Companion1.xml'
OBJECT_MANAGER = '''<node><interface name="org.freedesktop.DBus.ObjectManager">
  <method name="GetManagedObjects"><arg type="a{oa{sa{sv}}}" direction="out"/></method>
  <signal name="InterfacesAdded"><arg type="o"/><arg type="a{sa{sv}}"/></signal>
  <signal name="InterfacesRemoved"><arg type="o"/><arg type="as"/></signal></interface></node>'''

GOOD_CODE = '1234567890'
PASSPHRASE = 'plain tall paddock gumtree'
PURPOSES = [
    {'id': 'local-readings', 'title': 'Readings at home', 'sentence': 'The device keeps what it measures.',
     'consent': False, 'where': 'home', 'recipients': [], 'retention': 'until you wipe it'},
    {'id': 'cloud-history', 'title': 'Readings away from home', 'sentence': 'The cloud keeps a copy for you.',
     'consent': True, 'where': 'cloud', 'recipients': ['Gumleaf Pty Ltd'], 'retention': '365 days'},
    {'id': 'product-improvement', 'title': 'Better products', 'sentence': 'Gumleaf counts how it is used.',
     'consent': True, 'consent-days': GLib.Variant('u', 90), 'where': 'cloud', 'recipients': ['Gumleaf Pty Ltd', 'Numbat Statistics'],
     'retention': '90 days'},
]


class Refuse(Exception):
    """An error of the service."""

    def __init__(self, name, sentence):
        super().__init__(sentence)
        self.name, self.sentence = name, sentence


def as_dict(values):
    """A Python dictionary as a{sv}; values of types that Python has not are variants already."""
    kinds = {str: 's', bool: 'b', int: 't', list: 'as'}
    return {key: value if isinstance(value, GLib.Variant) else GLib.Variant(kinds[type(value)], value)
            for key, value in values.items()}


def memfd(secret):
    fd = os.memfd_create('mock', os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, secret.encode())
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS,
                fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL)
    return fd


class MockService:
    """Runs in a thread; tests set attributes before they run a command and look at `calls` after."""

    def __init__(self, address):
        self.calls = []          # (method, arguments or secret text)
        self.attempts = 5
        self.refuse = {}         # method to Refuse, for any method
        self.wipe_waits = False  # the device is out of reach
        self.keyring_locked = 0  # so many calls of Finish fail
        self.agent = None
        self.ask_agent = True
        self.problems = []
        self.sections = [('What it collects', ['The temperature.\033]0;gotcha\007', 'The time.']),
                         ('Who gets it', ['Nobody, unless you say yes.'])]
        self.objects = {}
        self.registrations = {}
        self._jobs = 0
        self._address = address
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    # ------------------------------------------------------------- lifetime

    def __enter__(self):
        self._thread.start()
        assert self._started.wait(10), 'the mock service did not start'
        return self

    def __exit__(self, *_):
        self.in_loop(self._loop.quit)
        self._thread.join(10)

    def in_loop(self, function, *arguments):
        """Runs @function in the service's thread; gives what it returns."""
        done, result = threading.Event(), []

        def run(*_):
            try:
                result.append(function(*arguments))
            finally:
                done.set()
            return False
        source = GLib.idle_source_new()
        source.set_callback(run)
        source.attach(self._context)
        assert done.wait(10), 'the mock service is stuck'
        return result[0]

    def later(self, milliseconds, function):
        source = GLib.timeout_source_new(milliseconds)
        source.set_callback(lambda *_: bool(function()))
        source.attach(self._context)

    def _run(self):
        self._context = GLib.MainContext.new()
        self._context.push_thread_default()
        self._loop = GLib.MainLoop.new(self._context, False)
        flags = Gio.DBusConnectionFlags
        self.bus = Gio.DBusConnection.new_for_address_sync(
            self._address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
        self.bus.set_exit_on_close(False)
        self.info = {i.name: i for i in Gio.DBusNodeInfo.new_for_xml(XML.read_text()).interfaces}
        manager = Gio.DBusNodeInfo.new_for_xml(OBJECT_MANAGER).interfaces[0]
        self.bus.register_object(ROOT, manager, self._managed, None, None)
        self._populate()
        self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                           GLib.Variant('(su)', (NAME, 4)), None, 0, -1, None)
        self._started.set()
        self._loop.run()
        if not self.bus.is_closed():
            self.bus.close_sync(None)
        self._context.pop_thread_default()

    # -------------------------------------------------------------- objects

    def _managed(self, _bus, _sender, _path, _interface, _method, _arguments, invocation):
        tree = {path: {PREFIX + i: properties for i, properties in interfaces.items()}
                for path, interfaces in self.objects.items() if path != ROOT}
        invocation.return_value(GLib.Variant('(a{oa{sa{sv}}})', (tree,)))

    def add(self, path, interfaces):
        self.objects[path] = interfaces
        self.registrations[path] = [
            self.bus.register_object(path, self.info[PREFIX + name], self._called, self._get, self._set)
            for name in interfaces]
        if path != ROOT:
            self.bus.emit_signal(None, ROOT, 'org.freedesktop.DBus.ObjectManager', 'InterfacesAdded', GLib.Variant(
                '(oa{sa{sv}})', (path, {PREFIX + i: p for i, p in interfaces.items()})))

    def remove(self, path):
        interfaces = self.objects.pop(path)
        for registration in self.registrations.pop(path):
            self.bus.unregister_object(registration)
        self.bus.emit_signal(None, ROOT, 'org.freedesktop.DBus.ObjectManager', 'InterfacesRemoved',
                             GLib.Variant('(oas)', (path, [PREFIX + i for i in interfaces])))

    def change(self, path, interface, **values):
        properties = self.objects[path][interface]
        for name, value in values.items():
            if not isinstance(value, GLib.Variant):
                value = GLib.Variant(properties[name].get_type_string(), value)
            properties[name] = value
        self.bus.emit_signal(None, path, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', GLib.Variant(
            '(sa{sv}as)', (PREFIX + interface, {n: properties[n] for n in values}, [])))

    def _get(self, _bus, _sender, path, interface, name):
        return self.objects[path][interface.removeprefix(PREFIX)][name]

    def _set(self, _bus, _sender, path, interface, name, value):
        self.calls.append(('Set ' + name, value.unpack()))
        self.change(path, interface.removeprefix(PREFIX), **{name: value})
        return True

    def _called(self, _bus, sender, path, interface, method, arguments, invocation):
        fds = invocation.get_message().get_unix_fd_list()
        self.fd = fds.get(0) if fds is not None and fds.get_length() else -1
        self.sender = sender
        try:
            if method in self.refuse:
                raise self.refuse[method]
            handler = getattr(self, 'do_' + method)
            reply = handler(path, invocation, *arguments.unpack())
        except Refuse as refusal:
            self.calls.append((method, refusal.name))
            invocation.return_dbus_error(PREFIX + 'Error.' + refusal.name, refusal.sentence)
            return
        if reply is not invocation:  # a handler that answers later returns the invocation
            invocation.return_value(reply)

    def secret(self):
        text = os.pread(self.fd, 1024, 0).decode()
        os.close(self.fd)
        return text

    def answer_secret(self, invocation, text):
        fds = Gio.UnixFDList.new()
        fd = memfd(text)
        fds.append(fd)
        os.close(fd)
        invocation.return_value_with_unix_fd_list(GLib.Variant('(h)', (0,)), fds)
        return invocation

    def _populate(self):
        v = GLib.Variant
        self.add(ROOT, {'Manager': {'Version': v('s', '9.8.7'), 'Discovering': v('b', False),
                                    'Problems': v('a(ss)', self.problems)}})
        self.add(PASSPORT, {'Passport': {
            'Sha256': v('s', 'ab' * 32), 'ProductName': v('s', 'Gumleaf room thermometer'),
            'Manufacturer': v('s', 'Gumleaf Pty Ltd'), 'SupportEnd': v('s', '2099-03-31'),
            'SecurityContact': v('s', 'https://gumleaf.example/security'),
            'Omissions': v('as', ['It is not said who repairs the device.']), 'Json': v('s', '{"cloud": {"url": "https://cloud.gumleaf.example:8443"}}'),
            'Purposes': v('aa{sv}', [as_dict(p) for p in PURPOSES])}})

    def add_device(self, path=DEVICE, name='Kitchen', unit='GL-0001', **changes):
        v = GLib.Variant
        device = {'Id': v('s', path.rsplit('/', 1)[1]), 'Name': v('s', name), 'UnitId': v('s', unit),
                  'Product': v('u', 0x10001), 'Passport': v('o', PASSPORT), 'State': v('s', 'connected'),
                  'Problem': v('(ss)', ('', '')), 'FirmwareVersion': v('s', '1.0.0'), 'LastSeen': v('t', 1795410000),
                  'SetUpAt': v('t', 1795400000), 'SupportEnd': v('s', '2099-03-31'), 'SupportStage': v('s', 'going-on'), 'RelayToCloud': v('b', True),
                  'Cloud': v('s', 'none'), 'Others': v('s', ''),
                  'LastReading': v('(tds)', (1795410000, 21.5, '°C')), **changes}
        states = {'local-readings': ('needed', 'confirmed', 'not-needed'),
                  'cloud-history': ('refused', 'confirmed', 'not-needed'),
                  'product-improvement': ('given', 'confirmed', 'outstanding')}
        self.purposes = [{**p, 'state': states[p['id']][0], 'since': 1795400000, 'device': states[p['id']][1],
                          'cloud': states[p['id']][2], 'outstanding-since': 1795400000} for p in PURPOSES]
        consent = {'Purposes': v('aa{sv}', [as_dict(p) for p in self.purposes])}
        update = {'State': v('s', 'fine'), 'Alerts': v('a(ss)', []), 'CanInstall': v('b', True),
                  'Checked': v('t', 1795410000), 'Image': v('s', 'ab' * 32), 'AcceptedImage': v('s', 'ab' * 32),
                  'BootCount': v('u', 7), 'ResetCause': v('s', 'power'), 'DebugPort': v('s', 'locked'),
                  'FlashErases': v('u', 12), 'FlashCycles': v('u', 10000)}
        self.in_loop(self.add, path, {'Device': device, 'Consent': consent, 'Update': update, 'Wipe': {}})

    def add_candidate(self, path=CANDIDATE, **changes):
        v = GLib.Variant
        candidate = {'Id': v('s', path.rsplit('/', 1)[1]), 'Name': v('s', 'Gumleaf room thermometer'),
                     'Product': v('u', 0x10001), 'Link': v('s', 'socket'), 'SignalStrength': v('n', -50),
                     'State': v('s', 'unowned'), 'AttemptsLeft': v('u', 255), 'LockedUntil': v('t', 0),
                     'Passport': v('o', '/'), 'UnitId': v('s', ''), **changes}
        self.in_loop(self.add, path, {'Candidate': candidate})

    # ----------------------------------------------------------------- jobs

    def add_job(self, kind, subject, steps, result, waits=False):
        """A job that takes its @steps one after the other; waits before the first until released."""
        self._jobs += 1
        path = f'{ROOT}/jobs/{self._jobs}'
        v = GLib.Variant
        self.add(path, {'Job': {
            'Kind': v('s', kind), 'Title': v('s', f'The {kind} goes on.'), 'Subject': v('o', subject),
            'State': v('s', 'waiting' if waits else 'running'), 'Progress': v('d', 0.0),
            'Steps': v('a(sss)', [(s, f'Step {s}.', 'waiting' if waits and i == 0 else 'pending')
                                  for i, s in enumerate(steps)]),
            'Cancellable': v('b', True),
            'Error': v('(ss)', ('Unreachable', 'The device is out of reach.') if waits else ('', '')),
            'Result': v('a{sv}', {})}})
        self.result = result
        if not waits:
            self.later(30, lambda: self.step_job(path))
        return path

    def step_job(self, path):
        """Finishes the next step; whether there is more to do."""
        job = self.objects[path]['Job']
        if job['State'].unpack() not in ('running', 'waiting'):
            return False
        steps = job['Steps'].unpack()
        done = sum(1 for s in steps if s[2] == 'done')
        if done == len(steps):
            self.change(path, 'Job', State='done', Progress=1.0, Result=GLib.Variant('a{sv}', self.result(path)))
            return False
        steps = [(s[0], s[1], 'done' if i <= done else 'pending') for i, s in enumerate(steps)]
        self.change(path, 'Job', State='running', Progress=(done + 1) / (len(steps) + 1), Steps=steps,
                    Error=('', ''), Cancellable=done == 0)
        return True

    def release(self, path):
        self.in_loop(self.later, 10, lambda: self.step_job(path))

    def do_Cancel(self, path, invocation):
        self.calls.append(('Cancel', path))
        self.change(path, 'Job', State='cancelled', Cancellable=False)

    # -------------------------------------------------------------- Manager

    def do_StartDiscovery(self, path, invocation):
        self.calls.append(('StartDiscovery', ''))

    def do_StopDiscovery(self, path, invocation):
        self.calls.append(('StopDiscovery', ''))

    def do_RegisterAgent(self, path, invocation, agent):
        self.agent = (self.sender, agent)

    def do_UnregisterAgent(self, path, invocation, agent):
        self.agent = None

    def authorize(self, action, invocation, then, caller=None):
        """Asks the agent as the real service does, then goes on with @then or passes the refusal on."""
        if self.agent is None:
            raise Refuse('NoAgent', 'Nobody is there to be asked.')
        details = as_dict({'device': 'Kitchen', 'sentence': f'This is about: {action}.',
                           'caller': caller or self.sender})

        def answered(bus, result):
            try:
                bus.call_finish(result)
            except GLib.Error as error:
                self.calls.append((action, 'denied'))
                Gio.DBusError.strip_remote_error(error)
                invocation.return_dbus_error(PREFIX + 'Error.Denied', error.message)
                return
            self.calls.append((action, 'allowed'))
            then()
        self.bus.call(*self.agent, PREFIX + 'Agent', 'Authorize', GLib.Variant('(sa{sv})', (action, details)), None,
                      Gio.DBusCallFlags.NONE, 60000, None, answered)
        return invocation

    def do_ListReceipts(self, path, invocation):
        places = {'cloud-data': 'confirmed', 'cloud-account': 'not-needed', 'device': 'confirmed',
                  'keyring': 'confirmed', 'records': 'confirmed'}
        receipt = {**as_dict({'id': '3f2a00', 'kind': 'wipe', 'device': 'Kitchen', 'time': 1795410000,
                              'complete': True}), 'places': GLib.Variant('a{ss}', places)}
        other = as_dict({'id': '77bb00', 'kind': 'consent', 'device': 'Kitchen', 'time': 1795400000,
                         'complete': False})
        return GLib.Variant('(aa{sv})', ([receipt, other],))

    def do_GetReceipt(self, path, invocation, receipt):
        """A genuine one of a wipe that took three things here, and nobody else has signed."""
        def done(removed):
            return {'state': 'confirmed', 'done_at': 1795410001,
                    'evidence': {'kind': 'computer', 'removed': removed, 'time': 1795410001}}
        document = {'format': 'wattle-wipe-receipt-1', 'id': receipt.ljust(32, '0'), 'requested_at': 1795410000,
                    'product': 65537, 'passport_sha256': '0' * 64, 'places': {
                        'cloud-data': {'state': 'not-needed'}, 'cloud-account': {'state': 'not-needed'},
                        'device': {'state': 'not-needed'}, 'keyring': done(1), 'records': done(2)}}

        def canonical():
            return json.dumps(document, sort_keys=True, separators=(',', ':'))
        document['sha256'] = hashlib.sha256(canonical().encode()).hexdigest()
        return GLib.Variant('(s)', (canonical(),))

    def do_RevealNextCode(self, path, invocation, receipt):
        return self.authorize('reveal-next-code', invocation, lambda: self.answer_secret(invocation, '9876543210'))

    def do_ForgetNextCode(self, path, invocation, receipt):
        self.calls.append(('ForgetNextCode', receipt))

    def do_GetLog(self, path, invocation, device, most):
        entries = [(1795410000, 'd1', 'consent-given', 'You allowed Readings away from home.'),
                   (1795400000, 'd1', 'set-up', 'Kitchen was set up.\033[2J')]
        return GLib.Variant('(a(tsss))', ([e for e in entries if device in ('', e[1])][:most or 1000],))

    # ------------------------------------------------------------ Candidate

    def do_Open(self, path, invocation, _handle, options):
        secret = self.secret()
        digits = ''.join(c for c in secret if c.isdigit())
        self.calls.append(('Open', secret))
        if options.get('secret') == 'password':
            if secret != PASSPHRASE:
                raise Refuse('WrongPassword', 'This is not the password of the device.')
        elif len(digits) != 10:
            raise Refuse('MistypedCode', 'The code has ten digits; no try was used.')
        elif digits != GOOD_CODE:
            self.attempts -= 1
            # Not announced before the reply, as GDBus does it.
            self.objects[path]['Candidate']['AttemptsLeft'] = GLib.Variant('u', self.attempts)
            if self.attempts == 0:
                self.objects[path]['Candidate']['LockedUntil'] = GLib.Variant('t', 4102444800)
                raise Refuse('Locked', 'The device is locked.')
            raise Refuse('WrongCode', 'This is not the code of the device.')
        self.later(20, lambda: self.change(path, 'Candidate', State='must-change-password', Passport=PASSPORT,
                                           UnitId='GL-0001'))

    def do_CheckPassword(self, path, invocation, _handle):
        secret = self.secret()
        self.calls.append(('CheckPassword', secret))
        weak = len(secret) < 10
        return GLib.Variant('(ubas)', (1 if weak else 4, not weak, ['Use more words.'] if weak else []))

    def do_SuggestPassphrase(self, path, invocation):
        return self.answer_secret(invocation, PASSPHRASE)

    def do_Finish(self, path, invocation, _handle, decisions, options):
        secret = self.secret()
        if self.keyring_locked > 0:
            self.keyring_locked -= 1
            raise Refuse('KeyringLocked', 'Your keyring is locked.')
        self.calls.append(('Finish', (secret, decisions, options)))

        def result(_job):
            self.later(20, lambda: self.remove(path))
            if DEVICE not in self.objects:
                self.later(40, lambda: threading.Thread(
                    target=self.add_device, kwargs={'name': options.get('name') or 'Gumleaf'}).start())
            return {'device': GLib.Variant('o', DEVICE)}
        return GLib.Variant('(o)', (self.add_job('setup', path, ['key', 'owner', 'consent'], result),))

    def do_Close(self, path, invocation):
        self.calls.append(('Close', ''))

    # --------------------------------------------------------- the passport

    def do_GetNotice(self, path, invocation, language):
        self.calls.append(('GetNotice', language))
        return GLib.Variant('(a(sas))', (self.sections,))

    # --------------------------------------------------------------- Device

    def do_Connect(self, path, invocation):
        self.calls.append(('Connect', path))

    def do_Disconnect(self, path, invocation):
        self.calls.append(('Disconnect', path))

    def do_GetReadings(self, path, invocation, after, most):
        readings = [(n, 1795400000 + n, 20.0 + n / 10) for n in range(1, 2501)]
        return GLib.Variant('(a(ttd)s)', ([r for r in readings if r[0] > after][:most or 1000], '°C'))

    def send_reading(self, sequence, value):
        self.in_loop(self.bus.emit_signal, None, DEVICE, PREFIX + 'Device', 'Reading',
                     GLib.Variant('(ttds)', (sequence, 1795410000, value, '°C')))

    def do_GetSupport(self, path, invocation, language):
        self.calls.append(('GetSupport', language))
        v, relays = GLib.Variant, self.objects[path]['Device']['RelayToCloud'].unpack()
        return v('(a{sv})', ({
            'end': v('s', '2026-11-01'), 'stage': v('s', 'ended'), 'days': v('i', -22),
            'headline': v('s', 'Kitchen: support has ended\033[2J'), 'sentence': v('s', 'Nobody repairs it.'),
            'risk': v('s', 'Holes stay open.'), 'stops': v('as', ['The cloud.']), 'isolate': v('as', ['Stop it.']),
            'replace': v('as', []), 'dispose': v('as', ['Wipe it.', 'Recycle it.']), 'relays': v('b', relays),
            'stopped-since': v('t', 0 if relays else 1795400000), 'told': v('t', 1795400000),
            'snoozed-until': v('t', 1796000000), 'next-warning': v('t', 1796000000)},))

    def do_SnoozeSupportWarning(self, path, invocation, days):
        self.calls.append(('Snooze', days))
        if days > 90:
            raise Refuse('InvalidArgument', 'Choose from 1 to 90 days.')
        return GLib.Variant('(t)', (1796000000,))

    def do_GetSupportCalendar(self, path, invocation, language):
        self.calls.append(('Calendar', language))
        return GLib.Variant('(s)', ('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n',))

    def do_GetOthersNotice(self, path, invocation, language):
        self.calls.append(('GetOthersNotice', language))
        return GLib.Variant('(sa(sas))', ('Kitchen is in use here', self.sections))

    def do_ChangePassword(self, path, invocation, _handle):
        secret = self.secret()
        self.calls.append(('ChangePassword', secret))
        if len(secret) < 10:
            raise Refuse('WeakPassword', 'This password is too short.')

    def do_Export(self, path, invocation, _handle, options):
        fd = os.dup(self.fd)

        def start():
            os.write(fd, b'a tar archive')
            os.close(fd)
            job = self.add_job('export', path, ['computer', 'device', 'cloud'], lambda _job: {})
            invocation.return_value(GLib.Variant('(o)', (job,)))
        return self.authorize('export', invocation, start)

    # -------------------------------------------------------------- Consent

    def decide(self, path, purpose, state):
        self.calls.append((state, purpose))
        for p in self.purposes:
            if p['id'] == purpose:
                p.update(state=state, device='outstanding', cloud='outstanding')
        self.change(path, 'Consent', Purposes=[as_dict(p) for p in self.purposes])

        def confirmed():
            for p in self.purposes:
                if p['id'] == purpose:
                    p.update(device='confirmed', cloud='confirmed')
            self.change(path, 'Consent', Purposes=[as_dict(p) for p in self.purposes])
        self.later(100, confirmed)

    def do_Give(self, path, invocation, purpose):
        self.decide(path, purpose, 'given')

    def do_GiveUntil(self, path, invocation, purpose, until):
        self.calls.append(('until', until))
        self.decide(path, purpose, 'given')

    def do_Refuse(self, path, invocation, purpose):
        self.decide(path, purpose, 'refused')

    def do_GetLedger(self, path, invocation):
        return GLib.Variant('(s)', (json.dumps({'format': 'wattle-ledger-1'}),))

    def do_Withdraw(self, path, invocation, purpose):
        self.decide(path, purpose, 'withdrawn')

    def do_GetRecords(self, path, invocation):
        return GLib.Variant('(s)', (json.dumps([{'number': 1}]),))

    def do_VerifyLedger(self, path, invocation):
        return GLib.Variant('(u)', (7,))

    # ----------------------------------------------------------------- Wipe

    def do_GetPlan(self, path, invocation):
        places = [('cloud-data', 'Your readings.'), ('cloud-account', 'Your account.'), ('device', 'All on it.'),
                  ('keyring', 'The keys.'), ('records', 'Name and readings.')]
        return GLib.Variant('(a(ss)as)', (places, ['Paper printouts. Ask whom you gave them to.']))

    def do_Start(self, path, invocation, options):
        def result(_job):
            self.later(10, lambda: self.remove(path) if path in self.objects else None)
            return {'receipt': GLib.Variant('s', '3f2a00')}

        def start():
            self.job = self.add_job('wipe', path, ['device', 'keyring', 'records'], result, self.wipe_waits)
            invocation.return_value(GLib.Variant('(o)', (self.job,)))
        return self.authorize('wipe', invocation, start)

    def do_AcceptImage(self, path, invocation, image):
        def start():
            self.calls.append(('AcceptImage', image))
            self.change(path, 'Update', State='fine', Alerts=[], AcceptedImage=image)
            invocation.return_value(None)
        return self.authorize('accept-image', invocation, start)

    def do_Install(self, path, invocation, handle, options):
        content = os.pread(self.fd, 1024, 0)
        os.close(self.fd)

        def result(job):
            return {'version': GLib.Variant('s', '1.2.0'), 'image': GLib.Variant('s', 'cd' * 32)}

        def start():
            self.calls.append(('Install', content))
            self.job = self.add_job('update', path, ['read', 'send', 'start', 'prove'], result, self.wipe_waits)
            invocation.return_value(GLib.Variant('(o)', (self.job,)))
        return self.authorize('install', invocation, start)

    def do_GiveUpCloud(self, path, invocation):
        def start():
            self.calls.append(('GiveUpCloud', path))
            self.later(30, lambda: self.step_job(self.job))
            invocation.return_value(GLib.Variant('(o)', (self.job,)))
        return self.authorize('give-up-cloud', invocation, start)
