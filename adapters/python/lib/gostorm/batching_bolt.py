"""Bolts that handle many tuples at once."""
from __future__ import annotations

from gostorm.bolt import Bolt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Hashable

    from gostorm.batch_task import BatchTask
    from gostorm.handler import Handler
    from gostorm.session import Session
    from gostorm.task import Task
    from gostorm.tuple import Tuple


class BatchingBolt(Bolt):
    """A bolt that gathers tuples between ticks: process_batch gets those with the same group key. What it emits is anchored
    to all of them; they are acked when it returns and failed when it raises, and other groups go on. What has been
    gathered when the input ends is processed then.

        class Insert(BatchingBolt):
            tick_secs = 1

            def group_key(self, tup):
                return tup["table"]

            def process_batch(self, key, tups):
                self.db.insert(key, [tup["row"] for tup in tups])
    """

    tick_secs: float | None = 1
    ticks_between_batches = 1  # batches are processed at every so many ticks

    _gostorm_extra_ticks = 0

    def group_key(self, tup: Tuple) -> Hashable:
        """What the tuples of a batch have in common."""
        return None

    def process_batch(self, key: Any, tups: list[Tuple]) -> Any:
        """Called with each group's tuples, in their order. What it returns is emitted as by Bolt.process."""
        raise NotImplementedError(f"{type(self).__name__} has no method process_batch")

    def process_batches(self) -> None:
        """Processes what has been gathered now."""
        self._batch_task.process_batches()

    @classmethod
    def gostorm_lacks(cls) -> str | None:
        return "process_batch" if cls.process_batch is BatchingBolt.process_batch else None

    @classmethod
    def gostorm_handler(cls) -> Handler:
        from gostorm.handler import Handler

        return Handler(Bolt.process, is_method=True)

    @classmethod
    def gostorm_task(cls, session: Session) -> Task:
        from gostorm.batch_task import BatchTask

        return BatchTask(session)

    @property
    def _batch_task(self) -> BatchTask:
        return self._gostorm  # type: ignore[return-value]


class TicklessBatchingBolt(BatchingBolt):
    """A BatchingBolt that needs no ticks: batches are processed every secs_between_batches."""

    tick_secs = None
    secs_between_batches: float = 2

    @classmethod
    def gostorm_task(cls, session: Session) -> Task:
        from gostorm.batch_task import TimedBatchTask

        return TimedBatchTask(session)
