"""The process's descriptors."""
from __future__ import annotations

import os
import sys


class Streams:
    """The private descriptors of a process that gstorm has started. They are closed in programs that the user starts.

    input and output are the protocol's (a task), or the control line's (a describing process; input is None if nobody
    answers). plain: the description is all that is wanted, on stdout, for people.
    """

    def __init__(self, input: int | None, output: int, plain: bool = False) -> None:
        self.input = input
        self.output = output
        self.plain = plain

    @classmethod
    def take(cls, mode: str) -> Streams:
        """Takes the descriptors before code of the user can print or read anything. What the user prints then, and the
        programs that they start, goes to gstorm as lines to show, and their stdin is empty."""
        streams = cls._protocol() if mode == "task" else cls._control()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        for stream in (sys.stdout, sys.stderr):
            # a pipe, but lines are to be seen when they are printed
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
        return streams

    @classmethod
    def _protocol(cls) -> Streams:
        streams = cls(os.dup(0), os.dup(1))
        prints = _descriptor("GSTORM_STDOUT_FD")
        os.dup2(2 if prints is None else prints, 1)
        if prints is not None:
            os.close(prints)
        return streams

    @classmethod
    def _control(cls) -> Streams:
        input, output = _descriptor("GSTORM_CONTROL_IN"), _descriptor("GSTORM_CONTROL_OUT")
        streams = cls(input, os.dup(1) if output is None else output, plain=output is None)
        os.dup2(2, 1)
        return streams


def _descriptor(name: str) -> int | None:
    """The descriptor that the environment names, for this process alone."""
    number = os.environ.pop(name, None)
    if number is None:
        return None
    try:
        os.set_inheritable(int(number), False)
    except (OSError, ValueError):
        return None
    return int(number)
