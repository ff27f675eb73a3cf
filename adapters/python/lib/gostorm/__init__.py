"""gstorm's Python library: spouts, bolts and topologies as plain classes and functions.

    from gostorm import Bolt, Grouping, Spout, Topology, bolt, spout
"""
from __future__ import annotations

from gostorm.bolt import Bolt
from gostorm.emit import Emit
from gostorm.errors import DefinitionError, EmitError, Error, NotAvailableError
from gostorm.grouping import Grouping
from gostorm.spout import Spout
from gostorm.stream import Stream
from gostorm.topology import Topology
from gostorm.version import VERSION as __version__

from gostorm.decorators import bolt, spout  # isort: skip  # after the modules of these names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.batching_bolt import BatchingBolt, TicklessBatchingBolt
    from gostorm.builtin import Builtin
    from gostorm.external import External
    from gostorm.java import JavaBolt, JavaSpout
    from gostorm.reliable_spout import ReliableSpout
    from gostorm.shell import ShellBolt, ShellSpout
    from gostorm.tuple import Tuple

__all__ = [
    "BatchingBolt", "Bolt", "Builtin", "DefinitionError", "Emit", "EmitError", "Error", "External", "Grouping", "JavaBolt",
    "JavaSpout", "NotAvailableError", "ReliableSpout", "ShellBolt", "ShellSpout", "Spout", "Stream", "TicklessBatchingBolt",
    "Topology", "Tuple", "bolt", "spout", "__version__",
]

# What few topologies need is loaded when it is asked for.
_LAZY = {
    "BatchingBolt": "batching_bolt", "TicklessBatchingBolt": "batching_bolt", "Builtin": "builtin", "External": "external",
    "JavaBolt": "java", "JavaSpout": "java", "ReliableSpout": "reliable_spout", "ShellBolt": "shell", "ShellSpout": "shell",
    "Tuple": "tuple",
}


def __getattr__(name: str) -> Any:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module gostorm has no attribute {name}")
    from importlib import import_module

    value = getattr(import_module(f"gostorm.{module}"), name)
    globals()[name] = value
    return value
