"""The end of the process."""
from __future__ import annotations

import os
import sys


def end(status: int) -> None:
    """Ends the process. Threads that a user has started and that are no daemons would keep it alive for ever."""
    threading = sys.modules.get("threading")
    if threading is None or not _others(threading):
        sys.exit(status)
    import atexit

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    os._exit(status)


def _others(threading: object) -> bool:
    threads = threading.enumerate()  # type: ignore[attr-defined]
    return any(not thread.daemon and thread is not threading.main_thread() for thread in threads)  # type: ignore[attr-defined]
