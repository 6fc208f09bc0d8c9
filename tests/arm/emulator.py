# SPDX-License-Identifier: Apache-2.0
"""An image on QEMU's Cortex-M4, with semihosting for its output."""

import subprocess

MACHINE = ['qemu-system-arm', '-M', 'mps2-an386', '-display', 'none', '-monitor', 'none', '-serial', 'none']


def start(image, *arguments, counting=False):
    words = ','.join(f'arg={a}' for a in (image.name, *arguments))
    return subprocess.Popen(
        [*MACHINE, *(['-icount', 'shift=0'] if counting else []),
         '-semihosting-config', f'enable=on,target=native,{words}', '-kernel', image],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors='backslashreplace')
