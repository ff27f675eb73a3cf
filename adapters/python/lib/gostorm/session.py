"""A task's side of the multilang protocol."""
from __future__ import annotations

import json
import os
from _thread import get_ident
from time import monotonic, sleep

from gostorm.errors import Hangup
from gostorm.inbox import Inbox
from gostorm.outbox import Outbox
from gostorm.wire_values import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from gostorm.tuple import Tuple

EXTENSION = "gstorm"
FEATURES = ("finished", "busy", "error_at", "batch", "level")
PARENT_GRACE_SECS = 2
LOG_LEVELS = {"trace": 0, "debug": 1, "info": 2, "warn": 3, "warning": 3, "error": 4, "critical": 4}


class Session:
    """The handshake, messages in, messages out.

    Under a host that offers gstorm's extension the session says finished, busy and error_at, and gathers what is said in
    batches; under any other (Storm) it speaks the classic protocol. config and context are the component's as the host
    has sent them, once hands are shaken.
    """

    def __init__(self, input: int, output: int) -> None:
        self.config: dict[str, Any] = {}
        self.context: dict[str, Any] = {}
        self.busy_since: float | None = None  # since when a handler runs, by the monotonic clock
        self.left = False
        self.on_look: Callable[[], None] = _nothing  # called a few times a second, in another thread
        self.inbox = Inbox(input, self._answer_heartbeat, self._set_level)
        self.outbox = Outbox(output)
        self.send_text = self.outbox.send  # sends a message, given as JSON text
        self._features: list[str] = []
        self._least = 0  # of LOG_LEVELS: what is below is left out
        self._early: list[dict[str, Any]] = []
        self._open = False
        self._parent = os.getppid()

    def shake_hands(self) -> None:
        """Reads the host's first message and answers it. Raises Hangup if there is none."""
        message = self.take()
        if message is None:
            raise Hangup
        self.config = message.get("conf") or {}
        self.context = message.get("context") or {}
        self._send(self._accept(message.get(EXTENSION)))
        self._note_pid(message.get("pidDir"))
        self._open = True
        for early in self._early:
            self._send(early)
        self._start_sentry()

    def refuse(self, error: BaseException | None) -> int:
        """Shakes hands only to tell why there can be no component. Returns the exit status of the process."""
        try:
            self.shake_hands()
            if error is not None:
                self.error(error)
            self.outbox.flush()
        except Hangup:
            pass
        return 1

    def take(self, deadline: float | None = None) -> dict[str, Any] | None:
        """The next message, None at the end of the input. Raises TimeoutError if there is none by the deadline."""
        self.busy_since = None
        inbox = self.inbox
        if not inbox.messages:
            self.outbox.flush()
        while True:
            text = inbox.take(deadline)
            self.outbox.busy = bool(inbox.messages)
            if text is None:
                return None
            try:
                message: dict[str, Any] = load(text)
            except ValueError as error:
                self.log("error", f"the host sent what is no JSON: {str(error)[:200]}")
                continue
            self.handling()
            return message

    def handling(self) -> None:
        """To be called when a handler starts."""
        now = self.busy_since = monotonic()
        self.outbox.flush_old(now)

    def has(self, feature: str) -> bool:
        """Whether host and library have agreed on a feature of the extension."""
        return feature in self._features

    def ask_ids(self, text: str) -> list[int]:
        """Sends an emit whose task ids are wanted, and waits for them."""
        answers: list[list[list[int]]] = []
        self.outbox.send(text, before=lambda: answers.append(self.inbox.expect_ids()))
        self.outbox.flush()
        return self.inbox.ids(answers[0])

    def ack(self, wire_id: int | str) -> None:
        """wire_id: that of a tuple that came in a batch, a number, else JSON text."""
        if isinstance(wire_id, int) and get_ident() == self.outbox.gatherer:
            self.outbox.frame.acks.append(wire_id)
        else:
            self.send_text(f'{{"command":"ack","id":{wire_id}}}')

    def fail(self, wire_id: int | str) -> None:
        """The same for a fail."""
        if isinstance(wire_id, int) and get_ident() == self.outbox.gatherer:
            self.outbox.frame.fails.append(wire_id)
        else:
            self.send_text(f'{{"command":"fail","id":{wire_id}}}')

    def answer(self) -> None:
        """Ends the answer to a spout's command."""
        self.outbox.sync()

    def finished(self) -> None:
        """There is nothing more to emit; hosts that don't know the message don't get it."""
        if self.has("finished"):
            self.send_text('{"command":"finished"}')

    def metric(self, name: str, value: Any, kind: str) -> None:
        """kind: "count" or "gauge". Storm knows by the name which it is; gstorm is told."""
        message = {"command": "metrics", "name": str(name), "params": value}
        if self._features:
            message["type"] = kind
        self._send(message)

    def log(self, level: str, message: str) -> None:
        """A line for the log. Before the handshake it waits for it."""
        number = LOG_LEVELS.get(level, 2)
        if number >= self._least:
            self._send_or_keep({"command": "log", "msg": message, "level": number})

    def error(self, error: BaseException, tup: Tuple | None = None) -> None:
        """An error of the component, with its place, for the host to show. tup: the one that it was about, if any."""
        from gostorm.error_report import error_report

        self._send_or_keep(error_report(error, tup, at=self.has("error_at")))

    def leave(self) -> None:
        """Lets go of the pipes: this is a fork of the task's process now."""
        self.left = True
        self.inbox.close()
        self.outbox.close()

    def _accept(self, offer: Any) -> dict[str, Any]:
        reply: dict[str, Any] = {"pid": os.getpid()}
        if isinstance(offer, dict) and isinstance(offer.get("v"), int) and offer["v"] >= 1:
            offered = offer.get("features") or []
            self._features = [feature for feature in FEATURES if feature in offered]
            reply[EXTENSION] = {"v": 1, "features": self._features}
            if self.has("batch"):
                self.outbox.gather()
        return reply

    def _note_pid(self, directory: str | None) -> None:
        """Storm's supervisor finds left-over processes by these files."""
        if not directory or not os.path.isdir(directory):
            return
        try:
            with open(os.path.join(directory, str(os.getpid())), "w", encoding="utf-8"):
                pass
        except OSError as error:
            self.log("warn", f"can't write the pid file: {error}")

    def _start_sentry(self) -> None:
        from threading import Thread

        Thread(target=self.inbox.watch, args=(self._after_look,), name="gstorm sentry", daemon=True).start()

    def _send_or_keep(self, message: dict[str, Any]) -> None:
        if self._open:
            self._send(message)
        else:
            self._early.append(message)

    def _send(self, message: dict[str, Any]) -> None:
        self.send_text(json.dumps(message, separators=(",", ":")))

    def _answer_heartbeat(self) -> None:
        since = self.busy_since
        if since is None or not self.has("busy"):
            self.send_text('{"command":"sync"}')
        else:
            self.send_text('{"command":"sync","busy":%.3f}' % (monotonic() - since))

    def _set_level(self, level: str) -> None:
        """From which level on the host wants the component to log; "": as before it was told anything."""
        import logging  # noqa: F401  before the handler, for this may be where it is loaded, which logging_watch sees

        from gostorm.session_handler import override_level

        self._least = LOG_LEVELS.get(level, 0)
        override_level(level)

    def _after_look(self) -> None:
        """A handler that goes on after the host has been killed would stay behind for ever."""
        self.outbox.try_flush()
        self.on_look()
        if self.inbox.ended and os.getppid() != self._parent:
            sleep(PARENT_GRACE_SECS)
            os._exit(1)


def _nothing() -> None:
    pass
