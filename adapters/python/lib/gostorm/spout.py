"""Spouts."""
from __future__ import annotations

from gostorm.component import Component

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Sequence

    from gostorm.session import Session
    from gostorm.spec import Spec
    from gostorm.spout_task import SpoutTask
    from gostorm.task import Task


class Spout(Component):
    """A spout: next_tuple is called again and again, and emits or returns what there is to emit next.

        class Lines(Spout):
            outputs = ["line"]

            def initialize(self, conf, ctx):
                self.lines = open(conf["file"])

            def next_tuple(self):
                self.emit([next(self.lines)])          # StopIteration: the spout has finished

    Or each_tuple yields one after the other, and has finished when it returns:

            def each_tuple(self):
                for line in self.lines:
                    yield [line]
    """

    _gostorm_kind = "spout"

    @classmethod
    def spec(cls, name: str | None = None, par: int | dict[str, int] | None = None, tasks: int | None = None,
             config: dict[str, Any] | None = None, args: Any = None) -> Spec:
        """Puts the spout into a topology. name: its id, else that of the topology's attribute. args: a list of positional
        or a dict of keyword arguments for __init__."""
        return cls._gostorm_spec(name=name, par=par, tasks=tasks, config=config, args=args)

    def next_tuple(self) -> Any:
        """Emits what there is to emit, or nothing. What it returns is emitted, unless it is None or emit was called: a list
        or tuple is the values of one tuple, anything else its only value. It must not wait; gstorm does. StopIteration
        says that there will be nothing more: the run ends when every tuple is done."""
        return self._gostorm.next_of_each()  # type: ignore[attr-defined]

    def each_tuple(self) -> Iterable[Any]:
        """Yields tuples: their values, or Emit for one with an id. Used where next_tuple isn't defined."""
        raise NotImplementedError(f"{type(self).__name__} has neither next_tuple nor each_tuple")

    def ack(self, tup_id: Any) -> Any:
        """Everything that came of the tuple with this id, the very object that was given to emit, has been handled."""

    def fail(self, tup_id: Any) -> Any:
        """Something that came of the tuple with this id has failed or took too long."""

    def activate(self) -> Any:
        """Called before the first next_tuple, and when the topology goes on after a pause."""

    def deactivate(self) -> Any:
        """Called when the topology is paused."""

    def emit(self, values: Sequence[Any], tup_id: Any = None, stream: str | None = None, direct_task: int | None = None,
             need_task_ids: bool = False) -> list[int] | None:
        """Emits a tuple on the default stream or another, to the consumers or only to a task. With an id, any object, the
        tuple is tracked, and ack or fail is called later. May be called from any thread. Returns the tasks that got it if
        asked for them."""
        return self._gostorm.emit(  # type: ignore[attr-defined]
            values, tup_id, stream, direct_task, need_task_ids)

    def finish(self) -> None:
        """There is nothing more to emit: once every tuple is done the run can end. next_tuple is called again only after
        a tuple has failed. Raising StopIteration in next_tuple does the same."""
        self._task.finish()

    @classmethod
    def gostorm_lacks(cls) -> str | None:
        has_one = cls.next_tuple is not Spout.next_tuple or cls.each_tuple is not Spout.each_tuple
        return None if has_one else "next_tuple"

    @classmethod
    def gostorm_task(cls, session: Session) -> Task:
        from gostorm.spout_task import SpoutTask

        return SpoutTask(session)

    @property
    def _task(self) -> SpoutTask:
        return self._gostorm  # type: ignore[return-value]
