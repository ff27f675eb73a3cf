"""A really installed streamparse, its quickstart project, and projects like it."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser(
    "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"), "gstorm", "test-libraries")
VENV = os.path.join(os.environ.get("GSTORM_TEST_LIBRARIES") or CACHE, "venv")
PYTHON = os.path.join(VENV, "bin", "python")


def need():
    """Skips a test that needs it where it isn't installed."""
    if not os.path.exists(PYTHON):
        pytest.skip("streamparse isn't installed; scripts/setup pytest does it")


def site_packages():
    """The folder of the installed packages."""
    command = [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def quickstart(folder):
    """Makes streamparse's quickstart project, by streamparse itself, and returns its folder."""
    command = [PYTHON, "-W", "ignore", "-m", "streamparse.cli.sparse", "quickstart", "project"]
    subprocess.run(command, cwd=folder, env={**os.environ, "LEIN_ROOT": "1"}, capture_output=True, check=True)
    return os.path.join(folder, "project")


def test_of_streamparse(name, folder):
    """Copies one of the tests that streamparse brings along, so that it is run without streamparse."""
    return shutil.copy(os.path.join(site_packages(), "test", "streamparse", name), folder)


test_of_streamparse.__test__ = False  # type: ignore[attr-defined]


CONFIG = """{"serializer": "%s", "topology_specs": "topologies/", "virtualenv_specs": "virtualenvs/",
 "envs": {"prod": {"user": "", "nimbus": "", "workers": [], "log": {"path": "", "level": "INFO"}, "virtualenv_root": "",
                   "options": {"topology.workers": 3, "topology.message.timeout.secs": 5}}%s}}"""

COMPONENTS = """
from streamparse import Bolt, Spout, Stream

class WordSpout(Spout):
    outputs = ["word"]
    def initialize(self, conf, ctx):
        self.words = iter(["dog", "cat"])
    def next_tuple(self):
        self.emit([next(self.words)])

class CountBolt(Bolt):
    outputs = ["word", "count"]
    def initialize(self, conf, ctx):
        self.step = conf.get("step", 1)
        self.n = 0
    def process(self, tup):
        self.n += self.step
        self.emit([tup.values.word, self.n])
"""


class Project:
    """A streamparse project under construction."""

    def __init__(self, sources, python):
        self._sources = sources
        self._python = python
        self.configure()
        sources.write("project/src/words.py", COMPONENTS)

    def configure(self, serializer="json", more=""):
        self._sources.write("project/config.json", CONFIG % (serializer, more))

    def describe(self, body, *arguments):
        text = "from streamparse import *\nfrom words import *\n" + body
        self._sources.write("project/topologies/wc.py", text)
        return self._sources.describe(None, *arguments, file="project/topologies/wc.py", python=self._python)

    def task(self, body, component, **options):
        text = "from streamparse import *\nfrom words import *\n" + body
        host = self._sources.task(text, component, file="project/topologies/wc.py", python=self._python,
                                  **{"inputs": {"words": ["word"], "source": ["word", "n"]},
                                     "outputs": {"default": ["word", "count"]}, **options})
        return host


WC = """
class WordCount(Topology):
    words = WordSpout.spec()
    count = CountBolt.spec(inputs={words: Grouping.fields("word")}, par=2)
    config = {"topology.workers": 2}
"""


def quiet(messages):
    """Without what pystorm tells of itself."""
    return [message for message in messages if message["command"] != "log"]
