# SPDX-License-Identifier: Apache-2.0
"""A desktop that shows notifications: org.freedesktop.Notifications on the session bus, and an app that opens."""

from gi.repository import Gio, GLib

NAME = 'org.freedesktop.Notifications'
PATH = '/org/freedesktop/Notifications'
XML = '''<node><interface name="org.freedesktop.Notifications">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/></method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method></interface></node>'''
APP = 'org.wattle.Wattle'
APP_XML = '''<node><interface name="org.freedesktop.Application">
  <method name="ActivateAction"><arg type="s" direction="in"/><arg type="av" direction="in"/>
    <arg type="a{sv}" direction="in"/></method></interface></node>'''


class Desktop:
    """On the test's own connection; shown[] and opened[] grow."""

    def __init__(self, client, capabilities=('actions', 'body', 'body-markup', 'persistence')):
        self.client, self.bus, self.capabilities = client, client.bus, list(capabilities)
        self.shown, self.closed, self.opened = [], [], []
        self.refuses = False
        self._objects = []
        self._next = 1

    def _own(self, name):
        self.client.raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                        GLib.Variant('(su)', (name, 4)))

    def _release(self, name):
        self.client.raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'ReleaseName',
                        GLib.Variant('(s)', (name,)))

    def _register(self, path, xml, called):
        info = Gio.DBusNodeInfo.new_for_xml(xml).interfaces[0]
        self._objects.append(self.bus.register_object(path, info, called, None, None))

    def start(self):
        self._register(PATH, XML, self._called)
        self._own(NAME)
        return self

    def start_app(self, services):
        """The app, running; @services is the folder that makes it one the bus could start."""
        services.mkdir(parents=True, exist_ok=True)
        (services / f'{APP}.service').write_text(f'[D-BUS Service]\nName={APP}\nExec=/bin/false\n')
        self.client.raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'ReloadConfig')
        self._register('/org/wattle/Wattle', APP_XML, self._opened)
        self._own(APP)

    def stop(self):
        self._release(NAME)
        for number in self._objects:
            self.bus.unregister_object(number)
        self._objects = []

    def _called(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        if method == 'GetCapabilities':
            invocation.return_value(GLib.Variant('(as)', (self.capabilities,)))
        elif method == 'CloseNotification':
            self.closed.append(parameters.unpack()[0])
            invocation.return_value(None)
        elif self.refuses:
            invocation.return_dbus_error('org.freedesktop.DBus.Error.Failed', 'not now')
        else:
            _, replaces, _, summary, body, actions, hints, timeout = parameters.unpack()
            number = replaces or self._next
            self._next += 1
            self.shown.append({'id': number, 'replaces': replaces, 'summary': summary, 'body': body,
                               'actions': dict(zip(actions[::2], actions[1::2])), 'hints': hints, 'timeout': timeout})
            invocation.return_value(GLib.Variant('(u)', (number,)))

    def _opened(self, _bus, _sender, _path, _interface, _method, parameters, invocation):
        self.opened.append(parameters.unpack())
        invocation.return_value(None)

    def emit(self, signal, signature, *arguments):
        self.bus.emit_signal(None, PATH, NAME, signal, GLib.Variant(signature, arguments))

    def choose(self, number, action, token=None):
        """The person presses @action of a notification, which then goes away."""
        if token is not None:
            self.emit('ActivationToken', '(us)', number, token)
        self.emit('ActionInvoked', '(us)', number, action)
        self.emit('NotificationClosed', '(uu)', number, 2)
