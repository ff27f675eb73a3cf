"""A bolt at work whose process is async."""
from __future__ import annotations

import asyncio
from _thread import get_ident
from contextvars import ContextVar
from time import monotonic

from gostorm.bolt_task import BoltTask, anchor_ids
from gostorm.errors import Hangup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Awaitable, Sequence

    from gostorm.tuple import Tuple


class _Handling:
    """One run of a handler."""

    def __init__(self, anchors: Sequence[Tuple]) -> None:
        self.anchors = anchors
        self.emitted = False


# What the running coroutine is at.
_handling: ContextVar[_Handling] = ContextVar("gostorm_handling")


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    try:
        loop.call_soon_threadsafe(event.set)
    except RuntimeError:  # the loop has just been closed, and nobody waits
        pass


def _nothing() -> None:
    pass


class AsyncBoltTask(BoltTask):
    """Handles up to `concurrency` tuples at a time, in one event loop. Each is acked when its coroutine returns, and
    failed when it raises; what a coroutine emits is anchored to its own tuple. While no more can be taken, the input
    waits."""

    def work(self) -> None:
        self.event_loop().run(self._work())

    def current(self) -> int | str | None:
        handling = _handling.get(None)
        return anchor_ids(handling.anchors) if handling else None

    def emit(self, *args: Any, **options: Any) -> list[int] | None:
        handling = _handling.get(None)
        if handling:
            handling.emitted = True
        task_ids = super().emit(*args, **options)
        self._flush_soon()
        return task_ids

    def emit_output(self, output: Any) -> None:
        super().emit_output(output)
        self._flush_soon()

    def ack(self, tup: Tuple | str) -> None:
        super().ack(tup)
        self._flush_soon()

    def fail(self, tup: Tuple | str) -> None:
        super().fail(tup)
        self._flush_soon()

    def open(self) -> None:
        super().open()
        self._is_flush_due = False
        self._hangup: Hangup | None = None

    async def _work(self) -> None:
        self._running: dict[asyncio.Future[None], float] = {}  # since when, oldest first
        limit = max(1, self.component.concurrency)
        while True:
            message = await self._take()
            if message is None:
                break
            for tup in self.tuples_of(message):
                while len(self._running) >= limit:
                    await self._wait(*self._running)
                self._running[asyncio.ensure_future(self._handle(tup))] = monotonic()
                self._note_busy()
        while self._running:
            await self._wait(*self._running)

    async def _take(self) -> dict[str, Any] | None:
        """The next message. Nothing is read before there is something to read, so that the loop goes on. Another thread
        may read it, or a coroutine that asks for task ids: then the descriptor says nothing, and the loop has to be woken."""
        inbox = self.session.inbox
        if not inbox.messages and not inbox.ended:
            readable = asyncio.Event()
            loop = asyncio.get_running_loop()
            loop.add_reader(inbox.descriptor, readable.set)
            inbox.on_read = lambda: _wake(loop, readable)
            try:
                while not inbox.messages and not inbox.ended:
                    waiting = asyncio.ensure_future(readable.wait())
                    await self._wait(waiting, *self._running)
                    waiting.cancel()
                    readable.clear()
                    inbox.look()
            finally:
                inbox.on_read = _nothing
                loop.remove_reader(inbox.descriptor)
        if self._hangup is not None:
            raise self._hangup
        message = self.session.take()
        self.session.outbox.busy = False  # answers don't wait for the next message here
        self._note_busy()
        return message

    def _flush_soon(self) -> None:
        """What is gathered goes out when all coroutines that can run now have run."""
        if not self._is_flush_due and get_ident() == self.session.outbox.gatherer:
            self._is_flush_due = True
            self.event_loop().loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._is_flush_due = False
        try:
            self.session.outbox.flush()
        except Hangup as error:
            self._hangup = error  # a callback's exceptions get no further

    async def _wait(self, *futures: asyncio.Future[Any]) -> None:
        """Waits for one of the futures. A coroutine that has failed for good ends the process."""
        done, _ = await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
        for future in done:
            error = future.exception() if self._running.pop(future, None) is not None else None
            if error is not None:
                raise error if isinstance(error, Hangup) else SystemExit(1)
        self._note_busy()

    def _note_busy(self) -> None:
        self.session.busy_since = next(iter(self._running.values()), None)

    async def _handle(self, tup: Tuple) -> None:
        is_tick = tup.is_tick()
        handling = _Handling([tup])
        _handling.set(handling)
        try:
            call = self.component.process_tick if is_tick else self.call_for
            await self._emit_result(call(tup), handling)
            if self.component.auto_ack or is_tick:
                self.ack(tup)
        except Exception as error:
            handling.anchors = ()
            self.refuse(error, tup)
            if not self.survives(error):
                raise

    async def _emit_result(self, result: Any, handling: _Handling) -> None:
        if hasattr(result, "__aiter__"):
            async for each in result:
                self.emit_output(each)
            return
        awaitable: Awaitable[Any] | None = result if hasattr(result, "__await__") else None
        output = result if awaitable is None else await awaitable
        if output is not None and not handling.emitted:
            self.emit_output(output)
