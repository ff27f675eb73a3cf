"""The describing process."""
from __future__ import annotations

import sys

from gostorm.description import description
from gostorm.load_problem import load_problem
from gostorm.problem import Problem, ProblemsError
from gostorm.topology_file import TopologyFile
from gostorm.version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.declared_topology import DeclaredTopology


class Driver:
    """Loads the file, sends the description of its topology and, where the file has code to run after the submission,
    stays and runs it.

    control: a Control or PlainOutput. options: file, class_name, env, name, components. lasting: whether anybody will say
    that the topology has been submitted; without, the description is all.
    """

    def __init__(self, control: Any, options: Any, lasting: bool) -> None:
        self._control = control
        self._options = options
        self._lasting = lasting
        self._submitted = False

    def run(self) -> int:
        """Returns the exit status: 0, 1 for an error after the submission, 2 for one before it."""
        try:
            self._run()
            return 0
        except ProblemsError as error:
            return self._report(error.problems)
        except (Exception, SystemExit) as error:
            return self._report([load_problem(error, self._options.file)])

    def refuse(self, mismatch: Exception) -> int:
        """Says that the installed library doesn't fit."""
        hint = f"pip install gostorm=={VERSION}, or pip uninstall gostorm"
        return self._report([Problem(str(mismatch), hint=hint)])

    def _run(self) -> None:
        options = self._options
        file = TopologyFile(options.file, options.class_name, options.components)
        file.load()
        topology = file.topology()
        if topology.on_submit is not None and self._lasting:
            self._control.listen()
        # With the interpreter: what started this process may have been a version manager's script.
        topology_description = description(topology, file, options.env, options.name)
        self._control.send({"topology": topology_description, "interpreter": sys.executable})
        if topology.on_submit is not None and self._lasting:
            self._drive(topology)

    def _drive(self, topology: DeclaredTopology) -> None:
        from gostorm.cluster import Cluster

        event = self._control.event()
        self._submitted = True
        assert topology.on_submit is not None
        topology.on_submit(event.get("env") or self._options.env, Cluster(self._control))
        self._control.send({"event": "done"})

    def _report(self, problems: list[Problem]) -> int:
        self._control.send({"problems": [problem.to_dict() for problem in problems]})
        return 1 if self._submitted else 2
