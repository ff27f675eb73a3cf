"""Python's logging, in a task."""
from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Sequence

    from gostorm.session import Session


def watch_logging(session: Session) -> None:
    """Has what code of the user logs by Python's logging go to gstorm. As long as nobody uses it, it isn't loaded: that
    would take a good part of a task's start."""
    if "logging" in sys.modules:
        _attach(session)
    else:
        sys.meta_path.insert(0, _Watch(session))


class _Watch:
    """Finds the module logging like any other, and goes on once it is loaded."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name != "logging":
            return None
        from importlib.util import find_spec

        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None:
            spec.loader = _Loader(spec.loader, self._session)  # type: ignore[assignment]
        return spec


class _Loader:
    """The loader of logging, with one thing to do after it."""

    def __init__(self, loader: Any, session: Session) -> None:
        self._loader = loader
        self._session = session

    def create_module(self, spec: ModuleSpec) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _attach(self._session)


def _attach(session: Session) -> None:
    from gostorm.session_handler import attach_root

    attach_root(session)
