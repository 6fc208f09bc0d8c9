# SPDX-License-Identifier: Apache-2.0
"""Languages as a person's computer has them: a whole locale, and our translations where they are built."""

import gettext
import os
import pathlib
import shutil
import tempfile

from .process import run

LOCALES = {'en': 'en_AU', 'ar': 'ar_EG', 'de': 'de_DE', 'es': 'es_ES', 'fr': 'fr_FR', 'vi': 'vi_VN', 'zh_CN': 'zh_CN'}


class Language:
    """One of LOCALES.  The locale is made from Debian's sources of locales, so none has to be set up on the machine."""

    def __init__(self, build, name):
        self.build, self.name = pathlib.Path(build), name
        self.locale = f'{LOCALES[name]}.UTF-8'
        self._texts = gettext.translation('wattle', self.build / 'po', [name], fallback=name == 'en')

    def environment(self):
        """What to add to a session's environment before anything in it is started."""
        return {'LC_ALL': self.locale, 'LANG': self.locale, 'LOCPATH': str(self._make_locale()),
                'LD_PRELOAD': str(self.build / 'tests/lib/libtranslations.so'),
                'WATTLE_TRANSLATIONS': str(self.build / 'po'),
                # The preloaded library comes before the sanitizer's, which would object.
                'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'}

    def __call__(self, text):
        """@text as the programs say it; as it is where nobody has translated it yet."""
        return self._texts.gettext(text)

    def _make_locale(self):
        folder = self.build / 'tests/locales'
        if not (folder / self.locale).exists():
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder) as made:
                run(['localedef', '-f', 'UTF-8', '-i', LOCALES[self.name], f'{made}/locale'], dict(os.environ))
                try:
                    os.rename(f'{made}/locale', folder / self.locale)
                except OSError:  # a test beside this one was faster
                    shutil.rmtree(f'{made}/locale')
        return folder
