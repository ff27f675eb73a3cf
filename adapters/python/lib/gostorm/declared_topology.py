"""A topology that a file declares."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from gostorm.cluster import Cluster
    from gostorm.position import Position
    from gostorm.project import Project
    from gostorm.spec import Spec
    from gostorm.topology import Topology


class DeclaredTopology:
    """What describing and running a topology needs to know of it, whatever kind of class it was written as."""

    def __init__(self, name: str, class_name: str | None, specs: list[Spec], config: dict[str, Any] | None = None,
                 status: str = "active", at: Position | None = None,
                 on_submit: Callable[[str, Cluster], Any] | None = None, first_wins: bool = False) -> None:
        self.name = name
        self.class_name = class_name
        self.specs = specs
        self.config = config or {}
        self.status = status
        self.at = at
        self.on_submit = on_submit  # what is to be called once the topology runs
        self.first_wins = first_wins  # whether it is meant, or else the last, where a file has several

    @classmethod
    def of_class(cls, topology: type[Topology], file: str) -> DeclaredTopology:
        """Of one of this library's topologies. file: the one that it was read from."""
        status = topology.status if isinstance(topology.status, str) else "active"  # else a component of that name
        on_submit = getattr(topology, "on_submit", None)
        return cls(topology.gostorm_name(file), topology.__name__, topology.specs, topology.config, status,
                   topology.gostorm_at, on_submit if callable(on_submit) else None, topology.gostorm_first_wins)

    def spec(self, name: str) -> Spec | None:
        """The component of that id."""
        return next((spec for spec in self.specs if spec.name == name), None)

    def answers_to(self, name: str) -> bool:
        """Whether a user may mean this topology by the name."""
        return name in (self.class_name, self.name)

    def configured(self, project: Project | None, env: str) -> dict[str, Any]:
        """The configuration: the topology's own, over that of its project for the environment."""
        return {**(project.options(env) if project else {}), **self.config}
