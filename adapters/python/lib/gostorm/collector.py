"""What a component emits through."""
from __future__ import annotations

import json
from _thread import get_ident
from json.encoder import encode_basestring_ascii

from gostorm.batch_frame import DEFAULT_GROUP
from gostorm.errors import EmitError
from gostorm.wire_values import dump

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, Sequence

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
        self.is_word = self.arity == 1  # its tuples have one value
        self.is_declared = fields is not None or outputs is None
        self.is_consumed = context.is_consumed(id)
        self.suffix = "" if id == DEFAULT else f',"stream":{json.dumps(id)}'
        self.group = self.suffix[1:] + "," if self.suffix else DEFAULT_GROUP


class Collector:
    """Checks tuples against the declared streams and writes them. May be used from any thread.

    key: what the ids of a message are called there: "anchors", or "id" for a spout.
    """

    def __init__(self, session: Session, context: Context, key: str) -> None:
        self._session = session
        self._outbox = session.outbox
        self._frame = session.outbox.frame
        self._key = key
        self._context = context
        self._streams: dict[str | None, _OutputStream] = {}  # None: the default stream, too

    def write(self, ids: int | str | None, values: Sequence[Any], stream: str | None = None, task: int | None = None,
              want_ids: bool = False, optional: bool = False) -> list[int] | None:
        """Sends a tuple. ids: the anchors or the message id, as JSON text or a number. want_ids: return the tasks that got it,
        which takes a round trip. optional: the tuple may go nowhere where the default stream isn't declared; that is so for
        what a handler returns: the last value of a bolt that only writes to a database isn't meant for anyone. Raises
        EmitError.
        """
        output = self._streams.get(stream) or self._add(stream)
        if output.is_word and type(values) is list and len(values) == 1 and type(values[0]) is str and values[0].isascii():
            dumped = encode_basestring_ascii(values[0])  # so are many, and there is nothing to check
        elif output.is_declared:
            dumped = self._dump(output, values)
        elif optional and output.id == DEFAULT:
            return None
        else:
            raise EmitError(self._unknown(output.id))
        if get_ident() == self._outbox.gatherer and (task is not None or not want_ids):
            if task is None:
                self._frame.emit(output.group, ids, dumped)
                return None
            self._frame.emit(f'{output.group}"task":{int(task)},', ids, dumped)
            return [task] if want_ids else None
        head = "" if ids is None else f',"{self._key}":{ids}'
        text = f'{{"command":"emit"{head},"tuple":[{dumped}]{output.suffix}'
        if task is not None:
            self._session.send_text(f'{text},"task":{int(task)},"need_task_ids":false}}')
            return [task] if want_ids else None
        if want_ids:
            return self._session.ask_ids(text + ',"need_task_ids":true}')
        self._session.send_text(text + ',"need_task_ids":false}')
        return None

    def write_each(self, ids: int | str | None, outputs: Iterator[Any], other: Callable[[Any], Any]) -> None:
        """Sends what a handler's generator yields, each one before the next is made. other: does so for all but the
        lists of a word for the default stream, which need no more than is done here."""
        output = self._output(None)
        is_plain = output.is_word and get_ident() == self._outbox.gatherer
        group, emit = output.group, self._frame.emit
        for each in outputs:
            if is_plain and type(each) is list and len(each) == 1 and type(each[0]) is str and each[0].isascii():
                emit(group, ids, encode_basestring_ascii(each[0]))
            else:
                other(each)

    def takes_words(self) -> bool:
        """Whether the tuples of the default stream have one value."""
        return self._output(None).is_word

    def _output(self, stream: str | None) -> _OutputStream:
        return self._streams.get(stream) or self._add(stream)

    def _add(self, stream: str | None) -> _OutputStream:
        self._streams[stream] = made = _OutputStream(stream or DEFAULT, self._context)
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
                return json.dumps([None] * (len(values) if hasattr(values, "__len__") else 1))[1:-1]
            raise EmitError(f"component {self._context.component_id}, stream {output.id}: {error}") from None

    def _unknown(self, stream: str) -> str:
        from gostorm.spelling import suggestion

        component = self._context.component_id
        declared = list(self._context.outputs() or ())
        if not declared:
            return f"component {component} emits, but declares no outputs"
        return f"component {component} has no stream {stream}{suggestion(stream, declared)} (declared: {', '.join(declared)})"
