"""A task as the host sees it: the handshake, prints, logs, heartbeats, what can't be sent."""
from __future__ import annotations

import os

import pytest
from support.tasks import ECHO, WAIT, bolt, process


def test_without_an_offer_the_handshake_is_the_classic_one(sources):
    host = bolt(sources, process("1 / 0"), offer=None)
    assert host.messages[0] == {"pid": host.pid}
    assert [list(message) for message in host.handle("a")] == [["command", "msg"], ["command", "id"]]


def test_only_what_is_offered_and_known_is_accepted(sources):
    host = bolt(sources, process("1 / 0"), offer={"v": 2, "features": ["error_at", "teleport"]})
    assert host.accepted == {"v": 1, "features": ["error_at"]}


def test_the_pid_file_is_written(sources):
    host = bolt(sources, ECHO)
    host.handle("a")
    assert os.path.exists(os.path.join(host.pid_dir, str(host.pid)))


def test_prints_never_reach_the_protocol(sources):
    head = "import os, sys, subprocess, threading, warnings\nprint('file')\nos.system('echo command')\nsys.stderr.write('err\\n')"
    host = bolt(sources, """
        print("class", flush=True)
        def initialize(self, conf, ctx):
            sys.stdout.write("written\\n"); sys.__stdout__.write("original\\n"); warnings.warn("warned")
        def process(self, tup):
            print("handler", repr(sys.stdin.read()), os.environ["GSTORM_ROLE"], "GSTORM_STDOUT_FD" in os.environ)
            thread = threading.Thread(target=lambda: print("thread"))
            thread.start(); thread.join()
            subprocess.run(["echo", "end"])
            os.write(1, b"raw\\n")
            return tup["word"]
        def cleanup(self):
            print("close")
        """, head=head)
    assert host.emitted("a") == [["a"]]
    assert host.finish() == 0
    assert host.stdout().splitlines() == ["file", "command", "class", "written", "original", "handler '' task False", "thread",
                                          "end", "raw", "close"]
    assert host.stderr().startswith("err\n") and "UserWarning: warned" in host.stderr()


def test_prints_go_to_stderr_where_there_is_no_pipe_for_them(sources):
    host = bolt(sources, process("print('here')"), prints=False)
    host.handle("a")
    host.finish()
    assert host.stderr() == "here\n"


def test_what_cannot_be_printed_does_not_fail(sources):
    host = bolt(sources, process("print('caf\\udce9', 'é😀')"), env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert host.handle("a")[-1]["command"] == "ack"
    host.finish()
    assert host.stdout() == "caf\\udce9 é😀\n"


def test_logs(sources):
    host = bolt(sources, """
        def initialize(self, conf, ctx):
            self.logger.info("%s is up", ctx.component_id)
        def process(self, tup):
            self.logger.debug("fine")
            self.logger.warning("line\\nend\\n\\udce9")
            self.log("by name", "error")
            self.log(12)
            logging.getLogger("library").warning("from a library")
        """, head="import logging")
    messages = [message for message in host.handle("a") if message["command"] == "log"]
    assert [(message["msg"], message["level"]) for message in messages] == [
        ("b is up", 2), ("fine", 1), ("line\nend\n\\udce9", 3), ("by name", 4), ("12", 2), ("from a library", 3)]


def test_the_host_says_from_which_level_on_is_logged(sources):
    host = bolt(sources, """
        def process(self, tup):
            logging.getLogger("library").debug("library")
            self.logger.debug("own")
            self.log("by name", "debug")
        """, head="import logging")

    def logged():
        return [message["msg"] for message in host.handle("a") if message["command"] == "log"]

    assert logged() == ["own", "by name"]  # Python's own loggers begin with warning
    for level, lines in (("debug", ["library", "own", "by name"]), ("info", []), ("", ["own", "by name"])):
        host.write({"command": "level", "level": level})
        assert logged() == lines


def test_debug_shows_everything(sources):
    host = bolt(sources, process("self.logger.debug('shown')"), conf={"topology.debug": True})
    assert host.handle("a")[0]["msg"] == "shown"


def test_heartbeats_are_answered_while_a_handler_waits(sources, gate):
    host = bolt(sources, process(f"self.log('in'); {WAIT}"))
    host.heartbeat()
    assert host.read() == {"command": "sync"}
    host.tuple("a")
    host.take_until("log")
    host.heartbeat()
    busy = host.read()["busy"]
    assert isinstance(busy, float)
    host.heartbeat()
    assert host.read()["busy"] > busy
    gate()
    assert host.read()["command"] == "ack"
    host.heartbeat()
    assert host.read() == {"command": "sync"}


def test_heartbeats_are_answered_while_a_handler_computes(sources):
    host = bolt(sources, process("import os\nwhile not os.path.exists('done'): pass"), offer=None)
    host.tuple("a")
    host.heartbeat()
    assert host.read() == {"command": "sync"}
    sources.write("done", "")
    assert host.read()["command"] == "ack"


def test_a_tuple_that_only_looks_like_a_heartbeat(sources):
    host = bolt(sources, process("return tup['word']['stream']"))
    assert host.emitted({"stream": "__heartbeat", "task": -1}) == [["__heartbeat"]]


def test_a_burst_is_answered_in_order_and_no_answer_waits_for_the_next_handler(sources, gate):
    host = bolt(sources, process(f"if tup['word'] == 'wait': {WAIT}\nreturn tup['word']"))
    words = [f"w{i}" for i in range(3000)] + ["wait"]
    host.write(*({"id": str(i), "comp": "source", "stream": "default", "task": 1, "tuple": [word]}
                 for i, word in enumerate(words)))
    answers = [host.read() for _ in range(6000)]
    assert [answer.get("tuple") or answer["id"] for answer in answers] == \
        [part for i, word in enumerate(words[:-1]) for part in ([word], str(i))]
    gate()
    assert host.read()["tuple"] == ["wait"]
    assert host.read()["id"] == "3000"


@pytest.mark.parametrize("value", ["x" * 5_000_000, "line\nend\nline", "\u2028\r\n\u0000é😀", 2**80, {"a": [1.0, None]}, 1.0],
                         ids=["large", "end", "unicode", "big", "nested", "float"])
def test_large_and_strange_values_pass(sources, value):
    host = bolt(sources, process("return [tup['word']]"))
    assert host.emitted(value) == [[value]]
    assert type(host.messages[-2]["tuple"][0]) is type(value)


def test_a_megabyte_of_warnings(sources):
    host = bolt(sources, process("import sys\nsys.stderr.write('x' * 1_000_000)\nreturn 1"))
    assert host.emitted("a") == [[1]]


@pytest.mark.parametrize("base", ["gostorm", "streamparse"])
def test_what_cannot_be_sent_fails_its_tuple_only(sources, base):
    host = bolt(sources, process("self.emit(eval(tup.values[0]))"), base=base)
    for code, message in {
        "[float('nan')]": "component b, stream default: field x is nan, which JSON has no number for",
        "[{'a': [1, float('inf')]}]": "component b, stream default: field x['a'][1] is inf, which JSON has no number for",
        "['caf\\udce9']": "component b, stream default: field x is text that isn't valid Unicode: 'caf\\udce9'",
        "[object()]": "component b, stream default: field x is of type object, which can't be sent",
        "[{(1, 2): 3}]": "component b, stream default: field x has the key (1, 2); keys have to be strings",
        "[1, 2]": "component b, stream default: a tuple has 2 values, the stream has 1 fields (x)",
        "'abc'": "component b, stream default: a tuple is a list of values, it can't be a str: 'abc'",
    }.items():
        error, failed = host.handle(code)
        assert message in error["msg"]
        assert (error["command"], error["class"], error["id"], failed["command"]) == ("error", "EmitError", failed["id"], "fail")
    assert host.emitted("['ok 😀']") == [["ok 😀"]]


def test_an_unknown_stream_is_named(sources):
    host = bolt(sources, process("self.emit([1], stream='defualt')"))
    error = host.handle("a")[0]
    assert "component b has no stream defualt, did you mean default? (declared: default)" in error["msg"]
    assert (error["file"], error["line"]) == ("topology.py", 6)


def test_the_number_of_values_only_matters_to_consumers(sources):
    assert bolt(sources, process("return [1, 2]"), consumed=[]).emitted("a") == [[1, 2]]


def test_an_emit_without_outputs_is_an_error(sources):
    assert "declares no outputs" in bolt(sources, process("self.emit([1])"), outputs={}).handle("a")[0]["msg"]


def test_what_a_bolt_without_outputs_returns_goes_nowhere(sources):
    assert bolt(sources, process("return 1"), outputs={}).emitted("a") == []
