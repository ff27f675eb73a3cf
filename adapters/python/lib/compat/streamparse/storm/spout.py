"""Spouts with streamparse's spec."""
import pystorm.spout
from gostorm import JavaSpout, ShellSpout

from streamparse.storm.component import Component

__all__ = ["JavaSpout", "ReliableSpout", "ShellSpout", "Spout"]


class Spout(pystorm.spout.Spout, Component):
    """See gostorm.Spout."""

    @classmethod
    def spec(cls, name=None, par=None, config=None):
        return cls._gostorm_spec(name=name, par=par, config=config)


class ReliableSpout(pystorm.spout.ReliableSpout, Spout):
    """See pystorm.spout.ReliableSpout."""
