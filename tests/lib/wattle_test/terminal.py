# SPDX-License-Identifier: Apache-2.0
"""A person at a terminal: reads what a program shows, types answers."""

import re
import termios
import time

import pexpect


class Terminal:
    """A program on a pseudo-terminal."""

    def __init__(self, argv, env, columns=80, term='xterm', cwd=None, timeout=20):
        self.child = pexpect.spawn(str(argv[0]), [str(a) for a in argv[1:]], env={**env, 'TERM': term},
                                   timeout=timeout, encoding='utf-8', dimensions=(24, columns),
                                   cwd=str(cwd) if cwd else None)
        self.child.delaybeforesend = 0.02

    def close(self):
        self.child.close(True)

    @property
    def shown(self):
        """What was shown before the last text waited for."""
        return self.child.before

    def says(self, text, timeout=-1):
        """Waits for @text, wherever its lines are broken; gives what was shown before it."""
        self.child.expect(re.escape(text).replace('\\ ', r'\s+'), timeout)
        return self.child.before

    def matches(self, pattern, timeout=-1):
        """Waits for what matches @pattern; gives the match."""
        self.child.expect(pattern, timeout)
        return self.child.match

    def type(self, text):
        self.child.sendline(text)

    def reads_on(self, text):
        """Presses Enter as often as it takes to @text; gives all that was shown before it."""
        wanted, seen = re.escape(text).replace('\\ ', r'\s+'), ''
        while self.child.expect([wanted, 'Press Enter to read on\\.']) == 1:
            seen += self.child.before
            self.type('')
        return seen + self.child.before

    def answer(self, question, text, timeout=-1):
        self.says(question, timeout)
        self.type(text)

    def answer_hidden(self, question, text):
        self.says(question)
        self.wait_for_hidden()
        self.type(text)

    def press(self, key):
        """Ctrl and @key."""
        self.child.sendcontrol(key)

    def signal(self, number):
        self.child.kill(number)

    def wait_for_hidden(self, hidden=True, timeout=10):
        """Until what is typed is not shown (or is shown again)."""
        deadline = time.monotonic() + timeout
        while bool(termios.tcgetattr(self.child.child_fd)[3] & termios.ECHO) == hidden:
            assert time.monotonic() < deadline, 'the terminal did not change'
            time.sleep(0.02)

    def ended(self, code=0, timeout=-1):
        """What was shown last; the program must end with @code, minus a signal's number if by that."""
        self.child.expect(pexpect.EOF, timeout)
        self.child.wait()
        status = self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus
        assert status == code, f'ended with {status}, not {code}\n{self.child.before}'
        return self.child.before
