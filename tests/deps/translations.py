#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every language that Wattle speaks is sound and whole."""

import pathlib
import re
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
sys.path.insert(0, str(ROOT / 'tests/lib'))
from catalogues import entries, extract, merge  # noqa: E402

PO = ROOT / 'po'
LANGUAGES = [line for line in (PO / 'LINGUAS').read_text().splitlines() if not line.startswith('#')]

ADVICE = """{n} texts are not translated in po/{language}.po:
    {first}
To mend it: meson compile -C BUILD wattle-update-po, then translate what these show:
    msgattrib --untranslated --no-obsolete po/{language}.po
    msgattrib --only-fuzzy --no-obsolete po/{language}.po"""


@unittest.skipUnless(shutil.which('xgettext'), 'gettext is not there')
class Translations(unittest.TestCase):
    def test_every_catalogue_is_listed(self):
        self.assertEqual(sorted(path.stem for path in PO.glob('*.po')), sorted(LANGUAGES))

    def test_gettext_takes_them(self):
        for language in LANGUAGES:
            with self.subTest(language):
                run = subprocess.run(['msgfmt', '--check', '-o', '/dev/null', PO / f'{language}.po'],
                                     stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual(run.stderr, '')
                self.assertEqual(run.returncode, 0)

    def test_named_places(self):
        """gettext compares %s in a text and its translation, but knows nothing of our own {name}."""
        for language in LANGUAGES:
            for entry in entries((PO / f'{language}.po').read_text()):
                for text in entry.translations:
                    with self.subTest(language, text=entry.english[0]):
                        self.assertEqual(*(sorted(re.findall(r'{\w+}', t)) for t in (entry.english[-1], text)))

    def test_nothing_is_missing(self):
        template = extract(ROOT)
        for language in LANGUAGES:
            missing = [e.english[0] for e in merge(PO / f'{language}.po', template) if not e.translations]
            with self.subTest(language):
                if missing:
                    self.fail(ADVICE.format(n=len(missing), language=language, first='\n    '.join(missing[:10])))


if __name__ == '__main__':
    unittest.main()
