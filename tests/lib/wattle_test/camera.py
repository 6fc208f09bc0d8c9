# SPDX-License-Identifier: Apache-2.0
"""The desktop's camera portal, which asks the person: org.freedesktop.portal.Camera and .Request."""

import os

from gi.repository import Gio, GLib

from .appearance import PATH

XML = '''<node><interface name="org.freedesktop.portal.Camera">
  <method name="AccessCamera"><arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>
  <method name="OpenPipeWireRemote"><arg type="a{sv}" direction="in"/><arg type="h" direction="out"/></method>
  <property name="IsCameraPresent" type="b" access="read"/><property name="version" type="u" access="read"/></interface>
  <interface name="org.freedesktop.portal.Request"><method name="Close"/></interface></node>'''
REQUEST = 'org.freedesktop.portal.Request'
YES, NO, OTHER = 0, 1, 2  # what Response says


class CameraPortal:
    """Beside the portal for the looks, on the same connection; asked[] grows by the paths of questions that are open.

    @remote: gives the file descriptor of a connection to PipeWire, the portal's to close."""

    def __init__(self, appearance, remote=None):
        self.bus, self.remote = appearance.bus, remote
        self.asked, self.closed, self.refuses = [], [], None
        camera, self._request = Gio.DBusNodeInfo.new_for_xml(XML).interfaces
        self._objects = [self.bus.register_object(PATH, camera, self._called, self._get, None)]

    def close(self):
        for number in self._objects:
            self.bus.unregister_object(number)
        self._objects = []

    def _get(self, _bus, _sender, _path, _interface, name):
        return GLib.Variant('b', True) if name == 'IsCameraPresent' else GLib.Variant('u', 1)

    def _called(self, _bus, sender, path, _interface, method, parameters, invocation):
        if method == 'Close':
            self.closed.append(path)
            invocation.return_value(None)
        elif method == 'OpenPipeWireRemote':
            fds = Gio.UnixFDList.new()
            fd = self.remote()
            fds.append(fd)
            os.close(fd)
            invocation.return_value_with_unix_fd_list(GLib.Variant('(h)', (0,)), fds)
        elif self.refuses:
            invocation.return_dbus_error(self.refuses, 'not for this app')
        else:
            token = parameters.unpack()[0]['handle_token']
            path = f'{PATH}/request/{sender[1:].replace(".", "_")}/{token}'
            self._objects.append(self.bus.register_object(path, self._request, self._called, None, None))
            self._asker = sender
            self.asked.append(path)
            invocation.return_value(GLib.Variant('(o)', (path,)))

    def answer(self, response):
        """The person's, to the question that was put last."""
        self.bus.emit_signal(self._asker, self.asked[-1], REQUEST, 'Response', GLib.Variant('(ua{sv})', (response, {})))
