# SPDX-License-Identifier: Apache-2.0
"""Devices and clouds that lie, stall, disconnect or send rubbish.

Each stands between the daemon and the real thing, or in its place, and does
its worst at a point that the test chooses.
"""

import os
import select
import socket
import ssl
import struct
import threading
import time


class Liar:
    """A thread that serves until it is closed."""

    def __init__(self):
        self._stop = os.pipe2(os.O_CLOEXEC)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        os.write(self._stop[1], b'x')
        self._thread.join(20)

    def readable(self, *sockets, timeout=None):
        """Those with something to read; None when told to stop."""
        ready = select.select([self._stop[0], *sockets], [], [], timeout)[0]
        return None if self._stop[0] in ready else ready


class LinkLiar(Liar):
    """A device on a link of its own; behind it the real one, where @real is given.

    @script(direction, number, packet) gives the packets to pass on instead, or
    None to hang up.  direction is 'up' (from the device) or 'down', numbers
    count from 1 in both directions together.
    """

    def __init__(self, links, name, real=None, script=None, advert=None):
        super().__init__()
        self.links, self.name, self.real = links, name, real
        self.script = script or (lambda direction, number, packet: [packet])
        self.count = self.connections = 0
        self.advertised = None
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(f'{links}/{name}.sock')
        self.listener.listen(4)
        if advert is None and real is None:
            advert = struct.pack('>BI', 0x10, 0x00010001) + os.urandom(5) + struct.pack('>H', 247)
        self._advertise(advert)

    def _advertise(self, advert):
        """As the real device does at this moment, or @advert."""
        if advert is None:
            try:
                with open(f'{self.real}.advert', 'rb') as file:
                    advert = file.read()
            except FileNotFoundError:
                return
        if advert == self.advertised:
            return
        self.advertised = advert
        with open(f'{self.links}/.{self.name}.new', 'wb') as file:
            file.write(advert)
        os.rename(f'{self.links}/.{self.name}.new', f'{self.links}/{self.name}.advert')

    def follow(self):
        """Advertises as the real device does at this moment; for a script that keeps the relay waiting."""
        self._advertise(None)

    def close(self):
        super().close()
        for end in ('advert', 'sock'):
            try:
                os.unlink(f'{self.links}/{self.name}.{end}')
            except FileNotFoundError:
                pass
        self.listener.close()

    def _next(self, *sockets):
        """As readable(); meanwhile the advertisement follows the real one's."""
        while True:
            ready = self.readable(*sockets, timeout=0.05)
            if ready is None or ready:
                return ready
            if self.real is not None:
                self._advertise(None)

    def _serve(self):
        while self._next(self.listener):
            companion, _ = self.listener.accept()
            self.connections += 1
            with companion:
                self._connected(companion)

    def _connected(self, companion):
        device = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) if self.real is not None else None
        try:
            if device is not None:
                device.connect(f'{self.real}.sock')
            self._relay(companion, device)
        except OSError:
            pass  # one of them hung up, or was not there
        finally:
            if device is not None:
                device.close()

    def _relay(self, companion, device):
        ends = {companion: ('down', device)}
        if device is not None:
            ends[device] = ('up', companion)
        while True:
            ready = self._next(*ends)
            if ready is None:
                return
            for end in ready:
                direction, other = ends[end]
                packet = end.recv(4096)
                if not packet:
                    return
                self.count += 1
                instead = self.script(direction, self.count, packet)
                if instead is None:
                    return
                for out in instead:
                    # What stands alone answers the companion itself.
                    (other or companion).send(out)


class CloudLiar(Liar):
    """A cloud with the real one behind it.  @script(request, respond) gives the bytes to answer with.

    request is the raw request, respond() the real cloud's raw answer.  The
    script may sleep, or give None to hang up.  With other certificates than the
    real ones it is a false cloud.
    """

    def __init__(self, port, certificate, key, real_port=None, script=None):
        super().__init__()
        self.real_port, self.script = real_port, script or (lambda request, respond: respond())
        self.requests = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(('127.0.0.1', port))
        self.port = self.listener.getsockname()[1]

    def close(self):
        super().close()
        self.listener.close()

    def _serve(self):
        while self.readable(self.listener):
            plain, _ = self.listener.accept()
            threading.Thread(target=self._connected, args=(plain,), daemon=True).start()

    def _connected(self, plain):
        plain.settimeout(60)
        try:
            with self.context.wrap_socket(plain, server_side=True) as client:
                while self._answer(client):
                    pass
        except (OSError, ValueError):
            pass  # hung up, or did not like our certificate

    def _answer(self, client):
        request = read_message(client)
        if not request:
            return False
        self.requests.append(request.split(b'\r\n', 1)[0].decode())
        answer = self.script(request, lambda: self._ask_real(request))
        if answer is None:
            return False
        client.sendall(answer)
        return b'connection: close' not in answer.lower()

    def _ask_real(self, request):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(socket.create_connection(('127.0.0.1', self.real_port), 20)) as real:
            real.sendall(request)
            return read_message(real)


def read_message(connection):
    """One HTTP message with a Content-Length, b'' at the end of the connection."""
    data = b''
    while b'\r\n\r\n' not in data:
        piece = connection.recv(65536)
        if not piece:
            return b''
        data += piece
    head, body = data.split(b'\r\n\r\n', 1)
    length = next((int(line.split(b':')[1]) for line in head.split(b'\r\n')
                   if line.lower().startswith(b'content-length:')), 0)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b'\r\n\r\n' + body


def http_answer(status, body, content_type='application/json', close=True):
    head = (f'HTTP/1.1 {status} Lie\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n'
            + ('Connection: close\r\n' if close else '') + '\r\n')
    return head.encode() + body


def stall(seconds):
    time.sleep(seconds)
