"""Files that can't be described: one problem each, with its place."""
from __future__ import annotations

import os

import pytest

TOPOLOGY = """
from gostorm import Spout, Topology
class S(Spout):
    outputs = ["a"]
    def next_tuple(self): pass
class T(Topology):
    s = S.spec()
"""


@pytest.mark.parametrize("source, problem", [
    ("class Foo:\n  x = = 1\n", "topology.py:2: error: syntax error: invalid syntax"),
    ("def f():\nreturn 1\n", "topology.py:2: error: indentation error: expected an indented block"),
    ("\n\nraise ValueError('not today')\n", "topology.py:3: error: ValueError: not today"),
    ("def f():\n    return {}['x']\nf()\n", "topology.py:2: error: KeyError: 'x'"),
    ("def f(): f()\nf()\n", "topology.py:1: error: RecursionError: maximum recursion depth exceeded"),
    ("import sys\nsys.exit(3)\n", "topology.py:2: error: the file ended the process with exit(3)"),
    ("x = 1\n", "topology.py:1: error: there is no topology in topology.py: a topology is a class"),
    ("", "topology.py:1: error: there is no topology in topology.py"),
    (b"\x00\xff\xfe\x7fELF", "topology.py:1: error: "),
    ("from gostorm import Topology\nclass T(Topology): pass\n",
     "topology.py:2: error: the topology T declares neither spout nor bolt"),
    ("from gostorm import Topology, Spout\nclass S(Spout): pass\nclass T(Topology):\n    s = S\n",
     "topology.py:3: error: TypeError: Topology classes should have ComponentSpec attributes.  Did you forget"),
    ("from gostorm import Topology, Spout\nclass S(Spout): pass\nclass T(Topology):\n    s = S.spec(parallelism=2)\n",
     "topology.py:4: error: TypeError: "),
    ("from gostorm import Topology, Spout\nclass S(Spout): pass\nclass T(Topology):\n    s = S.spec(par=1.5)\n",
     "topology.py:4: error: TypeError: Parallelism hint must be an integer greater than 0. Given: 1.5"),
    ("from gostorm import Grouping\nGrouping.filds('a')\n", "topology.py:2: error: AttributeError: "),
    ("from gostorm import JavaSpout, Topology\nclass T(Topology):\n"
     "    s = JavaSpout.spec(full_class_name='a.B', args_list=[], outputs=['x'])\n",
     "topology.py:3: error: s is a.B: there is no JVM here, so Java components can't run"),
], ids=lambda value: None)
def test_what_is_wrong(sources, source, problem):
    assert sources.problem(source).startswith(problem)


def test_a_topology_that_is_not_there(sources):
    assert sources.problem(TOPOLOGY, "--class", "Nope") == \
        "topology.py:1: error: there is no topology Nope in topology.py: there is T"


def test_an_error_in_another_module_has_its_place(sources):
    sources.write("helper.py", "\n1 / 0\n")
    assert sources.problem("import helper\n") == "helper.py:2: error: ZeroDivisionError: division by zero"
    sources.write("helper.py", "x = = 1\n")
    assert sources.problem("import helper\n") == "helper.py:1: error: syntax error: invalid syntax"


def test_a_missing_module_says_how_to_get_it(sources):
    def hint(module):
        head, _, rest = sources.problem(f"\nimport {module}\n").partition("is missing: ")
        assert head.startswith("topology.py:2: error: the module ")
        return rest

    assert hint("no_such_module.part").endswith("pip install no_such_module")
    assert hint("confluent_kafka").endswith("pip install confluent-kafka")
    assert hint("json.nothing") == "there is a json, but it has no such module"
    sources.write("pyproject.toml", "")
    assert hint("no_such_module").endswith("pip install .")
    sources.write("requirements.txt", "no_such_module==1\n")
    assert hint("no_such_module").endswith("pip install -r requirements.txt")
    assert hint("no_other_module").endswith("pip install -r requirements.txt, once no_other_module is listed there")


@pytest.mark.parametrize("statement", ["import gstorm", "from gstorm import Topology"])
def test_the_library_is_called_gostorm(sources, statement):
    hint = "in Python gstorm's library is called gostorm: from gostorm import Topology, Bolt, Spout"
    assert sources.problem(statement) == f"topology.py:1: error: there is no module gstorm: {hint}"
    os.makedirs(os.path.join(sources.folder, "site"))
    sources.write("site/gstorm/__init__.py", "def schema(): pass\n")
    found = sources.describe(statement, env={"PYTHONPATH": os.path.join(sources.folder, "site")}).problems[0]
    if statement.startswith("from"):
        assert found["hint"] == hint and "cannot import name 'Topology'" in found["message"]
    else:
        assert "there is no topology" in found["message"]


def test_a_config_json_that_cannot_be_read(sources):
    sources.write("config.json", "{\n  'envs': {}\n}")
    sources.write("src/a.py", "")
    assert sources.problem(TOPOLOGY, file="topologies/t.py").startswith("config.json:2: error: config.json can't be read: ")
