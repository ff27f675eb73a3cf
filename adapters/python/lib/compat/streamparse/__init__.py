"""The names of streamparse, for topologies that were written for it, where it isn't installed. See gostorm."""
from gostorm import JavaBolt, JavaSpout, ShellBolt, ShellSpout, Tuple

from streamparse import bolt, component, dsl, spout, storm
from streamparse.dsl import Grouping, Stream, Topology
from streamparse.storm import BatchingBolt, Bolt, ReliableSpout, Spout, StormHandler, TicklessBatchingBolt
from streamparse.version import VERSION, __version__

__all__ = [
    "BatchingBolt", "Bolt", "Grouping", "JavaBolt", "JavaSpout", "ReliableSpout", "ShellBolt", "ShellSpout", "Spout",
    "StormHandler", "Stream", "TicklessBatchingBolt", "Topology", "Tuple", "VERSION", "__version__", "bolt", "component", "dsl",
    "spout", "storm",
]
