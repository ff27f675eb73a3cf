"""Bolts with pystorm's defaults."""
import gostorm

from pystorm.component import Component, Tuple

__all__ = ["BatchingBolt", "Bolt", "TicklessBatchingBolt", "Tuple"]

# What old versions called these, and what they are called now.
_OLD_NAMES = {"AUTO_ANCHOR": "auto_anchor", "AUTO_ACK": "auto_ack", "AUTO_FAIL": "auto_fail"}


class Bolt(Component, gostorm.Bolt):
    """A bolt whose process always gets the tuple itself."""

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        for old, new in _OLD_NAMES.items():
            if old in vars(cls):
                setattr(cls, new, vars(cls)[old])

    @classmethod
    def gostorm_handler(cls):
        handler = super().gostorm_handler()
        handler.bind_tuple()
        return handler


class BatchingBolt(gostorm.BatchingBolt, Bolt):
    """A batching bolt that gets ticks only where the configuration asks for them, and lets ticks_between_batches of them
    pass. A class with the old SECS_BETWEEN_BATCHES is from a time when it had a clock of its own."""

    tick_secs = None
    _gostorm_extra_ticks = 1

    @classmethod
    def gostorm_task(cls, session):
        if hasattr(cls, "SECS_BETWEEN_BATCHES"):
            cls.secs_between_batches = cls.SECS_BETWEEN_BATCHES
            return gostorm.TicklessBatchingBolt.gostorm_task.__func__(cls, session)
        return super().gostorm_task(session)

    def emit(self, values, **options):
        options["need_task_ids"] = False
        return super().emit(values, **options)


class TicklessBatchingBolt(gostorm.TicklessBatchingBolt, BatchingBolt):
    """A batching bolt with a clock of its own."""
