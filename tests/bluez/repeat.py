#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The main job's story over Bluetooth, again and again: set-up, reading, consent and withdrawal, wipe, next code.

    tests/bluez/run --repeat 20

Ends in unittest's lines, one test for each time round.
"""

import sys
import time

from wattle_bluez.world import READING, Story, main


class Again(Story):
    """Each round is the next owner's, who has the code that the wipe before has made."""

    def round(self):
        world, client = self.world, self.client
        readings = client.collect('Device.Reading')
        device = world.set_up()
        self.wait(lambda: readings, 'a reading')
        self.assertAlmostEqual(readings[-1][2], READING / 1000, places=2)
        for change, state in (('Give', 'given'), ('Withdraw', 'withdrawn')):
            client.call(device, f'Consent.{change}', '(s)', 'cloud-history')
            world.confirmed('cloud-history', state)
        client.call(device, 'Device.Disconnect')
        world.connected()
        entry = world.wiped(client.call(device, 'Wipe.Start', '(a{sv})', {}))
        self.assertEqual(set(entry['places'].values()), {'confirmed'})


def add_round(number):
    def test(self):
        began = time.monotonic()
        self.round()
        print(f'round {number}: {time.monotonic() - began:.1f} s', file=sys.stderr, end=' ')

    setattr(Again, f'test_{number:04d}', test)


if __name__ == '__main__':
    for each in range(1, int(sys.argv.pop(1)) + 1):
        add_round(each)
    sys.exit(main())
