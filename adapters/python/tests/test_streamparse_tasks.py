"""Components that were written for streamparse at work: with nothing installed, and with pystorm itself."""
from __future__ import annotations

import os

from support import streamparse
from support.host import Host
from support.streamparse import WC, quiet


def test_the_quickstart_project(sources, python):
    streamparse.need()
    streamparse.quickstart(sources.folder)
    described = sources.describe(None, file="project/topologies/wordcount.py", python=python)
    assert described.topology["name"] == "wordcount", described.problems
    spout, bolt = described.topology["components"]
    assert (spout["id"], spout["kind"], spout["class"], spout["outputs"]) == \
        ("word_spout", "spout", "WordSpout", {"default": {"fields": ["word"]}})
    assert (bolt["id"], bolt["parallelism"], bolt["run"]) == ("count_bolt", 2, {"type": "file"})
    assert [(i["from"], i["grouping"], i["fields"]) for i in bolt["inputs"]] == [("word_spout", "fields", ["word"])]
    assert spout["at"] == {"file": "project/topologies/wordcount.py", "line": 12}

    options = {"dir": sources.folder, "python": python, "inputs": {"word_spout": ["word"]},
               "outputs": {"default": ["word", "count"]}}
    sources.started += [
        words := Host("project/topologies/wordcount.py", "word_spout", **{**options, "outputs": {"default": ["word"]}}),
        count := Host("project/topologies/wordcount.py", "count_bolt", **options)]
    assert [values for values, _ in words.next() + words.next()] == [["dog"], ["cat"]]
    emit, ack = quiet(count.handle("dog", comp="word_spout"))
    assert (emit["tuple"], emit["anchors"], ack["id"]) == (["dog", 10], ["1"], "1")


def test_the_same_class_twice_with_configuration_of_its_own(project):
    body = """
class T(Topology):
    words = WordSpout.spec()
    one = CountBolt.spec(inputs=[words])
    ten = CountBolt.spec(inputs=[words], name="by_ten", config={"step": 10})
"""
    described = project.describe(body)
    assert [(c["id"], c["config"]) for c in described.topology["components"][1:]] == [("one", {}), ("by_ten", {"step": 10})]
    for component, conf, expected in [("one", {}, 1), ("by_ten", {"step": 10}, 10)]:
        assert project.task(body, component, conf=conf).emitted("a", comp="words") == [["a", expected]]


def test_old_imports_and_names(sources):
    host = sources.task("""
from streamparse.bolt import Bolt, BatchingBolt
from streamparse.spout import Spout
from streamparse.dsl import Grouping, Stream, Topology
from streamparse.storm.component import Component, StormHandler
from pystorm import Tuple
from pystorm.component import StormHandler
from pystorm.exceptions import StormWentAwayError
import streamparse, pystorm
assert streamparse.__version__ and pystorm.VERSION
class Words(Spout):
    outputs = ["word"]
class Old(Bolt):
    AUTO_ACK = False
    def process(self, tup):
        self.log("seen", level="debug")
        self.ack(tup)
class Timed(BatchingBolt):
    SECS_BETWEEN_BATCHES = 0.1
    def process_batch(self, key, tups):
        self.emit([len(tups)])
class T(Topology):
    words = Words.spec()
    old = Old.spec(inputs=[words])
    timed = Timed.spec(inputs=[words])
""", "timed", outputs={"default": ["n"]})
    host.tuple("a")
    assert host.read()["tuple"] == [1]
    old = sources.task(open(os.path.join(sources.folder, "topology.py")).read(), "old")
    assert [message["command"] for message in old.handle("a")] == ["log", "ack"]


BATCH = """
class Sums(BatchingBolt):
    outputs = ["word", "sum"]
    %s
    def group_key(self, tup): return tup.values[0]
    def process_batch(self, key, tups):
        if key == "bad": raise ValueError(key)
        self.emit([key, sum(tup.values.n for tup in tups)])
class Source(Spout):
    outputs = ["word", "n"]
class T(Topology):
    source = Source.spec()
    sums = Sums.spec(inputs=[source])
"""


def test_batches_at_every_second_tick(project):
    host = project.task(BATCH % "", "sums", outputs={"default": ["word", "sum"]})
    host.tuple("a", 1)
    host.tuple("a", 2)
    first, second = host.tick(), host.tick()
    messages = host.take_until("ack")
    while sum(message["command"] == "ack" for message in messages) < 4:
        messages.append(host.read())
    assert [m["tuple"] for m in messages if m["command"] == "emit"] == [["a", 3]]
    acks = [m["id"] for m in messages if m["command"] == "ack"]
    assert acks[0] == first and sorted(acks[1:]) == ["1", "2", second]


def test_a_batch_that_fails(project):
    host = project.task(BATCH % "exit_on_exception = False", "sums", outputs={"default": ["word", "sum"]})
    host.tuple("bad", 1)
    host.tuple("bad", 2)
    host.tick()
    host.tick()
    failed = []
    while len(failed) < 2:
        message = host.read()
        failed += [message["id"]] if message["command"] == "fail" else []
    assert sorted(failed) == ["1", "2"]
    ends = project.task(BATCH % "ticks_between_batches = 0", "sums", outputs={"default": ["word", "sum"]})
    ends.tuple("bad", 1)
    ends.tick()
    assert ends.status() == 1  # exit_on_exception is the default
    assert [m["id"] for m in ends.messages if m.get("command") == "fail"] == ["1"]


def test_batches_by_the_clock(project):
    body = (BATCH % "secs_between_batches = 0.1").replace("(BatchingBolt)", "(TicklessBatchingBolt)")
    host = project.task(body, "sums", outputs={"default": ["word", "sum"]})
    host.tuple("a", 1)
    messages = quiet(host.take_until("ack"))
    assert [(m["command"], m.get("tuple")) for m in messages] == [("emit", ["a", 1]), ("ack", None)]


RELIABLE = """
class Words(ReliableSpout):
    outputs = ["word"]
    max_fails = 2
    def next_tuple(self): self.emit(["a"], tup_id="k")
class T(Topology):
    words = Words.spec()
"""


def test_a_reliable_spout_replays_up_to_max_fails(project):
    host = project.task(RELIABLE, "words", outputs={"default": ["word"]})
    (_, wire_id), = host.next()
    for _ in range(2):
        emit, = quiet(host.command("fail", wire_id))
        assert emit["tuple"] == ["a"]
        wire_id = emit["id"]
    assert quiet(host.command("fail", wire_id)) == []


def test_an_exception_fails_the_tuple_and_ends_the_process(project):
    host = project.task("""
class Bad(Bolt):
    def process(self, tup): 1 / 0
class T(Topology):
    words = WordSpout.spec()
    bad = Bad.spec(inputs=[words])
""", "bad")
    host.tuple("a", comp="words")
    assert host.status() == 1
    assert [m["command"] for m in host.messages[1:] if m["command"] in ("error", "fail", "ack")] == ["error", "fail"]
    assert "ZeroDivisionError" in next(m["msg"] for m in host.messages[1:] if m["command"] == "error")


def test_msgpack_in_config_json_is_between_the_project_and_storm(project):
    project.configure(serializer="msgpack")
    assert project.describe(WC).topology
    assert project.task(WC, "count").emitted("a", comp="words") == [["a", 1]]


def test_what_initialize_decides_counts_and_any_parameter_is_the_tuple(project):
    host = project.task("""
class Own(Bolt):
    outputs = ["word", "count"]
    def initialize(self, conf, ctx):
        self.auto_ack = self.auto_anchor = False
    def process(self, word):
        self.emit([word.values.word, 1])
        self.ack(word)
class T(Topology):
    words = WordSpout.spec()
    own = Own.spec(inputs=[words])
""", "own")
    emit, ack = quiet(host.handle("a", comp="words"))
    assert (emit["tuple"], emit.get("anchors") or [], ack["command"]) == (["a", 1], [], "ack")


def test_prints_are_not_the_protocols(project):
    body = "print('importing')\n" + WC.replace("class WordCount", """
class Loud(CountBolt):
    def process(self, tup):
        print("processing")
        super().process(tup)
class WordCount""").replace("= CountBolt", "= Loud")
    host = project.task(body, "count")
    assert host.emitted("a", comp="words") == [["a", 1]]
    host.finish()
    assert host.stdout() == "importing\nprocessing\n"


def test_tasks_run_in_src(project, sources):
    body = WC.replace("class WordCount", """
import os
class Where(CountBolt):
    def process(self, tup): self.emit([os.getcwd(), 1])
class WordCount""").replace("= CountBolt", "= Where")
    assert project.task(body, "count").emitted("a", comp="words") == [[os.path.join(sources.folder, "project", "src"), 1]]
