"""One task: a component at work."""
from __future__ import annotations

import os
from time import monotonic

from gostorm.collector import Collector
from gostorm.context import Context
from gostorm.errors import EmitError, Hangup, Terminated
from gostorm.termination import TERMINATED, Termination

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from gostorm.component import Component
    from gostorm.event_loop import EventLoop
    from gostorm.session import Session
    from gostorm.tuple import Tuple


class Task:
    """From the handshake to the end of the input. BoltTask and SpoutTask know what the messages mean."""

    ids_key = ""  # what an emit calls the ids that it has

    def __init__(self, session: Session) -> None:
        self.session = session
        self.context = Context(session.context, session.config)
        self.collector = Collector(session, self.context, self.ids_key)
        self.component: Any = None
        self._current: Tuple | None = None  # for errors
        self._event_loop: EventLoop | None = None

    def run(self, make: Callable[[], Component]) -> int:
        """Runs until the host closes the input, and returns the exit status. make: makes the component."""
        self.session.on_look = Termination(self.session.outbox).look
        try:
            self._open(make())
            self.work()
            return self._close(0)
        except Hangup:
            return self._close(0)
        except Terminated:
            return self._close(TERMINATED)
        except SystemExit:
            raise  # the user's own exit
        except BaseException as error:  # whatever it is, the host is to hear of it
            self.session.error(error, self._current)
            self.session.outbox.flush()
            return 1

    def work(self) -> None:
        """Handles messages until there are no more."""
        take, handle = self.session.take, self.handle
        while True:
            message = take()
            if message is None:
                return
            handle(message)

    def handle(self, message: dict[str, Any]) -> None:
        raise NotImplementedError

    def open(self) -> None:
        """Called once the component is there, before its initialize."""

    def finish_work(self) -> None:
        """Called at the end of the input, before the component's cleanup."""

    def call(self, hook: Callable[..., Any], *args: Any) -> Any:
        """Calls a hook of the component; an async one is run to its end."""
        result = hook(*args)
        if hasattr(result, "__await__"):
            return self.event_loop().run(result)
        return result

    def event_loop(self) -> EventLoop:
        """That of the task, made when the first async hook needs it."""
        if self._event_loop is None:
            from gostorm.event_loop import EventLoop

            self._event_loop = EventLoop()
        return self._event_loop

    def survives(self, error: BaseException) -> bool:
        """Whether an exception of a handler is the end of that handler only. What can't be sent is never worth a restart."""
        return isinstance(error, EmitError) or isinstance(error, Exception) and not self.component.exit_on_exception

    def outlive(self, error: BaseException) -> None:
        """Ends the process if that is the component's rule. The host has heard of the error, so nothing more is said of it."""
        if not self.survives(error):
            raise SystemExit(1) from None

    def _open(self, component: Component) -> None:
        self.component = component
        component._gostorm = self
        component.storm_conf = self.session.config
        component.context = self.context
        component.task_id = self.context.task_id
        component.component_name = self.context.component_id
        component.topology_name = self.context.topology_name
        component.pid = os.getpid()
        component.debug = bool(self.session.config.get("topology.debug"))
        self.session.busy_since = monotonic()
        self.open()
        self.call(component.initialize, self.session.config, self.context)

    def _close(self, status: int) -> int:
        """Has the component clean up, and returns the exit status: the given one, if that succeeds."""
        if self.session.left:
            return status
        try:
            if self.component is not None:
                self.finish_work()
                self.call(self.component.cleanup)
            self.session.outbox.flush()
        except Hangup:
            pass
        except Exception as error:
            self.session.error(error)
            return 1
        return status
