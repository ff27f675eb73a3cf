"""Places in a user's files."""
from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType, TracebackType
    from typing import Any, Iterable


def _library() -> tuple[str, ...]:
    folders = [os.path.dirname(os.path.abspath(__file__))]
    boot = sys.modules.get("gstorm_boot")
    if boot is not None:
        folders.append(os.path.dirname(boot.__path__[0]))
    return tuple(folder + os.sep for folder in folders)


# Where this library lies, and what has started it: no place in them is of interest to a user.
LIBRARY = _library()

# Where gstorm was started; a task of a streamparse project changes the working directory.
START = os.getcwd() + os.sep

_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


class Position:
    """A place in a user's file. The file is relative to the working directory where it lies below it."""

    def __init__(self, file: str, line: int | None) -> None:
        self.file = relative(file)
        self.line = line

    @classmethod
    def of_caller(cls) -> Position | None:
        """The place in the user's code that called into this library."""
        frame: FrameType | None = sys._getframe(1)
        places = []
        while frame is not None:
            places.append((frame.f_code.co_filename, frame.f_lineno))
            frame = frame.f_back
        return cls._of_places(places)

    @classmethod
    def of_error(cls, error: BaseException) -> Position | None:
        """The place in the user's code that an exception came from."""
        return cls._of_places(reversed([(file, line) for file, line, _ in frames(error.__traceback__)]))

    @classmethod
    def _of_places(cls, places: Iterable[tuple[str, int]]) -> Position | None:
        """The innermost place of the user's own project, else of a package or of the standard library."""
        foreign = [place for place in places if not is_library(place[0])]
        own = [place for place in foreign if is_own(place[0])]
        best = own or foreign
        return cls(*best[0]) if best else None

    def to_dict(self) -> dict[str, Any]:
        """The position as descriptions and problems have it."""
        return {"file": self.file} if self.line is None else {"file": self.file, "line": self.line}

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


def relative(file: str) -> str:
    """A file as a user wants to see it."""
    path = os.path.join(START, file)
    return path[len(START):] if path.startswith(START) else path


def is_library(file: str) -> bool:
    """Whether a file is no user's: this library's, or code that was never in one."""
    return file.startswith(LIBRARY) or file.startswith("<frozen")


def is_own(file: str) -> bool:
    """Whether a file is part of the user's project."""
    return os.path.join(START, file).startswith(START) and not any(part in file for part in _PACKAGES) and file[:1] != "<"


def frames(traceback: TracebackType | None) -> list[tuple[str, int, str]]:
    """The frames of a traceback, outermost first: file, line, function."""
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        found.append((code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return found
