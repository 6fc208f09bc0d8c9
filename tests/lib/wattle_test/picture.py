# SPDX-License-Identifier: Apache-2.0
"""Pictures as files, and QR codes as pictures."""

import ctypes
import struct
import zlib

MODULE = 6  # pixels
QUIET = 4  # modules around it (ISO/IEC 18004)


def write_png(path, width, height, rows):
    """@rows: red, green, blue of each row."""
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b'\x89PNG\r\n\x1a\n'
                     + chunk(b'IHDR', struct.pack('>2I5B', width, height, 8, 2, 0, 0, 0))
                     + chunk(b'IDAT', zlib.compress(b''.join(b'\0' + row for row in rows), 6))
                     + chunk(b'IEND', b''))


class QrCode(ctypes.Structure):
    _fields_ = [('version', ctypes.c_int), ('width', ctypes.c_int), ('data', ctypes.POINTER(ctypes.c_ubyte))]


def qr_rows(text):
    """The QR code of @text: red, green, blue of each row of its picture."""
    library = ctypes.CDLL('libqrencode.so.4')
    library.QRcode_encodeString.restype = ctypes.POINTER(QrCode)
    code = library.QRcode_encodeString(text.encode(), 0, 1, 2, 1).contents  # any version, level M, bytes, case sensitive
    side = code.width + 2 * QUIET

    def pixel(x, y):
        x, y = x - QUIET, y - QUIET
        dark = 0 <= x < code.width and 0 <= y < code.width and code.data[y * code.width + x] & 1
        return (b'\0\0\0' if dark else b'\xff\xff\xff') * MODULE
    rows = []
    for y in range(side):
        rows += [b''.join(pixel(x, y) for x in range(side))] * MODULE
    return rows


def write_qr(path, text):
    """A picture of the QR code of @text; the path."""
    rows = qr_rows(text)
    write_png(path, len(rows), len(rows), rows)
    return path
