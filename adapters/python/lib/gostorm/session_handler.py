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


# Loggers that go by the level that the host has told, if it has, with those of their own. The root logger is one of them.
_loggers: dict[logging.Logger, int] = {}
_told: int | None = None


def set_own_level(logger: logging.Logger, level: int) -> None:
    """Sets a logger's own level, by which it goes as long as the host says no other."""
    _loggers[logger] = level
    logger.setLevel(level if _told is None else _told)


def override_level(name: str) -> None:
    """Has all that logs by Python's logging do so from a level on, whatever it was; "": as it was. Loggers for which the
    user's code has set a level keep that."""
    global _told
    _told = getattr(logging, name.upper(), None) if name else None
    root = logging.getLogger()
    _loggers.setdefault(root, root.level)
    for logger, own in list(_loggers.items()):
        logger.setLevel(own if _told is None else _told)
    if _told is None:
        del _loggers[root]  # its own may be another next time


def _level(number: int) -> str:
    for level in ("error", "warning", "info", "debug"):
        if number >= getattr(logging, level.upper()):
            return level
    return "trace"
