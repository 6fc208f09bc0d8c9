# SPDX-License-Identifier: Apache-2.0
"""QEMU without KVM and without network: boots, runs one command, ends."""

import ctypes
import mmap
import pathlib
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import time

from .kernel import VmError, prepare

__all__ = ['Machine', 'VmError']

KERNEL_OPTIONS = ('console=ttyS0 quiet panic=-1 tsc=reliable no_timer_check mitigations=off nokaslr audit=0 '
                  'random.trust_cpu=on')
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def tsc_khz():
    """The rate of this machine's time-stamp counter, None where there is none.

    It is the guest's clock.  A guest that has to find out by itself while this
    machine is busy gets it wrong by any factor, and all its time-outs with it.
    """
    if platform.machine() != 'x86_64':
        return None
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex('0f31 48c1e220 4809d0 c3'))  # rdtsc; shl rdx, 32; or rax, rdx; ret
    read = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(ctypes.c_char.from_buffer(page)))

    def both():
        """(nanoseconds, ticks) of one moment: that of several tries in which least time passed."""
        tries = [(time.monotonic_ns(), read(), time.monotonic_ns()) for _ in range(50)]
        before, ticks, after = min(tries, key=lambda t: t[2] - t[0])
        return (before + after) / 2, ticks

    (began, first), _, (ended, last) = both(), time.sleep(0.2), both()
    return round((last - first) / (ended - began) * 1e6)


def share(tag, path, read_only):
    """Options for a folder that the guest mounts by @tag."""
    only = ',readonly=on' if read_only else ''
    return ['-fsdev', f'local,id={tag},path={path},security_model=none,multidevs=remap{only}',
            '-device', f'virtio-9p-pci,fsdev={tag},mount_tag={tag}']


class Machine:
    """@cache keeps kernel and initramfs; @results is /run/results in the guest, the only place it can write."""

    def __init__(self, cache, results):
        self.cache, self.results = pathlib.Path(cache).resolve(), pathlib.Path(results).resolve()

    def argv(self):
        qemu = shutil.which('qemu-system-x86_64')
        if qemu is None:
            raise VmError('qemu-system-x86_64 is not installed, and without it nothing of Bluetooth is tested. '
                          'Run: scripts/install-deps check')
        vmlinux, initramfs = prepare(self.cache)
        khz = tsc_khz()
        options = f'{KERNEL_OPTIONS} tsc_early_khz={khz}' if khz else KERNEL_OPTIONS
        # One processor: QEMU's emulation lets a second one run into what Linux is just patching in its own code, and
        # Linux panics ("Oops: int3"); more at once than this machine has would only take turns, too.
        return [qemu, '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-nic', 'none',
                '-M', 'q35,vmport=off', '-accel', 'tcg,tb-size=256', '-cpu', 'max', '-smp', '1',
                '-m', '1G', '-kernel', vmlinux, '-initrd', initramfs, '-append', options,
                '-chardev', f'file,id=console,path={self.results}/console', '-device', 'isa-serial,chardev=console',
                *share('root', '/', True), *share('results', self.results, False)]

    def boot(self, argv, environment, limit=300, out=None):
        """Runs @argv in a new machine and gives its exit status.

        What it prints goes to @out as it comes.  After @limit seconds the
        machine is switched off; that, and one that does not start, is a VmError.
        """
        shutil.rmtree(self.results, ignore_errors=True)
        self.results.mkdir(parents=True)
        exports = ''.join(f'export {name}={shlex.quote(str(value))}\n' for name, value in environment.items())
        (self.results / 'command').write_text(exports + 'exec ' + shlex.join(map(str, argv)) + '\n')
        qemu = subprocess.Popen([str(a) for a in self.argv()], stdin=subprocess.DEVNULL, preexec_fn=die_with_parent,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            self._follow(qemu, limit, out or sys.stdout)
        finally:
            if qemu.poll() is None:
                qemu.kill()
            said = qemu.communicate()[0].decode(errors='replace')
        return self._status(said)

    def _follow(self, qemu, limit, out):
        """Copies the guest's output until QEMU has ended."""
        deadline, position, path = time.monotonic() + limit, 0, self.results / 'output'
        while True:
            ended = qemu.poll() is not None
            if path.exists():
                with open(path, 'rb') as file:
                    file.seek(position)
                    new = file.read()
                position += len(new)
                out.write(new.decode(errors='replace'))
                out.flush()
            if ended:
                return
            if time.monotonic() > deadline:
                raise VmError(f'The virtual machine was not done within {limit} s and was switched off.\n'
                              + self.console())
            time.sleep(0.1)

    def _status(self, said):
        path = self.results / 'status'
        if not path.exists():
            raise VmError(f'The virtual machine ended before the tests did.\n{said}\n{self.console()}')
        return int(path.read_text())

    def console(self):
        """The last of what kernel and init printed."""
        path = self.results / 'console'
        return path.read_text(errors='replace')[-3000:] if path.exists() else ''
