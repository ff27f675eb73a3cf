"""What a handler emits with the same anchors, under a host that takes batches."""
from __future__ import annotations

import pytest
from support.host import BATCHES, acks, emits, fails, merged
from support.tasks import WAIT, bolt, process


def batching(sources, body, **options):
    return bolt(sources, body, offer=BATCHES, **options)


def rows(messages):
    """The emits as they are written: (stream, head and values)."""
    return [(group.get("stream"), row) for message in messages for group in message.get("emits", ()) for row in group["tuples"]]


def answered(messages):
    return [id for message in messages for id in acks(message)], [id for message in messages for id in fails(message)]


WORDS = "for word in tup.values[0].split(' '): "


@pytest.mark.parametrize("body", [
    process(WORDS + "yield [word]"),
    process(WORDS + "yield (word,)"),
    process(WORDS + "yield word"),
    process(WORDS + "self.emit([word])"),
    process(WORDS + "self.emit((word,), anchors=[tup])"),
    process("return ([word] for word in tup.values[0].split(' '))"),
    "def process(self, word):\n    for each in word.split(' '): yield [each]",
    "def process(self, word):\n    for each in word.split(' '): self.emit([each])",
    "@staticmethod\ndef process(word):\n    for each in word.split(' '): yield [each]",
])
def test_they_are_written_once(sources, body):
    host = batching(sources, body)
    host.batch(17, ["to be or"], ["not"], [""])
    messages = host.settled(17, 18, 19)
    assert rows(messages) == [(None, [17, ["to"], ["be"], ["or"]]), (None, [18, ["not"]]), (None, [19, [""]])]


def test_other_streams_and_anchors_come_between(sources):
    host = batching(sources, process("""
        yield ["a"]
        self.emit(["b"], anchors=[])
        self.emit(["c"], stream="late")
        yield Emit(["d"], stream="late", anchors=[tup, "5"])
        yield ["e"]
        yield ["f"]
        """), head="from gostorm import Emit", outputs={"default": ["x"], "late": ["x"]})
    host.batch(1, [""])
    assert rows(host.settled(1)) == [
        (None, [1, ["a"]]), (None, [None, ["b"]]), ("late", [1, ["c"]]), ("late", [[1, "5"], ["d"]]), (None, [1, ["e"], ["f"]])]


def test_nothing_is_anchored_without_auto_anchor(sources):
    host = batching(sources, "auto_anchor = False\n" + process("self.emit(['a'])\nself.emit(['b'])"))
    host.batch(1, [""])
    assert rows(host.settled(1)) == [(None, [None, ["a"], ["b"]])]


BAD = [
    ("['caf\\udce9']", "field x is text that isn't valid Unicode: 'caf\\udce9'"), ("[float('nan')]", "field x is nan"),
    ("[object()]", "field x is of type object"), ("['a', 'b']", "a tuple has 2 values, the stream has 1 fields (x)"),
    ("[]", "a tuple has 0 values"), ("[{1: object()}]", "field x[1] is of type object"),
]


@pytest.mark.parametrize("bad, error", BAD)
@pytest.mark.parametrize("code", ["yield {}", "self.emit({})"])
def test_a_bad_one_among_them_spoils_its_own_tuple_only(sources, code, bad, error):
    values = "for values in eval(tup.values[0]):"
    host = batching(sources, process(f"{values} {code.format('values')}"))
    host.batch(1, ["[['a'], ['b']]"], [f"[['c'], {bad}, ['d']]"], ["[['e']]"])
    messages = host.settled(1, 2, 3)
    assert [message["command"] for message in merged(messages)] == ["batch", "error", "batch"]
    assert rows(messages) == [(None, [1, ["a"], ["b"]]), (None, [2, ["c"]]), (None, [3, ["e"]])]
    assert answered(messages) == ([1, 3], [2])
    told = next(message for message in messages if message["command"] == "error")
    assert f"component b, stream default: {error}" in told["msg"] and told["id"] == "2"


@pytest.mark.parametrize("bad, error", BAD)
def test_the_handler_may_go_on_after_a_bad_one(sources, bad, error):
    host = batching(sources, process(f"""
        self.emit(["a"])
        try:
            self.emit({bad})
        except EmitError as error:
            self.emit([str(error)])
        self.emit(["b"])
        """), head="from gostorm import EmitError")
    host.batch(1, [""])
    (_, (head, first, told, last)), = rows(host.settled(1))
    assert (head, first, last) == (1, ["a"], ["b"]) and error in told[0]


def test_a_list_that_is_yielded_again_was_sent_as_it_was(sources):
    host = batching(sources, process("values = ['']\nfor word in ('a', 'b'):\n    values[0] = word\n    yield values"))
    host.batch(1, [""])
    assert rows(host.settled(1)) == [(None, [1, ["a"], ["b"]])]


@pytest.mark.parametrize("values", ["['é', 1]", "['\\U0001f600', True]", "['\"\\\\\\n', None]", "[10**30, 1.5]", "[[1], {'a': 'b'}]"])
def test_two_values(sources, values):
    host = batching(sources, process(f"yield {values}\nself.emit({values})"), outputs={"default": ["x", "y"]})
    host.batch(1, [""])
    assert rows(host.settled(1)) == [(None, [1, eval(values), eval(values)])]


def test_what_a_generator_has_yielded_is_not_kept_back(sources, gate):
    host = batching(sources, process(f"yield ['a']\nyield ['b']\n{WAIT}\nyield ['c']"))
    host.batch(1, [""])
    sent = []
    while len(sent) < 2:
        sent += emits(host.take_until("batch")[-1])
    gate()
    assert [values for _, values, *_ in sent + emits(host.settled(1)[-1])] == [["a"], ["b"], ["c"]]


def test_a_generator_that_yields_without_end_is_sent_all_the_while(sources):
    host = batching(sources, process("while True: yield ['x' * 100]"))
    host.batch(1, [""])
    for _ in range(3):
        assert 100 < len(emits(host.take_until("batch")[-1])) < 1000


def test_an_emit_of_the_components_own(sources):
    host = batching(sources, process("self.emit(['a'])") + "\ndef emit(self, values): super().emit([values[0] * 2])")
    host.batch(1, [""])
    assert rows(host.settled(1)) == [(None, [1, ["aa"]])]


def test_threads_emit_without_an_anchor_meanwhile(sources):
    host = batching(sources, process("""
        self.emit(["a"])
        thread = threading.Thread(target=self.emit, args=(["thread"],))
        thread.start(); thread.join()
        self.emit(["b"])
        """), head="import threading")
    host.batch(1, [""])
    messages = host.settled(1)
    assert rows(messages) == [(None, [1, ["a"]]), (None, [1, ["b"]])]
    assert messages[1] == {"command": "emit", "tuple": ["thread"], "need_task_ids": False}
