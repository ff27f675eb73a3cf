"""What a component emits through."""
from __future__ import annotations

import json
from _thread import get_ident

from gostorm.errors import EmitError
from gostorm.wire_values import dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from gostorm.context import Context
    from gostorm.session import Session

DEFAULT = "default"


class _OutputStream:
    """What is known of an own output stream."""

    def __init__(self, id: str, context: Context) -> None:
        outputs = context.outputs()
        fields = None if outputs is None else outputs.get(id)
        self.id = id
        self.fields = fields or []
        self.arity = None if fields is None else len(fields)
        self.is_declared = fields is not None or outputs is None
        self.is_consumed = context.is_consumed(id)
        self.suffix = "" if id == DEFAULT else f',"stream":{json.dumps(id)}'
        self.group = self.suffix and self.suffix[1:] + ","


class Collector:
    """Checks tuples against the declared streams and writes them. May be used from any thread.

    key: what the ids of a message are called there: "anchors", or "id" for a spout.
    """

    def __init__(self, session: Session, context: Context, key: str) -> None:
        self._session = session
        self._outbox = session.outbox
        self._key = key
        self._context = context
        self._streams: dict[str, _OutputStream] = {}

    def write(self, ids: str | None, values: Sequence[Any], stream: str | None = None, task: int | None = None,
              want_ids: bool = False, optional: bool = False) -> list[int] | None:
        """Sends a tuple. ids: the anchors or the message id, as JSON text. want_ids: return the tasks that got it, which takes a
        round trip. optional: the tuple may go nowhere where the default stream isn't declared; that is so for what a
        handler returns: the last value of a bolt that only writes to a database isn't meant for anyone. Raises EmitError.
        """
        output = self._streams.get(stream or DEFAULT) or self._add(stream or DEFAULT)
        if not output.is_declared:
            if optional and output.id == DEFAULT:
                return None
            raise EmitError(self._unknown(output.id))
        dumped = self._dump(output, values)
        if get_ident() == self._outbox.gatherer and (task is not None or not want_ids):
            self._outbox.frame.emit(output.group, task if task is None else int(task), f"[{ids or 'null'},{dumped}]")
            return [task] if want_ids and task is not None else None
        head = f',"{self._key}":{ids}' if ids else ""
        text = f'{{"command":"emit"{head},"tuple":{dumped}{output.suffix}'
        if task is not None:
            self._session.send_text(f'{text},"task":{int(task)},"need_task_ids":false}}')
            return [task] if want_ids else None
        if want_ids:
            return self._session.ask_ids(text + ',"need_task_ids":true}')
        self._session.send_text(text + ',"need_task_ids":false}')
        return None

    def _add(self, stream: str) -> _OutputStream:
        self._streams[stream] = made = _OutputStream(stream, self._context)
        return made

    def _dump(self, output: _OutputStream, values: Sequence[Any]) -> str:
        try:
            if not isinstance(values, (list, tuple)):
                raise EmitError(f"a tuple is a list of values, it can't be a {type(values).__name__}: {values!r:.100}")
            if len(values) != output.arity and output.arity is not None and output.is_consumed:
                raise EmitError(f"a tuple has {len(values)} values, the stream has {output.arity} fields "
                                f"({', '.join(output.fields)})")
            return dump(values, output.fields)
        except EmitError as error:
            if not output.is_consumed:  # nobody will look at the values
                return json.dumps([None] * (len(values) if hasattr(values, "__len__") else 1))
            raise EmitError(f"component {self._context.component_id}, stream {output.id}: {error}") from None

    def _unknown(self, stream: str) -> str:
        from gostorm.spelling import suggestion

        component = self._context.component_id
        declared = list(self._context.outputs() or ())
        if not declared:
            return f"component {component} emits, but declares no outputs"
        return f"component {component} has no stream {stream}{suggestion(stream, declared)} (declared: {', '.join(declared)})"
