"""Components with streamparse's spec."""
from gostorm.log import SessionHandler as StormHandler
from pystorm.component import Component as _Component

from streamparse.dsl.component import ComponentSpec

__all__ = ["Component", "StormHandler"]


class Component(_Component):
    """The base of components in a topology."""

    _gostorm_spec_class = ComponentSpec

    @classmethod
    def spec(cls, *args, **kwargs):
        raise TypeError(f"Specifications should either be bolts or spouts. Given: {cls!r}")
