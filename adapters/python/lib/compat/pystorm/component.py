"""What pystorm's components have that gostorm's haven't."""
from gostorm import Tuple
from gostorm.component import Component as _Component
from gostorm.log import SessionHandler as StormHandler

__all__ = ["Component", "StormHandler", "Tuple"]


class Component(_Component):
    """gostorm's component with pystorm's defaults: an exception ends the process, and only emit emits."""

    exit_on_exception = True
    _gostorm_emits_returned = False
    _gostorm_log_level = "info"

    def __init__(self, input_stream=None, output_stream=None, rdb_signal=None, serializer="json"):
        """What pystorm is told here is gstorm's business now."""

    @staticmethod
    def is_heartbeat(tup):
        return tup.task == -1 and tup.stream == "__heartbeat"
