"""A spout at work."""
from __future__ import annotations

import os
from itertools import count
from time import monotonic

from gostorm.emit import Emit, values_of
from gostorm.errors import EmitError
from gostorm.spout import Spout
from gostorm.task import Task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Sequence

# How long the component is asked again for more tuples. The next acks come only after that.
PATIENCE_SECS = 0.005

# How many ids a process has before they could be those of the process with the next number. They stay below 2**53, as JSON
# wants numbers to be.
IDS = 1 << 31

_UNKNOWN = object()


class SpoutTask(Task):
    """Calls initialize, activate, next_tuple, ack, fail, deactivate and cleanup.

    Ids may be any object; on the wire they are numbered per process, so that the very object comes back with the ack, and
    an answer to an earlier process of the same task isn't mistaken for one to this.
    """

    component: Spout
    ids_key = "id"

    def open(self) -> None:
        self._active = False
        self._finished = False
        self._emitted = False
        self._count = 0  # of the tuples that have been emitted
        self._each: Iterator[Any] | None = None
        self._pending: Iterator[Any] | None = None
        self._hears_acks = True
        self._ids: dict[int | None, Any] = {}
        self._wire_ids = count(os.getpid() * IDS + 1)

    def handle(self, message: dict[str, Any]) -> None:
        self._hears_acks = getattr(self.component.ack, "__func__", None) is not Spout.ack  # which does nothing
        if "n" in message:
            self._take_credit(message)
        else:
            self._guard(self._command, message.get("command"), message.get("id"))
        if self._finished:
            self._finished = False
            self.session.finished()
        self.session.answer()

    def emit(self, values: Sequence[Any], tup_id: Any, stream: str | None, direct_task: int | None,
             need_task_ids: bool) -> list[int] | None:
        """See Spout.emit."""
        self._emitted = True
        wire_id = None
        if tup_id is not None:
            wire_id = next(self._wire_ids)
            self._ids[wire_id] = tup_id
        try:
            task_ids = self.collector.write(wire_id, values, stream, direct_task, need_task_ids)
        except EmitError:
            self._ids.pop(wire_id, None)
            raise
        self._count += 1
        return task_ids

    def finish(self) -> None:
        """See Spout.finish."""
        self._finished = True

    def next_of_each(self) -> None:
        """Emits the next of the component's each_tuple. Raises StopIteration at its end. After another exception, which
        is no end, it begins anew."""
        if self._each is None:
            self._each = self.iterator(self.component.each_tuple())
        try:
            output = next(self._each)
        except Exception as error:
            if not _is_end(error):
                self._each = None
            raise
        self.emit_one(output)

    def next(self) -> None:
        """Has the component emit what is next."""
        if self._pending is None:
            self._emitted = False
            output = self.component.next_tuple()
            if output is None:
                return
            if hasattr(output, "__await__"):
                output = self.event_loop().run(output)
            if output is None or self._emitted or not self.component._gostorm_emits_returned:
                return
            if not hasattr(output, "__next__") and not hasattr(output, "__anext__"):
                return self.emit_one(output)
            self._pending = self.iterator(output)
        try:
            self.emit_one(next(self._pending))
        except StopIteration:
            self._pending = None

    def iterator(self, iterable: Any) -> Iterator[Any]:
        """An iterator over what each_tuple has returned; an async one is run to its next element each time."""
        if hasattr(iterable, "__aiter__"):
            return self.event_loop().elements(iterable)
        return iter(iterable)

    def emit_one(self, output: Any) -> None:
        """Emits what next_tuple has returned or each_tuple has yielded."""
        if isinstance(output, Emit):
            self.component.emit(output.values, output.tup_id, output.stream, output.direct_task)
        elif output is not None:
            self.component.emit(values_of(output))

    def acked(self, tup_id: Any) -> None:
        """A tuple's tree is complete."""
        if self._hears_acks:
            self.session.handling()
            self.call(self.component.ack, tup_id)

    def failed(self, tup_id: Any) -> None:
        """A tuple's tree has failed."""
        self.call(self.component.fail, tup_id)

    def _settle(self, wire_id: Any, settle: Callable[[Any], None]) -> None:
        """Passes on the object that was given as the id; nothing happens for ids of another process."""
        tup_id = self._ids.pop(wire_id, _UNKNOWN)
        if tup_id is not _UNKNOWN:
            settle(tup_id)

    def _take_credit(self, message: dict[str, Any]) -> None:
        """Handles a next that brings the ends of several tuples and asks for several. After a fail there may be more to
        emit, whatever was said before."""
        limit = self._count + message["n"]
        for wire_id in message.get("acks") or ():
            try:
                self._settle(wire_id, self.acked)
            except Exception as error:
                self._fall(error)
        for wire_id in message.get("fails") or ():
            self.session.handling()
            self._finished = False
            self._guard(self._settle, wire_id, self.failed)
        self._emit_up_to(limit)

    def _emit_up_to(self, limit: int) -> None:
        """Has the component emit until so many tuples are out, it has none, or the time is up."""
        session, outbox = self.session, self.session.outbox
        deadline = monotonic() + PATIENCE_SECS
        while self._count < limit and not self._finished:
            before = self._count
            session.busy_since = now = monotonic()
            if now >= outbox.due:
                outbox.flush_old(now)
            try:
                self._next()
            except Exception as error:
                return self._fall(error)
            if self._count == before or now > deadline:
                return

    def _guard(self, call: Callable[..., None], *args: Any) -> None:
        """Runs a handler. What it raises is reported; whether the process lives on is the component's rule."""
        try:
            call(*args)
        except Exception as error:
            self._fall(error)

    def _fall(self, error: Exception) -> None:
        """Reports what a handler has raised, and ends the process if that is the component's rule."""
        self.session.error(error)
        self.outlive(error)

    def _command(self, command: str | None, wire_id: Any) -> None:
        if command == "next":
            self._next()
        elif command == "ack":
            self._settle(wire_id, self.acked)
        elif command == "fail":
            self._settle(wire_id, self.failed)
        elif command == "activate":
            self._activate()
        elif command == "deactivate":
            self._active = False
            self.call(self.component.deactivate)

    def _next(self) -> None:
        if not self._active:  # a host that doesn't send activate (Storm before 1.1) just begins
            self._activate()
        try:
            self.next()
        except (StopIteration, RuntimeError) as error:
            if not _is_end(error):
                raise
            self.finish()

    def _activate(self) -> None:
        self._active = True
        self.call(self.component.activate)


def _is_end(error: Exception) -> bool:
    """Whether it is StopIteration, or what a generator or coroutine turns that into."""
    return isinstance(error, StopIteration) or isinstance(error.__cause__, StopIteration) and isinstance(error, RuntimeError)
