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
    from typing import Any, Callable, Sequence

    from gostorm.bolt import Bolt


class _Source:
    """What is known of one input stream: the type of its values, and how the handler is called for them."""

    def __init__(self, fields: Sequence[str], call: Callable[[Tuple], Any]) -> None:
        self.arity = len(fields)
        self.values_type = values_type(fields)
        self.call = call


class BoltTask(Task):
    """Calls initialize, process for each tuple, process_tick for each tick, and cleanup."""

    component: Bolt

    def open(self) -> None:
        self._thread = get_ident()
        self._anchors: list[Tuple] = []
        self._emitted = False
        self._sources: dict[tuple[str | None, str], _Source] = {}
        self._handler = self.component.gostorm_handler()

    def handle(self, message: dict[str, Any]) -> None:
        if "tuple" not in message:
            return
        tup = self.tuple_of(message)
        self._current = tup
        if tup.stream == "__tick" and tup.is_tick():
            self.tick(tup)
        else:
            self.guard(self.execute, tup)
        self._current = None

    def tuple_of(self, message: dict[str, Any]) -> Tuple:
        """The tuple that a message from the host carries."""
        component, stream, values = message.get("comp"), message.get("stream") or DEFAULT, message["tuple"]
        source = self.source(component, stream)
        if source.arity == len(values):
            values = tuple.__new__(source.values_type, values)
        return Tuple(message["id"], component, stream, message.get("task"), values)

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
        self._anchors = [tup]
        self._emitted = False
        output = self._sources[tup.component, tup.stream].call(tup)
        if output is not None and not self._emitted:
            self.emit_output(output)
        if self.component.auto_ack:
            self.ack(tup)
        self._anchors = []

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
            self._anchors = []
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
        if anchors is None:
            anchors = self.current() if self.component.auto_anchor else ()
        head = ""
        if anchors:
            ids = [_wire_id(tup) for tup in anchors if not (isinstance(tup, Tuple) and tup.is_tick())]
            head = f',"anchors":[{",".join(ids)}]'
        return self.collector.write(head, values, stream, direct_task, need_task_ids, optional)

    def ack(self, tup: Tuple | str) -> None:
        """See Bolt.ack."""
        if isinstance(tup, Tuple):
            if tup.settled:
                return
            tup.settled = True
        self.session.send_text(f'{{"command":"ack","id":{_wire_id(tup)}}}')

    def fail(self, tup: Tuple | str) -> None:
        """See Bolt.fail."""
        if isinstance(tup, Tuple):
            if tup.settled:
                return
            tup.settled = True
        self.session.send_text(f'{{"command":"fail","id":{_wire_id(tup)}}}')

    def current(self) -> Sequence[Tuple]:
        """What the running handler has been given."""
        return self._anchors if get_ident() == self._thread else ()

    def _process_tick(self, tup: Tuple) -> None:
        self._emitted = False
        output = self.call(self.component.process_tick, tup)
        if output is not None and not self._emitted:
            self.emit_output(output)

    def _emit_one(self, output: Any) -> None:
        if isinstance(output, Emit):
            self.emit(output.values, output.stream, output.anchors, output.direct_task, False)
        elif output is not None:
            self.emit(values_of(output), None, None, None, False, optional=True)


def _wire_id(tup: Any) -> str:
    id = tup.id if isinstance(tup, Tuple) else tup
    return encode_basestring_ascii(id) if isinstance(id, str) else dump([id], ["id"])[1:-1]
