"""Groupings."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Grouping:
    """Which tasks of a bolt get a tuple: SHUFFLE one of them, evenly; fields(...) always the same one for the same values
    of these fields; partial_key(...) one of two per key; ALL every one; GLOBAL the one with the lowest id; LOCAL_OR_SHUFFLE
    one in the emitter's process, if there is any; NONE any; DIRECT the one that the emitter names."""

    __slots__ = ("kind", "keys")

    SHUFFLE: Grouping
    GLOBAL: Grouping
    ALL: Grouping
    NONE: Grouping
    DIRECT: Grouping
    LOCAL_OR_SHUFFLE: Grouping

    def __init__(self, kind: str, keys: list[str] | None = None) -> None:
        self.kind = kind
        self.keys = keys  # the fields of fields and partial_key

    @classmethod
    def fields(cls, *fields: Any) -> Grouping:
        """The same values of these fields, the same task: Grouping.fields("a", "b"), or one list."""
        return cls("fields", _keys(fields))

    @classmethod
    def partial_key(cls, *fields: Any) -> Grouping:
        """Of two tasks per key, the one that was used less: for keys that come unevenly often."""
        return cls("partial_key", _keys(fields))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Grouping) and (self.kind, self.keys) == (other.kind, other.keys)

    def __hash__(self) -> int:
        return hash((self.kind, tuple(self.keys or ())))

    def __repr__(self) -> str:
        return self.kind.upper() if self.keys is None else f"{self.kind}({self.keys!r})"


def _keys(fields: tuple[Any, ...]) -> list[str]:
    keys = fields[0] if len(fields) == 1 and isinstance(fields[0], (list, tuple)) else fields
    if not keys:
        raise ValueError("List cannot be empty for fields grouping")
    return list(keys)


Grouping.SHUFFLE = Grouping("shuffle")
Grouping.GLOBAL = Grouping("global")
Grouping.ALL = Grouping("all")
Grouping.NONE = Grouping("none")
Grouping.DIRECT = Grouping("direct")
Grouping.LOCAL_OR_SHUFFLE = Grouping("local_or_shuffle")
