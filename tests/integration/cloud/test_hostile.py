#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Clients that mean harm, or are broken: each gets a clear refusal, and everyone else is served all the while."""

import http.client
import random
import socket
import ssl
import threading
import time
import unittest

from cloud_service import Account, Cloud, Unit, readings

BODY_MAX = 64 * 1024


class Hostile(unittest.TestCase):
    options = ()

    def setUp(self):
        self.cloud = Cloud(*self.options)
        self.cloud.__enter__()
        self.addCleanup(self.cloud.__exit__)

    def assert_alive(self, source='127.0.0.1'):
        self.assertEqual(self.cloud.request('GET', '/healthz', source=source)['status'], 'ok')

    def tls_socket(self, source='127.0.0.1', timeout=10):
        plain = socket.create_connection(('127.0.0.1', self.cloud.port), timeout, source_address=(source, 0))
        return self.cloud.tls().wrap_socket(plain, server_hostname='127.0.0.1')

    def send_raw(self, data):
        """What comes back until the server closes or falls silent."""
        answer = b''
        with self.tls_socket(timeout=2) as tls:
            try:
                tls.sendall(data)
                while piece := tls.recv(65536):
                    answer += piece
            except OSError:
                pass
        return answer

    def claimed(self):
        account, unit = Account(self.cloud), Unit()
        self.cloud.add_units(unit)
        account.claim(unit)
        account.consent(unit, 1, ['cloud-history'])
        return account, unit


class Transport(Hostile):
    def test_tls_1_3_and_nothing_older(self):
        with self.tls_socket() as tls:
            self.assertEqual(tls.version(), 'TLSv1.3')
        old = self.cloud.tls()
        old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            with socket.create_connection(('127.0.0.1', self.cloud.port), 5) as plain:
                old.wrap_socket(plain, server_hostname='127.0.0.1')
        self.assert_alive()

    def test_plain_http_and_noise(self):
        for data in (b'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', random.Random(1).randbytes(4096), b'\x16\x03\x01\xff\xff'):
            with socket.create_connection(('127.0.0.1', self.cloud.port), 5) as plain:
                try:
                    plain.sendall(data)
                    plain.settimeout(0.3)
                    self.assertNotIn(b'200', plain.recv(4096))
                except OSError:
                    pass
        self.assert_alive()

    def test_what_is_not_http(self):
        host = b'Host: 127.0.0.1\r\n'
        post = b'POST /v1/accounts HTTP/1.1\r\n' + host + b'Content-Type: application/json\r\n'
        rubbish = {
            'noise': random.Random(2).randbytes(20000),
            'lines': b'\r\n' * 5000 + b'RUBBISH\r\n' * 1000,
            'pipelined': b'\x00GET / HTTP/9.9\r\n\r\n' * 200,
            'no host': b'GET /healthz HTTP/1.1\r\n\r\n',
            'two hosts': b'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
            'no version': b'GET /healthz\r\n' + host + b'\r\n',
            'other version': b'GET /healthz HTTP/3.7\r\n' + host + b'\r\n',
            'two lengths': post + b'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x',
            'length and chunks': post + b'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
            'negative length': post + b'Content-Length: -1\r\n\r\n',
            'long length': post + b'Content-Length: 99999999999999999999999\r\n\r\n',
            'bad chunk': post + b'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
            'endless chunk': post + b'Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}',
            'space before colon': b'GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n',
            'long header': b'GET /healthz HTTP/1.1\r\n' + host + b'X: ' + b'a' * 60000 + b'\r\n\r\n',
            'many headers': b'GET /healthz HTTP/1.1\r\n' + host + b'X: a\r\n' * 20000 + b'\r\n',
            'long path': b'GET /' + b'a' * 60000 + b' HTTP/1.1\r\n' + host + b'\r\n',
        }
        for name, data in rubbish.items():
            with self.subTest(name):
                answer = self.send_raw(data)
                self.assertNotRegex(answer, rb'HTTP/1\.[01] [23]', name)
                self.assert_alive()

    def test_rubbish_after_a_good_request(self):
        good = b'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
        answer = self.send_raw(good * 3 + b'\x01\x02 RUBBISH\r\n\r\n' + good)
        self.assertEqual(answer.count(b'HTTP/1.1 200'), 3)
        self.assert_alive()


class Bodies(Hostile):
    options = ('--requests-per-minute', '100000')

    def test_too_large(self):
        account, unit = self.claimed()
        path = f'/v1/devices/{unit.unit_id}/readings'
        for size in (BODY_MAX + 1, 4 * BODY_MAX):
            answer = account.request('POST', path, raw=b' ' * size)
            self.assertEqual((answer.status, answer.code), (413, 'too-large'))
        self.assertEqual(account.request('POST', path, raw=b' ' * BODY_MAX).code, 'malformed')

    def test_far_too_large(self):
        # Refused as soon as it says how long it is.
        answer = self.send_raw(b'POST /v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Length: 1099511627776\r\n\r\n')
        self.assertIn(b'HTTP/1.1 413', answer)
        # Without a length it is cut off.
        chunk = b'10000\r\n' + b' ' * 65536 + b'\r\n'
        sent = 0
        with self.tls_socket() as tls:
            tls.sendall(b'POST /v1/accounts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
            with self.assertRaises(OSError):
                while sent < 64 << 20:
                    tls.sendall(chunk)
                    sent += len(chunk)
        self.assert_alive()

    def test_types(self):
        account, unit = self.claimed()
        path = f'/v1/devices/{unit.unit_id}/readings'
        for mime in ('text/plain', 'application/jsonx', 'application/x-www-form-urlencoded', ''):
            answer = account.request('POST', path, raw=b'{}', headers={'Content-Type': mime})
            self.assertEqual((answer.status, answer.code), (415, 'wrong-type'))
        self.assertEqual(account.request('POST', path, raw=b'{}', headers={
            'Content-Type': 'Application/JSON; charset=utf-8'}).code, 'malformed')

    def test_rubbish_json(self):
        account, unit = self.claimed()
        base = f'/v1/devices/{unit.unit_id}'
        good = b'{"purpose":"cloud-history","readings":[{"sequence":1,"time":2,"value":3}]}'
        rubbish = [b'', b'{', b'[]', b'null', b'"text"', b'\xff\xfe{}', b'\x00' * 100, good + b'x', good + good,
                   b'[' * 60000, b'{"a":' * 10000, b'[' * 30000 + b']' * 30000, good.replace(b'1', b'1e400'),
                   good.replace(b':1', b':' + b'9' * 60000), good.replace(b':1', b':NaN'), good.replace(b':1', b':01'),
                   good.replace(b'"sequence":1', b'"sequence":1,"sequence":2'), b'/* c */' + good, b'var a = ' + good,
                   good.replace(b'cloud-history', b'cloud-history\\u0000'), good.replace(b'"', b"'"),
                   good.replace(b'cloud-history', b'\\ud800'), b'{"purpose":' + b'"a' * 30000]
        generator = random.Random(3)
        for _ in range(100):
            broken = bytearray(good)
            for _ in range(generator.randint(1, 4)):
                broken[generator.randrange(len(broken))] = generator.randrange(256)
            rubbish.append(bytes(broken))
        connection = self.cloud.connect()
        for raw in rubbish:
            for method, path in (('POST', '/readings'), ('PUT', '/consent'), ('PUT', '')):
                answer = account.request(method, base + path, raw=raw, connection=connection)
                if path != '/readings' or answer.status not in (200, 403):
                    self.assertEqual((answer.status, answer.code), (400, 'malformed'), raw[:200])
        connection.close()
        self.assertEqual(account.consent(unit, 1, ['cloud-history']).status, 200)
        self.assert_alive()


class Slow(Hostile):
    options = ('--timeout', '1')

    def closed_after(self, connection, dribble, limit=12):
        """Seconds until the server hangs up on a client that sends @dribble again and again."""
        start = time.monotonic()
        connection.settimeout(0.25)
        while time.monotonic() - start < limit:
            try:
                if dribble:
                    connection.sendall(dribble)
                if connection.recv(4096) == b'':
                    return time.monotonic() - start
            except (TimeoutError, socket.timeout):
                continue
            except OSError:
                return time.monotonic() - start
        self.fail('the server did not hang up')

    def test_slow_clients_are_hung_up_on(self):
        with socket.create_connection(('127.0.0.1', self.cloud.port), 5) as silent:
            self.closed_after(silent, b'')
        with self.tls_socket() as tls:
            tls.sendall(b'GET /healthz HTTP/1.1\r\nHost: x\r\n')
            self.closed_after(tls, b'X: y\r\n')
        with self.tls_socket() as tls:
            tls.sendall(b'POST /v1/accounts HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n')
            self.closed_after(tls, b' ')

    def test_others_are_served_meanwhile(self):
        slow = [self.tls_socket(source='127.0.0.9') for _ in range(40)]
        for tls in slow:
            tls.sendall(b'GET /healthz HTTP/1.1\r\nHost: x\r\nX: ')
        start = time.monotonic()
        self.assert_alive()
        self.assertLess(time.monotonic() - start, 2)
        for tls in slow:
            tls.close()


class Limits(Hostile):
    options = ('--accounts-per-hour', '3', '--requests-per-minute', '30', '--connections-per-address', '5')

    def assert_limited(self, answer):
        self.assertEqual((answer.status, answer.code), (429, 'too-many-requests'))
        self.assertGreaterEqual(int(answer.headers['retry-after']), 1)

    def test_new_accounts(self):
        statuses = [self.cloud.request('POST', '/v1/accounts', source='127.0.0.3').status for _ in range(4)]
        self.assertEqual(statuses, [201] * 3 + [429])
        answer = self.cloud.request('POST', '/v1/accounts', source='127.0.0.3')
        self.assert_limited(answer)
        self.assertGreater(int(answer.headers['retry-after']), 600)
        self.assertEqual(self.cloud.request('POST', '/v1/accounts', source='127.0.0.4').status, 201)

    def test_requests_of_an_account_and_of_an_address(self):
        account = Account(self.cloud)
        statuses = [account.request('GET', '/v1/devices', source=f'127.0.1.{i}').status for i in range(20)]
        self.assertEqual(statuses[:10], [200] * 10)
        self.assertIn(429, statuses)
        statuses = [self.cloud.request('GET', '/healthz', source='127.0.0.5').status for i in range(60)]
        self.assertEqual(statuses[:30], [200] * 30)
        self.assertIn(429, statuses)
        self.assert_alive(source='127.0.0.6')

    def test_guessing(self):
        wrong = Account(self.cloud, 'a' * 32, 'A' * 43)
        statuses = [wrong.request('GET', '/v1/devices', source='127.0.0.7').status for _ in range(25)]
        self.assertEqual(statuses[:20], [401] * 20)
        self.assertEqual(statuses[-1], 429)

    def test_connections_of_an_address(self):
        held = [self.tls_socket(source='127.0.0.8') for _ in range(5)]
        with self.assertRaises(OSError):
            self.tls_socket(source='127.0.0.8').recv(1)
        self.assert_alive()
        for tls in held:
            tls.close()


class Load(Hostile):
    options = ('--requests-per-minute', '100000', '--accounts-per-hour', '1000')

    def test_exports_are_limited(self):
        account = Account(self.cloud)
        statuses = [account.request('GET', '/v1/export').status for _ in range(11)]
        self.assertEqual(statuses, [200] * 10 + [429])

    def test_50_connections_at_once(self):
        units = [Unit(f'LOAD-{i}') for i in range(50)]
        self.cloud.add_units(*units)
        together, failures = threading.Barrier(50), []

        def customer(unit):
            connection = self.cloud.connect(timeout=60)
            try:
                account = Account(self.cloud)
                connection.connect()
                together.wait(60)
                for method, path, body, expected in self.story(account, unit, connection):
                    answer = account.request(method, path, body, connection=connection)
                    assert answer.status in expected, (method, path, answer.status, answer.body)
                path = f'/v1/devices/{unit.unit_id}/readings?purpose=cloud-history'
                answer = account.request('GET', path, connection=connection)
                assert answer['readings'] == readings(1, 30), answer.body
            except BaseException as error:  # pylint: disable=broad-except
                failures.append(repr(error))
                together.abort()
            finally:
                connection.close()

        threads = [threading.Thread(target=customer, args=(unit,)) for unit in units]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(100)
        self.assertEqual(failures, [])

    @staticmethod
    def story(account, unit, connection):
        base = f'/v1/devices/{unit.unit_id}'
        nonce = account.request('GET', base + '/claim', connection=connection)['nonce']
        yield 'PUT', base, unit.claim(nonce, account.account), (201,)
        yield 'PUT', base + '/consent', {'version': 1, 'allowed': ['cloud-history'], 'record_sha256': '0' * 64}, (200,)
        for first in (1, 11, 21, 1):
            yield 'POST', base + '/readings', {'purpose': 'cloud-history', 'readings': readings(first, 10)}, (200,)
        yield 'GET', '/v1/export', None, (200,)

    def test_a_race_for_one_device(self):
        """20 accounts with good claims for one unit: one gets it."""
        unit = Unit()
        self.cloud.add_units(unit)
        accounts = [Account(self.cloud) for _ in range(20)]
        path = f'/v1/devices/{unit.unit_id}'
        claims = [unit.claim(a.request('GET', path + '/claim')['nonce'], a.account) for a in accounts]
        statuses = []
        threads = [threading.Thread(target=lambda a=a, c=c: statuses.append(a.request('PUT', path, c).status))
                   for a, c in zip(accounts, claims)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(statuses), [201] + [409] * 19)

    def test_clients_that_leave_in_the_middle(self):
        account, unit = self.claimed()
        account.post(unit, 'cloud-history', readings(1, 500))
        for _ in range(20):
            with self.tls_socket() as tls:
                tls.sendall(f'GET /v1/export HTTP/1.1\r\nHost: x\r\nAuthorization: {account.authorization}\r\n\r\n'.encode())
            connection = http.client.HTTPConnection('127.0.0.1', self.cloud.port)
            connection.connect()
            connection.close()
        self.assert_alive()


del Hostile  # its subclasses are the tests

if __name__ == '__main__':
    unittest.main()
