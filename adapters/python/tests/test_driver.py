"""Code that runs once a topology does, and topologies that are started as programs."""
from __future__ import annotations

import os
import subprocess

from support.process import PYTHON

LIB = os.path.join(os.path.dirname(__file__), "..", "lib")

HEAD = """
from gostorm import Spout, Topology
class S(Spout):
    outputs = ["a"]
    def next_tuple(self): pass
class T(Topology):
    s = S.spec()
"""


def driver(sources, body):
    described = sources.describe(HEAD + body)
    assert described.topology is not None, described.problems
    assert described.topology["driver"]
    described.submitted()
    return described


def test_on_submit_runs_after_the_submission(sources):
    described = driver(sources, """
    def on_submit(cls, env, cluster):
        print("running", cls.__name__, env)
        cluster.kill_topology("t", wait_secs=3)
        cluster.shutdown()
""")
    assert described.read() == {"call": "kill", "id": 1, "name": "t", "wait": 3}
    described.write({"reply": 1, "error": None})
    assert described.read() == {"call": "shutdown", "id": 2}
    described.write({"reply": 2, "error": None})
    assert described.read() == {"event": "done"}
    assert described.status() == 0
    assert described.stderr() == "running T local\n"


def test_what_gstorm_refuses_is_an_error_there(sources):
    described = driver(sources, """
    @staticmethod
    def on_submit(env, cluster):
        cluster.activate("t")
""")
    described.read()
    described.write({"reply": 1, "error": "there is no topology t"})
    problem = described.read()["problems"][0]
    assert (problem["message"], problem["at"]["line"]) == ("there is no topology t", 11)
    assert described.status() == 1


def test_without_gstorm_there_is_nothing_left_to_do(sources):
    described = driver(sources, "\n    def on_submit(cls, env, cluster):\n        import time; time.sleep(60)\n")
    described.hang_up()
    assert described.status() == 0


def test_a_program_hands_over_to_gstorm(sources):
    sources.write("word_count.py", HEAD + "if __name__ == '__main__':\n    T.run(seconds=2.5)\n")
    sources.write("bin/gstorm", "#!/bin/sh\nprintf '[%s]' \"$GSTORM_PYTHON\" \"$@\"\n")
    os.chmod(os.path.join(sources.folder, "bin", "gstorm"), 0o755)
    env = {**os.environ, "PYTHONPATH": LIB, "PATH": f"{sources.folder}/bin:{os.environ['PATH']}"}
    done = subprocess.run([PYTHON, "word_count.py", "x y"], cwd=sources.folder, env=env, capture_output=True, text=True)
    assert done.stdout == f"[{PYTHON}][run][--for][2.5s][--class][T][word_count.py][--][x y]", done.stderr


def test_a_program_without_gstorm_says_so(sources):
    sources.write("word_count.py", HEAD + "T.run_local(10)\n")
    env = {"PYTHONPATH": LIB, "PATH": "/nowhere"}
    done = subprocess.run([PYTHON, "word_count.py"], cwd=sources.folder, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "T is run by gstorm, and there is no program gstorm on the PATH; with it: gstorm run word_count.py\n"


def test_under_gstorm_run_does_nothing(sources):
    assert sources.describe(HEAD + "T.run(seconds=10)\n").topology["name"] == "t"
