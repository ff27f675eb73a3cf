"""A process of boot.py."""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile

BOOT = os.path.join(os.path.dirname(__file__), "..", "..", "lib", "boot.py")
PYTHON = os.environ.get("GSTORM_TEST_PYTHON", sys.executable)
PATIENCE_SECS = 30


class Process:
    """Runs boot.py with descriptors that the test holds the other ends of."""

    def __init__(self, arguments, dir, env, descriptors, stdin=subprocess.DEVNULL, stdout=None, python=None):
        self._stdout = tempfile.TemporaryFile() if stdout is None else stdout
        self._stderr = tempfile.TemporaryFile()
        environment = {**os.environ, **descriptors, **(env or {})}
        environment = {name: value for name, value in environment.items() if value is not None}
        self.process = subprocess.Popen(
            [python or PYTHON, BOOT, *arguments], cwd=dir, env=environment, stdin=stdin, stdout=self._stdout,
            stderr=self._stderr, pass_fds=[int(number) for number in descriptors.values() if number])

    @property
    def pid(self):
        return self.process.pid

    def status(self):
        """Waits for the end of the process."""
        return self.process.wait(PATIENCE_SECS)

    def stderr(self):
        """What it has been so far; after the end, all of it."""
        return contents(self._stderr)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def contents(file):
    """What a file that a process writes to holds."""
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0).decode()
