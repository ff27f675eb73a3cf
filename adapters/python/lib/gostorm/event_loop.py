"""The event loop of a task, for components with async hooks."""
from __future__ import annotations

import asyncio

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, AsyncIterable, Awaitable, Iterator


class EventLoop:
    """An asyncio loop that runs only while something is waited for, in the thread that made it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """The result of an awaitable; meanwhile other tasks of the loop go on."""
        return self.loop.run_until_complete(_result(awaitable))

    def elements(self, iterable: AsyncIterable[Any]) -> Iterator[Any]:
        """The elements of an async iterable, one by one."""
        iterator = iterable.__aiter__()
        while True:
            try:
                yield self.run(iterator.__anext__())
            except StopAsyncIteration:
                return


async def _result(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
