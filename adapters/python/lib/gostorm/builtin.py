"""Components that come with gstorm."""
from __future__ import annotations

from gostorm.component import Component
from gostorm.spec import Spec
from gostorm.wire_values import convert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.spec import Inputs


class BuiltinSpec(Spec):
    """A component that gstorm runs by itself, and whose streams it knows."""

    def __init__(self, builtin: str, options: dict[str, Any], kind: str, **declared: Any) -> None:
        super().__init__(Component, kind, **declared)
        self.builtin = builtin
        self.options = convert(options, f"the options of {builtin}")

    def knows_outputs(self) -> bool:
        return False

    def implementation(self) -> dict[str, Any]:
        described = {"type": "builtin", "name": self.builtin}
        return {**described, "options": self.options} if self.options else described

    def _class_name(self) -> str | None:
        return None


class Builtin:
    """Builtin.spec("lines", path="posts.txt"), Builtin.spec("filter", inputs=[lines], when="len(line) > 3"): a component that
    comes with gstorm, with its options. Which there are, gstorm builtins says."""

    @classmethod
    def spec(cls, builtin: str, *, name: str | None = None, inputs: Inputs = None, par: int | dict[str, int] | None = None,
             tasks: int | None = None, config: dict[str, Any] | None = None, outputs: Any = None, **options: Any) -> Spec:
        """Puts the component into a topology; without inputs it is a spout. outputs gives its fields other names."""
        kind = "bolt" if inputs is not None else "spout"
        return BuiltinSpec(builtin, options, kind, name=name, inputs=inputs, par=par, tasks=tasks, config=config,
                           outputs=outputs)
