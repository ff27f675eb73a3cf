"""The end by SIGTERM."""
from __future__ import annotations

import os
import signal
import sys
from threading import Thread, main_thread
from time import sleep

from gostorm.errors import Terminated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.outbox import Outbox

# How long cleanup may take after a SIGTERM.
CLEANUP_SECS = 5


class Termination:
    """Raises Terminated in the handlers' thread, which has to be the main one, when SIGTERM comes, and ends the process if
    that takes too long. SIGINT is ignored: Ctrl-C is for gstorm, which ends its tasks in order.

    Python runs a signal's handler when the main thread gets to it. If the signal comes just before that thread waits for
    input, it doesn't; so the sentry looks whether a signal was left lying, and wakes the thread. And where the thread is just
    at what lets nothing be raised (__del__, or the callback of a weak reference, by which asyncio forgets a task), Python
    reports what was raised instead, and it is raised again.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._begun = False
        self._came = False
        self._limited = False
        self._report = sys.unraisablehook
        sys.unraisablehook = self._note_unraisable
        self._signals, noted = os.pipe()
        for descriptor in (self._signals, noted):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(noted, warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, _ignore)  # which programs that the user starts don't inherit
        signal.signal(signal.SIGTERM, self._handle)

    def look(self) -> None:
        """For the sentry, from time to time."""
        try:
            self._came = self._came or signal.SIGTERM in os.read(self._signals, 4096)
        except OSError:
            pass
        ident = main_thread().ident
        if self._came and not self._begun and ident is not None:
            signal.pthread_kill(ident, signal.SIGTERM)

    def _handle(self, *_: object) -> None:
        if self._begun:
            return
        self._begun = True
        if not self._limited:
            self._limited = True
            Thread(target=_cut, name="gstorm deadline", daemon=True).start()
        self._outbox.interrupt(Terminated(TERMINATED))

    def _note_unraisable(self, unraisable: Any) -> None:
        if isinstance(unraisable.exc_value, Terminated):
            self._begun, self._came = False, True
        else:
            self._report(unraisable)


def _ignore(*_: object) -> None:
    pass


# The exit status after a SIGTERM. Not 0: that would mean that a spout has finished.
TERMINATED = 128 + signal.SIGTERM


def _cut() -> None:
    sleep(CLEANUP_SECS)
    os._exit(1)
