# SPDX-License-Identifier: Apache-2.0
"""Counts a program's writes and syncs, and cuts its power at one of them (tests/lib/power.c)."""

import os
import struct


class Power:
    def __init__(self, session, below, name='power-counts'):
        self.library = session.build / 'tests/lib/libpower.so'
        self.below = below
        self.path = session.dir / name

    def environment(self, cut=None, at=0):
        """What to add to the environment of the program."""
        env = {'LD_PRELOAD': str(self.library), 'WATTLE_POWER_BELOW': str(self.below),
               'WATTLE_POWER_COUNTS': str(self.path)}
        # The shim comes before the sanitizer's library, which would object.
        env['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'
        if cut is not None:
            env.update(WATTLE_POWER_CUT=cut, WATTLE_POWER_AT=str(at))
        return env

    def counts(self):
        """(syncs, writes) since the program was started."""
        return struct.unpack_from('QQ', self.path.read_bytes())

    def cut_after(self, syncs):
        """The program, started with a cut at syncs, ends at the sync that comes so many from now."""
        with open(self.path, 'r+b') as file:
            now = struct.unpack('Q', file.read(8))[0]
            file.seek(24)
            file.write(struct.pack('Q', now + syncs))

    def fill_disk(self, full=True):
        """From now on no write of the program succeeds, or again every one."""
        with open(self.path, 'r+b') as file:
            file.seek(16)
            file.write(struct.pack('Q', int(full)))
