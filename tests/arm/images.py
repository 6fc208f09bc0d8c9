# SPDX-License-Identifier: Apache-2.0
"""The images for the emulated chip: our portable parts, the host's own tests of them, Mbed TLS and nanopb, compiled for
Cortex-M4 and linked with newlib.  Ninja builds them, from a file that is written here."""

import fcntl
import pathlib
import shutil
import subprocess

import sources

NEEDS = {'arm-none-eabi-gcc': 'gcc-arm-none-eabi libnewlib-arm-none-eabi', 'qemu-system-arm': 'qemu-system-arm',
         'ninja': 'ninja-build'}

CPU = '-mcpu=cortex-m4 -mthumb'
# GCC tells no frame of a part that it splits off a function to inline the rest.
FLAGS = (f'{CPU} -std=gnu11 -g -Wall -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers -Wno-format '
         '-ffunction-sections -fdata-sections -fcallgraph-info=su -fno-partial-inlining')
LINK = f'{CPU} --specs=rdimon.specs -Wl,--gc-sections -Wl,--no-warn-rwx-segments'

MBEDTLS = ('aes asn1parse asn1write bignum ccm cipher cipher_wrap constant_time ecdsa ecp ecp_curves error hkdf '
           'hmac_drbg md oid pkcs5 platform platform_util sha256').split()
# Most of a handshake is in these two: quick, they save a fifth of it for 2 kB of flash.
QUICK = ('bignum', 'ecp_curves')
NANOPB = ('pb_common', 'pb_decode', 'pb_encode')

# What each of the host's tests takes beside itself, and whether with the small curve.
PAIR, RIG = 'tests/unit/pairing/pair.c', 'tests/unit/firmware/rig.c'
TESTS = {
    'pairing/test-channel': (PAIR, True),
    'pairing/test-code': (PAIR, True),
    'pairing/test-frame': (PAIR, True),
    'pairing/test-link': (PAIR, True),
    'pairing/test-message': (PAIR, True),
    'pairing/test-session': (PAIR, False),
    'pairing/test-spake2p': (PAIR, False),
    'firmware/test-device': (RIG, True),
    'firmware/test-password': (RIG, True),
    'firmware/test-power-cut': (RIG, True),
    'firmware/test-store': (RIG, True),
}

# The device's whole story with the real curve too.
FULL = ('firmware/test-device',)
ALL_TESTS = [pathlib.Path(name).name for name in TESTS] + [pathlib.Path(name).name + '-full' for name in FULL]


def missing():
    """A line that says what to install, or nothing."""
    packages = [package for program, package in NEEDS.items() if not shutil.which(program)]
    return f'needs {" ".join(packages)} (apt install)' if packages else None


class Rules:
    """A build.ninja in the making."""

    def __init__(self, root, build, out, trees):
        own = root / 'tests' / 'arm'
        self.root, self.build, self.trees, self.out = root, build, trees, out
        self.includes = ' '.join(f'-I{p}' for p in (own / 'target', own, root, build)) + ' ' + ' '.join(
            f'-isystem {p}' for p in (trees['mbedtls'] / 'include', trees['nanopb']))
        self.lines = [
            f'rule cc\n  command = arm-none-eabi-gcc {FLAGS} $optimise $includes $more -MMD -MF $out.d '
            '-c $in -o $out\n  depfile = $out.d\n  deps = gcc',
            f'rule link\n  command = arm-none-eabi-gcc {LINK} -T {own}/target/board.ld $more $in -lm -o $out',
            f'includes = {self.includes} -DMBEDTLS_CONFIG_FILE=\'"mbedtls-config.h"\'',
        ]
        self.done = set()

    def compile(self, source, more='', suffix='', optimise='-Os'):
        name = f'{source.parent.name}-{source.stem}{suffix}.o'
        if name not in self.done:
            self.done.add(name)
            self.lines.append(f'build {name}: cc {source}\n  optimise = {optimise}\n  more = {more}')
        return name

    def link(self, name, objects, more=''):
        self.lines.append(f'build {name}: link {" ".join(objects)} | {self.root}/tests/arm/target/board.ld'
                          + (f'\n  more = {more}' if more else ''))

    def ours(self, small):
        """pairing/ and firmware/core/, with the one curve or the other."""
        objects = []
        for source in sorted([*self.root.glob('pairing/*.c'), *self.root.glob('firmware/core/*.c')]):
            if small and source.name == 'crypto-ecp.c':
                objects.append(self.compile(self.root / 'tests/arm/target/small-curve.c'))
            elif small and source.name == 'crypto-pbkdf2.c':
                objects.append(self.compile(source, '-Dwtl_pbkdf2=wtl_full_pbkdf2', '-small'))
            else:
                objects.append(self.compile(source))
        objects.append(self.compile(self.build / 'pairing' / 'pairing.pb.c'))
        return objects

    def theirs(self):
        mbedtls = [self.trees['mbedtls'] / 'library' / f'{name}.c' for name in MBEDTLS]
        nanopb = [self.trees['nanopb'] / f'{name}.c' for name in NANOPB]
        # Mbed TLS 2.28's oid.c has limits.h by way of a part that we do without.
        return [self.compile(s, '-w -include limits.h', optimise='-O2' if s.stem in QUICK else '-Os')
                for s in mbedtls + nanopb if s.is_file()]

    def board(self):
        vectors = f'-DWATTLE_TEST_VECTORS=\'"{self.root}/tests/vectors"\''
        return [self.compile(self.root / 'tests/arm/target' / f'{name}.c', more=vectors) for name in ('board', 'glib')]

    def write(self):
        text = '\n'.join(self.lines) + '\n'
        path = self.out / 'build.ninja'
        if not path.is_file() or path.read_text() != text:
            path.write_text(text)


def lay_out(rules):
    for name, (beside, small) in TESTS.items():
        image = pathlib.Path(name).name
        more = '-D_GNU_SOURCE' if beside == RIG else ''  # as on the host
        own = [rules.compile(rules.root / path, more=more) for path in (f'tests/unit/{name}.c', beside)]
        beneath = rules.theirs() + rules.board()
        rules.link(image, own + rules.ours(small) + beneath)
        if name in FULL:
            rules.link(image + '-full', own + rules.ours(False) + beneath)


    own = [rules.compile(rules.root / path, more='-D_GNU_SOURCE') for path in ('tests/arm/target/cost.c', RIG)]
    own += [o for o in rules.ours(False) if not o.endswith('crypto-ecp.o')]
    own.append(rules.compile(rules.root / 'tests/arm/target/fresh-curve.c'))
    rules.link('cost', own + rules.theirs() + rules.board(),
               ' '.join(f'-Wl,--wrap={name}' for name in ('wtl_device_packet', 'calloc', 'free')))
    rules.link('device', [rules.compile(rules.root / 'tests/arm/target/device.c'), *rules.ours(False), *rules.theirs(),
                          *rules.board()], '-Wl,-Map=device.map')


def make(root, build):
    """Builds what is not up to date, one caller at a time; returns the folder of the images."""
    out = build / 'tests' / 'arm' / 'images'
    out.mkdir(parents=True, exist_ok=True)
    with open(out / 'lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rules = Rules(root, build, out, sources.get(build / 'tests' / 'arm' / 'sources'))
        lay_out(rules)
        rules.write()
        subprocess.run(['ninja', '--quiet'], cwd=out, check=True)
    return out
