"""What spouts and bolts have in common."""
from __future__ import annotations

from gostorm.spec import Spec
from gostorm.tuple import Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger
    from typing import Any, Sequence

    from gostorm.context import Context
    from gostorm.session import Session
    from gostorm.stream import Stream
    from gostorm.task import Task


class _LazyLogger:
    """Makes a component's logger when it is asked for; until then nothing needs Python's logging."""

    def __get__(self, component: Component | None, _: type) -> Any:
        from gostorm.log import component_logger

        return self if component is None else component_logger(component)


class Component:
    """The base of spouts and bolts. Class attributes say what a component is; spec() puts it into a topology.

    outputs   the fields of the default stream, or Streams: ["word", "n"], [Stream(["word"]), Stream(["word"], name="late")]
    par       the number of tasks, or one by environment: {"local": 1, "prod": 8}
    config    configuration of the component, over that of the topology, by Storm's keys

    An exception in a handler is reported, with its place, and the process lives on, unless exit_on_exception says so.

    Names that begin with gostorm_ or _gostorm are the library's own.
    """

    outputs: Sequence[str | Stream] | None = None
    par: int | dict[str, int] = 1
    config: dict[str, Any] | None = None
    exit_on_exception = False

    # Set before initialize is called.
    storm_conf: dict[str, Any] = {}
    context: Context = None  # type: ignore[assignment]
    task_id = 0
    component_name = ""
    topology_name = ""
    debug = False
    pid = 0
    logger: Logger = _LazyLogger()  # type: ignore[assignment]  # lines for gstorm's log, with the component's name

    _gostorm: Task = None  # type: ignore[assignment]  # the task that this component is at work in
    _gostorm_kind = ""
    _gostorm_spec_class = Spec
    _gostorm_emits_returned = True
    _gostorm_log_level: str | None = None  # from which on the logger logs; None: all

    def initialize(self, conf: dict[str, Any], ctx: Context) -> None:
        """Called once, before anything else. conf: the topology's configuration with the component's over it."""

    def cleanup(self) -> None:
        """Called once, when the input has ended. What it emits still arrives."""

    def log(self, message: Any, level: str | None = None) -> None:
        """A line for gstorm's log. level: trace, debug, info (the default), warn or error."""
        self._gostorm.session.log(level or "info", str(message))

    def report_metric(self, name: str, value: Any) -> None:
        """A measurement under a name."""
        self._gostorm.session.metric(name, value, "gauge")

    def counter(self, name: str, by: int = 1) -> None:
        """Counts up."""
        self._gostorm.session.metric(name, by, "count")

    def gauge(self, name: str, value: Any) -> None:
        """Says what a value is now."""
        self._gostorm.session.metric(name, value, "gauge")

    def raise_exception(self, exception: BaseException, tup: Any = None) -> None:
        """Reports an error, about a tuple or in general; nothing else comes of it."""
        self._gostorm.session.error(exception, tup if isinstance(tup, Tuple) else None)

    @classmethod
    def gostorm_config(cls) -> dict[str, Any]:
        """The configuration that the class asks for."""
        return dict(cls.config or {})

    @classmethod
    def gostorm_lacks(cls) -> str | None:
        """The method that the class has to have and hasn't."""
        return None

    @classmethod
    def gostorm_task(cls, session: Session) -> Task:
        """What puts a component of this class to work."""
        raise NotImplementedError

    @classmethod
    def _gostorm_spec(cls, **declared: Any) -> Spec:
        return cls._gostorm_spec_class(cls, cls._gostorm_kind, **declared)
