#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds MCUboot's swap for this computer, as it was configured for the nRF52840 with the key that was built into it,
signs four images with imgtool and runs src/test-swap.c with them.

    run.py MCUBOOT SYSBUILD APP KEY BUILD OUT

MCUBOOT: its sources.  SYSBUILD: where sysbuild put boot loader and application.  APP: the application's name there.
KEY: the key they were signed with.  BUILD: a build of Wattle.  OUT: a folder for what is made."""

import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[3]

BOOTUTIL = ('bootutil_area bootutil_find_key bootutil_img_hash bootutil_img_security_cnt bootutil_loader bootutil_misc '
            'bootutil_public caps fault_injection_hardening image_ecdsa image_validate loader swap_misc swap_move '
            'swap_offset swap_scratch tlv').split()
TINYCRYPT = ('ecc', 'ecc_dsa', 'sha256', 'utils')
ASN1 = ('asn1parse', 'platform_util')
# What the product's boot loader has to have, for this to be a test of it.
EXPECTED = ('BOOT_SWAP_USING_OFFSET', 'BOOT_VALIDATE_SLOT0', 'BOOT_SIGNATURE_TYPE_ECDSA_P256',
            'MCUBOOT_DOWNGRADE_PREVENTION_SECURITY_COUNTER')
PAGE = 4096


def partitions():
    """Where slots and memory begin, and how long the slots are, from the devicetree."""
    text = (HERE.parents[1] / 'partitions-nrf52840dk.dtsi').read_text()
    found = {name: (int(at, 16), int(size, 16)) for name, at, size in
             re.findall(r'label = "([\w-]+)";\s*reg = <(0x\w+) (0x\w+)>', text)}
    assert found['image-0'][1] == found['image-1'][1]
    return {'SLOT_0': found['image-0'][0], 'SLOT_1': found['image-1'][0], 'SLOT_SIZE': found['image-0'][1],
            'WATTLE': found['wattle'][0], 'FLASH_SIZE': sum(found['wattle']),
            'MIN_SECTOR_COUNT': found['image-0'][1] // PAGE}


def build(mcuboot, sysbuild, wattle, out):
    loader = sysbuild / 'mcuboot' / 'zephyr'
    config = (loader / '.config').read_text()
    for option in EXPECTED:
        assert f'CONFIG_{option}=y' in config.splitlines(), f'the boot loader lacks {option}'
    source = mcuboot / 'boot' / 'bootutil' / 'src'
    sources = [source / f'{name}.c' for name in BOOTUTIL]
    sources += [mcuboot / 'ext' / 'tinycrypt' / 'lib' / 'source' / f'{name}.c' for name in TINYCRYPT]
    sources += [mcuboot / 'ext' / 'mbedtls-asn1' / 'src' / f'{name}.c' for name in ASN1]
    sources += [mcuboot / 'boot' / 'zephyr' / 'keys.c', loader / 'autogen-pubkey.c']
    flags = ['-O2', '-g', '-D_GNU_SOURCE', '-ffunction-sections', '-fdata-sections', '-Wl,--gc-sections']
    flags += [f'-D{name}={value:#x}u' if name != 'MIN_SECTOR_COUNT' else f'-D{name}={value}'
              for name, value in partitions().items()]
    theirs = ['-include', loader / 'include' / 'generated' / 'zephyr' / 'autoconf.h', '-include', HERE / 'shim' / 'no-chip.h']
    includes = [f'-I{path}' for path in (
        HERE / 'shim', HERE / 'src', mcuboot / 'boot' / 'bootutil' / 'include', source,
        mcuboot / 'boot' / 'zephyr' / 'include', mcuboot / 'ext' / 'tinycrypt' / 'lib' / 'include')]
    asn1 = [f'-I{mcuboot}/ext/mbedtls-asn1/include']
    glib = subprocess.run(['pkg-config', '--cflags', 'glib-2.0'], check=True, capture_output=True, text=True).stdout.split()
    objects = []
    # MCUboot has Mbed TLS's names for itself, another version of it: out of sight of the device's.
    for path in sources:
        target = out / f'{path.stem}.o'
        subprocess.run(['cc', *flags, *theirs, '-w', '-DMBEDTLS_CONFIG_FILE="config-asn1.h"', *includes, *asn1, '-c', path, '-o', target], check=True)
        objects.append(target)
    subprocess.run(['ld', '-r', *objects, '-o', out / 'all-of-mcuboot.o'], check=True)
    subprocess.run(['objcopy', '--wildcard', '--localize-symbol=mbedtls_*', out / 'all-of-mcuboot.o'], check=True)
    subprocess.run(['cc', *flags, *glib, *includes, *theirs, '-Wall', '-Werror', f'-I{ROOT}', f'-I{wattle}', HERE / 'src' / 'flash.c',
                    HERE / 'src' / 'test-swap.c', out / 'all-of-mcuboot.o', wattle / 'tests/unit/firmware/libfirmware-rig.a',
                    wattle / 'firmware/core/libwattle-firmware-core.a', *sorted(wattle.glob('pairing/lib*.a')),
                    '-lprotobuf-nanopb', '-lmbedcrypto', '-lglib-2.0', '-o', out / 'test-swap'], check=True)


def sign(mcuboot, binary, key, version, target):
    """As sysbuild has it done, for the version @version."""
    slot = partitions()['SLOT_SIZE']
    subprocess.run([sys.executable, mcuboot / 'scripts' / 'imgtool.py', 'sign', '--key', key, '--version', version,
                    '--header-size', '0x200', '--slot-size', str(slot), '--align', '4', '--security-counter', 'auto',
                    binary, target], check=True, stdout=subprocess.DEVNULL)


def main():
    mcuboot, sysbuild, app, key, wattle, out = sys.argv[1:7]
    mcuboot, sysbuild, wattle, out = (pathlib.Path(p).resolve() for p in (mcuboot, sysbuild, wattle, out))
    out.mkdir(parents=True, exist_ok=True)
    build(mcuboot, sysbuild, wattle, out)
    binary = sysbuild / app / 'zephyr' / 'zephyr.bin'
    stranger = out / 'stranger.pem'
    subprocess.run([sys.executable, mcuboot / 'scripts' / 'imgtool.py', 'keygen', '-k', stranger, '-t', 'ecdsa-p256'],
                   check=True)
    # The product's own image is the old one, byte by byte.
    (out / 'old.bin').write_bytes((sysbuild / app / 'zephyr' / 'zephyr.signed.bin').read_bytes())
    sign(mcuboot, binary, key, '7.0.0', out / 'new.bin')
    sign(mcuboot, binary, key, '0.0.1', out / 'older.bin')
    sign(mcuboot, binary, stranger, '7.0.0', out / 'strangers.bin')
    raise SystemExit(subprocess.run([out / 'test-swap', out, *sys.argv[7:]]).returncode)


main()
