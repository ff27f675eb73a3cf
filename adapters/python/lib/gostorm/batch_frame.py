"""Many emits, acks and fails as one message."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Union

    _Emit = tuple[Union[int, str, None], str]  # head and values

LIMIT = 32 * 1024
DEFAULT_GROUP = ""  # what is emitted on the default stream, to no certain task


class BatchFrame:
    """Gathers emits, fails and acks for one message to a host that takes batches. The host applies the emits first.

    Only one thread adds, and needs no lock for it: what it adds while another thread takes is left for the next message.
    acks and fails hold the ids of tuples that came in batches. full is called when there are LIMIT characters.
    """

    def __init__(self, full: Callable[[], None]) -> None:
        self._full = full
        self.acks: list[int] = []
        self.fails: list[int] = []
        self.size = 0  # of the emits, in characters
        self._groups: list[tuple[str, list[_Emit]]] = []
        self._emits: list[_Emit] = []  # of the last group, which take leaves where it is
        self._group: str | None = None  # what the last group begins with

    def emit(self, group: str, head: int | str | None, values: str) -> None:
        """group: stream and task, as JSON text of keys and values with a comma behind each. head: the anchors or the message
        id, as JSON text or a number; emits that follow each other and have the same will share it. values: JSON text,
        without the brackets around them."""
        if group != self._group:
            self._open_group(group)
        self._emits.append((head, values))
        self.size += len(values) + (len(head) if type(head) is str else 4)
        if self.size >= LIMIT:
            self._full()

    def is_empty(self) -> bool:
        return not (self._emits or self.size or self.acks or self.fails)

    def take(self, sync: bool = False) -> str:
        """The message. sync: whether it also answers the host's command."""
        self.size = 0  # first, so that what is added meanwhile counts
        acks, fails = _taken(self.acks), _taken(self.fails)  # before the emits, which must not come after them
        text = '{"command":"batch"'
        emits = self._take_groups()
        if emits:
            text += f',"emits":[{emits}]'
        if fails:
            text += f',"fails":[{",".join(map(str, fails))}]'
        if acks:
            text += f',"acks":[{_ranges(acks)}]'
        return text + (',"sync":true}' if sync else "}")

    def _open_group(self, group: str) -> None:
        self._group = None  # until all is in place, for a signal may end this anywhere
        emits: list[_Emit] = []
        self._groups.append((group, emits))
        self._emits = emits
        self._group = group

    def _take_groups(self) -> str:
        last = len(self._groups) - 1
        if last < 0:
            return ""
        taken = self._groups[:last]
        del self._groups[:last]
        group, emits = self._groups[0]
        taken.append((group, _taken(emits)))
        return ",".join([f'{{{group}"tuples":[{_rows(emits)}]}}' for group, emits in taken if emits])


def _rows(emits: list[_Emit]) -> str:
    """Arrays of a head and the values of each tuple that is emitted with it."""
    rows = []
    last: object = rows  # which is nobody's head
    for head, values in emits:
        if head == last:
            rows.append(f",[{values}]")
        else:
            rows.append(f"],[{'null' if head is None else head},[{values}]")
            last = head
    return "".join(rows)[2:] + "]"


def _taken(items: list[Any]) -> list[Any]:
    """What is in the list now. It leaves the list, and what another thread appends meanwhile stays."""
    taken = items[:]
    del items[:len(taken)]
    return taken


def _ranges(ids: list[int]) -> str:
    """The ids, with those that follow each other as pairs of the first and the last."""
    first, last = ids[0], ids[-1]
    if last - first == len(ids) - 1 and ids == list(range(first, last + 1)):  # so are nearly all
        return _range(first, last)
    ranges = []
    last = first
    for id in ids[1:]:
        if id != last + 1:
            ranges.append(_range(first, last))
            first = id
        last = id
    return ",".join([*ranges, _range(first, last)])


def _range(first: int, last: int) -> str:
    return f"{first}" if first == last else f"[{first},{last}]"
