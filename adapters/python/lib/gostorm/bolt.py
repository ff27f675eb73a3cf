"""Bolts."""
from __future__ import annotations

from gostorm.component import Component
from gostorm.handler import Handler

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from gostorm.bolt_task import BoltTask
    from gostorm.session import Session
    from gostorm.spec import Inputs, Spec
    from gostorm.task import Task
    from gostorm.tuple import Tuple

TICK_CONFIG = "topology.tick.tuple.freq.secs"


class Bolt(Component):
    """A bolt: process gets a tuple. What it emits, returns or yields is anchored to that tuple, which is acked when
    process returns and failed when it raises.

        class Count(Bolt):
            outputs = ["word", "n"]

            def initialize(self, conf, ctx):
                self.n = Counter()

            def process(self, tup):
                self.n[tup["word"]] += 1
                self.emit([tup["word"], self.n[tup["word"]]])

    Parameters of process that are called like fields are bound to their values: def process(self, word). An async
    process is run for up to `concurrency` tuples at a time.
    """

    auto_anchor = True
    auto_ack = True
    auto_fail = True
    tick_secs: float | None = None  # how often process_tick is called
    concurrency = 16  # how many tuples an async process may have at a time

    _gostorm_kind = "bolt"

    @classmethod
    def spec(cls, name: str | None = None, inputs: Inputs = None, par: int | dict[str, int] | None = None,
             tasks: int | None = None, config: dict[str, Any] | None = None, args: Any = None) -> Spec:
        """Puts the bolt into a topology. name: its id, else that of the topology's attribute. inputs: a spec, a list of
        them (shuffled), or a dict to groupings; spec["late"] is another stream than the default. args: a list of
        positional or a dict of keyword arguments for __init__."""
        return cls._gostorm_spec(name=name, inputs=inputs, par=par, tasks=tasks, config=config, args=args)

    def process(self, tup: Tuple) -> Any:
        """Called for each tuple. What it returns is emitted, unless it is None or emit was called: a list or tuple is the
        values of one tuple, anything else its only value, a generator yields one after the other."""
        raise NotImplementedError(f"{type(self).__name__} has no method process")

    def process_tick(self, tup: Tuple) -> Any:
        """Called every tick_secs, between tuples. What it emits has no anchor."""

    def emit(self, values: Sequence[Any], stream: str | None = None, anchors: Sequence[Any] | None = None,
             direct_task: int | None = None, need_task_ids: bool = False) -> list[int] | None:
        """Emits a tuple on the default stream or another, anchored to the tuple being handled or to anchors (tuples or
        their ids; [] for none), to the consumers or only to a task. May be called from any thread; outside of the
        handlers' thread there is no tuple being handled. Returns the tasks that got it if asked for them."""
        return self._gostorm.emit(values, stream, anchors, direct_task, need_task_ids)  # type: ignore[attr-defined]

    def ack(self, tup: Tuple | str) -> None:
        """Only needed with auto_ack = False, or to ack before process returns. The first ack or fail of a tuple counts."""
        self._task.ack(tup)

    def fail(self, tup: Tuple | str) -> None:
        """The tuple's tree has failed and is to be replayed."""
        self._task.fail(tup)

    @staticmethod
    def is_tick(tup: Tuple) -> bool:
        return tup.is_tick()

    @classmethod
    def gostorm_config(cls) -> dict[str, Any]:
        ticks = {} if cls.tick_secs is None else {TICK_CONFIG: cls.tick_secs}
        return {**ticks, **super().gostorm_config()}

    @classmethod
    def gostorm_lacks(cls) -> str | None:
        return "process" if cls.process is Bolt.process else None

    @classmethod
    def gostorm_handler(cls) -> Handler:
        """What the class's process asks for."""
        process = next(vars(base)["process"] for base in cls.__mro__ if "process" in vars(base))
        return Handler(process, is_method=not isinstance(process, staticmethod))

    @classmethod
    def gostorm_task(cls, session: Session) -> Task:
        if cls.gostorm_handler().is_async:
            from gostorm.async_bolt_task import AsyncBoltTask

            return AsyncBoltTask(session)
        from gostorm.bolt_task import BoltTask

        return BoltTask(session)

    @property
    def _task(self) -> BoltTask:
        return self._gostorm  # type: ignore[return-value]
