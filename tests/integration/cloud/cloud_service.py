# SPDX-License-Identifier: Apache-2.0
"""The real wattle-cloud in a folder of its own, and clients that check all it says against /openapi.json."""

import base64
import hashlib
import http.client
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import ssl
import sys
import tempfile

import jsonschema
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / 'tests/lib'))

from wattle_test.process import Process, clean_environment, run  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get('WATTLE_CLOUD', 'wattle-cloud'))


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


def unb64url(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


class Description:
    """cloud/openapi.json: what may be answered, and what has been."""

    def __init__(self):
        self.document = json.loads((ROOT / 'cloud/openapi.json').read_text())
        self.seen = set()

    def resolve(self, node):
        while '$ref' in node:
            target = self.document
            for part in node['$ref'].removeprefix('#/').split('/'):
                target = target[part]
            node = target
        return node

    def validate(self, schema, value):
        # References point into the document, so it is the schema's root.
        root = {**schema, 'components': self.document['components']}
        jsonschema.Draft202012Validator(root).validate(value)

    def operation(self, method, path):
        for pattern, item in self.document['paths'].items():
            if re.fullmatch(pattern.replace('.', r'\.').replace('{unit}', '[A-Z0-9-]{1,32}'), path):
                return pattern, item.get(method.lower())
        return None, None

    def check(self, method, path, status, headers, body):
        """Whether this answer is one that the document describes; returns the parsed body."""
        pattern, operation = self.operation(method, path)
        mime = headers.get('content-type', '')
        if operation is None:
            assert status == (404 if pattern is None else 405), f'{method} {path}: {status}'
            value = json.loads(body)
            self.validate({'$ref': '#/components/schemas/Problem'}, value)
            return value
        described = operation['responses'].get(str(status))
        assert described, f'{method} {pattern} answers {status}, which is not described: {body[:300]}'
        described = self.resolve(described)
        for name, header in described.get('headers', {}).items():
            value = headers.get(name.lower())
            assert value is not None or not header.get('required'), f'{method} {pattern} {status} lacks {name}'
            if value is not None and header['schema'].get('type') == 'integer':
                self.validate(header['schema'], int(value))
        assert mime in described['content'], f'{method} {pattern} {status}: {mime}'
        value = json.loads(body) if 'json' in mime else body.decode()
        self.validate(described['content'][mime]['schema'], value)
        if 'problem' in mime:
            assert value['status'] == status
        self.seen.add((method, pattern, status))
        return value


class Answer:
    def __init__(self, status, headers, body, value):
        self.status, self.headers, self.body, self.value = status, headers, body, value

    def __getitem__(self, name):
        return self.value[name]

    @property
    def code(self):
        return self.value.get('code') if isinstance(self.value, dict) else None


class Unit:
    """What a device does for its claim: it signs."""

    def __init__(self, unit_id=None, product=0x00010001):
        self.unit_id = unit_id or f'GL-{secrets.randbelow(10**6):06d}'
        self.product = product
        self.key = ec.generate_private_key(ec.SECP256R1())

    def manifest_line(self):
        point = self.key.public_key().public_bytes(serialization.Encoding.X962,
                                                   serialization.PublicFormat.UncompressedPoint)
        return json.dumps({'unit_id': self.unit_id, 'product': self.product, 'public_key': b64url(point)}) + '\n'

    @staticmethod
    def encode(kind, unit_id, reference, account):
        """A Statement of pairing.proto: fields 1, 2, 3 and 8."""
        def field(number, data):
            return bytes([number << 3 | 2, len(data)]) + data
        return (bytes([1 << 3, kind]) + field(2, unit_id.encode()) + field(3, reference) +
                field(8, account.encode()))

    def sign(self, statement):
        der = self.key.sign(b'wattle-statement-v1' + statement, ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(der)
        return r.to_bytes(32, 'big') + s.to_bytes(32, 'big')

    def claim(self, nonce, account, kind=1, unit_id=None):
        statement = self.encode(kind, unit_id or self.unit_id, unb64url(nonce), account)
        return {'statement': b64url(statement), 'signature': b64url(self.sign(statement))}


class Account:
    """A client with one account."""

    def __init__(self, cloud, account=None, secret=None):
        self.cloud = cloud
        if account is None:
            made = cloud.request('POST', '/v1/accounts')
            assert made.status == 201, made.body
            account, secret = made['account'], made['secret']
        self.account, self.secret = account, secret

    @property
    def authorization(self):
        return 'Basic ' + base64.b64encode(f'{self.account}:{self.secret}'.encode()).decode()

    def request(self, method, path, body=None, **options):
        return self.cloud.request(method, path, body, authorization=self.authorization, **options)

    def claim(self, unit):
        nonce = self.request('GET', f'/v1/devices/{unit.unit_id}/claim')['nonce']
        return self.request('PUT', f'/v1/devices/{unit.unit_id}', unit.claim(nonce, self.account))

    def consent(self, unit, version, allowed, record=None):
        record = record or hashlib.sha256(f'{version} {allowed}'.encode()).hexdigest()
        return self.request('PUT', f'/v1/devices/{unit.unit_id}/consent',
                            {'version': version, 'allowed': allowed, 'record_sha256': record})

    def post(self, unit, purpose, readings):
        return self.request('POST', f'/v1/devices/{unit.unit_id}/readings', {'purpose': purpose, 'readings': readings})

    def get(self, unit, purpose, after=None):
        query = f'?purpose={purpose}' + ('' if after is None else f'&after={after}')
        return self.request('GET', f'/v1/devices/{unit.unit_id}/readings{query}')

    def delete_device(self, unit, request):
        return self.request('DELETE', f'/v1/devices/{unit.unit_id}?request={request}')

    def delete(self, request):
        return self.request('DELETE', f'/v1/account?request={request}')


def readings(first, n, time=1_700_000_000, value=21_500):
    return [{'sequence': i, 'time': time + 60 * (i - 1), 'value': value + i - 1} for i in range(first, first + n)]


class Cloud:
    """with Cloud() as cloud: the service runs, with a folder and a manifest of its own."""

    def __init__(self, *options, description=None, env=None):
        self.options, self.env_extra = list(options), env or {}
        self.description = description or Description()

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix='wattle-cloud-'))
        self.data, self.manifest = self.dir / 'data', self.dir / 'units.jsonl'
        self.manifest.touch()
        self.env = {**clean_environment(self.dir, self.dir), **self.env_extra}
        self.process = Process('cloud', [PROGRAM, '--data', self.data, '--units', self.manifest], self.env, self.dir)
        try:
            self.info = json.loads(run([PROGRAM, '--init', '--data', self.data], self.env).stdout)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            self.process.stop()
        finally:
            self.process.kill()
            shutil.rmtree(self.dir)

    def start(self, *options):
        self.process.start(['--listen', '127.0.0.1:0', *self.options, *options])
        match = self.process.wait_for(r'listening (https://127\.0\.0\.1:(\d+))')
        self.origin, self.port = match.group(1), int(match.group(2))

    def stop(self):
        self.process.stop()

    def add_units(self, *units):
        with self.manifest.open('a') as manifest:
            manifest.writelines(unit.manifest_line() for unit in units)
        self.process.signal(signal.SIGHUP)
        self.process.wait_for(rf'read the manifest: {len(self.manifest.read_text().splitlines())} units')

    def tls(self):
        """Trusts this certificate alone, and only for the address in it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.data / 'tls-cert.pem')
        return context

    def connect(self, timeout=10, source='127.0.0.1'):
        return http.client.HTTPSConnection('127.0.0.1', self.port, context=self.tls(), timeout=timeout,
                                           source_address=(source, 0))

    def request(self, method, path, body=None, authorization=None, headers=None, raw=None, connection=None,
                source='127.0.0.1'):
        headers = dict(headers or {})
        if authorization:
            headers['Authorization'] = authorization
        if body is not None:
            raw = json.dumps(body).encode()
        if raw is not None:
            headers.setdefault('Content-Type', 'application/json')
        own = connection is None
        connection = connection or self.connect(source=source)
        try:
            connection.request(method, path, body=raw, headers=headers)
            response = connection.getresponse()
            data = response.read()
        finally:
            if own:
                connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        value = self.description.check(method, path.split('?')[0], response.status, found, data)
        return Answer(response.status, found, data, value)

    def receipt_key(self):
        jwk = self.info['receipt_key']
        return ec.EllipticCurvePublicNumbers(int.from_bytes(unb64url(jwk['x']), 'big'),
                                             int.from_bytes(unb64url(jwk['y']), 'big'), ec.SECP256R1()).public_key()

    def verify(self, jws):
        """The claims of a receipt whose signature is right."""
        header, payload, signature = jws.split('.')
        assert json.loads(unb64url(header)) == {'alg': 'ES256', 'kid': self.info['receipt_key']['kid']}
        raw = unb64url(signature)
        assert len(raw) == 64
        der = utils.encode_dss_signature(int.from_bytes(raw[:32], 'big'), int.from_bytes(raw[32:], 'big'))
        self.receipt_key().verify(der, f'{header}.{payload}'.encode(), ec.ECDSA(hashes.SHA256()))
        claims = json.loads(unb64url(payload))
        self.description.validate({'$ref': '#/components/schemas/ReceiptClaims'}, claims)
        assert claims['iss'] == self.origin or '--origin' in self.options
        return claims

    def raw_files(self):
        """Every byte in the folder, the keys' files apart, by name."""
        return {path.relative_to(self.data).as_posix(): path.read_bytes()
                for path in self.data.rglob('*') if path.is_file() and path.suffix not in ('.pem', '.key')}

    def certificate(self):
        return x509.load_pem_x509_certificate((self.data / 'tls-cert.pem').read_bytes())
