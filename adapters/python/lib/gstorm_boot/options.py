"""The command line of boot.py."""
from __future__ import annotations

USAGE = "usage: boot.py describe|task FILE [--component NAME] [--class C] [--env E] [--name N] [-- ARGS]"


class UsageError(Exception):
    """A command line that boot.py doesn't know."""


class Options:
    """What the process is to do. rest: what the topology's file finds in sys.argv after its own name."""

    def __init__(self, mode: str, file: str) -> None:
        self.mode = mode
        self.file = file
        self.class_name: str | None = None
        self.env = "local"
        self.name: str | None = None
        self.components: list[str] = []
        self.rest: list[str] = []

    @classmethod
    def parse(cls, argv: list[str]) -> Options:
        """Raises UsageError."""
        if len(argv) < 2 or argv[0] not in ("describe", "task"):
            raise UsageError(USAGE)
        options = cls(argv[0], argv[1])
        words = iter(argv[2:])
        for word in words:
            if word == "--":
                options.rest = list(words)
            else:
                options._set(word, next(words, None))
        if options.mode == "task" and len(options.components) != 1:
            raise UsageError(USAGE)
        return options

    def _set(self, flag: str, value: str | None) -> None:
        if value is None:
            raise UsageError(USAGE)
        if flag == "--component":
            self.components.append(value)
        elif flag == "--class":
            self.class_name = value
        elif flag == "--env":
            self.env = value
        elif flag == "--name":
            self.name = value
        else:
            raise UsageError(f"unknown option {flag}")
