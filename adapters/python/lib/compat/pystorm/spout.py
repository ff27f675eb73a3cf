"""Spouts with pystorm's defaults."""
from collections import Counter

import gostorm

from pystorm.component import Component

__all__ = ["ReliableSpout", "Spout"]


class Spout(Component, gostorm.Spout):
    """See gostorm.Spout."""


class ReliableSpout(Spout):
    """Replays what has failed, up to max_fails times, as soon as it fails."""

    max_fails = 3

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.failed_tuples = Counter()
        self.unacked_tuples = {}

    def emit(self, tup, tup_id=None, stream=None, direct_task=None, need_task_ids=False):
        if tup_id is None:
            raise ValueError("You must provide a tuple ID when emitting with a ReliableSpout in order for the tuple to be "
                             "tracked.")
        self.unacked_tuples[tup_id] = (tup, stream, direct_task, need_task_ids)
        return super().emit(tup, tup_id, stream, direct_task, need_task_ids)

    def ack(self, tup_id):
        self.failed_tuples.pop(tup_id, None)
        if self.unacked_tuples.pop(tup_id, None) is None:
            self.logger.error("Received ack for unknown tuple ID: %r", tup_id)

    def fail(self, tup_id):
        emitted = self.unacked_tuples.get(tup_id)
        if emitted is None:
            self.logger.error("Received fail for unknown tuple ID: %r", tup_id)
        elif self.failed_tuples[tup_id] < self.max_fails:
            self.failed_tuples[tup_id] += 1
            values, stream, direct_task, need_task_ids = emitted
            self.emit(values, tup_id=tup_id, stream=stream, direct_task=direct_task, need_task_ids=need_task_ids)
        else:
            self.logger.info("Acking tuple ID %r after it exceeded retry limit (%r)", tup_id, self.max_fails)
            self.ack(tup_id)
