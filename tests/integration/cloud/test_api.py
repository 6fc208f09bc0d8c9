#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What cloud/openapi.json promises, asked of the real service; each answer is checked against it."""

import hashlib
import json
import unittest

from cloud_service import ROOT, Account, Cloud, Description, Unit, readings, unb64url

REQUEST, OTHER_REQUEST = 'a' * 32, 'b' * 32
description = Description()


def setUpModule():
    global cloud
    cloud = Cloud('--accounts-per-hour', '1000', description=description)
    cloud.__enter__()
    unittest.addModuleCleanup(cloud.__exit__)


class Base(unittest.TestCase):
    def device(self, *purposes, account=None):
        """A fresh unit, claimed, with these purposes allowed."""
        unit, account = Unit(), account or Account(cloud)
        cloud.add_units(unit)
        self.assertEqual(account.claim(unit).status, 201)
        if purposes:
            self.assertEqual(account.consent(unit, 1, list(purposes)).status, 200)
        return account, unit


class Accounts(Base):
    def test_ids_and_secrets_are_random(self):
        one, other = Account(cloud), Account(cloud)
        self.assertNotEqual(one.account, other.account)
        self.assertNotEqual(one.secret, other.secret)
        self.assertEqual(len(unb64url(one.secret)), 32)

    def test_a_body_may_be_empty_or_an_empty_object(self):
        self.assertEqual(cloud.request('POST', '/v1/accounts', {}).status, 201)
        self.assertEqual(cloud.request('POST', '/v1/accounts', {'email': 'a@example.org'}).code, 'malformed')

    def test_wrong_credentials(self):
        account = Account(cloud)
        for wrong in (Account(cloud, account.account, Account(cloud).secret), Account(cloud, 'f' * 32, account.secret),
                      Account(cloud, account.account.upper(), account.secret), Account(cloud, '', '')):
            answer = wrong.request('GET', '/v1/devices')
            self.assertEqual((answer.status, answer.code), (401, 'unauthorized'))
        self.assertEqual(cloud.request('GET', '/v1/devices').status, 401)
        for header in ('Basic', 'Basic !!!!', 'Bearer x', 'Basic ' + 'A' * 104, account.authorization + 'A'):
            self.assertEqual(cloud.request('GET', '/v1/devices', authorization=header).status, 401)
        self.assertEqual(account.request('GET', '/v1/devices').status, 200)

    def test_everything_of_an_account_asks_for_it(self):
        for path, item in description.document['paths'].items():
            for method, operation in item.items():
                if method != 'parameters' and operation['security']:
                    query = '?request=' + REQUEST if method == 'delete' else ''
                    answer = cloud.request(method.upper(), path.replace('{unit}', 'GL-1') + query, source='127.0.0.2')
                    self.assertEqual(answer.status, 401, path)


class Claims(Base):
    def test_claim_and_list(self):
        account, unit = self.device()
        listed = account.request('GET', '/v1/devices')['devices']
        self.assertEqual([d['unit'] for d in listed], [unit.unit_id])
        self.assertEqual((listed[0]['product'], listed[0]['consent_version']), (unit.product, 0))

    def test_repeating_a_claim_changes_nothing(self):
        unit, account = Unit(), Account(cloud)
        cloud.add_units(unit)
        nonce = account.request('GET', f'/v1/devices/{unit.unit_id}/claim')['nonce']
        claim = unit.claim(nonce, account.account)
        first = account.request('PUT', f'/v1/devices/{unit.unit_id}', claim)
        second = account.request('PUT', f'/v1/devices/{unit.unit_id}', claim)
        self.assertEqual((first.status, second.status), (201, 200))
        self.assertEqual(first.value, second.value)
        self.assertEqual(account.claim(unit).status, 200)

    def test_another_account_waits_until_the_device_is_given_up(self):
        owner, unit = self.device()
        other = Account(cloud)
        answer = other.claim(unit)
        self.assertEqual((answer.status, answer.code), (409, 'claimed'))
        self.assertEqual(other.delete_device(unit, REQUEST).status, 404)
        self.assertEqual(owner.delete_device(unit, REQUEST).status, 200)
        self.assertEqual(other.claim(unit).status, 201)

    def test_forged_claims(self):
        unit, other_unit, account, other = Unit(), Unit(), Account(cloud), Account(cloud)
        cloud.add_units(unit, other_unit)
        path = f'/v1/devices/{unit.unit_id}'
        nonce = account.request('GET', path + '/claim')['nonce']
        good = unit.claim(nonce, account.account)
        by_another_unit = other_unit.claim(nonce, account.account, unit_id=unit.unit_id)
        forgeries = [
            by_another_unit,
            unit.claim(nonce, other.account),
            unit.claim(nonce, account.account, kind=3),
            unit.claim(nonce, account.account, unit_id=other_unit.unit_id),
            {**good, 'signature': by_another_unit['signature']},
            {**good, 'signature': 'A' * 86},
            {**good, 'statement': good['statement'][:-2]},
        ]
        for forgery in forgeries:
            answer = account.request('PUT', path, forgery)
            self.assertIn((answer.status, answer.code), [(403, 'forged'), (400, 'malformed')])
        self.assertEqual(account.request('GET', '/v1/devices')['devices'], [])
        # A nonce is for one account and one unit.
        for nonce in (other.request('GET', path + '/claim')['nonce'],
                      account.request('GET', f'/v1/devices/{other_unit.unit_id}/claim')['nonce'], 'A' * 43):
            answer = account.request('PUT', path, unit.claim(nonce, account.account))
            self.assertEqual((answer.status, answer.code), (403, 'stale-nonce'))
        self.assertEqual(account.request('PUT', path, good).status, 201)

    def test_a_claim_cannot_be_kept_for_after_the_device_was_given_up(self):
        account, unit = self.device()
        path = f'/v1/devices/{unit.unit_id}'
        kept = unit.claim(account.request('GET', path + '/claim')['nonce'], account.account)
        self.assertEqual(account.delete_device(unit, REQUEST).status, 200)
        answer = account.request('PUT', path, kept)
        self.assertEqual((answer.status, answer.code), (403, 'stale-nonce'))
        self.assertEqual(account.claim(unit).status, 201)

    def test_units_that_were_never_made(self):
        account = Account(cloud)
        answer = account.request('GET', '/v1/devices/NEVER-MADE/claim')
        self.assertEqual((answer.status, answer.code), (404, 'unknown-unit'))
        unit = Unit('NEVER-MADE')
        answer = account.request('PUT', '/v1/devices/NEVER-MADE', unit.claim('A' * 43, account.account))
        self.assertEqual((answer.status, answer.code), (404, 'unknown-unit'))

    def test_an_account_has_a_bounded_number_of_devices(self):
        account, units = Account(cloud), [Unit(f'MANY-{i}') for i in range(65)]
        cloud.add_units(*units)
        self.assertEqual([account.claim(unit).status for unit in units], [201] * 64 + [403])
        self.assertEqual(account.claim(units[-1]).code, 'too-many-devices')


class Consent(Base):
    def test_receipt_and_repetition(self):
        account, unit = self.device()
        first = account.consent(unit, 3, ['product-improvement', 'cloud-history'])
        claims = cloud.verify(first['receipt'])
        record = hashlib.sha256(b"3 ['product-improvement', 'cloud-history']").hexdigest()
        self.assertEqual(claims['kind'], 'consent')
        self.assertEqual(claims['device'], hashlib.sha256(unit.unit_id.encode()).hexdigest())
        self.assertEqual((claims['version'], claims['record_sha256']), (3, record))
        self.assertEqual(sorted(claims['allowed']), ['cloud-history', 'product-improvement'])
        self.assertEqual((claims['records_deleted'], claims['key_destroyed']), (0, False))
        again = account.consent(unit, 3, ['cloud-history', 'product-improvement'], record)
        self.assertEqual(first.value, again.value)

    def test_old_and_contradicting_versions(self):
        account, unit = self.device()
        account.consent(unit, 5, ['cloud-history'])
        self.assertEqual(account.consent(unit, 4, []).code, 'stale')
        self.assertEqual(account.consent(unit, 5, []).code, 'conflict')
        self.assertEqual(account.consent(unit, 5, ['cloud-history'], 'f' * 64).code, 'conflict')
        self.assertEqual(account.request('GET', '/v1/devices')['devices'][0]['allowed'], ['cloud-history'])

    def test_withdrawal_deletes_and_counts(self):
        account, unit = self.device('cloud-history', 'product-improvement')
        account.post(unit, 'cloud-history', readings(1, 5))
        account.post(unit, 'product-improvement', readings(1, 3))
        answer = account.consent(unit, 2, ['product-improvement'])
        claims = cloud.verify(answer['receipt'])
        self.assertEqual(answer['records_deleted'], 5)
        self.assertEqual((claims['records_deleted'], claims['key_destroyed']), (5, True))
        self.assertEqual(account.get(unit, 'cloud-history')['readings'], [])
        self.assertEqual(len(account.get(unit, 'product-improvement')['readings']), 3)
        self.assertEqual(account.consent(unit, 2, ['product-improvement']).value, answer.value)
        self.assertEqual(account.post(unit, 'cloud-history', readings(6, 1)).code, 'no-consent')
        # Given again, it begins empty.
        account.consent(unit, 3, ['cloud-history'])
        self.assertEqual(account.post(unit, 'cloud-history', readings(9, 1)).value, {'accepted': 1, 'highest': 9})
        self.assertEqual([r['sequence'] for r in account.get(unit, 'cloud-history')['readings']], [9])

    def test_malformed(self):
        account, unit = self.device()
        path, good = f'/v1/devices/{unit.unit_id}/consent', {'version': 1, 'allowed': [], 'record_sha256': '0' * 64}
        for change in ({'version': 0}, {'version': 2**32}, {'version': '1'}, {'version': 1.5}, {'allowed': ['A']},
                       {'allowed': ['a', 'a']}, {'allowed': ['x%d' % i for i in range(17)]}, {'allowed': 'a'},
                       {'allowed': [1]}, {'record_sha256': 'x'}, {'record_sha256': None}, {'more': 1}):
            self.assertEqual(account.request('PUT', path, {**good, **change}).code, 'malformed', change)
        for missing in good:
            self.assertEqual(account.request('PUT', path, {k: v for k, v in good.items() if k != missing}).status, 400)
        self.assertEqual(account.request('PUT', path, good).status, 200)


class Readings(Base):
    def test_without_consent(self):
        account, unit = self.device('product-improvement')
        answer = account.post(unit, 'cloud-history', readings(1, 1))
        self.assertEqual((answer.status, answer.code), (403, 'no-consent'))

    def test_ingest_is_idempotent(self):
        account, unit = self.device('cloud-history')
        batch = readings(10, 4)
        self.assertEqual(account.post(unit, 'cloud-history', batch).value, {'accepted': 4, 'highest': 13})
        self.assertEqual(account.post(unit, 'cloud-history', batch).value, {'accepted': 0, 'highest': 13})
        changed = [{**batch[0], 'value': -1}, {'sequence': 14, 'time': 0, 'value': -2**31}]
        self.assertEqual(account.post(unit, 'cloud-history', changed).value, {'accepted': 1, 'highest': 14})
        self.assertEqual(account.get(unit, 'cloud-history')['readings'], batch + changed[1:])

    def test_pages(self):
        account, unit = self.device('cloud-history')
        batch = readings(1, 501)
        account.post(unit, 'cloud-history', batch[:500])
        account.post(unit, 'cloud-history', batch[500:])
        first = account.get(unit, 'cloud-history')
        second = account.get(unit, 'cloud-history', after=500)
        self.assertEqual((len(first['readings']), first['more']), (500, True))
        self.assertEqual((second['readings'], second['more']), (batch[500:], False))

    def test_all_or_nothing(self):
        account, unit = self.device('cloud-history')
        for bad in ({'sequence': 0}, {'sequence': 2**32}, {'time': -1}, {'time': 2**60}, {'value': 2**31}, {'value': 0.5},
                    {'value': '1'}, {'extra': 1}):
            batch = readings(1, 2)
            batch[1].update(bad)
            self.assertEqual(account.post(unit, 'cloud-history', batch).code, 'malformed', bad)
        self.assertEqual(account.post(unit, 'cloud-history', []).code, 'malformed')
        self.assertEqual(account.post(unit, 'cloud-history', readings(1, 501)).code, 'malformed')
        self.assertEqual(account.get(unit, 'cloud-history')['readings'], [])

    def test_query(self):
        account, unit = self.device('cloud-history')
        path = f'/v1/devices/{unit.unit_id}/readings'
        for query in ('', '?purpose=A', '?purpose=cloud-history&after=-1', '?purpose=cloud-history&after=4294967296',
                      '?purpose=cloud-history&after=x', '?purpose=a&purpose=b', '?purpose=cloud%2Dhistory',
                      '?' + '&'.join(f'a{i}=1' for i in range(9))):
            self.assertEqual(account.request('GET', path + query).code, 'malformed', query)

    def test_others_see_nothing(self):
        account, unit = self.device('cloud-history')
        account.post(unit, 'cloud-history', readings(1, 1))
        other = Account(cloud)
        for answer in (other.get(unit, 'cloud-history'), other.post(unit, 'cloud-history', readings(2, 1)),
                       other.consent(unit, 9, [])):
            self.assertEqual((answer.status, answer.code), (404, 'not-found'))
        self.assertEqual(other.request('GET', '/v1/export')['devices'], [])


class Export(Base):
    def test_empty(self):
        account = Account(cloud)
        export = account.request('GET', '/v1/export')
        self.assertEqual((export['account'], export['devices']), (account.account, []))

    def test_everything_is_there(self):
        account, unit = self.device('cloud-history', 'product-improvement')
        _, quiet = self.device(account=account)
        history = [readings(1 + 500 * i, 500) for i in range(3)]
        for batch in history:
            account.post(unit, 'cloud-history', batch)
        account.post(unit, 'product-improvement', readings(7, 2))
        export = account.request('GET', '/v1/export')
        devices = {d['unit']: d for d in export['devices']}
        self.assertEqual(set(devices), {unit.unit_id, quiet.unit_id})
        self.assertEqual(devices[quiet.unit_id]['readings'], {})
        self.assertIsNone(devices[quiet.unit_id]['consent'])
        self.assertEqual(devices[unit.unit_id]['readings'], {'cloud-history': sum(history, []),
                                                             'product-improvement': readings(7, 2)})
        self.assertEqual(devices[unit.unit_id]['consent']['version'], 1)
        cloud.verify(devices[unit.unit_id]['consent']['receipt'])


class Deletion(Base):
    def test_device(self):
        account, unit = self.device('cloud-history')
        account.post(unit, 'cloud-history', readings(1, 7))
        first = account.delete_device(unit, REQUEST)
        claims = cloud.verify(first['receipt'])
        self.assertEqual({**claims, 'time': 0, 'iss': ''}, {
            'iss': '', 'time': 0, 'kind': 'device-deletion', 'request': REQUEST, 'records_deleted': 7,
            'key_destroyed': True, 'device': hashlib.sha256(unit.unit_id.encode()).hexdigest()})
        self.assertEqual(account.delete_device(unit, REQUEST).body, first.body)
        self.assertEqual(account.delete_device(unit, OTHER_REQUEST).code, 'not-found')
        self.assertEqual(account.get(unit, 'cloud-history').status, 404)
        self.assertEqual(account.request('GET', '/v1/devices')['devices'], [])

    def test_account(self):
        account, unit = self.device('cloud-history')
        _, second = self.device('cloud-history', account=account)
        account.post(unit, 'cloud-history', readings(1, 2))
        account.post(second, 'cloud-history', readings(1, 3))
        device = account.delete_device(second, REQUEST)
        first = account.delete(OTHER_REQUEST)
        claims = cloud.verify(first['receipt'])
        self.assertEqual((claims['kind'], claims['request'], claims['records_deleted'], claims['key_destroyed']),
                         ('account-deletion', OTHER_REQUEST, 2, True))
        self.assertEqual(claims['account'], hashlib.sha256(account.account.encode()).hexdigest())
        # The same again, both of them, though the account is gone; and nothing else.
        self.assertEqual(account.delete(OTHER_REQUEST).body, first.body)
        self.assertEqual(account.delete_device(second, REQUEST).body, device.body)
        for answer in (account.delete(REQUEST), account.request('GET', '/v1/devices'),
                       account.delete_device(unit, REQUEST),
                       Account(cloud, account.account, 'A' * 43).delete(OTHER_REQUEST)):
            self.assertEqual(answer.status, 401)
        # Free for the next owner.
        self.assertEqual(Account(cloud).claim(unit).status, 201)

    def test_requests_have_an_id(self):
        account, unit = self.device()
        for query in ('', '?request=', '?request=xyz', '?request=' + 'A' * 32, '?request=' + 'a' * 33):
            self.assertEqual(account.request('DELETE', '/v1/account' + query).code, 'malformed')
            self.assertEqual(account.request('DELETE', f'/v1/devices/{unit.unit_id}{query}').code, 'malformed')
        self.assertEqual(len(account.request('GET', '/v1/devices')['devices']), 1)


class Public(Base):
    def test_the_document_is_served_as_it_is(self):
        self.assertEqual(cloud.request('GET', '/openapi.json').body, (ROOT / 'cloud/openapi.json').read_bytes())

    def test_security_txt(self):
        text = cloud.request('GET', '/.well-known/security.txt').value
        fields = dict(line.split(': ', 1) for line in text.split('\r\n') if line)
        self.assertRegex(fields['Contact'], '^(mailto:|https://)')
        self.assertRegex(fields['Expires'], r'^\d{4}-\d\d-\d\dT00:00:00Z$')
        self.assertEqual(fields['Canonical'], cloud.origin + '/.well-known/security.txt')

    def test_health(self):
        self.assertEqual(cloud.request('GET', '/healthz')['status'], 'ok')

    def test_unknown_paths_and_methods(self):
        for path in ('/', '/v1', '/v1/accounts/', '/v1/devices/lower', '/v1/devices//claim', '/v1/devices/A/claim/x',
                     '/healthz%00', '/../etc/passwd', '/v1/devices/' + 'A' * 33, '/%76%31/devices'):
            self.assertEqual(cloud.request('GET', path).code, 'not-found', path)
        answer = cloud.request('PATCH', '/v1/devices/A')
        self.assertEqual((answer.status, answer.headers['allow']), (405, 'PUT, DELETE'))
        self.assertEqual(cloud.request('DELETE', '/healthz').status, 405)


class Zz_Coverage(unittest.TestCase):
    """Runs last: what the document describes has been seen."""

    def test_every_operation_succeeded_and_failed_as_described(self):
        paths = json.loads((ROOT / 'cloud/openapi.json').read_text())['paths']
        described = {(method.upper(), path, int(status)) for path, item in paths.items() for method in item
                     if method != 'parameters' for status in item[method]['responses']}
        self.assertLessEqual(description.seen, described)
        # The rest (429, 507, …) is in the other tests of this folder.
        expected = {d for d in described if d[2] in (200, 201, 401, 403, 404, 409) or d[2] == 400 and d[0] != 'POST'}
        self.assertEqual(expected - description.seen, set())


if __name__ == '__main__':
    unittest.main()
