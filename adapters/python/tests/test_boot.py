"""Which library, which modules, which command line."""
from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from support.process import BOOT, PYTHON

LIB = os.path.join(os.path.dirname(__file__), "..", "lib")

TOPOLOGY = """
from gostorm import Spout, Topology
class S(Spout):
    outputs = ["a"]
    def next_tuple(self): pass
class T(Topology):
    s = S.spec()
"""


@pytest.fixture
def site(sources):
    """A folder for packages, and the environment that has Python look there."""
    folder = os.path.join(sources.folder, "site")
    os.makedirs(folder)
    return folder, {"PYTHONPATH": folder}


def install(site, version=None):
    folder = shutil.copytree(os.path.join(LIB, "gostorm"), os.path.join(site, "gostorm"))
    if version:
        with open(os.path.join(folder, "version.py"), "w", encoding="utf-8") as file:
            file.write(f'VERSION = "{version}"\n')


def test_an_installed_package_of_the_same_version_wins(sources, site):
    folder, env = site
    install(folder)
    described = sources.describe("import gostorm\nprint(gostorm.__file__)\n" + TOPOLOGY, env=env)
    assert described.topology["name"] == "t", described.problems
    described.status()
    assert described.stderr() == f"{folder}/gostorm/__init__.py\n"
    assert described.component("s")["at"] == {"file": "topology.py", "line": 9}


def test_an_installed_package_of_another_version_is_an_error(sources, site):
    folder, env = site
    install(folder, "9.9.9")
    problem = sources.problem(TOPOLOGY, env=env)
    assert problem.startswith("error: the installed package gostorm 9.9.9 doesn't fit gstorm ")
    assert "pip uninstall gostorm" in problem
    host = sources.task(TOPOLOGY, "s", env=env)
    assert "9.9.9" in host.read()["msg"]
    assert host.status() == 1


def test_another_package_of_the_same_name_is_none_of_our_business(sources, site):
    sources.write("site/gostorm/__init__.py", "raise RuntimeError('the wrong one')")
    assert sources.describe(TOPOLOGY, env=site[1]).topology["name"] == "t"


def test_the_library_comes_before_files_of_the_same_name_and_hides_none(sources):
    sources.write("gostorm.py", "raise RuntimeError('the wrong one')")
    sources.write("boot.py", "MINE = 1")
    sources.write("compat.py", "MINE = 2")
    described = sources.describe("import boot, compat\nassert (boot.MINE, compat.MINE) == (1, 2)\n" + TOPOLOGY)
    assert described.topology["name"] == "t", described.problems


def test_the_stand_ins_come_last(sources, site):
    sources.write("site/streamparse/__init__.py", "from gostorm import Topology\nWHICH = 'installed'")
    described = sources.describe("import streamparse, pystorm\nprint(streamparse.WHICH, 'compat' in pystorm.__file__)\n" + TOPOLOGY,
                                 env=site[1])
    assert described.topology["name"] == "t", described.problems
    described.status()
    assert described.stderr() == "installed True\n"


def test_a_python_that_is_told_to_be_safe(sources):
    assert sources.describe(TOPOLOGY, env={"PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}).topology["name"] == "t"


def test_little_is_loaded_for_a_task(sources):
    host = sources.task("import sys\nloaded = set(sys.modules)\n" + TOPOLOGY.replace("def next_tuple(self): pass", """
    def next_tuple(self): return [sorted(loaded | set(sys.modules))]"""), "s", outputs={"default": ["a"]})
    (values, _), = host.next()
    plain = subprocess.run([PYTHON, "-c", "import sys, json; print(*sys.modules)"], capture_output=True, text=True, check=True)
    expensive = {"asyncio", "logging", "inspect", "typing", "dataclasses", "traceback", "ast", "difflib", "socket"}
    assert (set(values[0]) - set(plain.stdout.split())) & expensive == set()


@pytest.mark.parametrize("arguments", [[], ["fly", "x.py"], ["describe"], ["task", "x.py"], ["describe", "x.py", "--colour", "red"],
                                       ["describe", "x.py", "--class"]])
def test_a_wrong_command_line(arguments):
    done = subprocess.run([PYTHON, BOOT, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert "usage" in done.stderr or "unknown option" in done.stderr
