#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Property tests of the notice diff: what widens a purpose is never missed.

Pairs of passports are generated.  An oracle that knows nothing of the diff spells out
what a purpose may do as a set of single facts; the purpose is widened where the newer set
has a fact that the older has not.  wattle-vendor has to come to the same purposes.
"""

import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

VENDOR = os.environ['WATTLE_VENDOR']
PASSPORTS = pathlib.Path(os.environ['WATTLE_TEST_PASSPORTS'])
PAIRS = int(os.environ.get('WATTLE_TEST_PAIRS', '250'))

DAYS = [1, 7, 30, 365]
ENDS = (1, 90, 365)  # days that a yes holds
UNTILS = ['wipe', 'withdrawal', 'replaced', 'account-deleted']
REASONS = ['dpv:ServiceProvision', 'dpv:Advertising', 'dpv:SellDataToThirdParties', 'dpv:NobodyKnowsThis']
TERMS = ['pd:Name', 'pd:Health', 'dpv:PersonalData', 'pd:NobodyKnowsThis']
COUNTRIES = ['AU', 'NO', 'US']
DATA = ['heat', 'sound', 'steps']
PARTIES = {'host': 'service', 'ads-one': 'third-party', 'ads-two': 'third-party'}


def text(words):
    return {'en': f'{words} in English.', 'de': f'{words} auf Deutsch.'}


def random_keep(rng):
    return rng.choice([None, {'days': rng.choice(DAYS)}, {'days': rng.choice(DAYS)}, {'until': rng.choice(UNTILS)}])


def random_use(rng, party, place):
    use = {'party': party, 'place': place, 'data': rng.sample(DATA, rng.randint(1, 3))}
    keep = random_keep(rng)
    if keep:
        use['keep'] = keep
    if rng.random() < 0.2:
        use['why'] = text(rng.choice(['One reason', 'Another reason']))
    if party != 'owner':
        if rng.random() < 0.9:
            use['country'] = rng.choice(COUNTRIES)
        if rng.random() < 0.8:
            use['shared_with'] = [p for p in list(PARTIES) + ['manufacturer'] if p != party and rng.random() < 0.3]
    return use


HOLDERS = [('owner', 'device'), ('owner', 'home'), ('manufacturer', 'cloud'), ('host', 'cloud'),
           ('ads-one', 'third-party'), ('ads-two', 'third-party')]


def random_purpose(rng, number):
    purpose = {'id': f'purpose-{number}', 'title': text(f'Purpose {number}'), 'sentence': text(f'It does {number}'),
               'legal_basis': rng.choice(['consent', 'needed']), 'dpv': rng.sample(REASONS, rng.randint(1, 2))}
    if rng.random() < 0.5:
        purpose['device_purpose'] = number + 1
    if purpose['legal_basis'] == 'consent' and rng.random() < 0.5:
        purpose['consent_days'] = rng.choice(ENDS)
    if rng.random() < 0.95:
        purpose['uses'] = [random_use(rng, *holder) for holder in rng.sample(HOLDERS, rng.randint(1, 3))]
    return purpose


def random_passport(rng):
    return {
        'format': 'wattle-passport-1', 'version': 1, 'published': '2026-01-01',
        'product': {'number': 7, 'name': text('Thing')},
        'manufacturer': {'name': 'Maker Ltd', 'country': 'AU'},
        'data': [{'id': d, 'name': text(d), 'dpv': rng.sample(TERMS, rng.randint(1, 2)),
                  'sensitive': rng.random() < 0.3} for d in DATA],
        'parties': [{'id': p, 'role': role, 'name': f'{p} Ltd', 'country': rng.choice(COUNTRIES),
                     'contact': 'mailto:a@b.example', 'does': text(f'What {p} does')} for p, role in PARTIES.items()],
        'purposes': [random_purpose(rng, n) for n in range(rng.randint(1, 3))],
        'support': {'start': '2026-01-01', 'end': '2030-01-01'},
        'cloud': json.loads((PASSPORTS / 'gumleaf-thermometer.json').read_text())['cloud'],
    }


# --- edits, each of which may widen, narrow or change nothing -----------------------------------

def edit_keep(rng, passport, purpose, use):
    keep = random_keep(rng)
    use.pop('keep', None)
    if keep:
        use['keep'] = keep


def edit_country(rng, passport, purpose, use):
    if use['party'] != 'owner':
        use['country'] = rng.choice(COUNTRIES)
        if rng.random() < 0.2:
            del use['country']


def edit_data_of_use(rng, passport, purpose, use):
    use['data'] = rng.sample(DATA, rng.randint(1, 3))


def edit_sharing(rng, passport, purpose, use):
    if use['party'] == 'owner':
        return
    use['shared_with'] = [p for p in PARTIES if p != use['party'] and rng.random() < 0.5]
    if rng.random() < 0.2:
        del use['shared_with']


def edit_why(rng, passport, purpose, use):
    use['why'] = text(rng.choice(['One reason', 'Another reason', 'A third reason']))
    if rng.random() < 0.3:
        del use['why']


def edit_uses(rng, passport, purpose, use):
    purpose['uses'] = [random_use(rng, *holder) for holder in rng.sample(HOLDERS, rng.randint(1, 3))]
    if rng.random() < 0.1:
        del purpose['uses']


def edit_drop_use(rng, passport, purpose, use):
    if len(purpose['uses']) > 1:
        purpose['uses'].remove(use)


def edit_basis(rng, passport, purpose, use):
    purpose['legal_basis'] = rng.choice(['consent', 'needed'])
    if purpose['legal_basis'] == 'needed':
        purpose.pop('consent_days', None)


def edit_end(rng, passport, purpose, use):
    purpose.pop('consent_days', None)
    if purpose['legal_basis'] == 'consent' and rng.random() < 0.7:
        purpose['consent_days'] = rng.choice(ENDS)


def edit_reasons(rng, passport, purpose, use):
    purpose['dpv'] = rng.sample(REASONS, rng.randint(1, 2))


def edit_words(rng, passport, purpose, use):
    purpose[rng.choice(['title', 'sentence'])][rng.choice(['en', 'de'])] += ' And more.'


def edit_number(rng, passport, purpose, use):
    purpose.pop('device_purpose', None)
    if rng.random() < 0.5:
        purpose['device_purpose'] = 9 + passport['purposes'].index(purpose)


def edit_meaning(rng, passport, purpose, use):
    data = rng.choice(passport['data'])
    data.update(rng.choice([{'name': text('everything')}, {'dpv': rng.sample(TERMS, 2)}, {'sensitive': True},
                            {'sensitive': False}]))


def edit_party(rng, passport, purpose, use):
    party = rng.choice(passport['parties'])
    party.update(rng.choice([{'name': 'Other Ltd'}, {'country': rng.choice(COUNTRIES)}, {'does': text('More')},
                             {'contact': 'mailto:c@d.example'}]))


def edit_manufacturer(rng, passport, purpose, use):
    passport['manufacturer'].update(rng.choice([{'name': 'Buyer Ltd'}, {'country': 'NO'}, {'website': 'https://a.example'}]))


def edit_cloud(rng, passport, purpose, use):
    passport['cloud']['url'] = rng.choice(['https://elsewhere.invalid', passport['cloud']['url']])


def edit_purposes(rng, passport, purpose, use):
    passport['purposes'].remove(purpose)
    if rng.random() < 0.7:
        passport['purposes'].append(random_purpose(rng, 5))


def edit_nothing(rng, passport, purpose, use):
    passport['published'] = '2026-02-02'
    if 'if_refused' not in purpose:
        purpose['if_refused'] = text('Nothing happens')


EDITS = [edit for name, edit in sorted(globals().items()) if name.startswith('edit_')]


def edited(rng, passport):
    passport = copy.deepcopy(passport)
    passport['version'] = 2
    for edit in rng.sample(EDITS, rng.randint(1, 3)):
        usable = [p for p in passport['purposes'] if p.get('uses')]
        if usable:
            purpose = rng.choice(usable)
            edit(rng, passport, purpose, rng.choice(purpose['uses']))
    return passport


# --- the oracle ----------------------------------------------------------------------------------

def party_facts(passport, party):
    if party == 'owner':
        return ('owner',)
    if party == 'manufacturer':
        return (passport['manufacturer']['name'], passport['manufacturer']['country'])
    found = next(p for p in passport['parties'] if p['id'] == party)
    return (found['name'], found['role'], found['country'])


def keep_facts(keep, can_withdraw):
    """Every single length of time that is allowed."""
    if keep is None:
        return {'not said'}
    if 'days' in keep:
        return {('days', d) for d in DAYS if d <= keep['days']}
    facts = {keep['until']}
    if keep['until'] in ('wipe', 'account-deleted') and can_withdraw:
        facts.add('withdrawal')
    return facts


def sharing_facts(passport, use):
    if 'shared_with' not in use:
        return {'nobody', 'not said'}
    return {'nobody'} | {party_facts(passport, p) for p in use['shared_with']}


def facts(passport, purpose, can_withdraw):
    """All that is allowed for a purpose, as a set of the smallest statements."""
    result = {('no choice',)} if purpose['legal_basis'] == 'needed' else set()
    if 'consent_days' in purpose:  # a yes that was to hold for longer is not enough
        result |= {('ends within', days) for days in ENDS if days >= purpose['consent_days']}
    result |= {('reason', term) for term in purpose['dpv']}
    result |= {(member, *item) for member in ('title', 'sentence') for item in purpose[member].items()}
    if 'device_purpose' in purpose:
        result.add(('recorded by the device', purpose['device_purpose']))
    uses = purpose.get('uses')
    if uses is None:
        return result | {('uses not said',)}
    kinds = {d['id']: d for d in passport['data']}
    does = {p['id']: p for p in passport['parties']}
    for use in uses:
        for data in use['data']:
            for keep in keep_facts(use.get('keep'), can_withdraw):
                for other in sharing_facts(passport, use):
                    result.add(('holds', party_facts(passport, use['party']), use['place'], data, use.get('country'),
                                keep, other))
            if 'why' in use:
                result.add(('why', party_facts(passport, use['party']), use['place'], data, use['why']['en']))
            result |= {('means', data, *item) for item in kinds[data]['name'].items()}
            result |= {('is', data, term) for term in kinds[data]['dpv']}
            result |= {('is', data, 'sensitive')} if kinds[data]['sensitive'] else set()
        for party in [use['party'], *use.get('shared_with', [])]:
            if party in does:
                result.add(('does', party, does[party]['does']['en']))
        if use['place'] == 'cloud':
            result.add(('at', passport['cloud']['url']))
    return result


def widened(before, after):
    old = {p['id']: p for p in before['purposes']}
    result = set()
    for purpose in after['purposes']:
        can_withdraw = purpose['legal_basis'] == 'consent'
        known = old.get(purpose['id'])
        was = facts(before, known, can_withdraw) if known else set()
        if facts(after, purpose, can_withdraw) - was:
            result.add(purpose['id'])
    return result


class Diff(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.old, self.new = pathlib.Path(folder.name) / 'old.json', pathlib.Path(folder.name) / 'new.json'

    def diff(self, before, after, *options):
        self.old.write_text(json.dumps(before))
        self.new.write_text(json.dumps(after))
        run = subprocess.run([VENDOR, 'passport', 'diff', self.old, self.new, *options], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, check=False, timeout=60, env={'LC_ALL': 'C.UTF-8'})
        lines = [line for line in run.stdout.splitlines() if line[:2] in ('! ', '  ')]
        return run, {line[2:].split(':')[0] for line in lines if line[0] == '!'}, lines

    def test_generated_pairs(self):
        rng = random.Random(27560)
        seen = {True: 0, False: 0}
        for number in range(PAIRS):
            before = random_passport(rng)
            after = edited(rng, before)
            with self.subTest(number):
                run, ours, lines = self.diff(before, after)
                self.assertEqual((run.returncode, run.stderr), (0, ''))
                expected = widened(before, after)
                self.assertEqual(ours, expected, json.dumps([before, after]))
                self.assertNotIn('dpv:', run.stdout)
                self.assertNotIn('pd:', run.stdout)
                self.assertEqual(len(lines), len(set(lines)), 'said twice')
                seen[bool(expected)] += 1
        self.assertGreater(seen[True], PAIRS // 4)
        self.assertGreater(seen[False], PAIRS // 20)

    def test_same_is_silent(self):
        rng = random.Random(1)
        for _ in range(20):
            before = random_passport(rng)
            after = dict(before, version=2)
            run, ours, lines = self.diff(before, after)
            self.assertEqual((ours, lines), (set(), []))
            self.assertEqual(run.stdout, 'Nothing changes for people.\n')

    def test_back_and_forth(self):
        """Whatever was widened is not widened by going back where only times and holders differ."""
        rng = random.Random(2)
        for _ in range(60):
            before = random_passport(rng)
            after = copy.deepcopy(before)
            after['version'] = 2
            for purpose in after['purposes']:
                for use in purpose.get('uses', []):
                    if 'days' in use.get('keep', {}):
                        use['keep']['days'] += 1
            grown = {p['id'] for p in before['purposes'] if any('days' in u.get('keep', {}) for u in p.get('uses', []))}
            self.assertEqual(self.diff(before, after)[1], grown)
            back = dict(before, version=3)
            self.assertEqual(self.diff(after, back)[1], set())

    def test_shorter_support_is_refused(self):
        before = json.loads((PASSPORTS / 'gumleaf-thermometer.json').read_text())
        for end, statement, good in [('2033-01-01', None, True), ('2032-03-01', None, True), ('2032-02-29', None, False),
                                     (None, None, False)]:
            after = copy.deepcopy(before)
            after['version'] += 1
            after['compliance'].pop('support_end')
            after['support']['end'] = end
            if end is None:
                del after['support']['end']
            with self.subTest(end):
                run = self.diff(before, after)[0]
                self.assertEqual(run.returncode, 0 if good else 1)
                self.assertEqual('1 March 2032' in run.stderr, not good)

    def test_versions_go_up(self):
        before = json.loads((PASSPORTS / 'gumleaf-thermometer.json').read_text())
        self.assertEqual(self.diff(before, before)[0].returncode, 1)
        other = dict(before, version=before['version'] + 1, product=dict(before['product'], number=5))
        self.assertEqual(self.diff(before, other)[0].returncode, 1)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
