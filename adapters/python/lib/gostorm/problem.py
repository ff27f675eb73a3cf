"""What is wrong with a topology's file."""
from __future__ import annotations

from gostorm.errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.position import Position


class Problem:
    """One thing that is wrong: what, where, and what to do about it."""

    def __init__(self, message: str, hint: str | None = None, at: Position | None = None, severity: str = "error") -> None:
        self.severity = severity
        self.message = message
        self.hint = hint
        self.at = at

    def to_dict(self) -> dict[str, Any]:
        """The problem as the control line carries it."""
        at = self.at and self.at.to_dict()
        pairs = {"severity": self.severity, "message": self.message, "hint": self.hint, "at": at}
        return {key: value for key, value in pairs.items() if value}

    def __str__(self) -> str:
        at = f"{self.at}: " if self.at else ""
        return f"{at}{self.severity}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class ProblemsError(Error):
    """Carries problems up to whoever reports them. Its __cause__ is the exception that they were made of, if any."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = list(problems)
