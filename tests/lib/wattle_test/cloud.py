# SPDX-License-Identifier: Apache-2.0
"""Talks to wattle-cloud as anybody on the network could, and checks its signatures independently."""

import base64
import http.client
import json
import ssl

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils


def unbase64url(text):
    return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))


def verify_es256(public_point, message, signature):
    """Whether the 64 bytes of @signature are the key's over @message."""
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_point)
    der = utils.encode_dss_signature(int.from_bytes(signature[:32], 'big'), int.from_bytes(signature[32:], 'big'))
    try:
        key.verify(der, message, ec.ECDSA(hashes.SHA256()))
        return True
    except InvalidSignature:
        return False


def jwk_point(jwk):
    return b'\4' + unbase64url(jwk['x']) + unbase64url(jwk['y'])


def verify_jws(jws, jwk):
    """The payload of a compact JWS signed by @jwk; None where the signature is not its own."""
    header, payload, signature = jws.split('.')
    assert json.loads(unbase64url(header))['alg'] == 'ES256'
    if not verify_es256(jwk_point(jwk), f'{header}.{payload}'.encode(), unbase64url(signature)):
        return None
    return json.loads(unbase64url(payload))


class CloudApi:
    """Plain HTTPS with an account's credentials; the key is not checked here, the daemon does that."""

    def __init__(self, port, account='', secret=''):
        self.port = port
        self.headers = {'Authorization': 'Basic ' + base64.b64encode(f'{account}:{secret}'.encode()).decode()}

    def request(self, method, path):
        """(status, decoded body)"""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection('127.0.0.1', self.port, timeout=20, context=context)
        try:
            connection.request(method, path, headers=self.headers)
            response = connection.getresponse()
            body = response.read()
            return response.status, json.loads(body) if body else None
        finally:
            connection.close()

    def readings(self, unit, purpose='cloud-history'):
        status, body = self.request('GET', f'/v1/devices/{unit}/readings?purpose={purpose}&after=0')
        return status, body['readings'] if status == 200 else body
