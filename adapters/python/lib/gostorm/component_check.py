"""What only this side can know to be wrong with components."""
from __future__ import annotations

from gostorm.position import Position
from gostorm.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator

    from gostorm.declared_topology import DeclaredTopology
    from gostorm.handler import Handler
    from gostorm.spec import Spec


def component_problems(topology: DeclaredTopology) -> Iterator[Problem]:
    """Components that lack a method, and handlers that take what no tuple will have."""
    for spec in topology.specs:
        lacks, handler = spec.lacks(), spec.handler()
        if lacks:
            yield Problem(f"{spec.component_cls.__name__} has no method {lacks}", at=spec.at)
        elif handler:
            yield from _parameter_problems(spec, handler, topology)


def _parameter_problems(spec: Spec, handler: Handler, topology: DeclaredTopology) -> Iterator[Problem]:
    for source, fields in _inputs(spec, topology):
        for name in handler.missing(fields):
            from gostorm.spelling import suggestion

            message = f"{spec.component_cls.__name__} takes {name}, which tuples from {source} don't have" \
                      f"{suggestion(name, fields)} (they have: {', '.join(fields)})"
            yield Problem(message, at=Position(handler.file, handler.line) if handler.file else spec.at)


def _inputs(spec: Spec, topology: DeclaredTopology) -> Iterator[tuple[str, list[str]]]:
    """The inputs whose fields are known here: source and fields."""
    for source in spec.inputs:
        component = topology.spec(source.component_id)
        if component is not None and component.knows_outputs() and source.stream in component.outputs:
            yield source.component_id, component.outputs[source.stream].fields
