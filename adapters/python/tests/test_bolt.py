"""What bolts do, as the host sees it."""
from __future__ import annotations

import os

import pytest
from support.bolts import STREAMS, bolt, commands, values


@pytest.mark.parametrize("code, expected", [
    ("return None", []), ("return 0", [[0]]), ("return ''", [[""]]), ("return [1]", [[1]]), ("return (1,)", [[1]]),
    ("return {'a': 1}", [[{"a": 1}]]), ("return [[1, 2]]", [[[1, 2]]]), ("return tup.values[:1]", [["a"]]),
    ("yield [1]; yield 2; yield None", [[1], [2]]), ("return ([i] for i in range(3))", [[0], [1], [2]]),
    ("self.emit([1]); return 2", [[1]]), ("return Emit([1], anchors=[])", [[1]]), ("yield Emit([1, 2], stream='late')", [[1, 2]]),
])
def test_what_a_handler_returns_is_emitted(sources, code, expected):
    messages = bolt(sources, f"class B(Bolt):\n    def process(self, tup):\n        {code}\n").handle("a", 1)
    assert values(messages) == expected
    assert commands(messages)[-1] == "ack"


@pytest.mark.parametrize("signature, result", [
    ("self, tup", "tup.word"), ("self, t", "t.word"), ("self, word", "word"), ("self, n, word", "f'{word}{n}'"),
    ("self, word, other=7", "f'{word}{other}'"), ("self, word, tup", "f'{word}{tup.task}'"), ("self, *, word", "word"),
    ("self, **fields", "fields['word']"), ("self, *args", "args[0].word"),
])
def test_parameters_are_bound_by_name(sources, signature, result):
    host = bolt(sources, f"class B(Bolt):\n    def process({signature}):\n        return {result}\n")
    assert host.emitted("a", 1)[0][0] in ("a", "a1", "a7")


def test_a_function_is_a_bolt(sources):
    host = bolt(sources, """
        @bolt(outputs=["x"])
        def B(word: str):
            yield from ([part] for part in word.split())
        """)
    assert host.emitted("to be", 1) == [["to"], ["be"]]


def test_a_function_may_take_the_bolt(sources):
    host = bolt(sources, """
        @bolt(outputs=["x"], auto_ack=False)
        def B(self, word, tup):
            self.emit([word], stream="late" if word == "late" else None)
            self.fail(tup)
        """)
    assert commands(host.handle("a", 1)) == ["emit", "fail"]


def test_a_field_that_is_not_there_is_named(sources):
    host = bolt(sources, "class B(Bolt):\n    def process(self, wrod, n): pass\n")
    message = "B.process takes wrod, which tuples from source, stream default don't have (they have: word, n)"
    assert message in host.handle("a", 1)[0]["msg"]


def test_tuples(sources):
    host = bolt(sources, """
        class B(Bolt):
            def process(self, tup):
                assert (tup.word, tup["word"], tup[0], tup.values.word, tup.values[0]) == ("a",) * 5
                assert (tup.id, tup.component, tup.stream, tup.task, len(tup)) == ("1", "source", "default", 1, 2)
                assert tup.to_dict() == {"word": "a", "n": 1} and tup.fields == ("word", "n")
                word, n = tup.values
                assert not tup.is_tick() and not hasattr(tup, "nothing")
                import copy, pickle
                assert copy.copy(tup).word == pickle.loads(pickle.dumps(tup.to_dict()))["word"]
                return repr(tup)
        """)
    assert host.emitted("a", 1) == [["<Tuple source/default word='a', n=1>"]]


def test_fields_that_are_no_python_names(sources):
    host = bolt(sources, "class B(Bolt):\n    def process(self, tup): return [tup['user-id'] + tup['class'] + tup['id']]\n",
                inputs={"source": ["user-id", "class", "id"]})
    assert host.emitted("a", "b", "c") == [["abc"]]


def test_an_unknown_field_is_told_with_what_there_is(sources):
    host = bolt(sources, "class B(Bolt):\n    def process(self, tup): return tup['wrod']\n")
    assert "the tuple has no field wrod, did you mean word? (from source, stream default: word, n)" in host.handle("a", 1)[0]["msg"]


def test_anchors(sources):
    host = bolt(sources, """
        class B(Bolt):
            auto_ack = False
            kept = []
            def process(self, tup):
                self.kept.append(tup)
                self.emit(["auto"]); self.emit(["none"], anchors=[]); self.emit(["two"], anchors=self.kept)
                self.emit(["id"], anchors=["9"]); self.emit(["direct"], direct_task=7, stream=None)
                self.ack(tup.id)
        """)
    host.handle("a", 1)
    emits = [message for message in host.handle("a", 1) if message["command"] == "emit"]
    assert [emit.get("anchors") for emit in emits] == [["2"], None, ["1", "2"], ["9"], ["2"]]
    assert emits[4]["task"] == 7


def test_without_auto_anchor_nothing_is_anchored(sources):
    host = bolt(sources, "class B(Bolt):\n    auto_anchor = False\n    def process(self, tup): return 1\n")
    assert "anchors" not in host.handle("a", 1)[0]


def test_the_first_answer_counts(sources):
    host = bolt(sources, "class B(Bolt):\n    def process(self, tup): self.fail(tup); self.ack(tup)\n")
    host.tuple("a", 1)
    assert commands([host.read()]) == ["fail"]
    host.heartbeat()
    assert host.read() == {"command": "sync"}


def test_task_ids(sources):
    host = bolt(sources, """
        class B(Bolt):
            def process(self, tup):
                ids = self.emit([1], need_task_ids=True)
                self.log(ids)
                self.log(self.emit([1], need_task_ids=True, direct_task=4))
        """)
    host.tuple("a", 1)
    assert host.read()["need_task_ids"] is True
    host.tuple("b", 1)  # waits its turn
    host.write([5, 6])
    assert host.read()["msg"] == "[5, 6]"
    host.read()
    assert host.read()["msg"] == "[4]"


@pytest.mark.parametrize("attributes, expected", [
    ("", ["emit", "error", "fail"]), ("auto_fail = False", ["emit", "error"]),
    ("exit_on_exception = True", ["emit", "error", "fail"]),
])
def test_an_exception(sources, attributes, expected):
    host = bolt(sources, f"""
        class B(Bolt):
            {attributes or 'pass'}
            def process(self, tup):
                if tup.word == "bad":
                    self.emit([1])
                    raise ValueError("no")
        """)
    host.tuple("bad", 1)
    assert commands([host.read() for _ in expected]) == expected
    if "exit" in attributes:
        assert host.status() == 1
    else:
        assert commands(host.handle("good", 1)) == ["ack"]


def test_ticks(sources):
    host = bolt(sources, """
        class B(Bolt):
            tick_secs = 1
            def process(self, tup): pass
            def process_tick(self, tup):
                self.emit(["tick"])
                if hasattr(self, "failing"): 1 / 0
                self.failing = True
        """)
    id = host.tick()
    emit, ack = host.read(), host.read()
    assert (emit["tuple"], emit.get("anchors") or [], ack) == (["tick"], [], {"command": "ack", "id": id})
    host.tick()
    assert commands([host.read() for _ in range(3)])[:2] == ["emit", "error"]
    assert commands(host.handle("a", 1)) == ["ack"]


def test_context_and_configuration(sources):
    host = bolt(sources, """
        class B(Bolt):
            def initialize(self, conf, ctx):
                assert conf["my.key"] == self.storm_conf["my.key"] == {"a": 1}
                assert (ctx.task_id, ctx.component_id, ctx.task_index, ctx.topology_name) == (3, "b", 0, "words")
                assert (self.task_id, self.component_name, self.topology_name) == (3, "b", "words")
                assert ctx["task->component"] == {"1": "source", "3": "b"} and ctx.component_tasks("source") == [1]
            def process(self, tup): return self.pid
        """, conf={"my.key": {"a": 1}, "topology.name": "words"})
    assert host.emitted("a", 1) == [[host.pid]]


def test_arguments_of_the_class(sources):
    text = "from gostorm import Bolt, Topology\nclass B(Bolt):\n    def __init__(self, a, b=0): self.sum = a + b\n" \
           "    def process(self, tup): return self.sum\nclass T(Topology):\n    b = B.spec(inputs=['source'], args={})\n"
    for arguments, expected in [("{'a': 1, 'b': 2}", 3), ("[1]", 1), ("[1, 4]", 5), ("7", 7)]:
        assert sources.task(text.format(arguments), "b", **STREAMS).emitted("a", 1) == [[expected]]


def test_metrics(sources):
    host = bolt(sources, """
        class B(Bolt):
            def process(self, tup):
                self.counter("words"); self.counter("words", 5); self.gauge("queue", 1.5); self.report_metric("m", [1])
        """)
    metrics = [(m["name"], m["params"], m["type"]) for m in host.handle("a", 1) if m["command"] == "metrics"]
    assert metrics == [("words", 1, "count"), ("words", 5, "count"), ("queue", 1.5, "gauge"), ("m", [1], "gauge")]


def test_values_travel(sources):
    host = bolt(sources, """
        import dataclasses, datetime, decimal, enum
        from collections import namedtuple
        @dataclasses.dataclass
        class Point: x: int; y: list
        Pair = namedtuple("Pair", "a b")
        class Own:
            def to_json(self): return {"own": b"x"}
        class Level(enum.IntEnum): LOW = 1
        class B(Bolt):
            def process(self, tup):
                return [eval(tup.word)] if tup.word != tup.n else [tup.word]
        """)
    for code, sent in {
        "datetime.datetime(2026, 1, 2, 3, 4, 5)": "2026-01-02T03:04:05", "datetime.date(2026, 1, 2)": "2026-01-02",
        "decimal.Decimal('1.10')": "1.10", "{1}": [1], "Point(1, [2])": {"x": 1, "y": [2]}, "Pair(1, 2)": [1, 2],
        "Own()": {"own": {"__b64": "eA=="}}, "Level.LOW": 1, "{1: 2, None: True}": {"1": 2, "null": True},
        "b'\\xff'": {"__b64": "/w=="}, "bytearray(b'')": {"__b64": ""}, "2**70": 2**70,
    }.items():
        assert host.emitted(code, 0) == [[sent]], code
    assert host.emitted("type(tup.n['deep'][0]).__name__", {"deep": [{"__b64": "/w=="}]}) == [["bytes"]]


def test_cleanup_may_emit_and_the_file_is_where_it_was(sources):
    host = bolt(sources, """
        import os
        class B(Bolt):
            def process(self, tup): pass
            def cleanup(self): self.emit([os.getcwd()])
        """)
    assert host.finish() == 0
    assert host.messages[-1]["tuple"] == [os.path.realpath(sources.folder)]
