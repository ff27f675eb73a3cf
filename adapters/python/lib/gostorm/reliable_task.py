"""A reliable spout at work."""
from __future__ import annotations

from collections import deque

from gostorm.errors import EmitError
from gostorm.spout_task import SpoutTask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from gostorm.reliable_spout import ReliableSpout


class ReliableTask(SpoutTask):
    """Keeps what has been emitted until it is acked, and emits again what has failed, before anything new."""

    component: ReliableSpout

    def open(self) -> None:
        super().open()
        self._kept: dict[Any, tuple[Sequence[Any], str | None, int | None]] = {}  # values, stream and task by id
        self._fails: dict[Any, int] = {}  # how often those have failed that have
        self._replays: deque[Any] = deque()
        self._exhausted = False
        self._last_id = 0

    def emit(self, values: Sequence[Any], tup_id: Any, stream: str | None, direct_task: int | None,
             need_task_ids: bool) -> list[int] | None:
        if tup_id is None:
            self._last_id += 1
            tup_id = self._last_id
        if self._fails:
            self._fails.pop(tup_id, None)
        self._kept[tup_id] = values, stream, direct_task
        return self._send(tup_id, values, stream, direct_task, need_task_ids)

    def next(self) -> None:
        if self._replays:
            tup_id = self._replays.popleft()
            self._send(tup_id, *self._kept[tup_id])
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
        self._forget(tup_id)
        if self._hears_acks:
            super().acked(tup_id)

    def failed(self, tup_id: Any) -> None:
        if tup_id not in self._kept:
            return
        self._fails[tup_id] = fails = self._fails.get(tup_id, 0) + 1
        limit = self.component.max_fails
        if limit is not None and fails > limit:
            values = self._kept[tup_id][0]
            self._forget(tup_id)
            self.call(self.component.give_up, values)
        else:
            self._replays.append(tup_id)
        super().failed(tup_id)

    def _forget(self, tup_id: Any) -> None:
        self._kept.pop(tup_id, None)
        if self._fails:
            self._fails.pop(tup_id, None)

    def _send(self, tup_id: Any, values: Sequence[Any], stream: str | None, direct_task: int | None,
              need_task_ids: bool = False) -> list[int] | None:
        try:
            return super().emit(values, tup_id, stream, direct_task, need_task_ids)
        except EmitError:
            self._forget(tup_id)
            raise
