"""One tuple to emit, for handlers that yield or return it."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence


class Emit:
    """yield Emit([word], stream="late"): a tuple that isn't just values of the default stream.

    tup_id is for spouts, anchors for bolts. The arguments mean what they mean for the method emit.
    """

    def __init__(self, values: Sequence[Any], stream: str | None = None, direct_task: int | None = None,
                 tup_id: Any = None, anchors: Sequence[Any] | None = None) -> None:
        self.values = values
        self.stream = stream
        self.direct_task = direct_task
        self.tup_id = tup_id
        self.anchors = anchors


def values_of(output: Any) -> Any:
    """What a handler has returned or yielded, as the values of one tuple: a list or tuple of them, or the only one."""
    return output if isinstance(output, (list, tuple)) else [output]
