#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A cloud that misbehaves in the way named by the unit in the path.

usage: lying-cloud.py CERT KEY LOG [TLS-VERSION]
Prints "listening https://127.0.0.1:PORT".  Every request line goes to LOG.
"""

import gzip
import http.server
import pathlib
import socketserver
import ssl
import sys
import time

CERT, KEY, LOG = sys.argv[1:4]
GOOD = b'{"nonce":"' + b'A' * 43 + b'"}'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self, body, status=200, kind='application/json', **headers):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

    def do_GET(self):
        with pathlib.Path(LOG).open('a') as log:
            log.write(self.requestline + '\n')
        unit = self.path.split('/')[3] if self.path.count('/') >= 4 else ''
        getattr(self, 'do_' + unit.replace('-', '_'), self.do_good)()

    def do_good(self):
        self.answer(GOOD)

    def do_redirect(self):
        self.answer(b'{}', 302, Location=f'https://127.0.0.1:{self.server.server_address[1]}/v1/devices/good/claim')

    def do_large(self):
        self.answer(b'{"nonce":"' + b'A' * 43 + b'"' + b' ' * (2 << 20) + b'}')

    def do_endless(self):
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.end_headers()
        while True:
            self.wfile.write(b' ' * 65536)

    def do_html(self):
        self.answer(b'<p>Log in to this network</p>', kind='text/html')

    def do_cut_json(self):
        self.answer(b'{"nonce":"AAA')

    def do_array(self):
        self.answer(b'[]')

    def do_number(self):
        self.answer(b'{"nonce":5}')

    def do_missing(self):
        self.answer(b'{}')

    def do_twice(self):
        self.answer(GOOD[:-1] + b',' + GOOD[1:])

    def do_long_nonce(self):
        self.answer(b'{"nonce":"' + b'A' * 44 + b'"}')

    def do_packed(self):
        self.answer(gzip.compress(GOOD), Content_Encoding='gzip')

    def do_rubbish(self):
        self.wfile.write(b'\x00\xffnot a status line\r\n\r\n')
        self.close_connection = True

    def do_hang_up(self):
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', '1000')
        self.end_headers()
        self.wfile.write(b'{"non')
        self.close_connection = True

    def do_stall(self):
        time.sleep(20)

    def do_ask_password(self):
        self.answer(b'{}', 401, WWW_Authenticate='Basic realm="x"')

    def do_fail(self):
        self.answer(b'{"code":"internal"}', 500, 'application/problem+json')

    def do_rubbish_problem(self):
        self.answer(b'{"code":["no-consent"]}', 403, 'application/problem+json')


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERT, KEY)
    if len(sys.argv) > 4:
        context.maximum_version = ssl.TLSVersion[sys.argv[4]]
    server = Server(('127.0.0.1', 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(f'listening https://127.0.0.1:{server.server_address[1]}', flush=True)
    server.serve_forever()


main()
