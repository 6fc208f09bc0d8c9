# SPDX-License-Identifier: Apache-2.0
"""Images of a virtual device, signed as its maker's bench does it."""

import hashlib
import os
import pathlib

from .process import run


class Images:
    """A maker's key, and the folder of one unit's images, with the first in it."""

    def __init__(self, session, unit, version='1.0.0'):
        self.session, self.unit = session, unit
        self.folder = session.dir / f'{unit.unit_id}.images'
        self.folder.mkdir(mode=0o700)
        self.key = self.new_key('maker')
        (self.folder / 'key.pem').write_bytes(self.public(self.key).read_bytes())
        self.option = f'--images={self.folder}'
        self.first = self.new(version)
        self.put(self.first)

    def vendor(self, *words):
        return run([self.session.build / 'vendor/wattle-vendor', 'image', *words], self.session.env)

    def new_key(self, name):
        key = self.session.dir / f'{self.unit.unit_id}-{name}.key'
        self.vendor('key', '--key', key, '--public', self.public(key))
        return key

    @staticmethod
    def public(key):
        return key.with_suffix('.public')

    def new(self, version, *options, key=None, product=None, size=20000):
        """The path of a new signed image; two of the same version are not the same."""
        number = len(list(self.session.dir.glob('*.bin')))
        body, path = self.session.dir / f'{number}.body', self.session.dir / f'{number}.bin'
        body.write_bytes(os.urandom(size))
        self.vendor('new', body, '--version', version, '--product', f'0x{product or self.unit.product:08x}', '--key',
                    key or self.key, '-o', path, *options)
        return path

    def put(self, image):
        """What runs from the next start on, as if it had come in by another way; the device is off."""
        for name in ('slot-0.bin', 'slot-1.bin', 'boot.bin'):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / 'slot-0.bin').write_bytes(pathlib.Path(image).read_bytes())
        return self.hash(image)

    @staticmethod
    def hash(image):
        """Its SHA-256 as the device tells it: of header, body and protected tags."""
        data = pathlib.Path(image).read_bytes()
        word = lambda at, size: int.from_bytes(data[at:at + size], 'little')  # noqa: E731
        signed = word(8, 2) + word(12, 4) + word(10, 2)
        return hashlib.sha256(data[:signed]).hexdigest()
