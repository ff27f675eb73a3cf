"""What describing a file says of its topology."""
from __future__ import annotations

import json
import os
import subprocess

from support.process import BOOT, PYTHON

HEAD = """
from gostorm import Bolt, Builtin, External, Grouping, ShellBolt, ShellSpout, Spout, Stream, Topology, bolt, spout

class Lines(Spout):
    outputs = ["line"]
    def next_tuple(self): pass

class Split(Bolt):
    outputs = ["word", Stream(["a", "b"], name="late"), Stream(["c"], name="one", direct=True)]
    def process(self, tup): pass
"""
# The line of the first statement after the head.
FIRST = HEAD.count("\n") + 1


def describe(sources, body, *arguments, **options):
    return sources.describe(HEAD + body, *arguments, **options)


def test_everything_in_its_order(sources):
    described = describe(sources, """class WordCount(Topology):
    lines = Lines.spec(par=2, config={"file": "x"})
    words = Split.spec(inputs={lines: Grouping.fields("line")}, par=2, tasks=4)
    config = {"topology.workers": 1}
""")
    assert json.dumps(described.topology) == json.dumps({
        "gstorm": 1, "name": "word_count", "language": "python", "file": "topology.py", "class": "WordCount",
        "classes": ["WordCount"], "status": "active", "driver": False, "config": {"topology.workers": 1},
        "components": [
            {"id": "lines", "kind": "spout", "class": "Lines", "run": {"type": "file"}, "parallelism": 2, "tasks": 2,
             "config": {"file": "x"}, "outputs": {"default": {"fields": ["line"]}}, "inputs": [],
             "at": {"file": "topology.py", "line": FIRST + 1}},
            {"id": "words", "kind": "bolt", "class": "Split", "run": {"type": "file"}, "parallelism": 2, "tasks": 4,
             "config": {}, "outputs": {"default": {"fields": ["word"]}, "late": {"fields": ["a", "b"]},
                                       "one": {"fields": ["c"], "direct": True}},
             "inputs": [{"from": "lines", "stream": "default", "grouping": "fields", "fields": ["line"],
                         "at": {"file": "topology.py", "line": FIRST + 2}}],
             "at": {"file": "topology.py", "line": FIRST + 2}}],
        "problems": []})
    assert described.status() == 0


def test_inputs_in_all_forms(sources):
    described = describe(sources, """class T(Topology):
    lines = Lines.spec()
    words = Split.spec(inputs=lines)
    late = Split.spec(inputs=[words["late"], words["one"], lines])
    mixed = Split.spec(inputs={words: Grouping.GLOBAL, words["late"]: Grouping.partial_key("a", "b"), "lines": Grouping.ALL})
    by_id = Split.spec(inputs=["lines", "by_id"])
    grouped = Split.spec(inputs={lines: Grouping.NONE, words: Grouping.LOCAL_OR_SHUFFLE, words["one"]: Grouping.DIRECT})
""")
    assert described.topology is not None, described.problems

    def inputs(id):
        return [(i["from"], i["stream"], i["grouping"], i.get("fields")) for i in described.component(id)["inputs"]]

    assert inputs("words") == [("lines", "default", "shuffle", None)]
    assert inputs("late") == [("words", "late", "shuffle", None), ("words", "one", "direct", None),
                              ("lines", "default", "shuffle", None)]
    assert inputs("mixed") == [("words", "default", "global", None), ("words", "late", "partial_key", ["a", "b"]),
                               ("lines", "default", "all", None)]
    assert inputs("by_id") == [("lines", "default", "shuffle", None), ("by_id", "default", "shuffle", None)]
    assert [i[2] for i in inputs("grouped")] == ["none", "local_or_shuffle", "direct"]


def test_parallelism_by_environment(sources):
    body = "class T(Topology):\n    lines = Lines.spec(par={'local': 1, 'prod': 8})\n"
    assert describe(sources, body).component("lines")["parallelism"] == 1
    assert describe(sources, body, "--env", "prod").component("lines")["parallelism"] == 8
    described = describe(sources, body, "--env", "test")
    assert described.problems[0]["message"] == "lines has no par for the environment test (it has: local, prod)"
    assert described.problems[0]["at"] == {"file": "topology.py", "line": FIRST + 1}


def test_names(sources):
    body = "class T(Topology):\n    name = 'my-name'\n    a = Lines.spec(name='b')\n"
    described = describe(sources, body)
    assert (described.topology["name"], described.topology["components"][0]["id"]) == ("my-name", "b")
    assert describe(sources, body, "--name", "other").topology["name"] == "other"


def test_components_may_be_called_like_attributes(sources):
    body = "class T(Topology):\n" + "".join(f"    {id} = Lines.spec()\n" for id in ("name", "status", "run", "specs", "on_submit"))
    described = describe(sources, body)
    assert [component["id"] for component in described.topology["components"]] == ["name", "status", "run", "specs", "on_submit"]
    assert (described.topology["name"], described.topology["status"], described.topology["driver"]) == ("t", "active", False)


def test_a_file_may_be_called_like_a_module(sources):
    for name in ("json.py", "os.py", "queue.py"):
        described = sources.describe(HEAD + "class T(Topology):\n    lines = Lines.spec()\n", file=name)
        assert described.topology["name"] == "t", described.problems
        os.remove(os.path.join(sources.folder, name))


def test_the_last_of_several_topologies_or_the_one_that_is_picked(sources):
    body = """class Base(Topology):
    config = {"a": 1}
class One(Base):
    lines = Lines.spec()
class Two(One):
    words = Split.spec(inputs=[One.lines])
    config = {"b": 2}
"""
    described = describe(sources, body)
    assert (described.topology["class"], described.topology["classes"]) == ("Two", ["One", "Two"])
    assert [component["id"] for component in described.topology["components"]] == ["lines", "words"]
    one = describe(sources, body, "--class", "One")
    assert one.topology["config"] == {"a": 1}
    assert describe(sources, body, "--class", "one").topology["name"] == "one"


def test_of_streamparse_topologies_the_first_is_meant(sources):
    body = "class One(Topology):\n    lines = Lines.spec()\nclass Two(One):\n    config = {'b': 2}\n"
    described = sources.describe(HEAD + "from streamparse import Topology\n" + body)
    assert described.topology["class"] == "One", described.problems


def test_a_topology_of_another_module_comes_after_the_files_own(sources):
    sources.write("base.py", HEAD + "class Base(Topology):\n    lines = Lines.spec()\n")
    described = sources.describe("from base import Base, Split\nclass Mine(Base):\n    words = Split.spec(inputs=['lines'])\n")
    assert described.topology["classes"] == ["Mine", "Base"]
    assert described.component("lines")["at"]["file"] == "base.py"


def test_commands(sources):
    sources.write("resources/split.rb", "")
    described = describe(sources, """class T(Topology):
    lines = ShellSpout.spec(command=["ruby", "lines.rb", "a b"], outputs=["line"], dir="scripts")
    words = ShellBolt.spec(command="ruby", script="split.rb -v", outputs=["word"], inputs=[lines], par=2)
""")
    assert described.component("lines")["run"] == {"type": "shell", "command": ["ruby", "lines.rb", "a b"], "dir": "scripts"}
    assert described.component("words")["run"] == {"type": "shell", "command": ["ruby", "split.rb", "-v"], "dir": "resources"}


def test_java_classes_that_gstorm_has_itself(sources):
    described = describe(sources, """from gostorm import JavaSpout
class T(Topology):
    words = JavaSpout.spec(full_class_name="org.apache.storm.testing.TestWordSpout", args_list=[], outputs=["word"])
""")
    words = described.component("words")
    assert words["run"] == {"type": "builtin", "name": "TestWordSpout"}
    assert words["class"] == "org.apache.storm.testing.TestWordSpout"


def test_components_of_other_files(sources):
    described = describe(sources, """class T(Topology):
    lines = External["lines.rb:Lines"].spec(par=2)
    words = External.spec("lib/split.js:split", inputs={lines["late"]: Grouping.ALL})
    count = Split.spec(inputs=[words])
""")
    lines = described.component("lines")
    assert (lines["kind"], lines["run"]) == ("spout", {"type": "file", "file": "lines.rb", "component": "Lines"})
    assert "outputs" not in lines and "class" not in lines
    words = described.component("words")
    assert (words["kind"], words["inputs"][0]["stream"]) == ("bolt", "late")
    problem = sources.problem(HEAD + "class T(Topology):\n    a = External.spec('split.rb')\n")
    assert problem.startswith(f"topology.py:{FIRST + 1}: error: an external component is")


def test_components_that_come_with_gstorm(sources):
    described = describe(sources, """class T(Topology):
    lines = Builtin.spec("lines", path=["a.log"], follow=True, par=2)
    words = Builtin.spec("map", inputs=[lines], fields=[{"word": "upper(line)"}])
    some = Builtin.spec("filter", inputs={words: Grouping.fields("word")}, when="true", rejected=True, outputs=["other"])
    count = Split.spec(inputs=[some["rejected"]])
    log = Builtin.spec("log", inputs=[count], config={"a": 1})
""")
    lines = described.component("lines")
    assert (lines["kind"], lines["parallelism"]) == ("spout", 2)
    assert lines["run"] == {"type": "builtin", "name": "lines", "options": {"path": ["a.log"], "follow": True}}
    assert "outputs" not in lines and "class" not in lines
    assert described.component("words")["run"]["options"] == {"fields": [{"word": "upper(line)"}]}
    assert described.component("some")["outputs"] == {"default": {"fields": ["other"]}}
    assert described.component("count")["inputs"][0]["stream"] == "rejected"
    assert (described.component("log")["run"], described.component("log")["config"]) == ({"type": "builtin", "name": "log"}, {"a": 1})
    problem = sources.problem(HEAD + "class T(Topology):\n    a = Builtin.spec('lines', path=object())\n")
    assert problem.startswith(f"topology.py:{FIRST + 1}: error: ") and "the options of lines" in problem


def test_components_without_a_topology_for_other_files(sources):
    described = describe(sources, "", "--component", "Split", "--component", "Lines")
    assert [(c["id"], c["kind"]) for c in described.topology["components"]] == [("Split", "bolt"), ("Lines", "spout")]
    both = describe(sources, "class T(Topology):\n    lines = Lines.spec()\n", "--component", "Split", "--component", "lines")
    assert [c["id"] for c in both.topology["components"]] == ["Split", "lines"]
    assert sources.problem(HEAD, "--component", "Nope").startswith("topology.py:1: error: topology.py has no component Nope")


def test_decorated_functions(sources):
    described = describe(sources, """@spout(outputs=["line"])
def lines():
    yield ["a"]

@bolt(outputs=["word"], tick_secs=5)
def split(line):
    return [line]

class T(Topology):
    lines = lines.spec()
    split = split.spec(inputs=[lines])
""")
    assert described.component("lines")["kind"] == "spout"
    assert described.component("split")["config"] == {"topology.tick.tuple.freq.secs": 5}


def test_parameters_that_no_tuple_has(sources):
    described = describe(sources, """@bolt(outputs=["word"])
def split(lime, tup, other=1):
    return [lime]

class T(Topology):
    lines = Lines.spec()
    split = split.spec(inputs=[lines])
""")
    assert described.topology["problems"] == [{
        "severity": "error",
        "message": "split takes lime, which tuples from lines don't have, did you mean line? (they have: line)",
        "at": {"file": "topology.py", "line": FIRST}}]


def test_components_that_do_nothing(sources):
    described = describe(sources, """class Idle(Bolt): pass
class Dry(Spout): outputs = ["a"]
class T(Topology):
    dry = Dry.spec()
    idle = Idle.spec(inputs=[dry])
""")
    assert [problem["message"] for problem in described.topology["problems"]] == \
        ["Dry has no method next_tuple", "Idle has no method process"]


def test_arguments_and_role_of_the_file(sources):
    described = describe(sources, """import os, sys
print(sys.argv, os.environ["GSTORM_ROLE"], __name__, __file__, sys.stdin.read())
class T(Topology):
    lines = Lines.spec()
""", args=["--name", "b c"])
    assert described.topology["name"] == "t"
    described.status()
    assert described.stderr() == f"['topology.py', '--name', 'b c'] describe topology {sources.folder}/topology.py \n"
    assert described.stdout() == ""


def test_modules_beside_the_file_and_in_the_working_directory(sources):
    sources.write("top/near.py", "")
    sources.write("far.py", "")
    described = sources.describe(HEAD + "import near, far, topology\nassert topology.Lines is Lines\n"
                                 "class T(Topology):\n    lines = Lines.spec()\n", file="top/topology.py")
    assert described.topology is not None, described.problems
    assert described.component("lines")["at"]["file"] == "top/topology.py"


def test_for_people_the_description_is_printed(sources):
    sources.write("topology.py", HEAD + "class T(Topology):\n    lines = Lines.spec()\n")
    sources.write("wrong.py", "x = 1\n")
    good = subprocess.run([PYTHON, BOOT, "describe", "topology.py"], cwd=sources.folder, capture_output=True, text=True)
    assert json.loads(good.stdout)["name"] == "t"
    wrong = subprocess.run([PYTHON, BOOT, "describe", "wrong.py"], cwd=sources.folder, capture_output=True, text=True)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("wrong.py:1: error: there is no topology in wrong.py (")
