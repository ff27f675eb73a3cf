"""Specifications."""
from gostorm.spec import Spec
from gostorm.stream import StreamId

from streamparse.dsl.stream import GlobalStreamId

__all__ = ["ComponentSpec"]


class ComponentSpec(Spec):
    """gostorm's Spec, with Storm's names for streams. Sources are specs or streams of them, never just their ids."""

    def __init__(self, *args, inputs=None, **declared):
        if isinstance(inputs, str):
            raise TypeError(f"Inputs must either be a list, dict, or None.  Given: {inputs!r}")
        for source in inputs or () if not isinstance(inputs, Spec) else ():
            if isinstance(source, str):
                raise TypeError(f"Inputs must be ComponentSpec or GlobalStreamId objects.  Given: {source!r}")
        super().__init__(*args, inputs=inputs, **declared)

    def __getitem__(self, stream: str) -> StreamId:
        found = super().__getitem__(stream)
        return GlobalStreamId(found.component, found.stream)
