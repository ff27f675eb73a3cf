"""The cluster that a topology runs in."""
from __future__ import annotations

from gostorm.errors import NotAvailableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from gostorm.control import Control


class Cluster:
    """What on_submit can ask of gstorm. Each method returns when it is done, and raises an Error if it can't be."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def shutdown(self) -> None:
        """Ends the run."""
        self._control.call("shutdown")

    def kill_topology(self, name: str, wait_secs: float | None = None) -> None:
        """Ends a topology. wait_secs: how long what is under way may take."""
        wait: dict[str, Any] = {} if wait_secs is None else {"wait": wait_secs}
        self._control.call("kill", name=name, **wait)

    def activate(self, name: str) -> None:
        """Lets a topology's spouts emit."""
        self._control.call("activate", name=name)

    def deactivate(self, name: str) -> None:
        """Stops a topology's spouts from emitting."""
        self._control.call("deactivate", name=name)

    def rebalance(self, *_: Any, **__: Any) -> NoReturn:
        raise NotAvailableError("rebalance is not available from a topology's file yet")
