#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Somebody else in the home is measured, too: the note, and the page for them."""

import json
import os
import subprocess
import tarfile
import unittest

from gi.repository import GLib
from wattle_test.case import Case
from wattle_test.process import run

WHO = 'CANARY: our children and guests'


class Others(Case):
    def setUp(self):
        super().setUp()
        self.switch_on()
        self.device = self.client.set_up(self.unit, decisions={'cloud-history': True})

    def others(self):
        return self.client.get(self.device, 'Device.Others')

    def note(self, who):
        self.client.set(self.device, 'Device.Others', GLib.Variant('s', who))

    def page(self, language='en'):
        title, sections = self.client.call(self.device, 'Device.GetOthersNotice', '(s)', language)
        return title, ' '.join(' '.join([heading, *paragraphs]) for heading, paragraphs in sections)

    def wattle(self, *arguments):
        return run([self.session.build / 'cli/wattle', *arguments], self.session.env).stdout

    def test_note(self):
        self.assertEqual(self.others(), '')
        self.note(WHO)
        self.assertEqual(self.others(), WHO)
        self.restart_daemon()
        self.assertEqual(self.others(), WHO)
        for bad in ('x' * 301, 'two\nlines', '\x1b[2J'):
            self.client.fails('InvalidArgument', self.note, bad)
        self.assertEqual(self.others(), WHO)
        self.note('')
        self.restart_daemon()
        self.assertEqual(self.others(), '')

    def test_page_says_what_is_allowed_now(self):
        self.note(WHO)
        title, text = self.page()
        self.assertIn('Gumleaf room thermometer is in use here', title)
        for words in (WHO, 'Its sensors: ', 'In the cloud of Gumleaf', 'They can show you what it has noted',
                      'This is off now: Help us make better thermometers.'):
            self.assertIn(words, text)
        self.client.call(self.device, 'Consent.Withdraw', '(s)', 'cloud-history')
        text = self.page()[1]
        self.assertNotIn('In the cloud of Gumleaf', text)
        self.assertIn('See the temperature when you are away, Help us', text)

    def test_in_the_export(self):
        self.note(WHO)
        self.client.register_agent()
        path = self.session.dir / 'export.tar'
        with open(path, 'wb') as file:
            job = self.client.call(self.device, 'Device.Export', '(ha{sv})', 0, {}, fds=[os.dup(file.fileno())])
        self.client.wait_for_job(job)
        with tarfile.open(path) as archive:
            rows = json.load(archive.extractfile('wattle-export/records/others.json'))
        self.assertEqual([row['who'] for row in rows], [WHO])

    def test_gone_with_the_device(self):
        self.note(WHO)
        self.client.register_agent()
        self.unit.process.stop()
        self.client.wait(lambda: self.client.get(self.device, 'Device.State') == 'away', 'away')
        job = self.client.call(self.device, 'Wipe.DeclareLost')
        self.client.wait(lambda: self.client.objects('Job')[job]['Job']['Result'].get('receipt'), 'all but the device is wiped')
        self.assertEqual(self.others(), '')
        for path in (self.session.home / 'data/wattle').iterdir():
            if path.is_file():
                self.assertNotIn(WHO.encode(), path.read_bytes(), path)
        self.client.fails('Busy|NotAllowed', self.note, WHO)
        self.client.fails('Busy|NotAllowed', self.page)

    def test_by_the_command_line(self):
        said = ' '.join(self.wattle('others', 'Kitchen', 'Our children').split())
        self.assertEqual(self.others(), 'Our children')
        self.assertIn('This page is for: Our children.', said)
        self.assertIn('Measures, too: Our children', self.wattle('show'))
        pdf = self.session.dir / 'page.pdf'
        self.assertIn(str(pdf), ' '.join(self.wattle('others', '--print', pdf).split()))
        text = subprocess.run(['pdftotext', pdf, '-'], check=True, stdout=subprocess.PIPE, text=True).stdout
        self.assertIn('This page is for: Our children.', text)
        self.assertIn('Ask for a new page', text)
        info = subprocess.run(['pdfinfo', pdf], check=True, stdout=subprocess.PIPE, text=True).stdout
        self.assertRegex(info, r'Pages: +1\n')
        told = json.loads(self.wattle('others', '--json'))
        self.assertEqual((told['others'], told['sections'][0]['title']), ('Our children', 'Why you get this page'))
        self.wattle('others', '--nobody')
        self.assertEqual(self.others(), '')


if __name__ == '__main__':
    unittest.main(verbosity=2)
