"""Imports that fail because something isn't installed."""
from __future__ import annotations

import os
import sys

from gostorm.position import START, Position, relative
from gostorm.problem import Problem

# Packages whose name isn't that of their module.
_PACKAGES = {
    "bs4": "beautifulsoup4", "confluent_kafka": "confluent-kafka", "cv2": "opencv-python", "dateutil": "python-dateutil",
    "dotenv": "python-dotenv", "kafka": "kafka-python", "PIL": "Pillow", "psycopg2": "psycopg2-binary",
    "sklearn": "scikit-learn", "yaml": "PyYAML",
}


class MissingModule:
    """A module that a topology's file imports and that isn't there. file: the topology's."""

    def __init__(self, error: ImportError, file: str) -> None:
        self._error = error
        self._file = file
        self._module = error.name or ""

    def problem(self) -> Problem:
        """What is missing, where it is imported, and the command that installs it."""
        return Problem(self._message(), hint=self._hint(), at=Position.of_error(self._error))

    def _message(self) -> str:
        if self._top() == "gstorm":
            return str(self._error) if not self._is_absent() else "there is no module gstorm"
        return f"the module {self._module} is missing"

    def _hint(self) -> str:
        if self._top() == "gstorm":
            return "in Python gstorm's library is called gostorm: from gostorm import Topology, Bolt, Spout"
        if "." in self._module and self._is_there(self._top()):
            return f"there is a {self._top()}, but it has no such module"
        requirements = self._requirements()
        if requirements:
            return f"{self._installer()} install -r {requirements}" + self._unless_listed(requirements)
        if self._beside("pyproject.toml"):
            return f"{self._installer()} install {_folder(self._beside('pyproject.toml'))}"
        return f"{self._installer()} install {self._package()}"

    def _top(self) -> str:
        return self._module.split(".")[0]

    def _is_absent(self) -> bool:
        return isinstance(self._error, ModuleNotFoundError)

    def _is_there(self, module: str) -> bool:
        return module in sys.modules

    def _package(self) -> str:
        return _PACKAGES.get(self._top(), self._top())

    def _installer(self) -> str:
        """The pip of the interpreter that runs the file. Many systems want no packages in their own Python."""
        if sys.prefix != sys.base_prefix:
            return f"{relative(sys.prefix)}/bin/python -m pip"
        return "python3 -m venv .venv && .venv/bin/pip"

    def _requirements(self) -> str | None:
        name = os.path.splitext(os.path.basename(self._file))[0]
        found = self._beside("requirements.txt") or self._beside(os.path.join("virtualenvs", name + ".txt"))
        return found and relative(found)

    def _beside(self, name: str) -> str | None:
        """A file of the project: in the folder of the topology's file, the one above, or the working directory."""
        folder = os.path.dirname(os.path.join(START, self._file))
        for directory in (folder, os.path.dirname(folder), START):
            path = os.path.join(directory, name)
            if os.path.isfile(path):
                return path
        return None

    def _unless_listed(self, requirements: str) -> str:
        try:
            with open(requirements, encoding="utf-8") as file:
                text = file.read().lower()
        except (OSError, UnicodeDecodeError):
            return ""
        return "" if self._package().lower() in text else f", once {self._package()} is listed there"


def _folder(path: str | None) -> str:
    return os.path.dirname(relative(path or "")) or "."
