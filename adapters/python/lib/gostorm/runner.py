"""Topologies that are started as Python programs."""
from __future__ import annotations

import os
import shutil
import sys

from gostorm.position import relative

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gostorm.topology import Topology


def run(topology: type[Topology], seconds: float | None) -> None:
    """Replaces this process by `gstorm run` for the program's file. Does nothing where gstorm has loaded the file."""
    if os.environ.get("GSTORM_ROLE"):
        return
    file = getattr(sys.modules.get(topology.__module__), "__file__", None) or sys.argv[0]
    file = relative(os.path.abspath(file))
    gstorm = shutil.which("gstorm")
    if gstorm is None:
        sys.exit(f"{topology.__name__} is run by gstorm, and there is no program gstorm on the PATH; with it: gstorm run {file}")
    limit = [] if seconds is None else ["--for", f"{seconds:g}s"]
    os.environ.setdefault("GSTORM_PYTHON", sys.executable)  # which has what the program needs
    os.execv(gstorm, [gstorm, "run", *limit, "--class", topology.__name__, file, "--", *sys.argv[1:]])
