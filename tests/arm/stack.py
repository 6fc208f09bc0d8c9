# SPDX-License-Identifier: Apache-2.0
"""The deepest stack below a function, from what GCC tells of each one's frame and calls (-fcallgraph-info=su)."""

import re

NODE = re.compile(r'node: \{ title: "([^"]+)" label: "[^"]*?\\n(\d+) bytes \((\w+)[^)]*\)')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')

# What a pointer that is called may be: by the start of the caller's name, first match.  An end in * is any function
# that begins so.  What begins with "port:" is the platform's, whose stack is the platform's to add.
CHANNEL_PORT = ['channel_random', 'channel_now', 'channel_send', 'channel_load_verifier', 'channel_attempt_begin',
                'channel_attempt_peek', 'channel_attempt_ok']
NANOPB_STREAMS = ['buf_read', 'buf_write']
INDIRECT = {
    'wtl_handshake_take': ['take_*', *CHANNEL_PORT],
    'take_': CHANNEL_PORT,
    'make_': CHANNEL_PORT,
    'load_verifier': CHANNEL_PORT,
    'count_attempt': CHANNEL_PORT,
    'wtl_handshake_': CHANNEL_PORT,
    'wtl_frame_send': CHANNEL_PORT,
    'wtl_requests_handle': ['handle_*'],
    'wtl_code_generate': ['channel_random'],
    'mbedtls_platform_zeroize': ['memset'],
    # CCM asks for AES alone.
    'mbedtls_cipher_': ['aes_crypt_ecb_wrap', 'aes_setkey_enc_wrap', 'aes_ctx_alloc', 'aes_ctx_free'],
    'mpi_fill_random_internal': ['rng_fill', 'mbedtls_hmac_drbg_random'],
    'mbedtls_hmac_drbg': ['port:no-entropy'],
    'ecp_modp': ['ecp_mod_p256'],
    'mbedtls_mpi_': ['rng_fill', 'mbedtls_hmac_drbg_random'],
    'rng_fill': ['channel_random', 'port:random'],
    # Our messages have neither callbacks nor extensions.
    'pb_': NANOPB_STREAMS,
    'decode_': NANOPB_STREAMS,
    'encode_': NANOPB_STREAMS,
    # The core's own files call the platform's flash and functions.
    '': ['port:platform'],
}
# A C library's leaves, with room to spare.
LIBRARY = re.compile(r'(mem(cpy|move|set|cmp|chr)|str(len|ncmp|ncpy)|__aeabi_\w+|calloc|free|abort|snprintf|port:\w+)$')
LIBRARY_STACK = 64
# How often a function may be inside itself: nanopb goes down with each message in a message.
RECURSION = 4


def plain(name):
    """Without the file, and without what GCC adds where it makes a copy."""
    return re.sub(r'\.(isra|part|constprop|cold)\.\d+', '', name.rsplit(':', 1)[-1])


class Graph:
    def __init__(self, files):
        self.frame, self.calls, self.unknown = {}, {}, set()
        self.statics = {}
        for path in files:
            text = path.read_text()
            for name, size, kind in NODE.findall(text):
                self.frame[name] = int(size)
                self.statics.setdefault(plain(name), []).append(name)
                if kind == 'dynamic':
                    self.unknown.add(f'{name} has a frame without a bound')
            for source, target in EDGE.findall(text):
                self.calls.setdefault(source, set()).add(target)
        self.memory = {}

    def pointed(self, name):
        """What a pointer that @name calls may be."""
        start = next(s for s in INDIRECT if plain(name).startswith(s))
        for wanted in INDIRECT[start]:
            if wanted.startswith('port:') or wanted == 'memset':
                yield wanted
                continue
            same = (lambda n: n.startswith(wanted[:-1])) if wanted.endswith('*') else (lambda n: n == wanted)
            found = [n for short, names in self.statics.items() if same(short) for n in names]
            if not found and not wanted.endswith('*'):
                self.unknown.add(f'{plain(name)} may call {wanted}, which is not there')
            yield from found

    def targets(self, name):
        for target in sorted(self.calls.get(name, ())):
            if target == '__indirect_call':
                yield from self.pointed(name)
            else:
                yield target

    def deepest(self, name, path=()):
        """Bytes, and the functions on the way."""
        if name not in self.frame:
            if not LIBRARY.match(name):
                self.unknown.add(f'{name} is not known')
            return LIBRARY_STACK, (name,)
        if path.count(name) >= RECURSION:
            return 0, ()
        if name in self.memory:
            return self.memory[name]
        best, recursive = (0, ()), name in path
        for target in self.targets(name):
            found = self.deepest(target, path + (name,))
            if found[0] > best[0]:
                best = found
        result = self.frame[name] + best[0], (plain(name),) + best[1]
        if not recursive and not path[:1] == (name,):
            self.memory[name] = result
        return result
