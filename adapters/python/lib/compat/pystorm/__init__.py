"""The names of pystorm, for components that were written for it, where it isn't installed. See gostorm."""
from gostorm import Tuple

from pystorm.bolt import BatchingBolt, Bolt, TicklessBatchingBolt
from pystorm.component import Component
from pystorm.spout import ReliableSpout, Spout
from pystorm.version import VERSION, __version__

__all__ = [
    "BatchingBolt", "Bolt", "Component", "ReliableSpout", "Spout", "TicklessBatchingBolt", "Tuple", "VERSION", "__version__",
]
