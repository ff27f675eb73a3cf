"""How many emits, acks and fails become one message."""
from __future__ import annotations

import json
from threading import Thread

import pytest
from support.host import acks, emits

from gostorm.batch_frame import LIMIT, BatchFrame


def frame(full=lambda: None):
    return BatchFrame(full)


def taken(made, **options):
    return json.loads(made.take(**options))


@pytest.mark.parametrize("ids, expected", [
    ([5], [5]), ([1, 2, 3], [[1, 3]]), ([1, 3, 4, 6], [1, [3, 4], 6]), ([2, 1], [2, 1]), ([7, 7], [7, 7]), ([1, 3, 2], [1, 3, 2]),
])
def test_ids_that_follow_each_other_are_ranges(ids, expected):
    made = frame()
    made.acks.extend(ids)
    assert taken(made) == {"command": "batch", "acks": expected}
    assert made.is_empty()


def test_emits_are_grouped_in_their_order():
    made, late = frame(), '"stream":"late",'
    for group, head in [("", 1), ("", "[1,2]"), (late, None), (late + '"task":0,', None), ("", None)]:
        made.emit(group, head, "3")
    made.fails.append(9)
    assert taken(made, sync=True) == {"command": "batch", "fails": [9], "sync": True, "emits": [
        {"tuples": [[1, [3]], [[1, 2], [3]]]}, {"stream": "late", "tuples": [[None, [3]]]},
        {"stream": "late", "task": 0, "tuples": [[None, [3]]]}, {"tuples": [[None, [3]]]}]}
    made.emit("", None, "6")
    assert taken(made) == {"command": "batch", "emits": [{"tuples": [[None, [6]]]}]}


def test_emits_with_the_same_head_that_follow_each_other_share_it():
    made = frame()
    for head, values in [(1, "2"), (1, ""), (1, "3,4"), (None, "5"), (None, "6"), ("1", "7"), (1, "8")]:
        made.emit("", head, values)
    assert taken(made) == {"command": "batch", "emits": [{"tuples": [
        [1, [2], [], [3, 4]], [None, [5], [6]], [1, [7]], [1, [8]]]}]}
    made.emit("", 1, "9")
    assert taken(made) == {"command": "batch", "emits": [{"tuples": [[1, [9]]]}]}


def test_it_tells_when_it_is_full():
    full = []
    made = frame(lambda: full.append(made.take()))
    for _ in range(10):
        made.emit("", None, "x" * (LIMIT // 4))
    for _ in range(10):
        made.emit("", "x" * (LIMIT // 4), "")
    assert len(full) == 5


def test_nothing_is_lost_or_overtaken_when_another_thread_takes():
    made, messages, count = frame(), [], 100_000

    def add():
        for id in range(count):
            made.emit('"stream":"late",' if id % 1000 < 500 else "", id // 5, str(id))
            made.acks.append(id)

    thread = Thread(target=add)
    thread.start()
    while thread.is_alive() or not made.is_empty():
        messages.append(taken(made))
    thread.join()
    emitted = acked = 0
    for message in messages:
        emitted += len(emits(message))
        acked += len(acks(message))
        assert acked <= emitted
    assert [(head, *values) for message in messages for head, values, *_ in emits(message)] == [
        (id // 5, id) for id in range(count)]
    assert [id for message in messages for id in acks(message)] == list(range(count))
