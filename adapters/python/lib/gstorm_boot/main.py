"""What boot.py does once the descriptors are safe."""
from __future__ import annotations

import os
import sys

from gstorm_boot.library import Library, Mismatch
from gstorm_boot.options import Options, UsageError
from gstorm_boot.streams import Streams


class Main:
    """Loads the library and hands the process over to it."""

    def __init__(self, argv: list[str], streams: Streams, here: str) -> None:
        self._argv = argv
        self._streams = streams
        self._here = here

    def run(self) -> None:
        """Ends the process with its exit status."""
        try:
            options = Options.parse(self._argv)
        except UsageError as error:
            sys.exit(_usage(error))
        os.environ["GSTORM_ROLE"] = options.mode
        sys.argv = [options.file, *options.rest]
        mismatch = self._load()
        run = self._task if options.mode == "task" else self._describe
        try:
            status = run(options, mismatch)
        except SystemExit as leaving:
            status = _status(leaving)

        from gostorm.process_end import end

        end(status)

    def _load(self) -> Mismatch | None:
        """Imports the library. Its directories stay on the path as the last resort only: it must hide nothing of the
        user's, and an installed streamparse or pystorm wins over the stand-ins in compat. A library that doesn't fit can
        still say so."""
        sys.path.remove(self._here)
        mismatch = None
        try:
            directory = Library(self._here).directory(sys.path)
        except Mismatch as error:
            mismatch, directory = error, self._here
        sys.path.insert(0, directory)
        import gostorm  # noqa: F401

        sys.path.remove(directory)
        if directory == self._here:
            sys.path.append(directory)  # for the processes that multiprocessing starts
        sys.path.append(os.path.join(self._here, "compat"))
        return mismatch

    def _describe(self, options: Options, mismatch: Mismatch | None) -> int:
        from gostorm.control import Control
        from gostorm.driver import Driver
        from gostorm.plain_output import PlainOutput

        streams = self._streams
        control = PlainOutput(streams.output) if streams.plain else Control(streams.input, streams.output)
        driver = Driver(control, options, lasting=streams.input is not None)
        return driver.refuse(mismatch) if mismatch else driver.run()

    def _task(self, options: Options, mismatch: Mismatch | None) -> int:
        from gostorm.session import Session
        from gostorm.task_process import TaskProcess

        assert self._streams.input is not None
        session = Session(self._streams.input, self._streams.output)
        return session.refuse(mismatch) if mismatch else TaskProcess(session, options).run()


def _status(leaving: SystemExit) -> int:
    """What sys.exit of user code means as an exit status."""
    if leaving.code is None or isinstance(leaving.code, int):
        return leaving.code or 0
    print(leaving.code, file=sys.stderr)
    return 1


def _usage(error: UsageError) -> int:
    print(error, file=sys.stderr)
    return 2
