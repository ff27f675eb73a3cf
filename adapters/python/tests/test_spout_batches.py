"""What spouts do under a host that asks for many tuples at once."""
from __future__ import annotations

import textwrap

from support.host import BATCHES, emits, merged


def spout(sources, text, **options):
    head = "from gostorm import Emit, ReliableSpout, Spout, Topology, spout\n"
    text = head + textwrap.dedent(text) + "\nclass T(Topology):\n    s = S.spec()\n"
    return sources.task(text, "s", **{"outputs": {"default": ["x"]}, "offer": BATCHES, **options})


def ask(host, n, **ends):
    """Asks for n tuples and returns the messages up to the sync, which may be a batch, merged."""
    host.write({"command": "next", "id": "", "n": n, **ends})
    taken = [host.read()]
    while taken[-1]["command"] != "sync" and not taken[-1].get("sync"):
        taken.append(host.read())
    return merged(taken)


def values(messages):
    return [emitted[1] for message in messages for emitted in emits(message)]


def ids(messages):
    return [emitted[0] for message in messages for emitted in emits(message)]


COUNT = """
    class S(Spout):
        n = 0
        def next_tuple(self):
            self.n += 1
            self.emit([self.n], tup_id=("id", self.n))
        def ack(self, tup_id): self.log(f"ack {tup_id}")
        def fail(self, tup_id): self.log(f"fail {tup_id}")
"""


def test_as_many_as_it_is_asked_for(sources):
    host = spout(sources, COUNT)
    assert values(ask(host, 1)) == [[1]]
    assert values(ask(host, 3)) == [[2], [3], [4]]
    assert ask(host, 0) == [{"command": "sync"}]


def test_the_sync_is_in_the_last_batch(sources):
    host = spout(sources, "class S(Spout):\n    def next_tuple(self): return 1\n")
    answer, = ask(host, 2)
    assert (values([answer]), answer["sync"]) == ([[1], [1]], True)


def test_it_does_not_go_on_for_ever(sources):
    host = spout(sources, "import time\nclass S(Spout):\n    def next_tuple(self): time.sleep(0.002); return 1\n")
    assert 1 <= len(values(ask(host, 1000))) < 100


def test_a_call_that_brings_none_ends_it_and_one_that_brings_several_may_exceed_it(sources):
    host = spout(sources, """
        class S(Spout):
            def next_tuple(self):
                for _ in range(self.counts.pop(0)): self.emit([1])
            counts = [2, 3, 0, 1]
        """)
    assert len(values(ask(host, 4))) == 5
    assert ask(host, 4) == [{"command": "sync"}]


def test_the_very_ids_come_back(sources):
    host = spout(sources, COUNT)
    first, second, third = ids(ask(host, 3))
    messages = ask(host, 1, acks=[third, "of another process", first], fails=[second, first])
    assert [message["msg"] for message in messages if message["command"] == "log"] == [
        "ack ('id', 3)", "ack ('id', 1)", "fail ('id', 2)"]
    assert values(messages) == [[4]]


def test_what_a_fail_emits_counts(sources):
    host = spout(sources, COUNT.replace("def fail(self, tup_id):", "def fail(self, tup_id): self.emit([0]);"))
    made = ids(ask(host, 3))
    assert values(ask(host, 3, fails=made[:2])) == [[0], [0], [4]]
    assert values(ask(host, 0, fails=made[2:])) == [[0]]


def test_a_spout_that_has_finished_says_so_after_what_it_has_emitted(sources):
    host = spout(sources, "class S(Spout):\n    def each_tuple(self):\n        yield [1]\n        yield [2]\n")
    batch, finished, sync = ask(host, 10)
    assert (values([batch]), finished, sync) == ([[1], [2]], {"command": "finished"}, {"command": "sync"})


def test_a_reliable_spout_replays_within_a_batch_and_finishes_anew(sources):
    host = spout(sources, "class S(ReliableSpout):\n    def each_tuple(self):\n        for i in range(3): yield [i]\n")
    batch, finished, _ = ask(host, 10)
    assert (values([batch]), finished["command"]) == ([[0], [1], [2]], "finished")
    zero, one, two = ids([batch])
    assert ask(host, 0, acks=[zero]) == [{"command": "sync"}]
    batch, finished, _ = ask(host, 10, acks=[one], fails=[two])
    assert (values([batch]), finished["command"]) == ([[2]], "finished")
    assert ask(host, 0, acks=ids([batch])) == [{"command": "sync"}]


def test_a_fail_with_no_room_to_emit_again(sources):
    host = spout(sources, "class S(ReliableSpout):\n    def each_tuple(self): yield [1]\n")
    made = ids(ask(host, 10))
    assert ask(host, 0, fails=made) == [{"command": "sync"}]
    assert values(ask(host, 1)) == [[1]]


def test_an_exception_ends_the_batch_and_not_the_spout(sources):
    host = spout(sources, """
        class S(Spout):
            n = 0
            def next_tuple(self):
                self.n += 1
                if self.n == 2: raise ValueError("no")
                return self.n
        """)
    batch, error, sync = ask(host, 10)
    assert (values([batch]), error["class"], sync) == ([[1]], "ValueError", {"command": "sync"})
    assert values(ask(host, 2)) == [[3], [4]]


def test_a_spout_that_ends_by_an_exception_loses_nothing(sources):
    host = spout(sources, """
        class S(Spout):
            exit_on_exception = True
            n = 0
            def next_tuple(self):
                self.n += 1
                if self.n == 2: raise ValueError("no")
                return self.n
        """)
    host.write({"command": "next", "id": "", "n": 10})
    assert host.status() == 1
    assert (values(host.messages), host.messages[-1]["class"]) == ([[1]], "ValueError")


def test_activate_and_deactivate_stay_as_they_are(sources):
    host = spout(sources, """
        class S(Spout):
            def activate(self): self.log("on")
            def deactivate(self): self.emit([0])
            def next_tuple(self): return 1
        """)
    assert [message["command"] for message in host.command("activate")] == ["log"]
    assert values(ask(host, 1)) == [[1]]
    host.write({"command": "deactivate", "id": ""})
    assert host.read() == {"command": "batch", "emits": [{"tuples": [[None, [0]]]}], "sync": True}


def test_task_ids_are_answered_within_a_batch(sources):
    host = spout(sources, """
        class S(Spout):
            def next_tuple(self):
                self.emit([1])
                self.log(self.emit([2], need_task_ids=True))
        """)
    host.write({"command": "next", "id": "", "n": 2})
    assert (values([host.read()]), host.read()["tuple"]) == ([[1]], [2])
    host.write([7])
    assert [host.read()["msg"], host.read()] == ["[7]", {"command": "sync"}]


def test_threads_emit_at_once(sources):
    host = spout(sources, """
        import threading
        class S(Spout):
            def next_tuple(self):
                thread = threading.Thread(target=self.emit, args=([1],), kwargs={"tup_id": 1})
                thread.start(); thread.join()
        """)
    emit, sync = ask(host, 1)
    assert (emit["tuple"], bool(emit["id"]), sync) == ([1], True, {"command": "sync"})


def test_async_spouts(sources):
    host = spout(sources, """
        import asyncio
        @spout(outputs=["x"], reliable=True)
        async def S():
            for i in range(3):
                await asyncio.sleep(0)
                yield [i]
        """)
    messages = []
    while "finished" not in [message["command"] for message in messages]:  # its first tuple takes long: it loads asyncio
        messages += ask(host, 10)
    assert values(messages) == [[0], [1], [2]]


def test_streamparse_spouts(sources):
    host = sources.task("""
from streamparse import ReliableSpout, Topology
class S(ReliableSpout):
    outputs = ["x"]
    def initialize(self, conf, ctx): self.n = 0
    def next_tuple(self):
        self.n += 1
        self.emit([self.n], tup_id=self.n)
class T(Topology):
    s = S.spec()
""", "s", outputs={"default": ["x"]}, offer=BATCHES)
    one, two = ids(ask(host, 2))
    messages = ask(host, 2, acks=[one], fails=[two])
    assert values(messages) == [[2], [3]]
