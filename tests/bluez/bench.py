#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Bluetooth benchmark, as tests/bluez/bench starts it: the virtual device on hci1, a companion on hci0."""

import os
import pathlib
import subprocess
import sys

from wattle_bluez import Stack

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ['WATTLE_BUILD'])


def main():
    stack = Stack(pathlib.Path(os.environ['WATTLE_RESULTS']) / 'bench')
    try:
        stack.start()
        return subprocess.run([BUILD / 'tests/bench/bench-bluetooth'], check=False, env={
            **stack.env,
            'WATTLE_RAW_PEER': str(BUILD / 'tests/bench/bluetooth-raw'),
            'WATTLE_VENDOR': str(BUILD / 'vendor/wattle-vendor'),
            'WATTLE_VIRTUAL_DEVICE': str(BUILD / 'firmware/virtual/wattle-virtual-device'),
            'WATTLE_PASSPORT': str(ROOT / 'data/passports/gumleaf-thermometer.json'),
        }).returncode
    finally:
        stack.stop()


if __name__ == '__main__':
    sys.exit(main())
