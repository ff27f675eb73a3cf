"""Messages from the host."""
from __future__ import annotations

import os
import select
from _thread import allocate_lock
from collections import deque
from time import monotonic, sleep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

SENTRY_SECS = 0.1
CHUNK = 64 * 1024
TERMINATOR = b"\nend\n"
HEARTBEAT = '"__heartbeat"'
COMMAND = '{"command"'


class Inbox:
    """Reads messages from the host.

    Whoever has to wait for something reads for all: the handlers' thread for its next message, any thread for the task
    ids that it has asked for. While the handlers' thread is busy a sentry looks at the input a few times a second, so
    that heartbeats are answered and the end of the input is seen. (A thread that always reads would cost two switches
    between threads, and of the interpreter's lock, per message.)
    """

    def __init__(self, descriptor: int, on_heartbeat: Callable[[], None], on_level: Callable[[str], None]) -> None:
        self.messages: deque[str] = deque()
        self.ended = False
        self.descriptor = descriptor
        self._on_heartbeat = on_heartbeat
        self._on_level = on_level
        self.on_read: Callable[[], None] = _nothing  # called when something was read, in whatever thread
        self._reading = allocate_lock()
        self._waiting_for_ids: deque[list[list[int]]] = deque()
        self._buffer = bytearray()

    def take(self, deadline: float | None = None) -> str | None:
        """The next message as JSON text, None at the end of the input. For the handlers' thread only. Raises TimeoutError
        if there is none by the deadline, a time of the monotonic clock."""
        messages = self.messages
        while not messages:
            if self.ended:
                return None
            with self._reading:
                if not messages and not self.ended:
                    self._read(deadline)
        return messages.popleft()

    def expect_ids(self) -> list[list[int]]:
        """A place for task ids. The host answers in order; so this is to be called in the order in which the questions
        are written."""
        answer: list[list[int]] = []
        self._waiting_for_ids.append(answer)
        return answer

    def ids(self, answer: list[list[int]]) -> list[int]:
        """The task ids that belong to an answer of expect_ids; [] if the input ends before."""
        while not answer and not self.ended:
            with self._reading:
                if not answer and not self.ended:
                    self._read(None)
        return answer[0] if answer else []

    def watch(self, after: Callable[[], None]) -> None:
        """The sentry's work, for ever: reads what is there while nobody else does, and calls after."""
        while True:
            sleep(SENTRY_SECS)
            self.look()
            after()

    def look(self) -> None:
        """Reads what is there, without waiting, unless another thread is at it."""
        if not self._reading.acquire(False):
            return
        try:
            if not self.ended and self._is_readable(0):
                self._read(None)
        finally:
            self._reading.release()

    def close(self) -> None:
        """Lets go of the pipe."""
        self.ended = True
        os.close(self.descriptor)

    def _is_readable(self, millisecs: float) -> bool:
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        return bool(poll.poll(millisecs))

    def _read(self, deadline: float | None) -> None:
        """Reads once, waiting until there is something."""
        if deadline is not None and not self._is_readable(max(0.0, deadline - monotonic()) * 1000):
            raise TimeoutError
        try:
            chunk = os.read(self.descriptor, CHUNK)
        except OSError:
            chunk = b""
        if chunk:
            self._split(chunk)
        else:
            self.ended = True
        self.on_read()

    def _split(self, chunk: bytes) -> None:
        buffer = self._buffer
        start = max(0, len(buffer) - len(TERMINATOR))
        buffer += chunk
        if b"\r" in chunk:
            buffer[:] = buffer.replace(b"\r\n", b"\n")
        last = buffer.rfind(TERMINATOR, start)
        if last < 0:
            return
        text = buffer[:last].decode("utf-8", "replace")
        del buffer[:last + len(TERMINATOR)]
        for frame in text.split("\nend\n"):
            self._dispatch(frame)

    def _dispatch(self, frame: str) -> None:
        if frame[:1] == "[":
            self._answer_ids(frame)
        elif HEARTBEAT in frame and _is_heartbeat(frame):
            self._on_heartbeat()
        elif frame.startswith(COMMAND) and '"level"' in frame and _parsed(frame).get("command") == "level":
            self._on_level(str(_parsed(frame).get("level") or ""))
        elif frame and not frame.isspace():
            self.messages.append(frame)

    def _answer_ids(self, frame: str) -> None:
        if self._waiting_for_ids:
            self._waiting_for_ids.popleft().append(_parsed(frame))


def _nothing() -> None:
    pass


def _is_heartbeat(frame: str) -> bool:
    """Tells a heartbeat from a tuple that has such a value."""
    try:
        message = _parsed(frame)
    except ValueError:
        return False
    return bool(message.get("stream") == "__heartbeat" and message.get("task") == -1)


def _parsed(frame: str) -> Any:
    import json

    return json.loads(frame)
