"""streamparse projects."""
from __future__ import annotations

import json
import os

from gostorm.position import Position
from gostorm.problem import Problem, ProblemsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What env settings of config.json become in the configuration.
_LOG_OPTIONS = ("path", "file", "max_bytes", "backup_count", "level")


class Project:
    """A folder as streamparse's quickstart makes it: config.json with environments, topologies/, src/, virtualenvs/."""

    def __init__(self, root: str, config: dict[str, Any]) -> None:
        self.root = root
        self._envs: dict[str, Any] = config["envs"]

    @classmethod
    def of_file(cls, file: str) -> Project | None:
        """The project that a topology's file is part of: its folder is topologies/ or the project's own. Raises
        ProblemsError if its config.json can't be read."""
        folder = os.path.dirname(os.path.abspath(file))
        for root in (os.path.dirname(folder), folder):
            path = os.path.join(root, "config.json")
            if os.path.isfile(path) and os.path.isdir(os.path.join(root, "src")):
                config = _read(path)
                if isinstance(config, dict) and isinstance(config.get("envs"), dict):
                    return cls(root, config)
        return None

    @property
    def src(self) -> str:
        return os.path.join(self.root, "src")

    def paths(self) -> list[str]:
        """Where modules of the project are looked for."""
        return [self.src, os.path.join(self.root, "topologies"), self.root]

    def environment(self, env: str) -> str:
        """The environment that is meant: the only one stands for any, as in streamparse."""
        return next(iter(self._envs)) if env not in self._envs and len(self._envs) == 1 else env

    def options(self, env: str) -> dict[str, Any]:
        """The configuration of an environment."""
        settings = self._envs.get(self.environment(env)) or {}
        options = dict(settings.get("options") or {})
        log = settings.get("log") or {}
        for name in _LOG_OPTIONS:
            value = log.get(name) or settings.get(f"log_{name}")
            if value:
                options[f"pystorm.log.{name}"] = value.lower() if name == "level" and isinstance(value, str) else value
        return options


def _read(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise ProblemsError(Problem(f"config.json can't be read: {error}", at=Position(path, line))) from error
    except OSError:
        return None
