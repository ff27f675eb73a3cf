"""Output streams."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from gostorm.spec import Spec

DEFAULT = "default"


class Stream:
    """An output stream of a component: its fields, its name, and whether the emitter names the task that gets a tuple."""

    def __init__(self, fields: Sequence[str] | None = None, name: str = DEFAULT, direct: bool = False) -> None:
        if not isinstance(fields, (list, tuple, type(None))):
            raise TypeError(f"Stream fields must be a list, tuple, or None; given: {fields!r}")
        for field in fields or ():
            if not isinstance(field, str):
                raise TypeError(f"All field names must be strings; given: {field!r}")
        if not isinstance(name, str):
            raise TypeError(f"Stream name must be a string; given: {name!r}")
        if not isinstance(direct, bool):
            raise TypeError(f'"direct" must be either True or False; given: {direct!r}')
        self.fields = list(fields or ())
        self.name = name
        self.direct = direct

    def to_dict(self) -> dict[str, Any]:
        """The stream as the topology description has it."""
        return {"fields": self.fields, "direct": True} if self.direct else {"fields": self.fields}


class StreamId:
    """A stream of a component in a topology. component: its spec, or its id."""

    def __init__(self, component: Spec | str, stream: str = DEFAULT) -> None:
        self.component = component
        self.stream = stream

    @property
    def component_id(self) -> str:
        return self.component if isinstance(self.component, str) else self.component.name or "?"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StreamId) and (self.component, self.stream) == (other.component, other.stream)

    def __hash__(self) -> int:
        return hash((self.component, self.stream))

    def __repr__(self) -> str:
        return f"{self.component_id}[{self.stream!r}]"


def declared_streams(outputs: Any) -> dict[str, Stream]:
    """Streams by name, from what a component class says in outputs."""
    if not isinstance(outputs, (list, tuple, type(None))):
        raise TypeError(f"Outputs must either be a list of strings or a list of Streams.  Given: {outputs!r}")
    streams: dict[str, Stream] = {}
    for output in outputs or ():
        if isinstance(output, Stream):
            streams[output.name] = output
        elif isinstance(output, str):
            streams.setdefault(DEFAULT, Stream()).fields.append(output)
        else:
            raise TypeError(f"Outputs must either be a list of strings or a list of Streams.  Invalid entry: {output!r}")
    return streams
