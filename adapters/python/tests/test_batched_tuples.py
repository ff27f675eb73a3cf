"""Tuples that came in a batch, as handlers see them."""
from __future__ import annotations

import pytest
from support.host import BATCHES, acks, emits, fails
from support.tasks import bolt, process

INPUTS = {"source": ["word", "n", "id"]}


def emitted(sources, body, *values, **options):
    host = bolt(sources, body, **{"inputs": INPUTS, "offer": BATCHES, **options})
    host.batch(7, list(values) or ["a", 1, "x"])
    messages = host.settled(7)
    errors = [message["msg"] for message in messages if message["command"] == "error"]
    return errors or [values[0] for message in messages for _, values, *_ in emits(message)]


@pytest.mark.parametrize("code, expected", [
    ("tup['word'], tup['n'], tup['id']", ["a", 1, "x"]), ("tup[0], tup[-1]", ["a", "x"]), ("*tup[1:],", [1, "x"]),
    ("tup.word, tup.n, tup.id", ["a", 1, "7"]), ("tup.values.word, tup.values[1], *tup.values", ["a", 1, "a", 1, "x"]),
    ("tup.component, tup.stream, tup.task", ["source", "default", 1]), ("tup.fields, len(tup)", [["word", "n", "id"], 3]),
    ("tup.to_dict()", [{"word": "a", "n": 1, "id": "x"}]), ("tup.is_tick(), isinstance(tup, gostorm.Tuple)", [False, True]),
    ("repr(tup)", ["<Tuple source/default word='a', n=1, id='x'>"]),
    ("copy.copy(tup).id, copy.copy(tup).word, copy.deepcopy(tup)['id']", ["7", "a", "x"]),
])
def test_what_is_known_of_them(sources, code, expected):
    assert emitted(sources, process(f"return [[{code}]]"), head="import copy, gostorm") == [expected]


@pytest.mark.parametrize("code, error", [
    ("tup['wrd']", "the tuple has no field wrd, did you mean word? (from source, stream default: word, n, id)"),
    ("tup.wrd", "the tuple has no field wrd"), ("tup[3]", "IndexError"),
])
def test_what_they_have_not(sources, code, error):
    assert error in emitted(sources, process(f"return {code}"))[0]


@pytest.mark.parametrize("signature, code, expected", [
    ("self, word, n, id", "word, n, id", ["a", 1, "x"]), ("self, word", "word,", ["a"]), ("self, id, word", "id, word", ["x", "a"]),
    ("self, word, n, id, more=5", "word, n, id, more", ["a", 1, "x", 5]), ("self, word, *, id", "word, id", ["a", "x"]),
    ("self, n, tup", "n, tup.word", [1, "a"]), ("self, word, n=0, other=9, id=0", "word, n, other, id", ["a", 1, 9, "x"]),
    ("self, **all", "sorted(all)", [["id", "n", "word"]]), ("self, word, n, id, **all", "word, all", ["a", {}]),
])
def test_parameters_are_fields(sources, signature, code, expected):
    assert emitted(sources, f"def process({signature}): return [[{code}]]") == [expected]


def test_a_decorators_wrapper_gets_names(sources):
    head = """
        import functools
        def named(function):
            @functools.wraps(function)
            def call(self, **fields): return function(self, **fields)
            return call
    """
    body = "@named\ndef process(self, word, n, id): return [[word, n, id]]"
    assert emitted(sources, body, head=head) == [["a", 1, "x"]]


@pytest.mark.parametrize("values", [["a", 1], ["a", 1, "x", 2]])
def test_a_wrong_number_of_values(sources, values):
    assert emitted(sources, process("return [list(tup.values)]"), *values) == [values]
    assert emitted(sources, "def process(self, word): return word", *values) == ["a"]
    assert "KeyError" in emitted(sources, process("return tup['word']"), *values)[0]


def test_one_that_was_answered_early_is_not_answered_again(sources):
    host = bolt(sources, process("""
        {"ack": self.ack, "fail": self.fail}.get(tup.word, print)(tup)
        self.ack(tup)
        if tup.word == "fail": raise ValueError
        """), offer=BATCHES)
    host.batch(1, ["ack"], ["fail"], ["neither"])
    messages = host.settled(1, 2, 3)
    assert sorted(id for message in messages for id in acks(message)) == [1, 3]
    assert [id for message in messages for id in fails(message)] == [2]


def test_after_a_fork_the_child_handles_no_more(sources):
    host = bolt(sources, process("""
        if tup.word == "fork" and os.fork() == 0:
            self.is_child = True
        elif tup.word == "fork":
            os.wait()
        print(tup.word, getattr(self, "is_child", False), flush=True)
        return tup.word
        """), head="import os", offer=BATCHES)
    host.batch(1, ["fork"], ["a"], ["b"])
    messages = host.settled(1, 2, 3)
    assert [values for message in messages for _, values, *_ in emits(message)] == [["fork"], ["a"], ["b"]]
    assert host.finish() == 0
    assert host.stdout().splitlines() == ["fork True", "fork False", "a False", "b False"]
