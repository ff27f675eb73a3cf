"""What spouts do, as the host sees it."""
from __future__ import annotations

import textwrap

import pytest

STREAMS = {"outputs": {"default": ["x"], "late": ["a", "b"]}}


def spout(sources, text, **options):
    head = "from gostorm import Emit, ReliableSpout, Spout, Topology, spout\n"
    return sources.task(head + textwrap.dedent(text) + "\nclass T(Topology):\n    s = S.spec()\n", "s", **{**STREAMS, **options})


def commands(messages):
    return [message["command"] for message in messages]


@pytest.mark.parametrize("code, expected", [
    ("return None", []), ("return [1]", [[1]]), ("return 'a'", [["a"]]), ("self.emit([1]); self.emit([2]); return 3", [[1], [2]]),
    ("return Emit([1, 2], stream='late')", [[1, 2]]), ("yield [1]; yield [2]", [[1]]),
])
def test_next_tuple(sources, code, expected):
    host = spout(sources, f"class S(Spout):\n    def next_tuple(self):\n        {code}\n")
    assert [values for values, _ in host.next()] == expected


def test_each_tuple_finishes(sources):
    host = spout(sources, "class S(Spout):\n    def each_tuple(self):\n        yield [1]\n        yield Emit([2], tup_id='k')\n")
    assert host.next()[0][0] == [1]
    (values, wire_id), = host.next()
    assert values == [2] and wire_id
    assert commands(host.command("next")) == ["finished"]


def test_each_tuple_that_fails_has_not_finished(sources):
    host = spout(sources, """
        class S(Spout):
            tries = 0
            def each_tuple(self):
                self.tries += 1
                yield [self.tries]
                if self.tries == 1: raise OSError("gone")
                next(iter([]))
        """)
    assert host.next()[0][0] == [1]
    assert [message.get("class") for message in host.command("next")] == ["OSError"]
    assert host.next()[0][0] == [2]
    assert commands(host.command("next")) == ["finished"]
    assert commands(host.command("next")) == ["finished"]


@pytest.mark.parametrize("code", ["raise StopIteration", "self.finish()", "next(iter([]))"])
def test_a_spout_finishes(sources, code):
    host = spout(sources, f"class S(Spout):\n    def next_tuple(self): {code}\n")
    assert commands(host.command("next")) == ["finished"]
    assert commands(host.command("next")) == ["finished"]  # asked again after a failure


def test_a_host_that_does_not_know_finished_is_not_told(sources):
    host = spout(sources, "class S(Spout):\n    def next_tuple(self): raise StopIteration\n", offer=None)
    assert host.command("next") == []


def test_the_very_id_comes_back(sources):
    host = spout(sources, """
        class S(Spout):
            ids = [("a", 1), 7, object()]
            def next_tuple(self):
                for id in self.ids: self.emit([1], tup_id=id)
            def ack(self, tup_id): self.log(f"ack {self.ids.index(tup_id)}")
            def fail(self, tup_id): self.log(f"fail {self.ids.index(tup_id)}")
        """)
    wire = [wire_id for _, wire_id in host.next()]
    assert host.command("ack", wire[0])[0]["msg"] == "ack 0"
    assert host.command("fail", wire[2])[0]["msg"] == "fail 2"
    assert host.command("ack", wire[0]) == []  # it is settled
    assert host.command("ack", "of another process") == []


def test_hooks_in_their_order(sources):
    host = spout(sources, """
        class S(Spout):
            def initialize(self, conf, ctx): self.log("initialize")
            def activate(self): self.log("activate")
            def deactivate(self): self.log("deactivate")
            def next_tuple(self): self.log("next")
            def cleanup(self): self.log("cleanup")
        """)
    for command in ("activate", "next", "deactivate", "activate"):
        host.command(command)
    assert host.finish() == 0
    logs = [message["msg"] for message in host.messages if message.get("command") == "log"]
    assert logs == ["initialize", "activate", "next", "deactivate", "activate", "cleanup"]


def test_a_host_that_does_not_know_activate_just_begins(sources):
    host = spout(sources, "class S(Spout):\n    def activate(self): self.log('on')\n    def next_tuple(self): return 1\n")
    assert commands(host.command("next")) == ["log", "emit"]


@pytest.mark.parametrize("exits", [False, True])
def test_an_exception(sources, exits):
    host = spout(sources, f"class S(Spout):\n    exit_on_exception = {exits}\n    def next_tuple(self): 1 / 0\n")
    host.write({"command": "next", "id": ""})
    assert host.read()["class"] == "ZeroDivisionError"
    if exits:
        assert host.status() == 1
    else:
        assert host.read() == {"command": "sync"}


def test_functions(sources):
    host = spout(sources, """
        import sys
        @spout(outputs=["x"])
        def S():
            yield from ([argument] for argument in sys.argv[1:])
        """, args=["a", "b"])
    assert [host.next()[0][0], host.next()[0][0]] == [["a"], ["b"]]
    assert commands(host.command("next")) == ["finished"]


def test_async_spouts(sources):
    host = spout(sources, """
        import asyncio
        @spout(outputs=["x"], reliable=True)
        async def S():
            for i in range(2):
                await asyncio.sleep(0.01)
                yield [i]
        """)
    assert [host.next()[0][0], host.next()[0][0]] == [[0], [1]]
    assert commands(host.command("next")) == ["finished"]
    host = spout(sources, """
        import asyncio
        class S(Spout):
            async def next_tuple(self):
                await asyncio.sleep(0.01)
                return 5
        """)
    assert host.next()[0][0] == [5]


RELIABLE = """
    class S(ReliableSpout):
        {attributes}
        def each_tuple(self):
            yield ["a"]
            yield ["b"]
        def give_up(self, values): self.log(f"gave up {{values}}")
        def fail(self, tup_id): self.log(f"failed {{tup_id}}")
"""


def test_a_reliable_spout_replays_what_has_failed(sources):
    host = spout(sources, RELIABLE.format(attributes="pass"))
    (_, a), = host.next()
    (_, b), = host.next()
    assert commands(host.command("next")) == ["finished"]
    for _ in range(5):
        assert host.command("fail", a)[0]["msg"] == "failed 1"
        (values, a), = host.next()
        assert values == ["a"]
    host.command("ack", b)
    host.command("ack", a)
    assert commands(host.command("next")) == ["finished"]


def test_a_reliable_spout_gives_up_where_it_is_told_to(sources):
    host = spout(sources, RELIABLE.format(attributes="max_fails = 1"))
    (_, a), = host.next()
    host.command("fail", a)
    (values, a), = host.next()
    assert values == ["a"]
    assert [message["msg"] for message in host.command("fail", a)] == ["gave up ['a']", "failed 1"]
    assert host.next()[0][0] == ["b"]


def test_spouts_emit_from_ack_and_from_threads(sources):
    host = spout(sources, """
        import threading
        class S(Spout):
            def next_tuple(self): self.emit([1], tup_id=1)
            def ack(self, tup_id): self.emit([2])
            def deactivate(self):
                thread = threading.Thread(target=self.emit, args=([3],), kwargs={"tup_id": 3})
                thread.start(); thread.join()
        """)
    (_, wire_id), = host.next()
    assert host.command("ack", wire_id)[0]["tuple"] == [2]
    assert host.command("deactivate")[0]["tuple"] == [3]
