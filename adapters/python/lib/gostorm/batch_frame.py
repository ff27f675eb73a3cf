"""Many emits, acks and fails as one message."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

LIMIT = 32 * 1024


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
        self._groups: list[tuple[str, list[str]]] = []
        self._tuples: list[str] = []  # of the last group, which take leaves where it is
        self._stream: str | None = None
        self._task: int | None = None

    def emit(self, stream: str, task: int | None, text: str) -> None:
        """stream: its JSON text with a key before it, the same object each time, or nothing. text: that of an array of
        anchors or message id and values."""
        if stream is not self._stream or task != self._task:
            self._open_group(stream, task)
        self._tuples.append(text)
        self.size += len(text)
        if self.size >= LIMIT:
            self._full()

    def is_empty(self) -> bool:
        return not (self._tuples or self.size or self.acks or self.fails)

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

    def _open_group(self, stream: str, task: int | None) -> None:
        to_task = "" if task is None else f'"task":{task},'
        self._tuples = []
        self._groups.append((f'{{{stream}{to_task}"tuples":[', self._tuples))
        self._stream, self._task = stream, task

    def _take_groups(self) -> str:
        last = len(self._groups) - 1
        if last < 0:
            return ""
        taken = self._groups[:last]
        del self._groups[:last]
        head, tuples = self._groups[0]
        taken.append((head, _taken(tuples)))
        return ",".join([f'{head}{",".join(tuples)}]}}' for head, tuples in taken if tuples])


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
