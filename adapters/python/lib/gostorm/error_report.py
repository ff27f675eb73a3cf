"""Exceptions as the protocol's error message."""
from __future__ import annotations

from gostorm.errors import Error
from gostorm.position import Position, frames, is_library, relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from gostorm.tuple import Tuple


def error_report(error: BaseException, tup: Tuple | None, at: bool) -> dict[str, Any]:
    """The message. tup: the tuple that the error was about. at: whether the host knows the fields of error_at."""
    report: dict[str, Any] = {"command": "error", "msg": error_text(error)}
    if not at:
        return report
    report["class"] = type(error).__name__
    position = _position(error)
    if position:
        report.update(position.to_dict())
    if tup is not None:
        report["id"] = tup.id
    return report


def error_text(error: BaseException) -> str:
    """The exception with its causes and the user's part of their tracebacks."""
    texts: list[str] = []
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        texts.append(_one(cause))
        seen.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\ncaused by ".join(texts).encode("utf-8", "backslashreplace").decode()


def _one(error: BaseException) -> str:
    places = _user_frames(error.__traceback__, all_if_none=not isinstance(error, Error))
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno or 0, "<module>"))
    message = str(error)
    if isinstance(error, Error) and not places:
        return message
    lines = [f"{file}:{line}: in {function}" for file, line, function in reversed(places)]
    name = type(error).__name__
    head = f"{name}: {message}" if message else name
    return head if not lines else f"{lines[0].rsplit(': in ', 1)[0]}: {head}" + "".join(f"\n\tat {line}" for line in lines)


def _user_frames(traceback: TracebackType | None, all_if_none: bool) -> list[tuple[str, int, str]]:
    """The frames outside of this library; all of them if there are no others."""
    found = frames(traceback)
    own = [frame for frame in found if not is_library(frame[0])]
    if not own and all_if_none:
        own = found
    return [(relative(file), line, function) for file, line, function in own]


def _position(error: BaseException) -> Position | None:
    if isinstance(error, SyntaxError) and error.filename:
        return Position(error.filename, error.lineno)
    return Position.of_error(error)
