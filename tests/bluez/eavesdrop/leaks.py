# SPDX-License-Identifier: Apache-2.0
"""Secrets in every dress they could be in, and the search for them."""

import base64
import collections
import hashlib

# So many bytes of a longer secret are a leak already, and so few of one too short to be told from chance.
# In UTF-16 it takes twice as many for the same: four digits in a row are in each list of the kernel's commands.
WINDOW = 8
UTF_16_WINDOW = 2 * WINDOW
SHORTEST = 4


def varint(value):
    out = bytearray()
    while True:
        out.append(value & 0x7f | (0x80 if value > 0x7f else 0))
        value >>= 7
        if not value:
            return bytes(out)


class Secret:
    """@kind is "text", "bytes" (in base 16), "code" (digits) or "number"."""

    def __init__(self, label, kind, value):
        self.label, self.kind, self.value = label, kind, value

    def encodings(self):
        """Name of the encoding to bytes."""
        return {name: data for name, data in getattr(self, f'_{self.kind}')().items() if len(data) >= SHORTEST}

    def _text(self):
        plain = self.value.encode()
        return {**self._dressed(plain), 'UTF-16LE': self.value.encode('utf-16-le'),
                'UTF-16BE': self.value.encode('utf-16-be'), 'reversed': plain[::-1]}

    def _bytes(self):
        plain = bytes.fromhex(self.value)
        return {**self._dressed(plain), 'reversed': plain[::-1]}

    @staticmethod
    def _dressed(plain):
        return {'plain': plain, 'base 16': plain.hex().encode(), 'BASE 16': plain.hex().upper().encode(),
                'base 64': base64.b64encode(plain).rstrip(b'='), 'SHA-256': hashlib.sha256(plain).digest(),
                'SHA-1': hashlib.sha1(plain).digest(), 'inverted': bytes(b ^ 0xff for b in plain)}

    def _code(self):
        digits = ''.join(c for c in self.value if c.isdigit())
        number = int(digits)
        return {'digits': digits.encode(), 'grouped': f'{digits[:4]}-{digits[4:7]}-{digits[7:]}'.encode(),
                'UTF-16LE': digits.encode('utf-16-le'), 'nine digits': digits[:9].encode(),
                'bytes': bytes(map(int, digits)), 'BCD': bytes.fromhex(digits),
                'little-endian': number.to_bytes(5, 'little'), 'big-endian': number.to_bytes(5, 'big'),
                'varint': varint(number), 'nine, little-endian': int(digits[:9]).to_bytes(4, 'little'),
                'nine, big-endian': int(digits[:9]).to_bytes(4, 'big'), 'nine, varint': varint(int(digits[:9])),
                'SHA-256': hashlib.sha256(digits.encode()).digest()}

    def _number(self):
        value = int(self.value)
        return {'little-endian': value.to_bytes(4, 'little', signed=True),
                'big-endian': value.to_bytes(4, 'big', signed=True), 'varint': varint(value & (1 << 64) - 1),
                'zigzag': varint(value << 1 ^ value >> 63), 'digits': str(value).encode()}


def windows(name, data):
    """@data in the encoding @name, or every window of it."""
    size = UTF_16_WINDOW if name.startswith('UTF-16') else WINDOW
    return [data[n:n + size] for n in range(max(1, len(data) - size + 1))]


def find(secrets, streams):
    """Sentences, one for each secret found in @streams and how it was dressed."""
    wanted = collections.defaultdict(lambda: collections.defaultdict(list))  # size, then piece, to sentences
    for secret in secrets:
        for name, data in secret.encodings().items():
            for piece in windows(name, data):
                wanted[len(piece)][piece].append(f'{secret.label} ({name})')
    found = {}
    for stream in streams:
        for size, pieces in wanted.items():
            for at in range(len(stream) - size + 1):
                piece = stream[at:at + size]
                if piece in pieces:
                    found.update(dict.fromkeys(pieces[piece]))
    return list(found)
