#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Habits that a machine can see: licence lines, short files, short functions, translatable files listed."""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
MAX_FILE = 800      # lines
MAX_FUNCTION = 100  # lines; 80 is already a lot
MAX_NESTING = 5     # levels; 4 is already a lot


def tracked(*patterns):
    out = subprocess.run(['git', '-C', ROOT, 'ls-files', '-z', *patterns], stdout=subprocess.PIPE, check=False)
    names = out.stdout.decode().split('\0')[:-1]
    return [ROOT / n for n in names if (ROOT / n).is_file()]


def functions(text):
    """Name, length and deepest nesting of each function of a GNU-style C file."""
    found, start, name, depth, deepest = [], None, None, 0, 0
    for number, line in enumerate(text.splitlines()):
        if start is None:
            match = re.match(r'(\w+) \(', line)
            if match:
                name = match.group(1)
            if line == '{' and name:
                start, depth, deepest = number, 1, 1
            continue
        bare = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'|/\*.*?\*/', '', line)
        depth += bare.count('{') - bare.count('}')
        deepest = max(deepest, depth)
        if depth <= 0:
            found.append((name, number - start, deepest))
            start = name = None
    return found


class Sources(unittest.TestCase):
    def setUp(self):
        self.c_files = tracked('*.c', '*.h')
        self.assertGreater(len(self.c_files), 8, 'git lists no sources')

    def test_licence_lines(self):
        for path in self.c_files + tracked('*.py', '*.build', 'scripts/*'):
            with self.subTest(path=path.name):
                head = '\n'.join(path.read_text().splitlines()[:3])
                self.assertIn('SPDX-License-Identifier: Apache-2.0', head)

    def test_file_length(self):
        for path in self.c_files:
            with self.subTest(path=str(path.relative_to(ROOT))):
                self.assertLessEqual(len(path.read_text().splitlines()), MAX_FILE)

    def test_functions(self):
        for path in self.c_files:
            for name, length, depth in functions(path.read_text()):
                with self.subTest(path=str(path.relative_to(ROOT)), function=name):
                    self.assertLessEqual(length, MAX_FUNCTION)
                    self.assertLessEqual(depth, MAX_NESTING + 1)

    def test_translatable_files_are_listed(self):
        listed = set((ROOT / 'po/POTFILES').read_text().split())
        translatable = {
            '*.c': r'(?<!\w)(_|NC?_|C_|ngettext|g_dngettext) \("',
            '*.ui': r'translatable="(yes|true)"',
            '*.desktop.in': r'^(Name|GenericName|Comment|Keywords)=',
            '*.metainfo.xml.in': r'<(name|summary|p|li|caption)>',
        }
        for pattern, marked in translatable.items():
            for path in tracked(pattern):
                name = path.relative_to(ROOT).as_posix()
                if not name.startswith('tests/') and re.search(marked, path.read_text(), re.M):
                    with self.subTest(path=name):
                        self.assertIn(name, listed)
        for name in listed:
            with self.subTest(path=name):
                self.assertTrue((ROOT / name).exists())

    def test_the_test_notices(self):
        long = 'int\nf (void)\n{\n' + '  x ();\n' * 200 + '}\n'
        self.assertEqual([(n, l > MAX_FUNCTION) for n, l, _ in functions(long)], [('f', True)])


if __name__ == '__main__':
    unittest.main()
