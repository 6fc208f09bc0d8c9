# SPDX-License-Identifier: Apache-2.0
"""A D-Bus client of the daemon, as any app could be one."""

import fcntl
import os
import pathlib
import time

import gi

gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

NAME = 'org.wattle.Companion'
ROOT = '/org/wattle/Companion'
PREFIX = 'org.wattle.Companion1.'

XML = pathlib.Path(__file__).resolve().parents[3] / 'data/dbus/org.wattle.Companion1.xml'

AGENT_XML = '''<node><interface name="org.wattle.Companion1.Agent">
  <method name="Authorize"><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/></method>
  <method name="Cancel"/></interface></node>'''


class DBusError(Exception):
    """An error of the daemon: its name without prefix, and its sentence."""

    def __init__(self, error):
        remote = Gio.DBusError.get_remote_error(error) or error.message
        self.name = remote.removeprefix(PREFIX + 'Error.')
        # Python gets a copy, so that Gio.DBusError.strip_remote_error() changes nothing.
        self.message = error.message.removeprefix(f'GDBus.Error:{remote}: ')
        super().__init__(f'{self.name}: {self.message}')


class JobFailed(AssertionError):
    """A job that ended in state failed: its error's name, and its sentence."""

    def __init__(self, job, properties):
        self.name, self.message = properties['Error']
        super().__init__(f'{job} failed: {self.name}: {self.message} {properties["Steps"]}')


def secret_fd(secret):
    """A sealed memory file, as docs of the interface ask for."""
    fd = os.memfd_create('secret', os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(fd, secret.encode() if isinstance(secret, str) else secret)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL)
    return fd


class Client:
    def __init__(self, address, timeout=60, tick=20):
        """@timeout: seconds that anything may take; @tick: milliseconds between looks whether it has happened."""
        flags = Gio.DBusConnectionFlags
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
        self.timeout, self.tick = timeout, tick
        self.signals = []
        self._agent = 0

    # --------------------------------------------------------- main context

    def wait(self, condition, what='the condition', timeout=None):
        """Runs the main context until @condition gives something true, which it returns."""
        context = GLib.MainContext.default()
        deadline = time.monotonic() + (timeout or self.timeout)
        tick = GLib.timeout_add(self.tick, lambda: True)
        try:
            while True:
                begun = time.monotonic()
                result = condition()
                looked = time.monotonic()
                if result:
                    return result
                if looked > deadline:
                    raise AssertionError(f'{what}: not within {timeout or self.timeout} s')
                # Half of the time at most is spent on looks that keep the other programs from going on.
                context.iteration(True)
                while time.monotonic() < 2 * looked - begun:
                    context.iteration(True)
        finally:
            GLib.source_remove(tick)

    def pause(self, seconds):
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end, timeout=seconds + 60)

    def wait_for_name(self, name, process=None):
        def owned():
            if process is not None and not process.running:
                raise AssertionError(f'{process.name} ended\n{process.log()}')
            return self.raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameHasOwner',
                            GLib.Variant('(s)', (name,)))[0]
        self.wait(owned, f'{name} on the bus')

    # ---------------------------------------------------------------- calls

    def start(self, name, path, interface, method, parameters=None, fds=(), timeout=None, unpack=True):
        """Begins a call; gives a dictionary that has "value" or "error" once it has ended."""
        fd_list = Gio.UnixFDList.new() if fds else None
        for fd in fds:
            fd_list.append(fd)
            os.close(fd)
        pending = {}

        def done(bus, result):
            try:
                value, out = bus.call_with_unix_fd_list_finish(result)
                pending['fds'] = list(out.steal_fds()) if out is not None else []
                pending['value'] = value.unpack() if unpack else value
            except GLib.Error as error:
                pending['error'] = DBusError(error)

        self.bus.call_with_unix_fd_list(name, path, interface, method, parameters, None, Gio.DBusCallFlags.NONE,
                                        int((timeout or self.timeout) * 1000), fd_list, None, done)
        return pending

    def finish(self, pending, timeout=None):
        self.wait(lambda: 'value' in pending or 'error' in pending, 'the reply', (timeout or self.timeout) + 5)
        if 'error' in pending:
            raise pending['error']
        self.fds = pending['fds']
        return pending['value']

    def raw(self, name, path, interface, method, parameters=None, fds=(), timeout=None, unpack=True):
        return self.finish(self.start(name, path, interface, method, parameters, fds, timeout, unpack), timeout)

    def call(self, path, interface_method, signature='()', *arguments, fds=(), timeout=None):
        """call(path, 'Candidate.Open', '(ha{sv})', 0, {}, fds=[fd]); the result unpacked, one value bare."""
        interface, method = interface_method.split('.')
        value = self.raw(NAME, path, PREFIX + interface, method, GLib.Variant(signature, arguments), fds, timeout)
        return value[0] if len(value) == 1 else value

    def begin(self, path, interface_method, signature='()', *arguments, fds=()):
        interface, method = interface_method.split('.')
        return self.start(NAME, path, PREFIX + interface, method, GLib.Variant(signature, arguments), fds)

    def objects(self, interface=None):
        """Path to {interface without prefix: properties} of all objects, or of those with @interface."""
        managed = self.raw(NAME, ROOT, 'org.freedesktop.DBus.ObjectManager', 'GetManagedObjects')[0]
        short = {path: {name.removeprefix(PREFIX): properties for name, properties in interfaces.items()}
                 for path, interfaces in managed.items()}
        return {path: found for path, found in short.items() if interface is None or interface in found}

    def get(self, path, interface_property):
        interface, name = interface_property.split('.')
        return self.raw(NAME, path, 'org.freedesktop.DBus.Properties', 'Get',
                        GLib.Variant('(ss)', (PREFIX + interface, name)))[0]

    def set(self, path, interface_property, value):
        interface, name = interface_property.split('.')
        self.raw(NAME, path, 'org.freedesktop.DBus.Properties', 'Set',
                 GLib.Variant('(ssv)', (PREFIX + interface, name, value)))

    def collect(self, interface_signal):
        """A list that grows by the arguments of each such signal."""
        interface, name = interface_signal.split('.')
        seen = []
        self.bus.signal_subscribe(NAME, PREFIX + interface, name, None, None, Gio.DBusSignalFlags.NONE,
                                  lambda *args: seen.append(args[5].unpack()))
        return seen

    def fails(self, error_name, function, *arguments, **options):
        """The sentence of the error that @function must end with."""
        try:
            function(*arguments, **options)
        except (DBusError, JobFailed) as error:
            assert error.name in error_name.split('|'), f'{error.name} instead of {error_name}: {error.message}'
            assert len(error.message) > 15 and error.message[0].isupper(), f'no sentence for a person: {error.message}'
            return error.message
        raise AssertionError(f'it went well instead of {error_name}')

    def purposes(self, device):
        """Purpose id to its dictionary in Consent.Purposes."""
        return {p['id']: p for p in self.get(device, 'Consent.Purposes')}

    def read_secret(self):
        """The secret in the file descriptor of the last reply."""
        fd = self.fds.pop(0)
        try:
            return os.pread(fd, 1024, 0).decode()
        finally:
            os.close(fd)

    # ---------------------------------------------------------------- agent

    def register_agent(self, answer=lambda action, details: True):
        """Answers the daemon's questions; self.questions keeps them."""
        self.questions = []
        if self._agent:  # the daemon was restarted and has forgotten it
            self.bus.unregister_object(self._agent)
        info = Gio.DBusNodeInfo.new_for_xml(AGENT_XML).interfaces[0]

        def called(_bus, _sender, _path, _interface, method, parameters, invocation):
            if method == 'Authorize':
                action, details = parameters.unpack()
                self.questions.append((action, details))
                if not answer(action, details):
                    invocation.return_dbus_error(PREFIX + 'Error.Denied', 'No.')
                    return
            invocation.return_value(None)

        if self._agent:  # of a daemon before
            self.bus.unregister_object(self._agent)
        self._agent = self.bus.register_object('/agent', info, called, None, None)
        self.call(ROOT, 'Manager.RegisterAgent', '(o)', '/agent')

    def unregister_agent(self):
        self.call(ROOT, 'Manager.UnregisterAgent', '(o)', '/agent')
        self.bus.unregister_object(self._agent)
        self._agent = 0

    # ------------------------------------------------------------- the story

    def discover(self, state='unowned', exclude=(), timeout=None):
        """The path of a candidate near that is in @state."""
        self.call(ROOT, 'Manager.StartDiscovery')

        def found():
            for path, interfaces in self.objects('Candidate').items():
                if interfaces['Candidate']['State'] == state and path not in exclude:
                    return path
            return None
        return self.wait(found, f'a candidate in state {state}', timeout)

    def open(self, candidate, secret, kind='code'):
        self.call(candidate, 'Candidate.Open', '(ha{sv})', 0, {'secret': GLib.Variant('s', kind)},
                  fds=[secret_fd(secret)])

    def finish_setup(self, candidate, password, decisions, name):
        """The path of the device that the set-up makes."""
        job = self.call(candidate, 'Candidate.Finish', '(ha{sb}a{sv})', 0, decisions, {'name': GLib.Variant('s', name)},
                        fds=[secret_fd(password)])
        return self.wait_for_job(job)['device']

    def set_up(self, unit, password='plain tall paddock gumtree', decisions=None, name='Kitchen'):
        candidate = self.discover()
        self.open(candidate, unit.code)
        device = self.finish_setup(candidate, password, decisions or {}, name)
        self.call(ROOT, 'Manager.StopDiscovery')
        return device

    def wait_for_job(self, job, state='done', timeout=None):
        """The job's result once it is in @state; a job that fails raises its error."""
        def ended():
            properties = self.objects('Job').get(job, {}).get('Job')
            assert properties is not None, f'{job} is gone'
            if properties['State'] == 'failed' and state != 'failed':
                raise JobFailed(job, properties)
            return properties if properties['State'] == state else None
        return self.wait(ended, f'{job} {state}', timeout)['Result']
