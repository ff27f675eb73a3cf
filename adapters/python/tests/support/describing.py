"""Plays gstorm to one describing process."""
from __future__ import annotations

import json
import os

from support.process import Process, contents


class Describing:
    def __init__(self, file, *arguments, dir, args=(), env=None, python=None):
        self._command = ["describe", file, *arguments, "--", *args]
        self._dir, self._env, self._python = dir, env, python
        self.topology = None
        self.problems = []

    def start(self):
        """Starts the process and reads its first line."""
        theirs_in, self._to = os.pipe()
        ours, theirs_out = os.pipe()
        descriptors = {"GSTORM_CONTROL_OUT": str(theirs_out), "GSTORM_CONTROL_IN": str(theirs_in)}
        self._process = Process(self._command, self._dir, self._env, descriptors, python=self._python)
        os.close(theirs_in)
        os.close(theirs_out)
        self._from = os.fdopen(ours, encoding="utf-8")
        return self.read()

    def submitted(self, env="local"):
        """Says that the topology runs."""
        self.write({"event": "submitted", "env": env, "name": self.topology["name"]})

    def write(self, message):
        os.write(self._to, (json.dumps(message) + "\n").encode())

    def read(self):
        """The next message of the process, None at its end."""
        line = self._from.readline()
        if not line:
            return None
        message = json.loads(line)
        self.topology = self.topology or message.get("topology")
        self.problems += message.get("problems", [])
        return message

    def hang_up(self):
        os.close(self._to)
        self._to = None

    def status(self):
        return self._process.status()

    def stdout(self):
        return contents(self._process._stdout)

    def stderr(self):
        return self._process.stderr()

    def component(self, id):
        return next(component for component in self.topology["components"] if component["id"] == id)

    def kill(self):
        self._process.kill()
        self._from.close()
        if self._to is not None:
            os.close(self._to)
