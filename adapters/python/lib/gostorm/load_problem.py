"""Exceptions that come out of a user's file."""
from __future__ import annotations

from gostorm.errors import Error
from gostorm.position import Position
from gostorm.problem import Problem


def load_problem(error: BaseException, file: str) -> Problem:
    """The exception as one problem with its place. file: the topology's, for what has no place of its own."""
    if isinstance(error, SyntaxError):
        return _syntax_error(error, file)
    if isinstance(error, ModuleNotFoundError) or isinstance(error, ImportError) and error.name == "gstorm":
        from gostorm.missing_module import MissingModule

        return MissingModule(error, file).problem()
    at = Position.of_error(error) or Position(file, 1)
    if isinstance(error, SystemExit):
        return Problem(f"the file ended the process with exit({error.code})", at=at)
    if isinstance(error, Error):
        return Problem(str(error), at=at)
    message = str(error).strip()
    name = type(error).__name__
    return Problem(f"{name}: {message}" if message else name, at=at)


def _syntax_error(error: SyntaxError, file: str) -> Problem:
    kind = {"IndentationError": "indentation error", "TabError": "tab error"}.get(type(error).__name__, "syntax error")
    return Problem(f"{kind}: {error.msg}", at=Position(error.filename or file, error.lineno or 1))
