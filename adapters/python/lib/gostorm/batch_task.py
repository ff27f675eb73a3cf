"""A batching bolt at work."""
from __future__ import annotations

from time import monotonic

from gostorm.bolt_task import BoltTask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Hashable

    from gostorm.batching_bolt import BatchingBolt, TicklessBatchingBolt
    from gostorm.tuple import Tuple


class BatchTask(BoltTask):
    """Gathers tuples by their group key, and has the bolt process them after some ticks and at the end of the input."""

    component: BatchingBolt

    def open(self) -> None:
        super().open()
        self._batches: dict[Hashable, list[Tuple]] = {}
        self._ticks = 0

    def handle_batch(self, message: dict[str, Any]) -> None:
        for tup in self.tuples_of(message):
            self.session.handling()
            self.handle_tuple(tup)

    def execute(self, tup: Tuple) -> None:
        self.anchor([tup])
        self._batches.setdefault(self.component.group_key(tup), []).append(tup)
        self.anchor([])

    def tick(self, tup: Tuple) -> None:
        self._ticks += 1
        if self._ticks >= self.component.ticks_between_batches + self.component._gostorm_extra_ticks and self._batches:
            self._ticks = 0
            self.process_batches()
        self.ack(tup)

    def finish_work(self) -> None:
        self.process_batches()

    def process_batches(self) -> None:
        """Has the bolt process what has been gathered. A group that fails doesn't keep the others from being processed,
        unless it ends the process: then they fail with it."""
        while self._batches:
            key = next(iter(self._batches))
            batch = self._batches.pop(key)
            try:
                self._process(key, batch)
            except Exception as error:
                self.anchor([])
                self.refuse(error, *batch)
                if not self.survives(error):
                    self._fail_all()
                self.outlive(error)

    def _process(self, key: Any, batch: list[Tuple]) -> None:
        self.anchor(batch)
        self._emitted = False
        output = self.call(self.component.process_batch, key, batch)
        if output is not None and not self._emitted:
            self.emit_output(output)
        if self.component.auto_ack:
            for tup in batch:
                self.ack(tup)
        self.anchor([])

    def _fail_all(self) -> None:
        if self.component.auto_fail:
            for batch in self._batches.values():
                for tup in batch:
                    self.fail(tup)


class TimedBatchTask(BatchTask):
    """The same by the clock."""

    component: TicklessBatchingBolt

    def work(self) -> None:
        session = self.session
        due = monotonic() + self.component.secs_between_batches
        while True:
            try:
                message = session.take(due)
                if message is None:
                    return
                self.handle(message)
            except TimeoutError:
                pass
            if monotonic() >= due:
                session.busy_since = monotonic()
                self.process_batches()
                due = monotonic() + self.component.secs_between_batches

    def tick(self, tup: Tuple) -> None:
        self.ack(tup)
