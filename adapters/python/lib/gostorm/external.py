"""Components of other files, in whatever language."""
from __future__ import annotations

from gostorm.component import Component
from gostorm.errors import DefinitionError
from gostorm.spec import Spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.spec import Inputs


class ExternalSpec(Spec):
    """A component whose own file says what it emits and how it is run."""

    def __init__(self, place: str, kind: str, **declared: Any) -> None:
        super().__init__(Component, kind, **declared)
        self.file, separator, self.component = place.rpartition(":")
        if not separator or not self.file or not self.component:
            raise DefinitionError(f'an external component is "FILE:COMPONENT", say "split.rb:Split", it can\'t be {place!r}')

    def knows_outputs(self) -> bool:
        return False

    def implementation(self) -> dict[str, Any]:
        return {"type": "file", "file": self.file, "component": self.component}

    def _class_name(self) -> str | None:
        return None


class _ExternalComponent:
    """A component of another file, not yet in a topology."""

    def __init__(self, place: str) -> None:
        self._place = place

    def spec(self, **declared: Any) -> Spec:
        """As Bolt.spec; without inputs it is a spout."""
        return External.spec(self._place, **declared)


class _ByPlace(type):
    def __getitem__(cls, place: str) -> _ExternalComponent:
        return _ExternalComponent(place)


class External(metaclass=_ByPlace):
    """External.spec("split.rb:Split", inputs=[lines]), or External["split.rb:Split"].spec(inputs=[lines]): a component of
    another file. The file is looked for beside the topology's, then in the working directory; the component is the id of
    one in the topology of that file, or the name of a component outside of it."""

    @classmethod
    def spec(cls, place: str, name: str | None = None, inputs: Inputs = None, par: int | dict[str, int] | None = None,
             tasks: int | None = None, config: dict[str, Any] | None = None) -> Spec:
        """Puts the component into a topology; without inputs it is a spout."""
        kind = "bolt" if inputs is not None else "spout"
        return ExternalSpec(place, kind, name=name, inputs=inputs, par=par, tasks=tasks, config=config)
