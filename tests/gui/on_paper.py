# SPDX-License-Identifier: Apache-2.0
"""The next owner's card on paper and as a file, and what can keep it from there."""

import subprocess

from part_with_it import Parting
from wattle_test import Power

DOCUMENTS = 'Documents'  # where GTK's "Print to File" writes to
FORBIDDEN = '/sys/card.pdf'  # even to root


class OnPaper(Parting):
    """After a wipe, whose receipt and code are still there."""

    def setUp(self):
        self.documents, self.folder = self.session.home / DOCUMENTS, self.session.home / 'cards'

    # ------------------------------------------------------------------ printing

    def test_70_to_the_code(self):
        """With a disk that can be filled, a folder for what is printed, and no printer of this machine."""
        config = self.session.home / 'config'
        (config / 'gtk-4.0').mkdir(parents=True, exist_ok=True)
        (config / 'gtk-4.0/settings.ini').write_text('[Settings]\ngtk-print-backends=file\n')
        (config / 'user-dirs.dirs').write_text(f'XDG_DOCUMENTS_DIR="{self.documents}"\n')
        self.folder.mkdir()
        OnPaper.power = Power(self.session, self.folder, 'app-power')
        self.restart_app(OnPaper.power.environment())
        self.to_receipt()
        self.to_next_code()

    def print(self):
        """In GTK's own dialog, on the one printer that is always there."""
        self.app.press_last(lambda: self.choose_printer())

    def choose_printer(self):
        self.app.screen.key('Tab', 'Down')

    def not_printed(self, sentence):
        self.app.wait_for(self.tr('Not printed'), 'dialog')
        self.app.sees(sentence)
        self.app.has_focus('Try again', 'button')

    def test_71_not_printed(self):
        """The folder is missing; when it is there, it goes well."""
        self.app.press_key('Print a card', 'list item')
        self.print()
        self.not_printed('That folder is not there any more. Choose another one.')
        self.app.shoot('not-printed', self.styles)
        self.documents.mkdir()
        self.app.screen.key('Return')
        self.print()
        self.app.sees('It is on its way to the printer.')
        [printed] = self.documents.iterdir()  # under a name that GTK translates
        self.is_card(printed)

    def is_card(self, path):
        """Both a person and a telephone read the code on it."""
        code, picture = self.app.wait_for(self.CODE, 'label').name, self.session.dir / 'card'
        self.assertIn(code, self.output('pdftotext', path, '-'))
        self.output('pdftoppm', '-r', '200', '-png', '-singlefile', path, picture)
        self.assertEqual(self.output('zbarimg', '-q', '--raw', picture.with_suffix('.png')).strip(),
                         f'WTL:1.00010001.{code.replace("-", "")}.{self.unit.unit_id}')

    @staticmethod
    def output(*words):
        return subprocess.run(words, check=True, timeout=60, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout

    # -------------------------------------------------------------------- saving

    def save(self, path, replace=False):
        self.app.press_key('Save the card as PDF', 'list item')
        self.app.choose_file(path, replace)

    def not_saved(self, sentence, remedy):
        self.app.wait_for(self.tr('Not saved'), 'dialog')
        self.app.sees(sentence)
        self.app.has_focus(remedy, 'button')

    def saved(self, path):
        self.app.sees('Saved. Delete that file when you have printed it.')
        self.is_card(path)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600, 'nobody else can read it')

    def test_72_a_folder_that_takes_nothing(self):
        path = self.folder / 'card.pdf'
        self.save(FORBIDDEN)
        self.not_saved('You may not write to that folder. Choose another one.', 'Another place…')
        self.app.shoot('not-saved', self.styles)
        self.app.screen.key('Return')
        self.app.choose_file(path)
        self.saved(path)

    def test_73_a_full_disk(self):
        """What was there stays whole, and nothing is left beside it."""
        path = self.folder / 'card.pdf'
        path.write_text('what was there')
        self.power.fill_disk()
        self.save(path, replace=True)
        full = 'The disk is full. Free some space, then try again.'
        self.not_saved(full, 'Try again')
        self.assertEqual(path.read_text(), 'what was there')
        self.assertEqual([file.name for file in self.folder.iterdir()], ['card.pdf'])
        self.app.screen.key('Return')
        self.not_saved(full, 'Try again')
        self.power.fill_disk(False)
        self.app.screen.key('Return')
        self.saved(path)

    def test_74_not_again(self):
        """Escape leaves it at that."""
        self.save(FORBIDDEN)
        self.not_saved('You may not write to that folder. Choose another one.', 'Another place…')
        self.app.screen.key('Escape')
        self.app.wait_for_none(self.tr('Not saved'), 'dialog')
        self.app.has_focus('Save the card as PDF', 'list item')
