"""Streams and groupings."""
from gostorm.errors import NotAvailableError
from gostorm.grouping import Grouping as _Grouping
from gostorm.stream import Stream, StreamId

__all__ = ["GlobalStreamId", "Grouping", "Stream"]


class GlobalStreamId(StreamId):
    """A stream of a component, by Storm's names."""

    def __init__(self, componentId=None, streamId="default"):
        if componentId is None:
            raise TypeError("GlobalStreamId.componentId cannot be None.")
        super().__init__(componentId, streamId)

    componentId = property(lambda self: self.component_id)
    streamId = property(lambda self: self.stream)

    __hash__ = StreamId.__hash__


class Grouping(_Grouping):
    """gostorm.Grouping; groupings that are Java classes can't run here."""

    @classmethod
    def custom_object(cls, java_class_name, arg_list):
        raise NotAvailableError(f"the grouping {java_class_name} is a Java class, and there is no JVM here")

    @classmethod
    def custom_serialized(cls, java_serialized):
        raise NotAvailableError("the grouping is a serialized Java object, and there is no JVM here")
