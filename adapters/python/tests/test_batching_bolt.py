"""What bolts do that handle many tuples at once."""
from __future__ import annotations

from support.bolts import bolt

BATCH = """
    class B(BatchingBolt):
        def group_key(self, tup): return tup.word
        def process_batch(self, key, tups):
            if key == "bad": raise ValueError(key)
            return sum(tup.n for tup in tups)
"""


def test_batches(sources):
    host = bolt(sources, BATCH)
    for word, n in [("a", 1), ("bad", 5), ("b", 2), ("a", 3)]:
        host.tuple(word, n)
    host.tick()
    messages = [host.read() for _ in range(8)]
    assert [(m["command"], m.get("tuple"), m.get("anchors"), m.get("id")) for m in messages if m["command"] != "error"] == [
        ("emit", [4], ["1", "4"], None), ("ack", None, None, "1"), ("ack", None, None, "4"), ("fail", None, None, "2"),
        ("emit", [2], ["3"], None), ("ack", None, None, "3"), ("ack", None, None, "5")]
    host.tuple("c", 7)
    assert host.finish() == 0
    assert [(m["command"], m.get("tuple")) for m in host.messages[-2:]] == [("emit", [7]), ("ack", None)]


def test_batches_by_the_clock(sources):
    host = bolt(sources, BATCH.replace("(BatchingBolt):", "(TicklessBatchingBolt):\n        secs_between_batches = 0.2"))
    host.tuple("a", 1)
    assert [m["command"] for m in (host.read(), host.read())] == ["emit", "ack"]
    host.tuple("a", 2)
    assert host.read()["tuple"] == [2]
