"""What bolts do under a host that sends and takes batches."""
from __future__ import annotations

import pytest
from support.host import BATCHES, acks, emits, fails, merged
from support.tasks import ECHO, WAIT, bolt, process


def batching(sources, body, **options):
    return bolt(sources, body, offer=BATCHES, **options)


def emitted(messages):
    return [values for message in messages for _, values, *_ in emits(message)]


def said(messages):
    return [message["command"] for message in messages]


def test_the_tuples_of_a_frame_are_handled_one_by_one_and_answered_together(sources):
    host = batching(sources, ECHO)
    host.batch(17, ["a"], ["b"])
    answer, = host.settled(17, 18)
    assert (emits(answer), acks(answer)) == ([(17, ["a"], None, None), (18, ["b"], None, None)], [17, 18])


def test_many_frames_at_once_and_a_heartbeat_among_them(sources):
    host = batching(sources, ECHO)
    source = {"comp": "source", "stream": "default", "task": 3}
    host.write({"first": 1, **source, "batch": [["a"]]},
               {"id": "2", "comp": None, "stream": "__heartbeat", "task": -1, "tuple": []},
               {"first": 3, **source, "batch": [["b"], ["c"]]})
    messages = host.settled(1, 3, 4)
    assert "sync" in said(messages)
    assert emitted(messages) == [["a"], ["b"], ["c"]]


def test_at_the_end_of_the_input_all_is_said(sources):
    host = batching(sources, ECHO + "\ndef cleanup(self): self.emit(['last'])")
    host.batch(1, *([str(i)] for i in range(2500)))
    assert host.finish() == 0
    assert emitted(host.messages) == [*([str(i)] for i in range(2500)), ["last"]]
    assert [id for message in host.messages for id in acks(message)] == list(range(1, 2501))
    assert len(host.messages) < 500


def test_without_the_offer_everything_is_as_ever(sources):
    host = bolt(sources, ECHO)
    assert host.accepted == {"v": 1, "features": ["finished", "busy", "error_at"]}
    assert host.handle("a", id="5") == [
        {"command": "emit", "anchors": ["5"], "tuple": ["a"], "need_task_ids": False}, {"command": "ack", "id": "5"}]


def test_ids_are_strings_to_the_user(sources):
    host = batching(sources, """
        auto_ack = False
        def process(self, tup):
            self.emit([tup.id], anchors=[tup, "5"])
            self.emit([tup.id], anchors=[])
            self.ack(tup.id)
        """)
    host.batch(7, ["a"])
    assert [host.read(), host.read()] == [
        {"command": "batch", "emits": [{"tuples": [[[7, "5"], ["7"]], [None, ["7"]]]}]}, {"command": "ack", "id": "7"}]


def test_streams_and_tasks(sources):
    host = batching(sources, process("""
        self.emit([1]); self.emit([2], stream="late"); self.emit([3], direct_task=4)
        self.log(self.emit([4], direct_task=4, need_task_ids=True))
        """), outputs={"default": ["x"], "late": ["x"]})
    host.batch(1, ["a"])
    assert [emitted[1:] for message in host.settled(1) for emitted in emits(message)] == [
        ([1], None, None), ([2], "late", None), ([3], None, 4), ([4], None, 4)]


def test_other_messages_come_after_what_was_said_before(sources):
    host = batching(sources, process("self.emit([1]); self.log('between'); self.emit([2])"))
    host.batch(1, ["a"], ["b"])
    messages = host.settled(1, 2)
    assert said(messages) == ["batch", "log", "batch", "log", "batch"]
    assert (emitted(messages[:1]), emitted(messages[2:3]), acks(messages[2])) == ([[1]], [[2], [1]], [1])


def test_task_ids_are_asked_for_in_a_message_of_its_own(sources):
    host = batching(sources, process("self.emit([1]); self.log(self.emit([2], need_task_ids=True)); self.emit([3])"))
    host.batch(1, ["a"])
    assert emitted([host.read()]) == [[1]]
    assert host.read() == {"command": "emit", "anchors": 1, "tuple": [2], "need_task_ids": True}
    host.write([5, 6])
    assert host.read()["msg"] == "[5, 6]"
    assert emitted(host.settled(1)) == [[3]]


def test_a_tuple_that_fails_is_the_only_one(sources):
    host = batching(sources, process("self.emit([tup['word']])\nif tup['word'] == 'bad': raise ValueError('no')"))
    host.batch(1, ["a"], ["bad"], ["c"])
    before, error, after = host.settled(1, 2, 3)
    assert (emitted([before]), acks(before)) == ([["a"], ["bad"]], [1])
    assert (error["class"], error["id"]) == ("ValueError", "2")
    assert (emitted([after]), fails(after), acks(after)) == ([["c"]], [2], [3])


@pytest.mark.parametrize("base", ["gostorm", "streamparse"])
def test_an_exception_that_ends_the_process_loses_nothing(sources, base):
    host = batching(sources, "exit_on_exception = True\n" + process("""
        self.emit([tup.values[0]])
        if tup.values[0] == 'bad': raise ValueError('no')
        """), base=base)
    host.batch(1, ["a"], ["bad"], ["c"])
    assert host.status() == 1
    before, error, after = merged(host.messages[1:])
    assert (emitted([before]), acks(before), error["class"]) == ([["a"], ["bad"]], [1], "ValueError")
    assert after == {"command": "batch", "fails": [2]}


@pytest.mark.parametrize("base", ["gostorm", "streamparse"])
def test_a_value_that_cannot_be_sent_fails_its_tuple_only(sources, base):
    host = batching(sources, process("self.emit(eval(tup.values[0]))"), base=base)
    host.batch(1, ["[1]"], ["[float('nan')]"], ["['caf\\udce9']"], ["[b'x']"], ["[{'a': (1, 2)}]"])
    messages = host.settled(1, 2, 3, 4, 5)
    errors = [message["msg"] for message in messages if message["command"] == "error"]
    assert "component b, stream default: field x is nan, which JSON has no number for" in errors[0]
    assert "component b, stream default: field x is text that isn't valid Unicode: 'caf\\udce9'" in errors[1]
    assert emitted(messages) == [[1], [{"__b64": "eA=="}], [{"a": [1, 2]}]]
    assert [id for message in messages for id in fails(message)] == [2, 3]


def test_values_that_are_changed_later_were_sent_as_they_were(sources):
    host = batching(sources, process("values = [[1]]\nself.emit(values)\nvalues[0].append(2)\nself.emit(values)"))
    host.batch(1, ["a"])
    assert emitted(host.settled(1)) == [[[1]], [[1, 2]]]


def test_bytes_arrive_as_bytes(sources):
    host = batching(sources, process("return type(tup['word']).__name__"))
    host.batch(1, [{"__b64": "/w=="}], ["a"])
    assert emitted(host.settled(1, 2)) == [["bytes"], ["str"]]


def test_large_tuples_go_out_when_there_is_enough_of_them(sources):
    host = batching(sources, process("return 'x' * 10_000"))
    host.batch(1, *([""] for _ in range(20)))
    host.settled(*range(1, 21))
    sizes = [len(emits(message)) for message in host.messages]
    assert sum(sizes) == 20 and max(sizes) <= 4
    host.batch(30, ["y" * 5_000_000])
    host.settled(30)


def test_a_handler_that_takes_long_keeps_nothing_back(sources, gate):
    host = batching(sources, process(f"if tup['word'] == 'wait':\n    self.emit(['in'])\n    {WAIT}"))
    host.batch(1, ["a"], ["wait"], ["b"])
    assert {1} == {id for message in host.take_until("batch") for id in acks(message)}
    host.heartbeat()
    messages = [message for message in host.take_until("sync")]
    assert messages[-1]["busy"] > 0
    gate()
    host.settled(2, 3)
    assert emitted(host.messages) == [["in"]]


def test_between_slow_handlers_nothing_is_kept_back(sources):
    host = batching(sources, process("import time\ntime.sleep(0.003)\nreturn 1"))
    host.batch(1, *([""] for _ in range(10)))
    host.settled(*range(1, 11))
    assert len(host.messages) > 5


def test_sigterm_loses_nothing_that_was_said(sources, gate):
    cleanup = "\ndef cleanup(self): self.emit(['last'])"
    host = batching(sources, process(f"if tup['word'] == 'wait': {WAIT}\nreturn tup['word']") + cleanup)
    host.batch(1, ["a"], ["b"], ["wait"])
    host.settled(1, 2)
    host.signal("TERM")
    assert host.status() == 143
    assert emitted(host.messages) == [["a"], ["b"], ["last"]]
    assert [id for message in host.messages for id in acks(message)] == [1, 2]


def test_exit_in_user_code_loses_nothing(sources):
    host = batching(sources, process("if tup['word'] == 'exit': sys.exit(3)\nreturn tup['word']"), head="import sys")
    host.batch(1, ["a"], ["exit"])
    assert host.status() == 3
    answer, = merged(host.messages[1:])
    assert (emitted([answer]), acks(answer)) == ([["a"]], [1])


def test_a_host_that_has_gone_is_no_error(sources):
    host = batching(sources, ECHO + "\ndef cleanup(self): self.emit(['last']); print('closed')")
    host.close_output()
    host.batch(1, ["a"])
    assert host.status() == 0
    assert (host.stdout(), host.stderr()) == ("closed\n", "")


def test_a_fork_says_nothing(sources):
    host = batching(sources, process("""
        if os.fork() == 0:
            try:
                self.emit([1])
            except BaseException as error:
                print(type(error).__name__, flush=True)
            os._exit(0)
        os.wait()
        return 2
        """), head="import os")
    host.batch(1, ["a"])
    assert emitted(host.settled(1)) == [[2]]
    assert host.stdout() == "Hangup\n"


def test_threads_emit_and_ack_at_once(sources):
    host = batching(sources, """
        auto_ack = False
        def process(self, tup):
            self.emit(["first"])
            def work():
                self.emit(["thread"], anchors=[tup])
                self.ack(tup)
            thread = threading.Thread(target=work)
            thread.start(); thread.join()
        """, head="import threading")
    host.batch(1, ["a"])
    assert [host.read(), host.read(), host.read()] == [
        {"command": "batch", "emits": [{"tuples": [[1, ["first"]]]}]},
        {"command": "emit", "anchors": 1, "tuple": ["thread"], "need_task_ids": False}, {"command": "ack", "id": 1}]


def test_ticks_between_batches(sources):
    host = batching(sources, "tick_secs = 1\n" + ECHO + "\ndef process_tick(self, tup): self.emit(['tick'])")
    host.batch(1, ["a"])
    host.settled(1)
    id = host.tick()
    assert [emitted([host.read()]), host.read()] == [[["tick"]], {"command": "ack", "id": id}]


def test_batching_bolts(sources):
    host = sources.task("""
from gostorm import BatchingBolt, Topology
class B(BatchingBolt):
    def group_key(self, tup): return tup.word
    def process_batch(self, key, tups):
        if key == "bad": raise ValueError(key)
        return len(tups)
class T(Topology):
    b = B.spec(inputs=["source"])
""", "b", inputs={"source": ["word"]}, outputs={"default": ["x"]}, offer=BATCHES)
    host.batch(1, ["a"], ["bad"], ["b"], ["a"])
    host.tick()
    messages = host.settled(1, 2, 3, 4)
    assert [emitted[:2] for message in messages for emitted in emits(message)] == [([1, 4], [2]), (3, [1])]
    assert [id for message in messages for id in fails(message)] == [2]
    host.batch(9, ["c"])
    assert host.finish() == 0
    assert host.messages[-1] == {"command": "batch", "emits": [{"tuples": [[9, [1]]]}], "acks": [9]}


ASYNC = """
from gostorm import Topology, bolt
import asyncio
@bolt(outputs=["x"])
async def B(self, word):
    if word == "bad": raise ValueError("no")
    self.emit([word])
    await asyncio.sleep(60 if word == "long" else 0)
    yield [word * 2]
class T(Topology):
    b = B.spec(inputs=["source"])
"""


def test_async_bolts(sources):
    host = sources.task(ASYNC, "b", inputs={"source": ["word"]}, outputs={"default": ["x"]}, offer=BATCHES)
    host.batch(1, ["a"], ["bad"], ["b"])
    messages = host.settled(1, 2, 3)
    assert sorted(emitted[:2] for message in messages for emitted in emits(message)) == [
        (1, ["a"]), (1, ["aa"]), (3, ["b"]), (3, ["bb"])]
    assert [id for message in messages for id in fails(message)] == [2]
    host.batch(10, *([str(i)] for i in range(100)))
    before = len(host.messages)
    host.settled(*range(10, 110))
    assert len(host.messages) - before < 60
    host.batch(200, ["long"], ["a"])
    assert ["long"] in emitted(host.settled(201))
    host.signal("TERM")
    assert host.status() == 143


def test_async_bolts_finish_at_the_end_of_the_input(sources):
    host = sources.task(ASYNC, "b", inputs={"source": ["word"]}, outputs={"default": ["x"]}, offer=BATCHES)
    host.batch(1, *([str(i)] for i in range(100)))
    assert host.finish() == 0
    assert len(emitted(host.messages)) == 200
    assert sorted(id for message in host.messages for id in acks(message)) == list(range(1, 101))
