"""See pystorm."""
from gostorm.errors import Hangup as StormWentAwayError

__all__ = ["StormWentAwayError"]
