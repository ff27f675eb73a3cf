"""What bolts do whose process is async."""
from __future__ import annotations

from support.bolts import bolt, values

ASYNC = """
    import asyncio
    class B(Bolt):
        concurrency = 2
        async def initialize(self, conf, ctx):
            self.open = {}
        async def process(self, tup):
            if tup.word == "open":
                self.open[tup.n].set()
                return
            event = self.open[tup.n] = asyncio.Event()
            self.log(f"in {tup.n}")
            await event.wait()
            if tup.word == "bad": raise ValueError("no")
            self.emit([tup.n])
        async def cleanup(self):
            await asyncio.sleep(0)
            print("closed")
"""


def test_async_handlers_run_side_by_side_each_with_its_own_tuple(sources):
    host = bolt(sources, ASYNC.replace("concurrency = 2", "concurrency = 3"))
    host.tuple("wait", 1)
    host.tuple("wait", 2)
    assert [host.read()["msg"], host.read()["msg"]] == ["in 1", "in 2"]
    host.tuple("open", 2)
    assert {(m["command"], m.get("id"), str(m.get("anchors"))) for m in (host.read(), host.read(), host.read())} == \
        {("ack", "3", "None"), ("emit", None, "['2']"), ("ack", "2", "None")}
    host.heartbeat()
    assert host.read()["busy"] > 0  # the first is still at work
    host.tuple("open", 1)
    assert sorted(m["command"] for m in (host.read(), host.read(), host.read())) == ["ack", "ack", "emit"]
    host.heartbeat()
    assert host.read() == {"command": "sync"}
    assert host.finish() == 0
    assert host.stdout() == "closed\n"


def test_no_more_async_handlers_than_allowed(sources):
    host = bolt(sources, ASYNC)
    for n in (1, 2, 3):
        host.tuple("wait", n)
    assert [host.read()["msg"], host.read()["msg"]] == ["in 1", "in 2"]
    host.heartbeat()
    assert host.read()["command"] == "sync"  # and not "in 3"
    host.signal("TERM")
    assert host.status() == 143


def test_an_async_handler_that_fails_fails_its_tuple(sources):
    host = bolt(sources, ASYNC)
    host.tuple("bad", 1)
    host.read()
    host.tuple("open", 1)
    answers = [host.read() for _ in range(3)]
    assert {(m["command"], m.get("id")) for m in answers} == {("ack", "2"), ("error", "1"), ("fail", "1")}


def test_async_generators_emit(sources):
    host = bolt(sources, """
        import asyncio
        @bolt(outputs=["x"], concurrency=1)
        async def B(word):
            for letter in word:
                await asyncio.sleep(0)
                yield [letter]
        """)
    host.tuple("ab", 1)
    host.tuple("c", 1)
    assert [host.read().get("tuple") for _ in range(5)] == [["a"], ["b"], None, ["c"], None]


def test_async_handlers_finish_at_the_end_of_the_input(sources):
    host = bolt(sources, """
        import asyncio
        class B(Bolt):
            async def process(self, word, n):
                await asyncio.sleep(0.05)
                return word
        """)
    for i in range(40):
        host.tuple(f"w{i}", 1)
    assert host.finish() == 0
    assert sorted(values(host.messages)) == sorted([f"w{i}"] for i in range(40))
    assert sum(message.get("command") == "ack" for message in host.messages) == 40


def test_what_comes_while_a_handler_blocks_the_loop_waits_for_no_more_than_that(sources):
    host = bolt(sources, """
    import asyncio, time
    class B(Bolt):
        async def process(self, tup):
            self.log(f"in {tup.n}")
            if tup.word == "block":
                time.sleep(1)  # as code that is not async does; meanwhile another thread looks at the input
                await asyncio.sleep(60)
    """)
    host.tuple("block", 1)
    assert host.read()["msg"] == "in 1"
    host.tuple("a", 2)
    assert [host.read()["command"], host.read()["command"]] == ["log", "ack"]
