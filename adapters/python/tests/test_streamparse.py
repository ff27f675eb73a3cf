"""Topologies that were written for streamparse, as they are described: by the stand-ins, and by streamparse itself."""
from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from support import streamparse
from support.streamparse import WC

COMPAT = os.path.join(os.path.dirname(__file__), "..", "lib", "compat")


def test_a_description(project):
    described = project.describe(WC)
    assert described.topology["class"] == "WordCount", described.problems
    assert described.topology["config"] == {"topology.workers": 2, "topology.message.timeout.secs": 5, "pystorm.log.level": "info"}
    assert described.component("count")["at"] == {"file": "project/topologies/wc.py", "line": 6}
    assert described.topology["problems"] == []


def test_inputs_in_all_forms(project):
    described = project.describe("""
class Many(Bolt):
    outputs = [Stream(["a"]), Stream(["m"], name="errors"), Stream(["d"], name="one", direct=True)]
class Direct(Spout):
    outputs = [Stream(["a"], direct=True)]
class T(Topology):
    words = WordSpout.spec()
    direct = Direct.spec()
    many = Many.spec(inputs=words)
    bare = CountBolt.spec(inputs=[many["errors"], direct])
    dicts = CountBolt.spec(inputs={many: Grouping.GLOBAL, many["errors"]: Grouping.ALL, words: Grouping.fields(["word"])})
    rest = CountBolt.spec(inputs={words: Grouping.NONE, many: Grouping.LOCAL_OR_SHUFFLE, many["one"]: Grouping.DIRECT})
""")
    assert described.topology, described.problems

    def inputs(id):
        return sorted((i["from"], i["stream"], i["grouping"]) for i in described.component(id)["inputs"])

    assert inputs("many") == [("words", "default", "shuffle")]
    assert inputs("bare") == [("direct", "default", "direct"), ("many", "errors", "shuffle")]
    assert inputs("dicts") == [("many", "default", "global"), ("many", "errors", "all"), ("words", "default", "fields")]
    assert inputs("rest") == [("many", "default", "local_or_shuffle"), ("many", "one", "direct"), ("words", "default", "none")]
    assert described.component("many")["outputs"]["one"] == {"fields": ["d"], "direct": True}


def test_a_cycle_by_global_stream_ids(project):
    described = project.describe("""
from streamparse.thrift import GlobalStreamId
class T(Topology):
    words = WordSpout.spec()
    first = CountBolt.spec(inputs={words: Grouping.SHUFFLE, GlobalStreamId(componentId="second", streamId="default"): Grouping.ALL})
    second = CountBolt.spec(inputs=[first])
""")
    assert sorted(i["from"] for i in described.component("first")["inputs"]) == ["second", "words"], described.problems


def test_par_by_environment(project):
    body = WC.replace("par=2", "par={'prod': 4, 'beta': 2}")
    assert project.describe(body).component("count")["parallelism"] == 4  # the only environment stands for any
    project.configure(more=', "beta": {"options": {"topology.workers": 1, "x": 1}}')
    beta = project.describe(body.replace("    config", "    other"), "--env", "beta")
    assert (beta.component("count")["parallelism"], beta.topology["config"]) == (2, {"topology.workers": 1, "x": 1})
    assert "has no par for the environment local (it has: prod, beta)" in project.describe(body).problems[0]["message"]


def test_commands(project):
    described = project.describe("""
class T(Topology):
    words = ShellSpout.spec(command="perl", script="words.pl", outputs=["word"])
    count = ShellBolt.spec(command="perl", script="count.pl -x", inputs=[words], outputs=["word"], config={"a": 1})
""")
    assert described.topology, described.problems
    assert described.component("words")["run"] == {"type": "shell", "command": ["perl", "words.pl"], "dir": "project/src"}
    assert described.component("count")["run"]["command"] == ["perl", "count.pl", "-x"]
    assert described.component("count")["config"] == {"a": 1}


@pytest.mark.parametrize("body, message", [
    ("class T(Topology):\n    pass\n", "A Topology requires at least one Spout"),
    ("class T(Topology):\n    words = WordSpout.spec()\n    count = CountBolt.spec()\n",
     'CountBolt "count" requires at least one input, because it is a Bolt.'),
    ("class Dry(Spout): pass\nclass T(Topology):\n    dry = Dry.spec()\n",
     'Dry "dry" requires at least one output, because it is a Spout'),
    ("class T(Topology):\n    words = WordSpout.spec()\n    count = CountBolt.spec(inputs={words: Grouping.fields('wrod')})\n",
     "Field 'wrod' specified in grouping is not a valid output field for the 'words' 'default' stream."),
    ("class T(Topology):\n    a = WordSpout.spec(name='x')\n    b = WordSpout.spec(name='x')\n", "Duplicate component name: x"),
    ("class T(Topology):\n    words = WordSpout.spec(par=0)\n", "Parallelism hint must be an integer greater than 0. Given: 0"),
    ("class T(Topology):\n    words = WordSpout.spec()\n    c = CountBolt.spec(inputs=[words['zz']])\n", "Invalid stream for"),
    ("Grouping.fields()\n", "List cannot be empty for fields grouping"),
])
def test_mistakes_have_streamparses_words(project, body, message):
    described = project.describe(body)
    assert described.status() == 2
    problem, = described.problems
    assert message in problem["message"]
    assert problem["at"]["file"] == "project/topologies/wc.py" and problem["at"]["line"] >= 3


def test_src_may_be_imported_as_a_package(project, sources):
    sources.write("project/src/__init__.py", "")
    sources.write("project/src/more.py", "from src.words import CountBolt\n")
    described = project.describe("from src.more import CountBolt as Count\n" + WC.replace("= CountBolt", "= Count"))
    assert described.topology["name"] == "wc", described.problems


def test_a_topology_as_a_program_does_nothing(project, sources, python):
    project.describe(WC)
    path = os.pathsep.join([os.path.join(COMPAT, ".."), COMPAT, os.path.join(sources.folder, "project", "src")])
    done = subprocess.run([python, "-W", "ignore", "project/topologies/wc.py"], cwd=sources.folder,
                          env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# The tests of streamparse's own that look into its Thrift structures, which there are none of here.
THRIFT = {"basic_spec", "basic_to_flux_dict", "dict_par", "java_bolt_valid_arg_list", "java_bolt_valid_serialized_java",
          "java_spout_valid_arg_list", "java_spout_valid_serialized_java", "long_chain_spec", "multi_stream_bolt", "perl_bolt",
          "perl_spout", "spec_with_inputs_as_list"}


def test_streamparses_own_tests_of_its_dsl(tmp_path):
    streamparse.need()
    file = streamparse.test_of_streamparse("test_dsl.py", tmp_path)
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rf", file], cwd=tmp_path,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join([os.path.join(COMPAT, ".."), COMPAT])},
                          capture_output=True, text=True)
    assert set(re.findall(r"^FAILED .*::test_(\w+)", done.stdout, re.MULTILINE)) == THRIFT, done.stdout
    assert "29 passed" in done.stdout
