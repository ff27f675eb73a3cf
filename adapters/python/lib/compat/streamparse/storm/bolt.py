"""Bolts with streamparse's spec."""
import pystorm.bolt
from gostorm import JavaBolt, ShellBolt

from streamparse.storm.component import Component

__all__ = ["BatchingBolt", "Bolt", "JavaBolt", "ShellBolt", "TicklessBatchingBolt"]


class Bolt(pystorm.bolt.Bolt, Component):
    """See gostorm.Bolt and pystorm.bolt.Bolt."""

    @classmethod
    def spec(cls, name=None, inputs=None, par=None, config=None):
        return cls._gostorm_spec(name=name, inputs=inputs, par=par, config=config)


class BatchingBolt(pystorm.bolt.BatchingBolt, Bolt):
    """See gostorm.BatchingBolt."""


class TicklessBatchingBolt(pystorm.bolt.TicklessBatchingBolt, BatchingBolt):
    """See gostorm.TicklessBatchingBolt."""
