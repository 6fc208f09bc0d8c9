#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The schema and wattle-vendor judge passports alike: two checks that share no code."""

import copy
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import jsonschema

PASSPORTS = pathlib.Path(os.environ['WATTLE_TEST_PASSPORTS'])
VENDOR = os.environ['WATTLE_VENDOR']
# The first two are the ones edited below.
SAMPLES = ['gumleaf-thermometer.json', 'saltbush-door-lock.json', 'boronia-health-band.json', 'currawong-camera.json',
           'lorikeet-speaker.json', 'wombat-plug.json']
RIGHT_TO_LEFT = {'ar', 'fa', 'he', 'ur'}
COMPLETE, INVALID, INCOMPLETE = 0, 1, 3  # exit status of wattle-vendor passport check

SCHEMA = json.loads((PASSPORTS / 'passport-1.schema.json').read_text())
MANDATORY = dict(SCHEMA, allOf=SCHEMA['allOf'] + [{'$ref': '#/$defs/complete'}])
FORM, WHOLE = (jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
               for schema in (SCHEMA, MANDATORY))


def by_schema(passport):
    """The exit status that wattle-vendor should have, by the schema alone."""
    if not FORM.is_valid(passport):
        return INVALID
    return COMPLETE if WHOLE.is_valid(passport) else INCOMPLETE


def by_us(passports):
    """The same by wattle-vendor, all in one run."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, passport in enumerate(passports):
            paths.append(pathlib.Path(folder) / f'{number}.json')
            paths[-1].write_text(json.dumps(passport, ensure_ascii=False))
        run = subprocess.run([VENDOR, 'passport', 'check', *paths], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env={'LC_ALL': 'C.UTF-8'}, text=True, check=False, timeout=60)
    statuses = {f'{path}': None for path in paths}
    for line in run.stderr.splitlines():
        if not line.startswith('- '):
            statuses[line.split(': ')[0]] = INVALID
    for line in run.stdout.splitlines():
        if not line.startswith('  '):
            path = line.split(': ')[0]
            statuses[path] = COMPLETE
        elif line.startswith('  missing: '):
            statuses[path] = INCOMPLETE
    result = list(statuses.values())
    worst = INVALID if INVALID in result else INCOMPLETE if INCOMPLETE in result else COMPLETE
    assert run.returncode == worst, (run.returncode, worst)
    return result


def places(node, path=()):
    """The paths of all values below @node."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield path + (key,)
        yield from places(value, path + (key,))


def changed(passport, path, value=None, remove=False):
    """A copy of @passport with another value at @path, or none."""
    result = copy.deepcopy(passport)
    node = result
    for step in path[:-1]:
        node = node[step]
    if remove:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return result


# What reaches across a passport, which a schema cannot say: ids that are unique, or refer to something.
def crosses(path):
    return path[-1] in ('id', 'party', 'role') or 'data' in path[-2:] or path[-1] in ('parties', 'device_purpose') or 'shared_with' in path[-2:]


class Schema(unittest.TestCase):
    def setUp(self):
        self.samples = {name: json.loads((PASSPORTS / name).read_text()) for name in SAMPLES}

    def compare(self, passports):
        """@passports as pairs of a name and a passport."""
        passports = list(passports)
        for (name, passport), ours in zip(passports, by_us(p for _, p in passports)):
            with self.subTest(name):
                self.assertEqual(ours, by_schema(passport))
        return len(passports)

    def test_schema_is_one(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_everything_is_documented(self):
        for name, definition in SCHEMA['$defs'].items():
            with self.subTest(name):
                self.assertTrue('description' in definition or '$ref' in definition)

    def test_samples(self):
        for name, passport in self.samples.items():
            with self.subTest(name):
                self.assertEqual(by_schema(passport), COMPLETE)
        self.assertEqual(by_us(self.samples.values()), [COMPLETE] * len(SAMPLES))

    def test_samples_are_of_all_kinds(self):
        self.assertEqual({p.name for p in PASSPORTS.glob('*.json')} - {'passport-1.schema.json'}, set(SAMPLES))
        languages = [set(p['product']['name']) for p in self.samples.values()]
        self.assertTrue(all(len(known) >= 2 and 'en' in known for known in languages))
        self.assertTrue(any(known & RIGHT_TO_LEFT for known in languages))
        self.assertTrue(any(p['support']['end'] < p['published'] for p in self.samples.values()), 'out of support')
        self.assertTrue(any('dpv:TargetedAdvertising' in purpose['dpv'] for p in self.samples.values()
                            for purpose in p['purposes']), 'advertisers')
        self.assertEqual(len({p['product']['number'] for p in self.samples.values()}), len(SAMPLES))

    def test_every_text_is_in_every_language(self):
        def texts(node):
            if isinstance(node, dict) and 'en' in node:
                yield node
            for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
                yield from texts(child)
        for name, passport in self.samples.items():
            languages = set(passport['product']['name'])
            for text in texts(passport):
                with self.subTest(name, text=text['en']):
                    self.assertEqual(set(text), languages)

    def test_each_member_removed(self):
        passport = self.samples[SAMPLES[0]]
        paths = [p for p in places(passport) if not crosses(p) or isinstance(p[-1], str)]
        paths = [p for p in paths if p[-1] not in ('parties', 'data') and not isinstance(p[-1], int)]
        # A party or kind of data that is no longer there breaks what refers to it.
        n = self.compare((f'without {p}', changed(passport, p, remove=True)) for p in paths)
        self.assertGreater(n, 100)

    def test_each_value_replaced(self):
        passport = self.samples[SAMPLES[1]]
        values = [None, '', 'x', 'two\nlines', -1, 0, 10**9, True, [], {}, {'en': 'x'}, ['x'], [{}]]
        paths = [p for p in places(passport) if not crosses(p) and 'de' not in p]
        cases = [(p, v) for i, (p, v) in enumerate(itertools.product(paths, values)) if i % 7 == 0]
        n = self.compare((f'{p} = {v!r}', changed(passport, p, v)) for p, v in cases
                         if not (p[-1] in ('purposes', 'uses') and v == []))
        self.assertGreater(n, 200)

    def test_particular_values(self):
        passport = self.samples[SAMPLES[0]]
        cases = {
            ('published',): ['2026-02-30', '2026-1-1', '1999-12-31', '2999-12-31', '2028-02-29', '2026-02-29'],
            ('manufacturer', 'country'): ['DE', 'XX', 'de', 'DEU'],
            ('manufacturer', 'contact'): ['mailto:a@b.example', 'mailto:a', 'https://a', 'https://a.', 'ftp://a.example',
                                          'https://a.example:99999/x?y#z', 'https://a.example:123456', 'tel:123'],
            ('cloud', 'url'): ['https://127.0.0.1:8443', 'https://a.example/', 'https://A.example', 'https://[::1]:1'],
            ('cloud', 'spki_sha256'): ['A' * 43 + '=', 'A' * 43, 'B' * 43 + '=', 'A' * 44, '+/' * 21 + 'A='],
            ('cloud', 'receipt_key', 'x'): ['A' * 43, 'A' * 42, 'A' * 42 + 'B', 'A' * 43 + '='],
            ('product', 'name'): [{'en': 'x', 'pt-BR': 'x', 'zh-Hant': 'x', 'sr-Latn-RS': 'x'}, {'en': 'x', 'EN': 'x'},
                                  {'de': 'x'}, {'en': 'x', 'e': 'x'}, {'en': 'x', 'de_AT': 'x'}, {'en': 'x' * 1001},
                                  {'en': 'ä' * 1000}, {'en': 'a\u202eb'}, {'en': 'a\u2066b'}, {'en': 'a\x7fb'},
                                  {'en': 'שלום', 'he': 'שלום'}, {'en': 'a\x1b[1m'}, {'en': 'a\u2028b'}],
            ('product', 'number'): [1, 2**32 - 1, 2**32],
            ('purposes', 0, 'device_purpose'): [16, 17],
            ('purposes', 0, 'legal_basis'): ['needed', 'consent', 'wanted'],
            ('purposes', 0, 'consent_days'): [1, 365],  # it needs no consent
            ('purposes', 1, 'consent_days'): [1, 3650, 0, 3651, -1, 1.5, '30', None, True],
            ('purposes', 1, 'uses', 0, 'keep'): [{'days': 1}, {'until': 'wipe'}, {'days': 1, 'until': 'wipe'}, {}],
            ('purposes', 0, 'uses', 0, 'place'): ['home', 'cloud', 'third-party'],
            ('purposes', 0, 'uses', 0, 'country'): ['AU'],
            ('purposes', 1, 'uses', 0, 'place'): ['cloud', 'device', 'third-party'],
            ('data', 0, 'dpv'): [['dpv:X'], ['x:Y'], ['dpv:'], []],
        }
        n = self.compare((f'{p} = {v!r}', changed(passport, p, v)) for p, values in cases.items() for v in values)
        self.assertGreater(n, 50)

    def test_cloud_needed(self):
        passport = changed(self.samples[SAMPLES[0]], ('cloud',), remove=True)
        self.assertEqual(by_schema(passport), INVALID)
        local = changed(changed(passport, ('parties',), []), ('purposes',), passport['purposes'][:1])
        self.compare([('no cloud', passport), ('local only', local)])
        self.assertEqual(by_schema(local), COMPLETE)

    def test_only_ours_sees_across(self):
        """What the schema lets pass and the validator does not: the reason for having one."""
        passport = self.samples[SAMPLES[0]]
        cases = [changed(passport, ('data', 1, 'id'), 'temperature'),
                 changed(passport, ('purposes', 1, 'id'), 'local-readings'),
                 changed(passport, ('purposes', 0, 'uses', 0, 'data', 0), 'nothing-known'),
                 changed(passport, ('purposes', 1, 'uses', 0, 'shared_with', 0), 'nobody-known'),
                 changed(passport, ('purposes', 1, 'uses', 0, 'shared_with', 0), 'manufacturer'),
                 changed(passport, ('compliance', 'support_end'), '2040-01-01'),
                 changed(passport, ('support', 'end'), '2020-01-01')]
        self.assertEqual([by_schema(p) for p in cases], [COMPLETE] * len(cases))
        self.assertEqual(by_us(cases), [INVALID] * len(cases))
        # A party that no purpose names: the person is told.
        idle = changed(passport, ('parties',), passport['parties'] + [dict(passport['parties'][0], id='idle')])
        self.assertEqual([by_schema(idle), *by_us([idle])], [COMPLETE, INCOMPLETE])


class Fill(unittest.TestCase):
    """wattle-vendor passport fill."""

    INFO = {'spki_sha256': 'AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=', 'more': [1],
            'receipt_key': {'kty': 'EC', 'crv': 'P-256', 'use': 'sig', 'kid': 'k',
                            'x': 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
                            'y': 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0'}}

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.out = pathlib.Path(self.folder.name) / 'out.json'

    def fill(self, info, url='https://127.0.0.1:8443', template=PASSPORTS / SAMPLES[0]):
        path = pathlib.Path(self.folder.name) / 'info.json'
        path.write_text(info if isinstance(info, str) else json.dumps(info))
        return subprocess.run([VENDOR, 'passport', 'fill', template, '--cloud-url', url, '--cloud-info', path,
                               '-o', self.out], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False, timeout=60)

    def test_fill(self):
        run = self.fill(self.INFO)
        self.assertEqual((run.returncode, run.stderr), (0, ''))
        template, filled = json.loads((PASSPORTS / SAMPLES[0]).read_text()), json.loads(self.out.read_text())
        self.assertEqual(list(filled), list(template))
        self.assertEqual({k: v for k, v in filled.items() if k != 'cloud'},
                         {k: v for k, v in template.items() if k != 'cloud'})
        self.assertEqual(filled['cloud']['url'], 'https://127.0.0.1:8443')
        self.assertEqual(sorted(filled['cloud']['receipt_key']), ['crv', 'kty', 'x', 'y'])
        self.assertEqual(by_schema(filled), COMPLETE)
        self.assertEqual(by_us([filled]), [COMPLETE])

    def test_again_is_the_same(self):
        first = self.fill(self.INFO).stdout
        text = self.out.read_bytes()
        self.assertEqual(self.fill(self.INFO).stdout, first)
        self.assertEqual(self.out.read_bytes(), text)

    def test_refused(self):
        placeholder = json.loads((PASSPORTS / SAMPLES[0]).read_text())['cloud']
        for info, url in [({}, 'https://a.example'), ('[]', 'https://a.example'), ('', 'https://a.example'),
                          ({**self.INFO, 'spki_sha256': 'x'}, 'https://a.example'), (self.INFO, 'http://a.example'),
                          (self.INFO, 'https://a.example/path'), (placeholder, 'https://a.example')]:
            with self.subTest(info=info, url=url):
                run = self.fill(info, url)
                self.assertEqual(run.returncode, 1)
                self.assertNotEqual(run.stderr, '')
                self.assertFalse(self.out.exists())

    def test_usage(self):
        for words in [[], ['passport'], ['passport', 'eat'], ['passport', 'check'], ['passport', 'fill', 'x'],
                      ['passport', 'check', '--nonsense']]:
            with self.subTest(words):
                run = subprocess.run([VENDOR, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
                self.assertEqual(run.returncode, 2)
        run = subprocess.run([VENDOR, 'passport', 'check', '/nonexistent'], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False)
        self.assertEqual(run.returncode, 1)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
