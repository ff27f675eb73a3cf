"""A bolt at work."""
from __future__ import annotations

from _thread import get_ident
from json.encoder import encode_basestring_ascii
from time import monotonic

from gostorm.batch_frame import DEFAULT_GROUP
from gostorm.bolt import Bolt
from gostorm.emit import Emit, values_of
from gostorm.stream import DEFAULT
from gostorm.task import Task
from gostorm.tuple import Tuple, numbered_type, values_type
from gostorm.wire_values import dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Sequence

_new = tuple.__new__


class _Source:
    """What is known of one source: the types of its tuples and their values, and how the handler is called for them."""

    def __init__(self, bolt: BoltTask, component: str | None, stream: str, task: int | None) -> None:
        fields = bolt.context.source_fields(component or "", stream) or []
        handler, process = bolt.handler, bolt.component.process
        self.component, self.stream, self.task = component, stream, task
        self.arity = len(fields)
        self.call = handler.caller(process, fields, f"{component}, stream {stream}")
        self.call_with_values = process if handler.takes_values(process, fields) else None
        self.values_type = values_type(fields)
        self.tuple_type = numbered_type(component, stream, task, fields)

    def tuple(self, id: Any, values: list[Any]) -> Tuple:
        """A tuple that came alone."""
        named = _new(self.values_type, values) if len(values) == self.arity else values
        return Tuple(id, self.component, self.stream, self.task, named)

    def numbered(self, number: int, values: list[Any]) -> Tuple:
        """A tuple that came in a batch."""
        if len(values) == self.arity:
            return self.tuple_type(_new(self.values_type, values), number)
        tup = self.tuple(str(number), values)
        tup.number = number
        return tup


class BoltTask(Task):
    """Calls initialize, process for each tuple, process_tick for each tick, and cleanup."""

    component: Bolt
    ids_key = "anchors"

    def open(self) -> None:
        self._thread = get_ident()
        self._anchors: list[Tuple] = []
        self._anchor_ids: int | str | None = None
        self._emitted = False
        self._sources: dict[Any, _Source] = {}
        self.handler = self.component.gostorm_handler()
        if type(self.component).emit is Bolt.emit and self.session.has("batch") and self.collector.takes_words():
            self.component.emit = self._short_emit()  # type: ignore[method-assign]

    def handle(self, message: dict[str, Any]) -> None:
        if "batch" in message:
            self.handle_batch(message)
        else:
            for tup in self.tuples_of(message):
                self.handle_tuple(tup)

    def handle_batch(self, message: dict[str, Any]) -> None:
        """Has the component process the tuples of a batch. (All is in one place here, for calls take most of the time; and
        there is a Tuple only where somebody wants to see one.)"""
        session, outbox, component, source = self.session, self.session.outbox, self.component, self.source(message)
        call, call_with_values, ack = source.call, source.call_with_values, outbox.frame.acks.append
        arity, tuple_type, values_type = source.arity, source.tuple_type, source.values_type
        number = message["first"] - 1
        values: list[Any] = []
        tup: Tuple | None = None
        try:
            for values in message["batch"]:
                number += 1
                tup = None
                session.busy_since = now = monotonic()
                if now >= outbox.due:
                    outbox.flush_old(now)
                self._anchor_ids = number
                self._emitted = False
                try:
                    if len(values) != arity:
                        tup = source.numbered(number, values)
                        output = call(tup)
                    elif call_with_values is None:
                        tup = tuple_type(_new(values_type, values), number)
                        output = call(tup)
                    else:
                        output = call_with_values(*values)
                    if output is not None and not self._emitted:
                        self.emit_output(output)
                    if component.auto_ack:
                        if tup is None:
                            ack(number)
                        elif not tup.settled:
                            tup.settled = True
                            ack(number)
                except Exception as error:
                    self._fall(error, source.numbered(number, values) if tup is None else tup)
        except BaseException:
            self._current = source.numbered(number, values) if tup is None else tup
            raise
        self._anchor_ids = None

    def handle_tuple(self, tup: Tuple) -> None:
        """Has the component process a tuple or a tick."""
        self._current = tup
        if tup.stream == "__tick" and tup.is_tick():
            self.tick(tup)
        else:
            self.guard(self.execute, tup)
        self._current = None

    def tuples_of(self, message: dict[str, Any]) -> Iterator[Tuple]:
        """The tuples that a message from the host carries."""
        if "batch" in message:
            numbered = self.source(message).numbered
            for number, values in enumerate(message["batch"], message["first"]):
                yield numbered(number, values)
        elif "tuple" in message:
            yield self.source(message).tuple(message["id"], message["tuple"])

    def source(self, message: dict[str, Any]) -> _Source:
        """What is known of the source of a message's tuples."""
        key = message.get("comp"), message.get("stream") or DEFAULT, message.get("task")
        if key not in self._sources:
            self._sources[key] = _Source(self, *key)
        return self._sources[key]

    def call_for(self, tup: Tuple) -> Any:
        """Calls the component's handler for a tuple."""
        return self._sources[tup.component, tup.stream, tup.task].call(tup)

    def execute(self, tup: Tuple) -> None:
        """Has the component process a tuple."""
        self.anchor([tup])
        self._emitted = False
        output = self.call_for(tup)
        if output is not None and not self._emitted:
            self.emit_output(output)
        if self.component.auto_ack:
            self.ack(tup)
        self.anchor([])

    def tick(self, tup: Tuple) -> None:
        """Has the component process a tick."""
        self.guard(self._process_tick, tup)
        self.ack(tup)

    def guard(self, call: Callable[[Tuple], Any], tup: Tuple) -> None:
        """Runs a handler for a tuple. What it raises is reported and fails the tuple; whether the process lives on is the
        component's rule."""
        try:
            call(tup)
        except Exception as error:
            self._fall(error, tup)

    def refuse(self, error: BaseException, *tuples: Tuple) -> None:
        """Reports an error, and fails the tuples that it was about."""
        self.session.error(error, tuples[0] if len(tuples) == 1 else None)
        if self.component.auto_fail:
            for tup in tuples:
                self.fail(tup)

    def emit_output(self, output: Any) -> None:
        """Emits what a handler has returned."""
        if not self.component._gostorm_emits_returned:
            return
        if not hasattr(output, "__next__"):
            return self._emit_one(output)
        self.collector.write_each(self.current() if self.component.auto_anchor else None, output, self._emit_one)

    def emit(self, values: Sequence[Any], stream: str | None, anchors: Sequence[Any] | None, direct_task: int | None,
             need_task_ids: bool, optional: bool = False) -> list[int] | None:
        """See Bolt.emit."""
        self._emitted = True
        if anchors is not None:
            ids = anchor_ids(anchors)
        elif not self.component.auto_anchor:
            ids = None
        else:
            ids = self._anchor_ids
            if ids is None or get_ident() != self._thread:
                ids = self.current()
        return self.collector.write(ids, values, stream, direct_task, need_task_ids, optional)

    def _short_emit(self) -> Callable[..., list[int] | None]:
        """Bolt.emit, with a short way for most emits: a word on the default stream, anchored to the tuple that came in a
        batch. (In a bolt that splits lines the calls that lie on the long way take more time than all else.)"""
        component, outbox, emit_word, emit_any = self.component, self.session.outbox, self.session.outbox.frame.emit, self.emit

        def emit(values: Sequence[Any], stream: str | None = None, anchors: Sequence[Any] | None = None,
                 direct_task: int | None = None, need_task_ids: bool = False) -> list[int] | None:
            ids = self._anchor_ids
            if (ids is None or stream is not None or anchors is not None or direct_task is not None or need_task_ids
                    or type(values) is not list or len(values) != 1 or type(values[0]) is not str or not values[0].isascii()
                    or get_ident() != outbox.gatherer or not component.auto_anchor):
                return emit_any(values, stream, anchors, direct_task, need_task_ids)
            self._emitted = True
            emit_word(DEFAULT_GROUP, ids, encode_basestring_ascii(values[0]))
            return None

        return emit

    def ack(self, tup: Tuple | str) -> None:
        """See Bolt.ack."""
        if isinstance(tup, Tuple):
            if tup.settled:
                return
            tup.settled = True
        self.session.ack(_wire_id(tup))

    def fail(self, tup: Tuple | str) -> None:
        """See Bolt.fail."""
        if isinstance(tup, Tuple):
            if tup.settled:
                return
            tup.settled = True
        self.session.fail(_wire_id(tup))

    def anchor(self, tuples: list[Tuple]) -> None:
        """What is emitted from now on is anchored to these."""
        self._anchors = tuples
        self._anchor_ids = None

    def current(self) -> int | str | None:
        """The ids of what the running handler has been given, as JSON text or a number."""
        if get_ident() != self._thread:
            return None
        if self._anchor_ids is None and self._anchors:
            self._anchor_ids = anchor_ids(self._anchors)
        return self._anchor_ids

    def _fall(self, error: Exception, tup: Tuple) -> None:
        """Reports what a handler has raised, and ends the process if that is the component's rule."""
        self.anchor([])
        self.refuse(error, tup)
        self.outlive(error)

    def _process_tick(self, tup: Tuple) -> None:
        self._emitted = False
        output = self.call(self.component.process_tick, tup)
        if output is not None and not self._emitted:
            self.emit_output(output)

    def _emit_one(self, output: Any) -> None:
        if isinstance(output, Emit):
            self.emit(output.values, output.stream, output.anchors, output.direct_task, False)
        elif output is not None:
            ids = self.current() if self.component.auto_anchor else None
            self.collector.write(ids, values_of(output), optional=True)


def anchor_ids(anchors: Sequence[Any]) -> int | str | None:
    """The ids of tuples, or ids as they are, as JSON text or a number. None if there are no anchors."""
    if not anchors:
        return None
    ids = [_wire_id(tup) for tup in anchors if not (isinstance(tup, Tuple) and tup.is_tick())]
    if len(ids) == 1 and isinstance(ids[0], int):  # hosts that send numbers take one without an array
        return ids[0]
    return f"[{','.join(map(str, ids))}]"


def _wire_id(tup: Any) -> int | str:
    """The id as it stands in messages: JSON text, or a number if the tuple came in a batch."""
    if isinstance(tup, Tuple) and tup.number is not None:
        return tup.number
    id = tup.id if isinstance(tup, Tuple) else tup
    return encode_basestring_ascii(id) if isinstance(id, str) else dump([id], ["id"])
