"""Spouts that replay what has failed."""
from __future__ import annotations

from gostorm.spout import Spout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from gostorm.session import Session
    from gostorm.task import Task


class ReliableSpout(Spout):
    """A spout that replays by itself what has failed: no ids to think of, each_tuple or next_tuple as in Spout. It has
    finished once they have, and nothing is left to replay.

    An id of your own is given to ack and fail; it has to be hashable, and unique among the pending tuples. What a killed
    process had emitted is forgotten with it: a source that has to survive that keeps its own position, in a Spout with
    ack and fail.
    """

    max_fails: int | None = None  # how often a tuple may fail and be replayed; None: without a limit

    def give_up(self, values: Sequence[Any]) -> Any:
        """Called with the values of a tuple that has failed more than max_fails times."""

    @classmethod
    def gostorm_task(cls, session: Session) -> Task:
        from gostorm.reliable_task import ReliableTask

        return ReliableTask(session)
