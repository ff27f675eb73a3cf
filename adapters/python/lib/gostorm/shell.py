"""Components that are commands."""
from __future__ import annotations

import os

from gostorm.component import Component
from gostorm.position import START, relative
from gostorm.spec import Spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from gostorm.spec import Inputs


class ShellSpec(Spec):
    """A component that is a command which speaks the multilang protocol."""

    def __init__(self, component_cls: Any, kind: str, command: str | Sequence[str] | None, script: str | None,
                 dir: str | None = None, **declared: Any) -> None:
        super().__init__(component_cls, kind, **declared)
        if not command:
            raise ValueError("command is required")
        if isinstance(command, str) and script is None:
            raise TypeError("script must not be None.  If your command does not take arguments, specify the empty string for "
                            "script.")
        self.command = [command, *(script or "").split()] if isinstance(command, str) else [*map(str, command)]
        self.dir = dir

    def implementation(self) -> dict[str, Any]:
        return {"type": "shell", "command": self.command, "dir": self.dir or self._resources()}

    def _resources(self) -> str:
        """The folder resources beside the topology's file, as in Storm; in a streamparse project src."""
        beside = os.path.dirname(self.at.file if self.at else "") or "."
        folders = (os.path.join(beside, "..", "src"), os.path.join(beside, "resources"), "resources")
        found = next((folder for folder in folders if os.path.isdir(folder)), beside)
        return relative(os.path.normpath(os.path.join(START, found))) if found != "." else "."


class ShellBolt(Component):
    """ShellBolt.spec(command=["ruby", "split.rb"], outputs=["word"], inputs=[lines]): a bolt that is a command. Or
    command="ruby", script="split.rb"; a script is split at spaces."""

    _gostorm_kind = "bolt"

    @classmethod
    def spec(cls, name: str | None = None, command: str | Sequence[str] | None = None, script: str | None = None,
             inputs: Inputs = None, par: int | dict[str, int] | None = None, config: dict[str, Any] | None = None,
             outputs: Any = None, tasks: int | None = None, dir: str | None = None) -> Spec:
        """Puts the command into a topology. dir: its working directory; else resources beside the topology's file."""
        return ShellSpec(cls, "bolt", command, script, dir, name=name, inputs=inputs, par=par, config=config,
                         outputs=outputs, tasks=tasks)


class ShellSpout(Component):
    """ShellSpout.spec(command=..., outputs=...): a spout that is a command. See ShellBolt."""

    _gostorm_kind = "spout"

    @classmethod
    def spec(cls, name: str | None = None, command: str | Sequence[str] | None = None, script: str | None = None,
             par: int | dict[str, int] | None = None, config: dict[str, Any] | None = None, outputs: Any = None,
             tasks: int | None = None, dir: str | None = None) -> Spec:
        """Puts the command into a topology. dir: its working directory; else resources beside the topology's file."""
        return ShellSpec(cls, "spout", command, script, dir, name=name, par=par, config=config, outputs=outputs, tasks=tasks)
