"""For tests of topologies, in any test framework.

    from gostorm.testing import complete_topology
    from word_count import WordCount

    done = complete_topology(WordCount, mock={"lines": [["to be"], ["or not to be"]]})
    done["split"]       # [["to"], ["be"], ["or"], ...]
    done.acked          # 2

The topology runs as it would with gstorm run, in processes of its own; the program gstorm has to be on the PATH, or named by
the environment variable GSTORM.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys

from gostorm.errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence, Union

    from gostorm.topology import Topology

    Mock = dict[str, Union[Sequence[Sequence[Any]], dict[str, Sequence[Sequence[Any]]]]]


class Failed(Error):
    """gstorm could not run the topology; the message is what it said."""


def complete_topology(topology: type[Topology] | str | os.PathLike[str], mock: Mock | None = None, args: Sequence[Any] = (),
                      timeout: float | None = None) -> Completion:
    """Runs a topology in which each spout that is mocked emits the given tuples instead of its own, each once; what fails is
    not replayed. mock: {spout id: tuples} or {spout id: {stream: tuples}}. topology: its class, or the path of its file.
    args: what its file finds in sys.argv. timeout: seconds after which spouts that are not mocked are stopped. Raises
    Failed."""
    gstorm = os.environ.get("GSTORM", "gstorm")
    command = [gstorm, "complete", *_place(topology), "--mock", "-"]
    if timeout is not None:
        command += ["--for", f"{timeout}s"]
    command += ["--", *map(str, args)]
    try:
        done = subprocess.run(command, input=json.dumps(mock or {}), capture_output=True, encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise Failed(f"there is no program {gstorm}: install gstorm, or set GSTORM to its path") from None
    if not done.stdout:
        raise Failed(done.stderr.strip())
    return Completion(json.loads(done.stdout), done.stderr, done.returncode == 0)


def _place(topology: Any) -> list[str]:
    """The file of a topology, and which of those in the file it is."""
    if not isinstance(topology, type):
        return [os.fspath(topology)]
    file = getattr(sys.modules.get(topology.__module__), "__file__", None)
    if file is None:
        raise Failed(f"{topology.__name__} is not in a file")
    return [os.path.abspath(file), "--class", topology.__name__]


class Completion:
    """What came of a topology.

    log: all that gstorm wrote to stderr: what the components printed, log lines, errors. success: whether the topology ran
    to its end. acked, failed: how many of the spouts' tuples were handled, and how many failed or timed out. errors: the
    messages of the errors that components reported.
    """

    def __init__(self, result: dict[str, Any], log: str, success: bool) -> None:
        trees = result["trees"]
        self.log = log
        self.success = success
        self.acked: int = trees["acked"]
        self.failed: int = trees["failed"] + trees["timed_out"]
        self.errors: list[str] = [error["message"] for error in result["errors"]]
        self._emitted = result["emitted"]

    def emitted(self, component: str, stream: str = "default") -> list[list[Any]]:
        """The tuples that a component emitted on a stream, each a list of its values, in the order of the emits. Where a
        component has several tasks, their order is left to chance."""
        return self._emitted.get(component, {}).get(stream, [])  # type: ignore[no-any-return]

    def __getitem__(self, component: str) -> list[list[Any]]:
        """What it emitted on its default stream."""
        return self.emitted(component)
