"""See streamparse."""
from streamparse.storm.spout import JavaSpout, ReliableSpout, ShellSpout, Spout

__all__ = ["JavaSpout", "ReliableSpout", "ShellSpout", "Spout"]
