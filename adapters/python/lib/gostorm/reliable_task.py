"""A reliable spout at work."""
from __future__ import annotations

from collections import deque

from gostorm.errors import EmitError
from gostorm.spout_task import SpoutTask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from gostorm.reliable_spout import ReliableSpout


class _Pending:
    """A tuple on its way."""

    def __init__(self, values: Sequence[Any], stream: str | None, direct_task: int | None) -> None:
        self.values = values
        self.stream = stream
        self.direct_task = direct_task
        self.fails = 0


class ReliableTask(SpoutTask):
    """Keeps what has been emitted until it is acked, and emits again what has failed, before anything new."""

    component: ReliableSpout

    def open(self) -> None:
        super().open()
        self._kept: dict[Any, _Pending] = {}
        self._replays: deque[Any] = deque()
        self._exhausted = False
        self._last_id = 0

    def emit(self, values: Sequence[Any], tup_id: Any, stream: str | None, direct_task: int | None, need_task_ids: bool,
             optional: bool = False) -> list[int] | None:
        if tup_id is None:
            self._last_id += 1
            tup_id = self._last_id
        self._kept[tup_id] = _Pending(values, stream, direct_task)
        return self._send(tup_id, need_task_ids)

    def next(self) -> None:
        if self._replays:
            self._send(self._replays.popleft())
        elif self._exhausted:
            self.finish()
        else:
            super().next()

    def finish(self) -> None:
        """For good: next_tuple isn't called again, only what fails is replayed. Failures may have come in since."""
        self._exhausted = True
        if not self._replays:
            super().finish()

    def acked(self, tup_id: Any) -> None:
        self._kept.pop(tup_id, None)
        super().acked(tup_id)

    def failed(self, tup_id: Any) -> None:
        pending = self._kept.get(tup_id)
        if pending is None:
            return
        pending.fails += 1
        limit = self.component.max_fails
        if limit is not None and pending.fails > limit:
            del self._kept[tup_id]
            self.call(self.component.give_up, pending.values)
        else:
            self._replays.append(tup_id)
        super().failed(tup_id)

    def _send(self, tup_id: Any, need_task_ids: bool = False) -> list[int] | None:
        pending = self._kept[tup_id]
        try:
            return super().emit(pending.values, tup_id, pending.stream, pending.direct_task, need_task_ids)
        except EmitError:
            del self._kept[tup_id]
            raise
