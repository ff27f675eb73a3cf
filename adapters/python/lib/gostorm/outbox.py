"""Messages to the host."""
from __future__ import annotations

import os
from _thread import allocate_lock, get_ident
from time import monotonic

from gostorm.batch_frame import LIMIT, BatchFrame
from gostorm.errors import Hangup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

PATIENCE_SECS = 0.002
TERMINATOR = "\nend\n"


class Outbox:
    """Writes messages to the host, from any thread, one message after the other. Nothing else writes to it.

    A message is written at once, with one write. Only while the handlers' thread (the one that made the outbox) has more
    input waiting (busy) its messages are gathered, for PATIENCE_SECS or LIMIT characters, so that a loaded bolt doesn't
    pay for a system call and a wake-up of the host per message.

    For a host that takes batches the handlers' thread (gatherer) puts its emits, acks and fails into frame, until it waits
    for input, there are LIMIT characters, or another message is to be sent, which goes after them. Whether they are older
    than PATIENCE_SECS is looked at between handlers, and by the sentry while one takes its time.
    """

    def __init__(self, descriptor: int) -> None:
        self.busy = False
        self.descriptor = descriptor
        self.frame = BatchFrame(self.flush)
        self.gatherer: int | None = None  # the thread that may add to frame; None: the host takes no batches
        self.due = 0.0  # from when on flush_old has something to do
        self._lock = allocate_lock()
        self._owner = get_ident()
        self._gathered: list[str] = []
        self._size = 0
        self._since = 0.0
        self._closed = False
        self._writing = False
        self._interrupt: BaseException | None = None

    def send(self, text: str, before: Callable[[], None] | None = None) -> None:
        """Sends a message, the JSON text of an object on one line. before is called in the order of the messages.

        Raises Hangup in the handlers' thread when the host has gone; other threads don't notice.
        """
        with self._lock:
            if before is not None:
                before()
            is_first = not self._gathered
            if not self.frame.is_empty():
                self._gather_frame()
            self._gathered.append(text)
            self._size += len(text)
            if self.busy and self._size < LIMIT and get_ident() == self._owner:
                if is_first:
                    self._since = monotonic()
                    return
                if monotonic() - self._since < PATIENCE_SECS:
                    return
            self._write()

    def gather(self) -> None:
        """From now on this thread's emits, acks and fails go into batches."""
        self.gatherer = self._owner

    def sync(self) -> None:
        """Sends the answer to a command, and all that has been gathered before it, in the last batch if there is one."""
        if self.frame.is_empty():
            return self.send('{"command":"sync"}')
        with self._lock:
            self._gather_frame(sync=True)
            self._write()

    def flush_old(self, now: float) -> None:
        """Writes what has been gathered for PATIENCE_SECS. To be called before each handler, in its thread; until due there is
        no need to."""
        if now >= self.due:
            self.flush()
            self.due = now + PATIENCE_SECS

    def flush(self) -> None:
        """Writes what has been gathered."""
        if self._gathered or not self.frame.is_empty():
            with self._lock:
                self._write()

    def try_flush(self) -> None:
        """For a thread that must not wait: flush, unless another thread is just at it."""
        if (self._gathered or not self.frame.is_empty()) and self._lock.acquire(False):
            try:
                self._write()
            finally:
                self._lock.release()

    def interrupt(self, error: BaseException) -> None:
        """To be called by a signal's handler, in the handlers' thread: raises the error, but never within a message."""
        if not self._writing:
            raise error
        self._interrupt = error

    def close(self) -> None:
        """Nothing is written any more."""
        self._closed = True
        self.gatherer = None
        self.due = 0.0  # what has been gathered is to be missed before the next handler
        os.close(self.descriptor)

    def _gather_frame(self, sync: bool = False) -> None:
        mine = get_ident() == self._owner
        self._writing = mine
        text = self.frame.take(sync)
        self._gathered.append(text)
        self._size += len(text)
        if mine:
            self._writing = False
            self._raise_interrupt()

    def _write(self) -> None:
        if not self.frame.is_empty():
            self._gather_frame()
        if not self._gathered:
            return
        mine = get_ident() == self._owner
        self._writing = mine
        try:
            gathered, self._gathered, self._size = self._gathered, [], 0
            if self._closed:
                raise BrokenPipeError
            gathered.append("")
            self._put(TERMINATOR.join(gathered).encode())
        except OSError:
            self._closed = True
            if mine:
                raise Hangup("the host has closed the pipe, or this is a fork of a task") from None
        finally:
            if mine:
                self._writing = False
        if mine:
            self._raise_interrupt()

    def _raise_interrupt(self) -> None:
        if self._interrupt is not None:
            error, self._interrupt = self._interrupt, None
            raise error

    def _put(self, data: bytes) -> None:
        written = os.write(self.descriptor, data)
        while written < len(data):
            written += os.write(self.descriptor, memoryview(data)[written:])
