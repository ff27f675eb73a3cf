"""Tuples as bolts get them."""
from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence


class Tuple:
    """What a bolt gets. id is the host's; component, stream and task say where it comes from.

    Values by name or position: tup.values.word, tup.values[0], and for short tup["word"], tup.word, tup[0]. A field that
    is called like an attribute of Tuple is reached by tup["id"]; one that is no Python name, too.
    """

    __slots__ = ("id", "component", "stream", "task", "values", "settled", "number")

    def __init__(self, id: Any, component: str | None, stream: str, task: int | None, values: Sequence[Any]) -> None:
        self.id = id
        self.component = component
        self.stream = stream
        self.task = task
        self.values = values
        self.settled = False  # whether it has been acked or failed; what comes after that doesn't count
        self.number: int | None = None  # its id as a number, if it came in a batch

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the values, as far as the host has told them."""
        return getattr(self.values, "gostorm_fields", ())

    def to_dict(self) -> dict[str, Any]:
        """{"word": "a", "n": 1}"""
        return dict(zip(self.fields, self.values))

    def is_tick(self) -> bool:
        """Whether this is one of the ticks that tick_secs brings."""
        return self.stream == "__tick" and self.component == "__system"

    def __getitem__(self, key: str | int | slice) -> Any:
        if not isinstance(key, str):
            return self.values[key]
        try:
            return self.values[self.fields.index(key)]
        except ValueError:
            raise KeyError(self._unknown(key)) from None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in Tuple.__slots__:  # asked for by copy and pickle, before there are values
            raise AttributeError(name)
        try:
            return self.values[self.fields.index(name)]
        except ValueError:
            raise AttributeError(self._unknown(name)) from None

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        fields = self.fields
        values = [f"{name}={value!r}" for name, value in zip(fields, self.values)] if fields else map(repr, self.values)
        return f"<Tuple {self.component}/{self.stream} {', '.join(values)}>"

    def _unknown(self, field: str) -> str:
        from gostorm.spelling import suggestion

        fields = self.fields
        source = f"from {self.component}, stream {self.stream}: {', '.join(fields)}"
        return f"the tuple has no field {field}{suggestion(field, fields)} ({source})"


class NumberedTuple(Tuple):
    """A tuple that came in a batch. Each source has a class of its own, so that not every tuple needs to be told where it comes
    from; its id becomes text when somebody wants it."""

    __slots__ = ()

    _places: dict[str, int] = {}  # of the fields

    def __init__(self, values: Sequence[Any], number: int) -> None:
        self.values = values
        self.settled = False
        self.number = number

    @property
    def id(self) -> str:  # type: ignore[override]
        return str(self.number)

    def __getitem__(self, key: str | int | slice) -> Any:
        try:
            return self.values[self._places[key]]  # type: ignore[index]
        except (KeyError, TypeError):
            return super().__getitem__(key)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.values, self.number), (None, {"settled": self.settled})


def numbered_type(component: str | None, stream: str, task: int | None, fields: Sequence[str]) -> type[NumberedTuple]:
    """The type of the tuples of one source that come in batches."""
    return type("Tuple", (NumberedTuple,), {
        "__slots__": (), "__module__": __name__, "component": component, "stream": stream, "task": task,
        "_places": {field: index for index, field in reversed(list(enumerate(fields)))},
    })


def values_type(fields: Sequence[str]) -> Any:
    """The type of the values of tuples with these fields: a namedtuple, in which a field that is no Python name has its
    position's (_0)."""
    made = namedtuple("Values", fields, rename=True)  # type: ignore[misc]
    setattr(made, "gostorm_fields", tuple(fields))  # noqa: B010  # no type checker knows it
    return made
