# SPDX-License-Identifier: Apache-2.0
"""Debian's stock kernel, unpacked and never installed, and an initramfs that mounts this machine's root.

The 6.12 series is taken because 6.1's P-256 self-test fails under emulation,
and without it LE Secure Connections does not happen.
"""

import fcntl
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = r'^linux-image-6\.12\.[0-9]+\+deb12-amd64$'
# To mount the root, and then what BlueZ needs: its controllers, its cryptography.
BOOT_MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'virtio_rng']
BLUETOOTH_MODULES = ['ccm', 'cmac', 'ecb', 'algif_hash', 'algif_skcipher', 'algif_aead', 'ecdh_generic', 'bluetooth',
                     'hci_vhci', 'uhid']
# A bzImage's payload by its first bytes; all but gzip are followed by the unpacked size.
UNPACKERS = [(b'\x1f\x8b', ['gzip', '-dcq']), (b'\xfd7zXZ\0', ['xz', '-dcq']), (b'\x28\xb5\x2f\xfd', ['zstd', '-dcq']),
             (b'', ['lz4', '-dcq'])]


class VmError(Exception):
    """What is wrong with the machine under the tests, and what to do."""


def run(argv, **options):
    try:
        return subprocess.run([str(a) for a in argv], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              **options).stdout
    except FileNotFoundError:
        raise VmError(f'{argv[0]} is not installed. Run: scripts/install-deps check') from None
    except subprocess.CalledProcessError as error:
        raise VmError(f'{" ".join(map(str, argv))} failed:\n{error.stderr.decode(errors="replace")}') from None


def version_key(package):
    return [int(n) for n in re.findall(r'\d+', package)]


def newest_package():
    """The newest kernel of the series that apt knows."""
    for attempt in range(2):
        found = run(['apt-cache', '--names-only', 'search', PACKAGES]).decode().split('\n')
        names = [line.split(' ')[0] for line in found if line]
        if names:
            return max(names, key=version_key)
        if attempt == 0:
            run(['apt-get', 'update', '-q'] if os.geteuid() == 0 else ['sudo', 'apt-get', 'update', '-q'])
    raise VmError('apt knows no kernel of the 6.12 series. The Bluetooth tier needs Debian 12 with its security '
                  'updates (bookworm-security) in /etc/apt/sources.list.')


def download(cache):
    """The package's file in @cache, fetched once."""
    have = sorted(cache.glob('linux-image-*.deb'), key=lambda path: version_key(path.name))
    if not have:
        run(['apt-get', 'download', '-q', newest_package()], cwd=cache)
        have = sorted(cache.glob('linux-image-*.deb'))
    return have[-1]


def extract_vmlinux(vmlinuz, out):
    """The ELF kernel inside a bzImage: QEMU boots it faster, by PVH.

    Offsets are those of the Linux/x86 boot protocol: setup_sects, payload_offset, payload_length.
    """
    image = vmlinuz.read_bytes()
    offset, length = struct.unpack_from('<II', image, 0x248)
    start = ((image[0x1F1] or 4) + 1) * 512 + offset
    payload = image[start:start + length]
    command = next(command for magic, command in UNPACKERS if payload.startswith(magic))
    if command[0] != 'gzip':
        payload = payload[:-4]
    try:
        elf = subprocess.run(command, input=payload, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             check=False).stdout
    except FileNotFoundError:
        raise VmError(f'{command[0]} is not installed. Run: scripts/install-deps check') from None
    if not elf.startswith(b'\x7fELF'):
        raise VmError(f'{vmlinuz.name} holds no kernel that {command[0]} can unpack.')
    out.write_bytes(elf)


def module_files(root, version, names):
    """The files of modules @names and of all they need, in the order to load them."""
    files = []
    for name in names:
        # A module that is built in has no file and no dependencies.
        shown = run(['/sbin/modprobe', '-d', root, '-S', version, '--show-depends', name]).decode()
        files += [line.split()[1] for line in shown.splitlines() if line.startswith('insmod ')]
    return list(dict.fromkeys(files))


def unpack_module(path, out):
    tool = {'.xz': 'xz', '.zst': 'zstd', '.gz': 'gzip'}.get(path.suffix)
    out.write_bytes(run([tool, '-dcq', path]) if tool else path.read_bytes())


def build_initramfs(root, out):
    """A folder of busybox, modules and init, packed by cpio."""
    version = next((root / 'lib/modules').iterdir()).name
    run(['/sbin/depmod', '-b', root, version])
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        folder = pathlib.Path(name)
        for part in ('bin', 'modules', 'proc', 'sys', 'dev', 'lower', 'upper', 'root'):
            (folder / part).mkdir()
        busybox = shutil.which('busybox') or '/bin/busybox'
        if not pathlib.Path(busybox).exists():
            raise VmError('busybox is not installed. Run: scripts/install-deps check')
        shutil.copy(busybox, folder / 'bin/busybox')
        shutil.copy(HERE / 'init', folder / 'init')
        (folder / 'init').chmod(0o755)
        loaded = []
        for when, names in (('boot', BOOT_MODULES), ('bluetooth', BLUETOOTH_MODULES)):
            paths = [pathlib.Path(p) for p in module_files(root, version, names) if p not in loaded]
            loaded += map(str, paths)
            for path in paths:
                unpack_module(path, folder / 'modules' / path.name.split('.ko')[0])
            (folder / f'modules/{when}.list').write_text(''.join(f'{p.name.split(".ko")[0]}\n' for p in paths))
        listing = '\n'.join(str(p.relative_to(folder)) for p in sorted(folder.rglob('*')))
        out.write_bytes(run(['cpio', '-o', '-H', 'newc', '--quiet'], cwd=folder, input=listing.encode()))


def prepare(cache):
    """(vmlinux, initramfs) in folder @cache, made where they are missing or older than their sources."""
    cache.mkdir(parents=True, exist_ok=True)
    vmlinux, initramfs = cache / 'vmlinux', cache / 'initramfs.cpio'
    newest = max(path.stat().st_mtime for path in (HERE / 'init', pathlib.Path(__file__)))
    with open(cache / 'lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if initramfs.exists() and initramfs.stat().st_mtime >= newest and vmlinux.exists():
            return vmlinux, initramfs
        package = download(cache)
        with tempfile.TemporaryDirectory(dir=cache) as name:
            root = pathlib.Path(name)
            run(['dpkg', '-x', package, root])
            extract_vmlinux(next((root / 'boot').glob('vmlinuz-*')), vmlinux)
            build_initramfs(root, cache / 'initramfs.new')
        (cache / 'initramfs.new').rename(initramfs)
    return vmlinux, initramfs
