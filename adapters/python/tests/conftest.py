"""Fixtures of the tests whose subject is a process: they write a topology's source into a folder of its own and start
processes of it."""
from __future__ import annotations

import os
import sys
import textwrap

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
LIB = os.path.join(os.path.dirname(HERE), "lib")
sys.path[:0] = [LIB, HERE]

from support import streamparse  # noqa: E402
from support.describing import Describing  # noqa: E402
from support.host import Host  # noqa: E402
from support.process import PYTHON  # noqa: E402


class Sources:
    """A folder with sources, and the processes that were started of them."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.started = []

    def write(self, name, text):
        """Writes a file into the folder and returns its path."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
        return path

    def task(self, source, component, file="topology.py", **options):
        """A Host that plays to one task of the source."""
        self.write(file, source)
        host = Host(file, component, **{"dir": self.folder, **options})
        self.started.append(host)
        return host

    def describe(self, source, *arguments, file="topology.py", **options):
        """Describes the source and returns its Describing."""
        if source is not None:
            self.write(file, source)
        described = Describing(file, *arguments, **{"dir": self.folder, **options})
        self.started.append(described)
        described.start()
        return described

    def problem(self, source, *arguments, **options):
        """The only problem of a source that can't be described, in one line."""
        described = self.describe(source, *arguments, **options)
        assert described.status() == 2, described.stderr()
        assert len(described.problems) == 1, described.problems
        return text(described.problems[0])


def text(problem):
    """A problem in one line."""
    at = ":".join(map(str, problem.get("at", {}).values()))
    return ": ".join(part for part in (at, problem["severity"], problem["message"], problem.get("hint")) if part)


@pytest.fixture
def sources(tmp_path):
    made = Sources(os.path.realpath(tmp_path))
    yield made
    for process in made.started:
        process.kill()


@pytest.fixture
def gate(sources):
    """A handler that runs support.tasks.WAIT waits until gate() is called."""
    path = os.path.join(sources.folder, "go")
    os.mkfifo(path)

    def release():
        with open(path, "w"):
            pass

    return release


@pytest.fixture(params=["stand-in", "installed"])
def python(request):
    """The interpreter: one without streamparse, and one with it."""
    if request.param == "stand-in":
        return PYTHON
    streamparse.need()
    return streamparse.PYTHON


@pytest.fixture
def project(sources, python):
    return streamparse.Project(sources, python)
