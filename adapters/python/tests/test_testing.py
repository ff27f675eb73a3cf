"""The helper for users' tests. What gstorm itself does is a test of its command; here a program stands in for it."""
import json
import os
import sys

import pytest

from gostorm.testing import Failed, complete_topology

RESULT = {"emitted": {"split": {"default": [["a"], ["b"]], "odd": [[1]]}},
          "trees": {"acked": 2, "failed": 1, "timed_out": 1}, "errors": [{"message": "boom"}]}


class Program:
    """A gstorm that notes its arguments and input, prints a text and ends with a status."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.monkeypatch = monkeypatch

    def says(self, text, status=0):
        program = self.folder / "gstorm"
        (self.folder / "output").write_text(text)
        program.write_text("#!/bin/sh\ncd '{}'\nprintf '%s\\n' \"$@\" >arguments\ncat >input\ncat output\necho said >&2\n"
                           "exit {}\n".format(self.folder, status))
        program.chmod(0o755)
        self.monkeypatch.setenv("GSTORM", str(program))

    def noted(self, name):
        return (self.folder / name).read_text()


@pytest.fixture
def program(tmp_path, monkeypatch):
    return Program(tmp_path, monkeypatch)


def test_what_came_of_a_topology(program):
    program.says(json.dumps(RESULT))
    done = complete_topology("word_count.py", mock={"lines": [["a b"]]}, args=[1, "x y"], timeout=3)
    assert (done["split"], done.emitted("split", "odd"), done["none"]) == ([["a"], ["b"]], [[1]], [])
    assert (done.acked, done.failed, done.errors, done.log, done.success) == (2, 2, ["boom"], "said\n", True)
    assert program.noted("arguments").splitlines() == ["complete", "word_count.py", "--mock", "-", "--for", "3s", "--", "1", "x y"]
    assert program.noted("input") == '{"lines": [["a b"]]}'


def test_a_topology_by_its_class(program, tmp_path, monkeypatch):
    (tmp_path / "mine_to_test.py").write_text("from gostorm import Topology\nclass Mine(Topology): pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    from mine_to_test import Mine

    program.says(json.dumps(RESULT))
    complete_topology(Mine)
    assert program.noted("arguments").splitlines() == [
        "complete", os.path.join(str(tmp_path), "mine_to_test.py"), "--class", "Mine", "--mock", "-", "--"]


def test_a_topology_that_failed_is_told_with_what_came_of_it(program):
    program.says(json.dumps(RESULT), status=1)
    assert complete_topology("x.py").success is False


def test_what_gstorm_could_not_run(program, monkeypatch):
    program.says("", status=2)
    with pytest.raises(Failed, match="^said$"):
        complete_topology("x.py")
    monkeypatch.setenv("GSTORM", "/no/such/gstorm")
    with pytest.raises(Failed, match="set GSTORM to its path"):
        complete_topology("x.py")
