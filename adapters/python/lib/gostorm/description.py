"""The topology description."""
from __future__ import annotations

from gostorm.position import relative
from gostorm.wire_values import convert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.declared_topology import DeclaredTopology
    from gostorm.topology_file import TopologyFile

VERSION = 1


def description(topology: DeclaredTopology, file: TopologyFile, env: str, name: str | None = None) -> dict[str, Any]:
    """What gstorm needs to know of a topology, the same for every language. env: where it will run. name: what it is
    called instead of its own name. Raises ProblemsError."""
    from gostorm.component_check import component_problems

    environment = file.project.environment(env) if file.project else env
    described = {
        "gstorm": VERSION, "name": name or topology.name, "language": "python", "file": relative(file.path),
        "class": topology.class_name, "classes": [declared.class_name for declared in file.declared if declared.specs],
        "status": "active" if env == "local" else topology.status, "driver": topology.on_submit is not None,
        "config": convert(topology.configured(file.project, env), "config"),
        "components": [spec.to_dict(environment) for spec in topology.specs],
        "problems": [problem.to_dict() for problem in component_problems(topology)],
    }
    return {key: value for key, value in described.items() if value is not None}
