# SPDX-License-Identifier: Apache-2.0
"""Verifies certificates of wipes without any of our code: docs/ledger.md says how."""

import hashlib
import json

from .cloud import unbase64url, verify_es256, verify_jws


def canonical(value):
    """RFC 8785, as far as texts without fractions go."""
    return json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False)


def verify_certificate(text, device_key, receipt_key=None):
    """The document, once everything in it is as it should be."""
    document = json.loads(text)
    rest = {name: value for name, value in document.items() if name != 'signature'}
    key, receipt = unbase64url(document['key']), document['receipt']
    assert document['format'] == 'wattle-wipe-certificate-1'
    assert verify_es256(key, b'wattle-certificate-v1' + canonical(rest).encode(), unbase64url(document['signature']))
    assert hashlib.sha256(b'wattle-certificate-key-v1' + key).hexdigest()[:32] == receipt['id'], 'not bound'
    for name, place in receipt['places'].items():
        evidence = place.get('evidence', {})
        assert (place['state'] == 'confirmed') == bool(evidence), name
        if evidence.get('kind') == 'device-statement':
            statement = unbase64url(evidence['statement'])
            assert verify_es256(device_key, b'wattle-statement-v1' + statement, unbase64url(evidence['signature'])), name
            assert bytes.fromhex(receipt['id']) in statement, name
        if evidence.get('kind') == 'cloud-receipt':
            assert verify_jws(evidence['jws'], receipt_key)['request'] == receipt['id'], name
    return document
