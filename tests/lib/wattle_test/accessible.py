# SPDX-License-Identifier: Apache-2.0
"""What a screen reader gets to know of an app: AT-SPI, by its own D-Bus interfaces."""

import ast
import re

from gi.repository import GLib

from .client import Client, DBusError

LAUNCHER = '/usr/libexec/at-spi-bus-launcher'
REGISTRY = 'org.a11y.atspi.Registry'
ROOT = '/org/a11y/atspi/accessible/root'
PREFIX = 'org.a11y.atspi.'

# AtspiRole and AtspiStateType, as far as they are met here.
ROLES = {2: 'alert', 7: 'check box', 11: 'combo box', 16: 'dialog', 23: 'window', 27: 'image', 29: 'label', 31: 'list',
         32: 'list item', 33: 'menu', 35: 'menu item', 37: 'page tab', 39: 'group', 40: 'password', 42: 'progress bar',
         43: 'button', 44: 'radio button', 45: 'radio menu item', 51: 'slider', 52: 'spin button', 54: 'status',
         55: 'grid', 56: 'cell', 61: 'text',
         62: 'toggle button', 79: 'entry', 75: 'application', 83: 'heading', 88: 'link', 103: 'meter'}
STATES = {'active': 1, 'busy': 3, 'checked': 4, 'editable': 7, 'expanded': 10, 'focusable': 11, 'focused': 12, 'modal': 16,
          'pressed': 20, 'selected': 23, 'sensitive': 24}
# What a person operates, or is told something by: each needs a name.
CONTROLS = {'check box', 'cell', 'combo box', 'link', 'list item', 'menu item', 'meter', 'page tab', 'password', 'progress bar',
            'button', 'radio button', 'radio menu item', 'slider', 'spin button', 'text', 'toggle button'}
# GTK gives what has no name the name of its class.
NO_NAME = re.compile(r'^$|^(Gtk|Adw|Wattle)[A-Z]\w+$')


def clean_name(name):
    """GTK 4.8 tells the name of a button with a mnemonic as "_Close Close"."""
    words = name.replace('_', '')
    half = len(words) // 2
    return words[:half] if words[:half] == words[half + 1:] and words[half:half + 1] == ' ' else name


class Node:
    """One accessible object of @app, as it was when the tree was read."""

    def __init__(self, app, item):
        (_, self.path), _, _, _, _, self.interfaces, name, role, self.description, states = item
        self.app, self.name = app, clean_name(name)
        self.role = ROLES.get(role, str(role))
        self._states = states[0] | states[1] << 32
        self.parent, self.children = None, []

    def __repr__(self):
        states = ' '.join(s for s in STATES if self.has(s) and s not in ('focusable', 'sensitive'))
        return f'{self.role} “{self.name}”' + (f' ({self.description})' if self.description else '') + (
            f' [{states}]' if states else '') + ('' if self.has('sensitive') else ' [insensitive]')

    def has(self, state):
        return bool(self._states >> STATES[state] & 1)

    @property
    def window(self):
        node = self
        while node.parent is not None and node.parent.parent is not None:
            node = node.parent
        return node

    @property
    def nameless(self):
        return NO_NAME.match(self.name) is not None

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def find_all(self, name=None, role=None, containing=None):
        """Below this one; @name: whole, or a compiled pattern; @containing: part of it."""
        for node in self.walk():
            if node.matches(name, role) and (containing is None or containing in node.name):
                yield node

    def matches(self, name=None, role=None):
        if role is not None and self.role not in role.split('|'):
            return False
        return name is None or bool(name.search(self.name) if isinstance(name, re.Pattern) else self.name == name)

    def call(self, method, signature='()', *arguments):
        """call('Action.DoAction', '(i)', 0)"""
        interface, name = method.split('.')
        return self.app.call(self.path, PREFIX + interface, name, GLib.Variant(signature, arguments))

    def extents(self):
        """(x, y, width, height) in its window; nothing is shown of what has no size, and what is gone has none."""
        if PREFIX + 'Component' not in self.interfaces:
            return 0, 0, 0, 0
        try:
            return self.call('Component.GetExtents', '(u)', 1)[0]
        except DBusError:
            return 0, 0, 0, 0

    @property
    def shown(self):
        return all(self.extents()[2:])

    def action(self):
        """The index of what a press does; None where the widget has no such action."""
        if PREFIX + 'Action' in self.interfaces:
            for index, (name, *_) in enumerate(self.call('Action.GetActions')[0]):
                if name in ('Click', 'Toggle', 'Activate', 'Select'):
                    return index
        return None

    def text(self):
        count = self.app.get(self.path, 'Text', 'CharacterCount')
        return self.call('Text.GetText', '(ii)', 0, count)[0]

    def value(self):
        return self.app.get(self.path, 'Value', 'CurrentValue')

    def describe(self, depth=0):
        """The tree below, for a person who looks why a test failed; groups without a name are left out."""
        told = self.role not in ('group', '20') or not self.nameless
        lines = [' ' * depth + repr(self)] if told else []
        return '\n'.join(lines + [text for c in self.children if (text := c.describe(depth + told))])


class AccessibleApp:
    """An app, by its name on the accessibility bus."""

    def __init__(self, bus, name):
        self.bus, self.name = bus, name

    def call(self, path, interface, method, parameters=None):
        return self.bus.client.raw(self.name, path, interface, method, parameters)

    def get(self, path, interface, name):
        return self.call(path, 'org.freedesktop.DBus.Properties', 'Get',
                         GLib.Variant('(ss)', (PREFIX + interface, name)))[0]

    def _items(self):
        """All that the app has told of, by path. GVariant's text is Python's, too, and read much faster than unpacked."""
        reply = self.bus.client.raw(self.name, '/org/a11y/atspi/cache', PREFIX + 'Cache', 'GetItems', unpack=False)
        return {item[0][1]: item for item in ast.literal_eval(reply.print_(False))[0]}

    def tree(self):
        """The root of the whole tree: children are asked for level by level, the rest is one call."""
        client, children, level = self.bus.client, {}, [ROOT]
        while level:
            asked = [(path, client.start(self.name, path, PREFIX + 'Accessible', 'GetChildren')) for path in level]
            for path, pending in asked:
                try:
                    children[path] = [child for _, child in client.finish(pending)[0]]
                except DBusError:  # gone in the meantime
                    children[path] = []
            level = [child for path in level for child in children[path]]
        items = self._items()

        def build(path, parent):
            node = Node(self, items[path])
            node.parent = parent
            node.children = [build(child, node) for child in children[path] if child in items]
            return node
        return build(ROOT, None)

    def node(self, path):
        """One object, without what is around it; None where it is gone."""
        client, accessible = self.bus.client, PREFIX + 'Accessible'
        asked = [client.start(self.name, path, accessible, method) for method in ('GetInterfaces', 'GetRole', 'GetState')]
        asked.append(client.start(self.name, path, 'org.freedesktop.DBus.Properties', 'GetAll',
                                  GLib.Variant('(s)', (accessible,))))
        try:
            (interfaces,), (role,), (states,), (told,) = (client.finish(pending) for pending in asked)
        except DBusError:
            return None
        return Node(self, ((self.name, path), None, None, 0, 0, interfaces, told['Name'], role, told['Description'], states))


class AccessibilityBus:
    """The session's, started with it."""

    def __init__(self, session, env):
        self.session = session
        session.process('at-spi', [LAUNCHER, '--launch-immediately'], env=env).start()
        session.client().wait_for_name('org.a11y.Bus')
        address = session.client().raw('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress')[0]
        self.client = Client(address)
        self.client.bus.set_exit_on_close(False)
        self.focused = None  # (bus name, path) of what has the keyboard
        self.focus_changes = 0
        self.client.bus.signal_subscribe(None, PREFIX + 'Event.Object', 'StateChanged', None, None, 0, self._changed)
        self.client.raw(REGISTRY, '/org/a11y/atspi/registry', PREFIX + 'Registry', 'RegisterEvent',
                        GLib.Variant('(sass)', ('object:state-changed:focused', [], '')))

    def _changed(self, _bus, sender, path, _interface, _signal, parameters):
        what, on = parameters.unpack()[:2]
        if what == 'focused' and on:
            self.focused = sender, path
            self.focus_changes += 1

    def app(self, pid):
        """The app once it is there, or None."""
        for name, path in self.client.raw(REGISTRY, ROOT, PREFIX + 'Accessible', 'GetChildren')[0]:
            owner = self.client.raw('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                                    'GetConnectionUnixProcessID', GLib.Variant('(s)', (name,)))[0]
            if owner == pid:
                return AccessibleApp(self, name)
        return None
