"""Which copy of the library is used."""
from __future__ import annotations

import os


class Mismatch(Exception):
    """An installed package gostorm of another version."""


class Library:
    """The copy that gstorm brings, or an installed package gostorm of the same version, which wins."""

    def __init__(self, embedded: str) -> None:
        self.embedded = embedded

    def directory(self, path: list[str]) -> str:
        """Where the copy to use lies, given the directories in which packages are looked for. Raises Mismatch."""
        for installed in path:
            version = _version(installed)
            if version is None:
                continue
            ours = _version(self.embedded)
            if version != ours:
                raise Mismatch(f"the installed package gostorm {version} doesn't fit gstorm {ours}")
            return installed
        return self.embedded


def _version(directory: str) -> str | None:
    """The version of this library in a directory, read and not loaded. A package of the same name that isn't this
    library has no such file."""
    try:
        with open(os.path.join(directory, "gostorm", "version.py"), encoding="utf-8") as file:
            for line in file:
                if line.startswith("VERSION = "):
                    return line.split('"')[1]
    except (OSError, IndexError, UnicodeDecodeError):
        pass
    return None
