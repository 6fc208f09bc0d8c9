# SPDX-License-Identifier: Apache-2.0
"""One program that a test starts, and ends by its process id."""

import os
import pathlib
import re
import signal
import subprocess
import time


CRASHES = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP)


class ProcessFailed(AssertionError):
    pass


class Process:
    """A program with its output in a log file, restartable with the same arguments."""

    def __init__(self, name, argv, env, log_dir, stdin=None):
        self.name, self.argv, self.env, self.stdin = name, [str(a) for a in argv], env, stdin
        self.log_path = pathlib.Path(log_dir) / f'{name}.log'
        self.popen = None

    def start(self, extra_argv=(), extra_env=None):
        assert self.popen is None or self.popen.poll() is not None, f'{self.name} runs already'
        self._log_start = self.log_path.stat().st_size if self.log_path.exists() else 0
        with open(self.log_path, 'ab') as log:
            self.popen = subprocess.Popen(
                self.argv + [str(a) for a in extra_argv], env={**self.env, **(extra_env or {})},
                stdin=subprocess.PIPE if self.stdin is not None else subprocess.DEVNULL, stdout=log, stderr=log)
        if self.stdin is not None:
            self.popen.stdin.write(self.stdin)
            self.popen.stdin.close()
        return self

    @property
    def pid(self):
        return self.popen.pid

    @property
    def running(self):
        return self.popen is not None and self.popen.poll() is None

    def log(self, whole=False):
        """What it printed since its last start, or since its first."""
        data = self.log_path.read_bytes() if self.log_path.exists() else b''
        return (data if whole else data[self._log_start:]).decode(errors='replace')

    def signal(self, number):
        self.popen.send_signal(number)

    def wait(self, timeout=30):
        """Its exit status once it has ended by itself."""
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise ProcessFailed(f'{self.name} did not end within {timeout} s\n{self.log()}') from None

    def stop(self, timeout=20):
        """Asks it to end; a program that does not is a failure, and so is a sanitizer's report."""
        if self.running:
            self.signal(signal.SIGTERM)
            try:
                self.popen.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                raise ProcessFailed(f'{self.name} did not end on SIGTERM\n{self.log()}') from None
        self.check_sanitizers()

    def kill(self):
        """As a power cut would."""
        if self.running:
            self.popen.kill()
        if self.popen is not None:
            self.popen.wait()

    def check_sanitizers(self):
        """That it neither crashed nor made a sanitizer speak."""
        if self.popen is not None and self.popen.returncode is not None and -self.popen.returncode in CRASHES:
            raise ProcessFailed(f'{self.name} crashed: {self.popen.returncode}\n{self.log(whole=True)[-8000:]}')
        if self.log_path.exists() and re.search(r'ERROR: (Address|Leak)Sanitizer|runtime error:', self.log(whole=True)):
            raise ProcessFailed(f'{self.name}: a sanitizer speaks\n{self.log(whole=True)[-8000:]}')

    def wait_for(self, pattern, timeout=30):
        """The match of @pattern in what it prints."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            match = re.search(pattern, self.log())
            if match:
                return match
            if not self.running:
                break
            time.sleep(0.02)
        raise ProcessFailed(f'{self.name} did not print {pattern!r} (exit {self.popen.poll()})\n{self.log()}')


def run(argv, env, timeout=60, check=True, **options):
    """Runs a program to its end; its output is in the failure."""
    result = subprocess.run([str(a) for a in argv], env=env, timeout=timeout, text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if check and result.returncode != 0:
        raise ProcessFailed(f'{argv[0]} ended with {result.returncode}\n{result.stdout}\n{result.stderr}')
    return result


def clean_environment(home, runtime):
    """Nothing of the person's own session: what programs get to see."""
    keep = ('PATH', 'LANG', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS', 'WATTLE_BUILD')
    env = {name: os.environ[name] for name in keep if name in os.environ}
    env.update(
        HOME=str(home), LC_ALL='C.UTF-8', TZ='UTC', GIO_USE_VFS='local', GSETTINGS_BACKEND='memory', NO_AT_BRIDGE='1',
        XDG_RUNTIME_DIR=str(runtime), XDG_DATA_HOME=f'{home}/data', XDG_CONFIG_HOME=f'{home}/config',
        XDG_CACHE_HOME=f'{home}/cache', XDG_STATE_HOME=f'{home}/state')
    return env
