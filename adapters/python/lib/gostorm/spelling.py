"""What a user may have meant."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable


def suggestion(word: str, known: Iterable[str]) -> str:
    """The words ", did you mean x?" where one of the known is close, else nothing."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    return f", did you mean {close[0]}?" if close else ""
