# SPDX-License-Identifier: Apache-2.0
"""Looks into the real keyring by the Secret Service's own interface, and locks it."""

from gi.repository import GLib

SERVICE = 'org.freedesktop.secrets'
ROOT = '/org/freedesktop/secrets'
COLLECTION = 'org.freedesktop.Secret.Collection'
ITEM = 'org.freedesktop.Secret.Item'


class Keyring:
    def __init__(self, client):
        self.client = client

    def _get(self, path, interface, name):
        return self.client.raw(SERVICE, path, 'org.freedesktop.DBus.Properties', 'Get',
                               GLib.Variant('(ss)', (interface, name)))[0]

    def collections(self):
        return self._get(ROOT, 'org.freedesktop.Secret.Service', 'Collections')

    def items(self):
        """Path to attributes of every item of every collection."""
        return {item: self._get(item, ITEM, 'Attributes')
                for collection in self.collections() for item in self._get(collection, COLLECTION, 'Items')}

    def labels(self):
        return [self._get(item, ITEM, 'Label') for item in self.items()]

    def secret(self, item):
        """The secret's bytes, unencrypted: this is our own private bus."""
        session = self.client.raw(SERVICE, ROOT, 'org.freedesktop.Secret.Service', 'OpenSession',
                                  GLib.Variant('(sv)', ('plain', GLib.Variant('s', ''))))[1]
        value = self.client.raw(SERVICE, item, ITEM, 'GetSecret', GLib.Variant('(o)', (session,)))[0]
        return bytes(value[2])

    def secrets(self):
        return [self.secret(item) for item in self.items()]

    def lock(self):
        self.client.raw(SERVICE, ROOT, 'org.freedesktop.Secret.Service', 'Lock',
                        GLib.Variant('(ao)', (self.collections(),)))
        self.client.wait(lambda: all(self._get(c, COLLECTION, 'Locked') for c in self.collections()
                                     if not c.endswith('/session')), 'the keyring is locked')
