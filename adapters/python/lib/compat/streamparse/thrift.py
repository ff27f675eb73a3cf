"""What topologies use of Storm's Thrift structures. There is no Thrift here."""
from gostorm.errors import NotAvailableError

from streamparse.dsl.stream import GlobalStreamId, Grouping

__all__ = ["GlobalStreamId", "Grouping", "JavaObjectArg"]


class JavaObjectArg:
    def __init__(self, *_, **__):
        raise NotAvailableError("there is no JVM here, so Java objects can't be made")
