"""Descriptions for people."""
from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class PlainOutput:
    """Stands for the control line where a topology is described by hand: the description goes to stdout, problems to
    stderr."""

    def __init__(self, output: int) -> None:
        self._output = output

    def send(self, message: dict[str, Any]) -> None:
        if "topology" in message:
            with os.fdopen(self._output, "w", encoding="utf-8") as file:
                file.write(json.dumps(message["topology"], indent=2) + "\n")
        for problem in message.get("problems", []):
            print(_text(problem), file=sys.stderr)


def _text(problem: dict[str, Any]) -> str:
    at = ":".join(map(str, problem.get("at", {}).values()))
    text = ": ".join(part for part in (at, problem["severity"], problem["message"]) if part)
    return f"{text} ({problem['hint']})" if problem.get("hint") else text
