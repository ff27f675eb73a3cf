"""Log records on their way to gstorm."""
from __future__ import annotations

import logging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gostorm.session import Session


class SessionHandler(logging.Handler):
    """Sends log records to gstorm: the message alone, for gstorm says when, how grave and whose it is."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record).encode("utf-8", "backslashreplace").decode()
            self._session.log(_level(record.levelno), text)
        except Exception:
            self.handleError(record)


def attach_root(session: Session) -> None:
    """Has all loggers log to gstorm, unless the user has arranged something else."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(SessionHandler(session))


def _level(number: int) -> str:
    for level in ("error", "warning", "info", "debug"):
        if number >= getattr(logging, level.upper()):
            return level
    return "trace"
