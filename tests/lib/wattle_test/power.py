# SPDX-License-Identifier: Apache-2.0
"""Counts a program's writes and syncs, and cuts its power at one of them (tests/lib/power.c)."""

import errno
import os
import struct


class Power:
    def __init__(self, session, below, name='power-counts'):
        self.library = session.build / 'tests/lib/libpower.so'
        self.others = [session.env['LD_PRELOAD']] if 'LD_PRELOAD' in session.env else []
        self.below = below
        self.path = session.dir / name

    def environment(self, cut=None, at=0, match=None):
        """What to add to the environment of the program.  @at: a count; @match: a text that is written."""
        libraries = [str(self.library), *self.others]
        env = {'LD_PRELOAD': ':'.join(libraries), 'WATTLE_POWER_BELOW': str(self.below),
               'WATTLE_POWER_COUNTS': str(self.path)}
        # The shim comes before the sanitizer's library, which would object.
        env['ASAN_OPTIONS'] = os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'
        if cut is not None:
            env.update(WATTLE_POWER_CUT=cut, WATTLE_POWER_AT=str(at))
        if match is not None:
            env['WATTLE_POWER_MATCH'] = match
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

    def _put(self, index, number):
        with open(self.path, 'r+b') as file:
            file.seek(8 * index)
            file.write(struct.pack('Q', number))

    def fill_disk(self, full=True):
        """From now on no write of the program succeeds, or again every one."""
        self._put(2, int(full))

    def break_disk(self):
        """From now on every write fails."""
        self._put(2, errno.EIO)

    def slow_disk(self, milliseconds):
        """Each sync takes so much longer."""
        self._put(4, milliseconds)

    def matched(self):
        """Whether the text was written, or would have been."""
        return struct.unpack_from('Q', self.path.read_bytes(), 40)[0] != 0
