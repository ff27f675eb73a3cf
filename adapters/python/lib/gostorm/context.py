"""Where a component stands."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Context(dict):  # type: ignore[type-arg]
    """Who a component is and where it stands. As a dict it is the context of the handshake as the host has sent it, with
    Storm's keys: context["taskid"], context["task->component"]."""

    def __init__(self, raw: dict[str, Any], config: dict[str, Any]) -> None:
        super().__init__(raw)
        self._config = config

    @property
    def task_id(self) -> int:
        return int(self.get("taskid", 0))

    @property
    def component_id(self) -> str:
        return str(self.get("componentid") or self._tasks().get(str(self.task_id), ""))

    @property
    def topology_name(self) -> str:
        return str(self._config.get("topology.name", ""))

    @property
    def task_index(self) -> int:
        """Which of its component's tasks this is, from 0."""
        return self.component_tasks(self.component_id).index(self.task_id)

    def component_tasks(self, component: str) -> list[int]:
        """The ids of a component's tasks, in order."""
        return sorted(int(task) for task, name in self._tasks().items() if name == component)

    def source_fields(self, component: str, stream: str) -> list[str] | None:
        """The fields of an input stream, None if the host doesn't say."""
        return ((self.get("source->stream->fields") or {}).get(component) or {}).get(stream)

    def all_source_fields(self) -> list[list[str]]:
        """The fields of every input stream."""
        sources = self.get("source->stream->fields") or {}
        return [fields for streams in sources.values() for fields in streams.values()]

    def outputs(self) -> dict[str, list[str]] | None:
        """The fields of the own output streams, None if the host doesn't say."""
        return self.get("stream->outputfields")

    def is_consumed(self, stream: str) -> bool:
        """Whether anybody subscribes to an own output stream; true where the host doesn't say."""
        targets = self.get("stream->target->grouping")
        return targets is None or bool(targets.get(stream))

    def _tasks(self) -> dict[str, str]:
        return self.get("task->component") or {}
