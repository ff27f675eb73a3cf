"""The describing process's line to gstorm."""
from __future__ import annotations

import json
import os
from _thread import allocate_lock

from gostorm.errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from queue import SimpleQueue
    from typing import Any


class Control:
    """JSON objects, one a line, in both directions. input may be None: then nobody answers."""

    def __init__(self, input: int | None, output: int) -> None:
        self._input = input
        self._output = output
        self._lock = allocate_lock()
        self._calling = allocate_lock()
        self._last = 0
        self._events: SimpleQueue[dict[str, Any]]
        self._replies: SimpleQueue[dict[str, Any]]

    def send(self, message: dict[str, Any]) -> None:
        data = (json.dumps(message, separators=(",", ":")) + "\n").encode()
        with self._lock:
            while data:
                data = data[os.write(self._output, data):]

    def listen(self) -> None:
        """Begins to read. Without gstorm there is nothing left to do for this process: it ends with the input."""
        from queue import SimpleQueue
        from threading import Thread

        self._events, self._replies = SimpleQueue(), SimpleQueue()
        Thread(target=self._listen, name="gstorm control", daemon=True).start()

    def event(self) -> dict[str, Any]:
        """Waits for the next event from gstorm."""
        return self._events.get()

    def call(self, call: str, /, **arguments: Any) -> None:
        """Asks gstorm to do something and waits until it is done. Raises an Error with gstorm's words if it can't be."""
        with self._calling:
            self._last += 1
            self.send({"call": call, "id": self._last, **arguments})
            error = self._replies.get().get("error")
        if error:
            raise Error(error)

    def _listen(self) -> None:
        assert self._input is not None
        with open(self._input, encoding="utf-8", closefd=False) as lines:
            for line in lines:
                message = json.loads(line)
                (self._replies if "reply" in message else self._events).put(message)
        os._exit(0)
