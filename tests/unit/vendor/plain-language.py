#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Everything that Wattle says to people, and every sample passport, passes its own plain-language lint."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ['WATTLE_SOURCE'])
VENDOR = os.environ['WATTLE_VENDOR']
sys.path.insert(0, str(SOURCE / 'tests/lib'))
from catalogues import KEYWORDS, entries, extract  # noqa: E402

# What is written for manufacturers and those who run a cloud, not for the person with the device.
NOT_FOR_PEOPLE = ('vendor/', 'cloud/', 'firmware/', 'privacy/passport-check.c', 'privacy/passport-form.c',
                  'privacy/passport-walk.c', 'privacy/json.c')


# What a notice is made of, in any language: the sentences marked N_ alone.
NOTICE = [f'privacy/{name}.c' for name in ('notice', 'notice-diff', 'others-notice', 'use-diff', 'purpose', 'vocabulary', 'passport',
                                           'passport-check', 'passport-rules')]


def messages(keywords=KEYWORDS, sources=('--files-from=po/POTFILES', )):
    """Every translatable text as (files, text)."""
    for entry in entries(extract(SOURCE, keywords, sources)):
        for text in entry.english:
            yield entry.files, text


# Names of options' arguments, lines of examples, what translators put their names for: not sentences.
def is_prose(line):
    line = line.strip()
    if line == 'translator-credits':
        return False
    return bool(line) and '  ' not in line and not re.fullmatch(r'[A-Z|\[\] ….-]+', line) and \
        not re.match(r'(pass |wattle[a-z-]* )', line)


def lint(*arguments):
    return subprocess.run([VENDOR, 'passport', 'lint', *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, timeout=60, env={'LC_ALL': 'C.UTF-8'})


class OurTexts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / 'texts'

    def lint_lines(self, lines, *options):
        self.file.write_text('\n'.join(lines) + '\n')
        return lint('--texts', self.file, *options)

    @unittest.skipUnless(shutil.which('xgettext'), 'gettext is not there')
    def test_all_that_people_read(self):
        lines = []
        for files, text in messages():
            if all(name.startswith(NOT_FOR_PEOPLE) for name in files):
                continue
            # A paragraph is one text; a list is one text per line.
            lines += [line.strip() for line in text.split('\n') if is_prose(line)]
        self.assertGreater(len(lines), 800)
        run = self.lint_lines(lines, '--quiet')
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_translations(self):
        for po in sorted(SOURCE.glob('po/*.po')):
            # A paragraph is one text, as above; where a translator breaks its lines is their affair.
            lines = [line.strip() for entry in entries(po.read_text()) for text in entry.translations
                     for line in text.split('\n') if is_prose(line)]
            with self.subTest(po.stem):
                self.assertGreater(len(lines), 100)
                run = self.lint_lines(lines, '--language', po.stem.replace('_', '-'))
                self.assertEqual(run.returncode, 0, run.stdout)

    @unittest.skipUnless(shutil.which('xgettext'), 'gettext is not there')
    def test_notices_are_translated_whole(self):
        """A notice is in one language all through, so a catalogue must have all of its sentences."""
        wanted = {text for _, text in messages(('N_', ), NOTICE)}
        self.assertGreater(len(wanted), 250)
        for po in sorted(SOURCE.glob('po/*.po')):
            known = {e.english[0]: e.translations[0] for e in entries(po.read_text()) if e.translations}
            with self.subTest(po.stem):
                self.assertEqual(wanted - set(known), set())
                for text in wanted:
                    self.assertEqual(*(set(re.findall(r'{\w+}', t)) for t in (text, known[text])))

    def test_samples(self):
        samples = sorted(p for p in (SOURCE / 'data/passports').glob('*.json') if 'schema' not in p.name)
        self.assertGreaterEqual(len(samples), 6)
        run = lint('--quiet', *samples)
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_it_can_fail(self):
        bad = ['Pursuant to our privacy policy, personally identifiable information is processed by the controller.',
               'Notification functionality is temporarily unavailable owing to infrastructure maintenance activities.',
               'We do it ' + 'and so on ' * 10 + 'here.', 'Unintelligibility!',
               'The vulnerability is old.']
        for line in bad:
            with self.subTest(line):
                run = self.lint_lines([line])
                self.assertEqual(run.returncode, 1)
                self.assertIn('not plain', run.stdout)
        good = ['We keep your data for one week.', 'Say yes or no.', 'It has a sensor: a thermometer.',
                'Open https://security.example/vulnerability/configuration and choose {name}.']
        run = self.lint_lines(good)
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_hints_do_not_fail(self):
        run = self.lint_lines(['Your data was sent to the shop.'])
        self.assertEqual(run.returncode, 0)
        self.assertIn('hint', run.stdout)
        self.assertNotIn('hint:', self.lint_lines(['Your data was sent to the shop.'], '--quiet').stdout)

    def test_other_languages_by_length(self):
        self.assertEqual(self.lint_lines(['Datenschutzgrundverordnungskonformität ist wichtig.'], '-l', 'de').returncode, 0)
        self.assertEqual(self.lint_lines(['wort ' * 26 + '.'], '-l', 'de').returncode, 1)
        self.assertEqual(self.lint_lines(['字' * 91 + '。'], '-l', 'zh').returncode, 1)
        self.assertEqual(self.lint_lines(['字' * 50 + '。' + '字' * 50 + '。'], '-l', 'zh').returncode, 0)
        self.assertEqual(self.lint_lines(['كلمة ' * 20 + '؟ ' + 'كلمة ' * 20], '-l', 'ar').returncode, 0)

    def test_bytes(self):
        self.file.write_bytes(b'\xff\xfe\n')
        self.assertEqual(lint('--texts', self.file).returncode, 1)
        self.assertEqual(lint('--texts', '/nonexistent').returncode, 1)
        self.assertEqual(lint().returncode, 2)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
