"""Topologies of a streamparse that is really installed: described by its own specs, run by its own pystorm."""
from __future__ import annotations

import json
import os
import sys

from gostorm.declared_topology import DeclaredTopology
from gostorm.grouping import Grouping
from gostorm.java import JavaSpec
from gostorm.position import Position
from gostorm.shell import ShellSpec
from gostorm.spec import Spec
from gostorm.stream import Stream, StreamId

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.handler import Handler
    from gostorm.session import Session

# What streamparse's specs of Python components have as their command.
_PYTHON = "streamparse_run"


def declared_topology(value: Any, file: str) -> DeclaredTopology | None:
    """The topology that a variable of a file stands for, if it is one of streamparse's."""
    dsl: Any = sys.modules.get("streamparse.dsl.topology")
    if dsl is None or not isinstance(value, dsl.TopologyType) or value is dsl.Topology:
        return None
    source = sys.modules[value.__module__].__file__ or file
    lines = _lines(source, value.__name__)
    specs = [_spec(spec, Position(source, lines.get(spec.name, lines.get("")))) for spec in value.specs]
    name = os.path.splitext(os.path.basename(file))[0]
    return DeclaredTopology(name, value.__name__, specs, value.config, at=Position(source, lines.get("")), first_wins=True)


def _spec(spec: Any, at: Position) -> Spec:
    shell = spec.component_object.shell
    if shell is None:
        return _InstalledJavaSpec(spec, at)
    return _InstalledShellSpec(spec, at) if shell.execution_command != _PYTHON else _PystormSpec(spec, at)


def _grouping(grouping: Any) -> Grouping:
    """A Thrift union: the only field that is set."""
    if grouping.fields is not None:
        return Grouping.fields(grouping.fields) if grouping.fields else Grouping.GLOBAL
    kind = next(name for name, value in vars(grouping).items() if value is not None)
    return Grouping(kind)


class _Installed(Spec):
    """One of streamparse's specs. What its class says is in it already."""

    def __init__(self, spec: Any, at: Position) -> None:
        self.component_cls = spec.component_cls
        self.kind = "bolt" if "Bolt" in type(spec).__name__ else "spout"
        self.name, self.par, self.tasks, self.args, self.at = spec.name, spec.par, None, None, at
        self.config = json.loads(spec.config or "{}")
        self.outputs = {name: Stream(info.output_fields, name, bool(info.direct)) for name, info in spec.outputs.items()}
        self.inputs = {StreamId(source.componentId, source.streamId): _grouping(grouping)
                       for source, grouping in spec.inputs.items()}

    def class_config(self) -> dict[str, Any]:
        return {}

    def lacks(self) -> str | None:
        return None

    def handler(self) -> Handler | None:
        return None


class _InstalledShellSpec(_Installed, ShellSpec):
    def __init__(self, spec: Any, at: Position) -> None:
        super().__init__(spec, at)
        shell = spec.component_object.shell
        self.command = [shell.execution_command, *shell.script.split()]
        self.dir = None


class _InstalledJavaSpec(_Installed, JavaSpec):
    def __init__(self, spec: Any, at: Position) -> None:
        super().__init__(spec, at)
        java = spec.component_object.java_object
        self.java_class = java.full_class_name if java else "a serialized Java object"


class _PystormSpec(_Installed):
    """A component that pystorm itself runs: in the classic protocol, by its own rules, but with prints kept apart."""

    def run(self, session: Session) -> int:
        try:
            component = self.component_cls(serializer="json")
        except Exception as error:
            return session.refuse(error)
        serializer = component.serializer
        for stream in (serializer.input_stream, serializer.output_stream):
            stream.detach()  # else sys.stdin and sys.stdout are closed with them
        serializer.input_stream = open(session.inbox.descriptor, encoding="utf-8", newline="\n")
        serializer.output_stream = open(session.outbox.descriptor, "w", encoding="utf-8", newline="\n")
        component.run()
        return 0


def _lines(file: str, topology: str) -> dict[str, int]:
    """The lines where a topology's attributes are declared in its file, and its own under ""."""
    import ast

    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return {}
    lines: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == topology:
            lines[""] = node.lineno
            for statement in node.body:
                if isinstance(statement, ast.Assign):
                    lines.update((target.id, statement.lineno) for target in statement.targets if isinstance(target, ast.Name))
    return lines
