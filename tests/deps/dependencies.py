#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Dependencies point one way: docs/architecture.md's rules, read off the includes and the code."""

import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])

# The headers of firmware/zephyr/src.
ZEPHYR = ('board.h', 'button.h', 'flash-port.h', 'inbox.h', 'integrity.h', 'lamp.h', 'link.h', 'radio.h', 'sensor.h',
          'update.h', 'watchdog.h')

# Which of our folders the C files of a folder may include, longest folder first.
# A folder may always include itself; generated D-Bus code is "wattle-bus.h".
MAY_INCLUDE = {
    'pairing': set(),
    'common': set(),
    'paper': {'privacy', 'common'},
    'privacy': {'common'},
    'firmware/core': {'pairing'},
    'firmware/image': set(),
    'firmware/smp': set(),
    'firmware/virtual': {'firmware/core', 'firmware/image', 'firmware/smp', 'pairing', 'wattle-bluez-peripheral.h'},
    # Its own files stand side by side in src/, as Zephyr's samples have them.
    'firmware/zephyr': {'firmware/core', 'pairing', 'app_version.h', *ZEPHYR},
    'firmware/zephyr/tests': {'firmware/core', 'pairing', 'fakes.h', 'image.h', 'pair.h', *ZEPHYR},
    'firmware/zephyr/tests/swap': {'tests/unit/firmware', 'flash.h'},
    'vendor': {'firmware/core', 'firmware/image', 'pairing', 'paper', 'privacy', 'common'},
    'cloud': {'pairing', 'privacy', 'common'},
    'client': {'common'},
    'cli': {'client', 'common', 'paper', 'privacy', 'wattle-bus.h'},
    'gui-gtk': {'client', 'common', 'paper', 'privacy', 'wattle-bus.h'},
    'daemon/link': {'pairing', 'common'},
    'daemon/link/bluez': {'daemon/link', 'pairing', 'common', 'wattle-bluez.h', 'wattle-bluez-callbacks.h'},
    'daemon/password': {'common', 'wattle-wordlist.h'},
    'daemon/store': {'privacy', 'common', 'pairing'},
    'daemon/vendor': {'daemon/store', 'privacy', 'common'},
    # Of the firmware only what reads images and speaks of them.
    'daemon/device': {'daemon/link', 'daemon/store', 'daemon/vendor', 'daemon/password', 'firmware/image',
                      'firmware/smp', 'privacy', 'pairing', 'common'},
    'daemon/policy': {'common'},
    'daemon/lazy': {'common'},
    'daemon/bus': {'daemon/device', 'daemon/policy', 'daemon/password', 'daemon/store', 'privacy', 'common', 'wattle-bus.h'},
    'daemon': {'daemon/bus', 'daemon/policy', 'daemon/device', 'daemon/vendor', 'daemon/store', 'daemon/link',
               'privacy', 'common', 'wattle-bus.h'},
}

# What may not occur in a folder's code at all.
FORBIDDEN = {
    'pairing': r'<glib|<gio|\b(malloc|calloc|realloc|free|fopen|printf)\s*\(|<stdio|<stdlib|<time',
    'firmware/core': r'<glib|<gio|\b(malloc|calloc|realloc|free|fopen|printf)\s*\(|<stdio|<stdlib|<time',
    'privacy': r'GDBus|g_dbus_|<gtk/|<adwaita|sqlite3|libsoup|socket\s*\(',
    'cli': r'sqlite3|libsoup|libsecret|mbedtls',
    'gui-gtk': r'sqlite3|libsoup|libsecret|mbedtls',
}
FORBIDDEN_OUTSIDE = [
    # Clients' calls end in daemon/bus, BlueZ's in daemon/link/bluez.
    ('GDBusMethodInvocation', 'daemon', ('daemon/bus', 'daemon/link/bluez')),
    ('mbedtls/', 'pairing', ('pairing/crypto',)),
]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def sources(folder):
    return sorted(p for p in (ROOT / folder).rglob('*') if p.suffix in ('.c', '.h'))


def owner(path):
    """The rule's folder that a file belongs to."""
    name = path.relative_to(ROOT).as_posix()
    matches = [folder for folder in MAY_INCLUDE if name.startswith(folder + '/')]
    return max(matches, key=len) if matches else None


def wrong_includes(folder, text):
    """Includes in @text, a file of @folder, that its rule does not allow."""
    allowed = MAY_INCLUDE[folder] | {folder}
    return [include for include in INCLUDE.findall(text)
            if not any(include == a or include.startswith(a + '/') for a in allowed)]


class Dependencies(unittest.TestCase):
    def test_includes(self):
        seen = 0
        for folder in MAY_INCLUDE:
            for path in sources(folder):
                if owner(path) != folder:
                    continue
                seen += 1
                with self.subTest(path=str(path.relative_to(ROOT))):
                    self.assertEqual(wrong_includes(folder, path.read_text()), [])
        self.assertGreater(seen, 8, 'the sources were not found')

    def test_forbidden_words(self):
        for folder, pattern in FORBIDDEN.items():
            for path in sources(folder):
                with self.subTest(path=str(path.relative_to(ROOT))):
                    code = re.sub(r'/\*.*?\*/|//[^\n]*', '', path.read_text(), flags=re.S)
                    self.assertIsNone(re.search(pattern, code))

    def test_only_there(self):
        for word, folder, places in FORBIDDEN_OUTSIDE:
            for path in sources(folder):
                if path.relative_to(ROOT).as_posix().startswith(places):
                    continue
                with self.subTest(path=str(path.relative_to(ROOT))):
                    self.assertNotIn(word, path.read_text())

    def test_the_test_notices(self):
        self.assertEqual(wrong_includes('pairing', '#include "common/error.h"\n'), ['common/error.h'])
        self.assertEqual(wrong_includes('cli', '#include "daemon/bus/x.h"\n'), ['daemon/bus/x.h'])


if __name__ == '__main__':
    unittest.main()
