"""How tasks end, with their errors, and what becomes of threads and of processes that they start."""
from __future__ import annotations

import pytest
from support.tasks import ECHO, WAIT, bolt, process, source


def test_at_the_end_of_the_input_queued_work_is_finished(sources):
    host = bolt(sources, ECHO + "\ndef cleanup(self): self.emit(['last']); print('closed')")
    for i in range(50):
        host.tuple(i)
    assert host.finish() == 0
    assert [message["tuple"][0] for message in host.messages if "tuple" in message] == [*range(50), "last"]
    assert host.stdout() == "closed\n"


@pytest.mark.parametrize("signal", [None, "TERM"])
def test_a_cleanup_that_fails_is_an_error_of_the_task(sources, signal):
    host = bolt(sources, ECHO + "\ndef cleanup(self): 1 / 0")
    host.handle("a")
    if signal:
        host.signal(signal)
        status = host.status()
    else:
        status = host.finish()
    assert (status, host.messages[-1]["class"], host.stderr()) == (1, "ZeroDivisionError", "")


def test_a_host_that_has_gone_is_no_error(sources):
    host = bolt(sources, ECHO + "\ndef cleanup(self): print('closed')")
    host.close_output()
    host.tuple("a")
    assert host.status() == 0
    assert (host.stdout(), host.stderr()) == ("closed\n", "")


@pytest.mark.parametrize("code, status", [("sys.exit(3)", 3), ("sys.exit()", 0), ("sys.exit('bye')", 1), ("os._exit(5)", 5)])
def test_exit_in_user_code_is_the_status_and_loses_nothing(sources, code, status):
    host = bolt(sources, process(f"self.emit([1]); {code}"), head="import os, sys")
    host.tuple("a")
    assert host.read()["tuple"] == [1]
    assert host.status() == status


def test_threads_do_not_keep_the_process(sources):
    host = bolt(sources, process("threading.Thread(target=threading.Event().wait).start()"),
                head="import atexit, threading\natexit.register(print, 'atexit')")
    host.handle("a")
    assert host.finish() == 0
    assert host.stdout() == "atexit\n"


def test_threads_may_emit(sources):
    host = bolt(sources, process("""
        thread = threading.Thread(target=lambda: self.emit(['from a thread']))
        thread.start(); thread.join()
        """), head="import threading")
    emit = host.handle("a")[0]
    assert emit["tuple"] == ["from a thread"] and "anchors" not in emit


def test_sigterm_runs_cleanup(sources, gate):
    host = bolt(sources, process(f"self.log('in'); {WAIT}") + "\ndef cleanup(self): print('closed')")
    host.tuple("a")
    host.read()
    host.signal("TERM")
    assert host.status() == 143
    assert host.stdout() == "closed\n"


def test_sigterm_while_idle_and_sigint_not_at_all(sources):
    host = bolt(sources, ECHO + "\ndef cleanup(self): print('closed')")
    host.handle("a")
    host.signal("INT")  # is gstorm's business
    host.handle("a")
    host.signal("TERM")
    assert host.status() == 143
    assert host.stdout() == "closed\n"


def test_a_fork_neither_holds_nor_uses_the_pipes(sources, gate):
    host = bolt(sources, process(f"""
        if os.fork() == 0:
            try:
                self.emit([1])
            except BaseException as error:
                print(type(error).__name__, flush=True)
            {WAIT}
            os._exit(0)
        return 2
        """), head="import os")
    assert host.emitted("a") == [[2]]
    assert host.finish() == 0  # the output ends although the fork lives
    gate()
    assert host.stdout() == "Hangup\n"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing_works_in_a_handler(sources, method):
    host = bolt(sources, process(f"""
        context = multiprocessing.get_context('{method}')
        queue = context.SimpleQueue()
        worker = context.Process(target=double, args=(queue, tup['word']))
        worker.start(); worker.join()
        return queue.get()
        """), head="import multiprocessing\ndef double(queue, word): queue.put(word * 2)")
    assert host.emitted("ab") == [["abab"]]
    assert host.emitted("cd") == [["cdcd"]]


def test_a_sigterm_is_heard_where_python_lets_nothing_be_raised(sources):
    host = bolt(sources, process("Dying(); self.log('now')"), head="""
import os, signal
class Dying:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000): pass
""")
    host.tuple("a")
    assert host.read()["msg"] == "now"
    assert host.status() == 143


def test_a_file_that_does_not_load_is_an_error_of_the_task(sources):
    host = sources.task("import gostorm\nraise RuntimeError('too bad')", "b")
    error = host.read()
    assert (error["command"], error["class"], error["file"], error["line"]) == ("error", "RuntimeError", "topology.py", 2)
    assert host.status() == 1


def test_a_syntax_error_is_an_error_of_the_task(sources):
    error = sources.task("x = = 1", "b").read()
    assert (error["class"], error["file"], error["line"]) == ("SyntaxError", "topology.py", 1)


def test_a_component_that_is_not_there(sources):
    host = sources.task(source(ECHO), "other")
    assert "topology.py has no component other" in host.read()["msg"]
    assert host.status() == 1


def test_an_initialize_that_fails_ends_the_process(sources):
    host = bolt(sources, "def initialize(self, conf, ctx): 1 / 0\n" + ECHO)
    error = host.read()
    assert (error["class"], error["line"]) == ("ZeroDivisionError", 5)
    assert host.status() == 1


def test_an_error_tells_its_causes_and_only_the_users_frames(sources):
    host = bolt(sources, """
        def process(self, tup):
            try:
                helper(tup)
            except KeyError as error:
                raise RuntimeError("no way") from error
        """, head="def helper(tup):\n    return {}[tup['word']]")
    error = host.handle("a")[0]
    assert error["msg"] == ("topology.py:11: RuntimeError: no way\n\tat topology.py:11: in process\n"
                            "caused by topology.py:2: KeyError: 'a'\n\tat topology.py:2: in helper\n\tat topology.py:9: in process")
    assert (error["file"], error["line"], error["id"]) == ("topology.py", 11, "1")


def test_no_json_from_the_host_is_told_and_passed_over(sources):
    host = bolt(sources, ECHO)
    host._to.write(b'{"id":1,,}\nend\n')
    assert "the host sent what is no JSON" in host.handle("a")[0]["msg"]
