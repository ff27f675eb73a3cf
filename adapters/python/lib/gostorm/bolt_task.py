"""A bolt at work."""
from __future__ import annotations

from _thread import get_ident
from json.encoder import encode_basestring_ascii

from gostorm.emit import Emit, values_of
from gostorm.stream import DEFAULT
from gostorm.task import Task
from gostorm.tuple import Tuple, values_type
from gostorm.wire_values import dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Sequence

    from gostorm.bolt import Bolt


class _Source:
    """What is known of one input stream: the type of its values, and how the handler is called for them."""

    def __init__(self, fields: Sequence[str], call: Callable[[Tuple], Any]) -> None:
        self.arity = len(fields)
        self.values_type = values_type(fields)
        self.call = call

    def values(self, values: list[Any]) -> Sequence[Any]:
        """The values of a tuple, which know their fields."""
        return tuple.__new__(self.values_type, values) if self.arity == len(values) else values  # type: ignore[no-any-return]


class BoltTask(Task):
    """Calls initialize, process for each tuple, process_tick for each tick, and cleanup."""

    component: Bolt
    ids_key = "anchors"

    def open(self) -> None:
        self._thread = get_ident()
        self._anchors: list[Tuple] = []
        self._anchor_ids: str | None = None
        self._emitted = False
        self._sources: dict[tuple[str | None, str], _Source] = {}
        self._handler = self.component.gostorm_handler()

    def handle(self, message: dict[str, Any]) -> None:
        handling = self.session.handling
        for tup in self.tuples_of(message):
            handling()
            self._current = tup
            if tup.stream == "__tick" and tup.is_tick():
                self.tick(tup)
            else:
                self.guard(self.execute, tup)
            self._current = None

    def tuples_of(self, message: dict[str, Any]) -> Iterator[Tuple]:
        """The tuples that a message from the host carries."""
        component, stream, task = message.get("comp"), message.get("stream") or DEFAULT, message.get("task")
        if "batch" in message:
            source = self.source(component, stream)
            for number, values in enumerate(message["batch"], message["first"]):
                yield Tuple(str(number), component, stream, task, source.values(values), number)
        elif "tuple" in message:
            yield Tuple(message["id"], component, stream, task, self.source(component, stream).values(message["tuple"]))

    def source(self, component: str | None, stream: str) -> _Source:
        """What is known of an input stream."""
        key = (component, stream)
        if key not in self._sources:
            fields = self.context.source_fields(component or "", stream) or []
            name = f"{component}, stream {stream}"
            self._sources[key] = _Source(fields, self._handler.caller(self.component.process, fields, name))
        return self._sources[key]

    def execute(self, tup: Tuple) -> None:
        """Has the component process a tuple."""
        self.anchor([tup])
        self._emitted = False
        output = self._sources[tup.component, tup.stream].call(tup)
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
            self.anchor([])
            self.refuse(error, tup)
            if not self.survives(error):
                raise SystemExit(1) from None

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
        if hasattr(output, "__next__"):
            for each in output:
                self._emit_one(each)
        else:
            self._emit_one(output)

    def emit(self, values: Sequence[Any], stream: str | None, anchors: Sequence[Any] | None, direct_task: int | None,
             need_task_ids: bool, optional: bool = False) -> list[int] | None:
        """See Bolt.emit."""
        self._emitted = True
        if anchors is not None:
            ids = anchor_ids(anchors)
        else:
            ids = self.current() if self.component.auto_anchor else None
        return self.collector.write(ids, values, stream, direct_task, need_task_ids, optional)

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

    def current(self) -> str | None:
        """The ids of what the running handler has been given, as JSON text."""
        if get_ident() != self._thread:
            return None
        if self._anchor_ids is None:
            self._anchor_ids = anchor_ids(self._anchors)
        return self._anchor_ids

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


def anchor_ids(anchors: Sequence[Any]) -> str | None:
    """The ids of tuples, or ids as they are, as JSON text. None if there are no anchors."""
    if not anchors:
        return None
    ids = [_wire_id(tup) for tup in anchors if not (isinstance(tup, Tuple) and tup.is_tick())]
    if len(ids) == 1 and isinstance(ids[0], int):  # hosts that send numbers take one without an array
        return str(ids[0])
    return f"[{','.join(map(str, ids))}]"


def _wire_id(tup: Any) -> int | str:
    """The id as it stands in messages: JSON text, or a number if the tuple came in a batch."""
    if isinstance(tup, Tuple) and tup.number is not None:
        return tup.number
    id = tup.id if isinstance(tup, Tuple) else tup
    return encode_basestring_ascii(id) if isinstance(id, str) else dump([id], ["id"])[1:-1]
