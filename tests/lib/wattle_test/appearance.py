# SPDX-License-Identifier: Apache-2.0
"""A desktop's settings portal: light, dark and high contrast, as a person switches them."""

import threading

from gi.repository import Gio, GLib

NAME, PATH = 'org.freedesktop.portal.Desktop', '/org/freedesktop/portal/desktop'
XML = '''<node><interface name="org.freedesktop.portal.Settings">
  <method name="ReadAll"><arg type="as" direction="in"/><arg type="a{sa{sv}}" direction="out"/></method>
  <method name="Read"><arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="v" direction="out"/></method>
  <signal name="SettingChanged"><arg type="s"/><arg type="s"/><arg type="v"/></signal>
  <property name="version" type="u" access="read"/></interface></node>'''
DARK = ('org.freedesktop.appearance', 'color-scheme')
CONTRAST = ('org.gnome.desktop.a11y.interface', 'high-contrast')
STYLES = {'light': (0, False), 'dark': (1, False), 'contrast': (0, True), 'dark-contrast': (1, True)}


class Appearance:
    """In a thread of its own, so that it answers an app that waits while the test waits for the app."""

    def __init__(self, address):
        self._address = address
        self._set('light')
        ready = threading.Event()
        threading.Thread(target=self._serve, args=[ready], daemon=True).start()
        ready.wait()

    def _serve(self, ready):
        context, flags = GLib.MainContext(), Gio.DBusConnectionFlags
        context.push_thread_default()
        self.bus = Gio.DBusConnection.new_for_address_sync(
            self._address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
        self.bus.set_exit_on_close(False)
        self.bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], self._called,
                                 lambda *_: GLib.Variant('u', 1), None)
        self.bus.call_sync('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus', 'RequestName',
                           GLib.Variant('(su)', (NAME, 4)), None, 0, -1, None)
        loop = GLib.MainLoop(context)
        self.bus.connect('closed', lambda *_: loop.quit())
        ready.set()
        loop.run()

    def _set(self, style):
        dark, contrast = STYLES[style]
        self.values = {DARK: GLib.Variant('u', dark), CONTRAST: GLib.Variant('b', contrast)}

    def _called(self, _bus, _sender, _path, _interface, method, parameters, invocation):
        if method == 'ReadAll':
            invocation.return_value(GLib.Variant('(a{sa{sv}})', (
                {namespace: {key: value} for (namespace, key), value in self.values.items()},)))
        elif parameters.unpack() in self.values:
            value = self.values[parameters.unpack()]
            invocation.return_value(GLib.Variant('(v)', (GLib.Variant('v', value),)))
        else:
            invocation.return_dbus_error('org.freedesktop.portal.Error.NotFound', 'There is no such setting')

    def switch(self, style):
        """To one of STYLES; what runs changes at once."""
        self._set(style)
        for (namespace, key), value in self.values.items():
            self.bus.emit_signal(None, PATH, 'org.freedesktop.portal.Settings', 'SettingChanged',
                                 GLib.Variant('(ssv)', (namespace, key, value)))
