"""Functions as components."""
from __future__ import annotations

from gostorm.bolt import Bolt
from gostorm.spout import Spout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

    from gostorm.stream import Stream


def bolt(outputs: Sequence[str | Stream] | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], type[Bolt]]:
    """Makes a bolt of a function, which is its process.

        @bolt(outputs=["word"])
        def split(line: str):
            yield from ([word] for word in line.split())

    Parameters are bound to fields by name; one called tup is the tuple, and a first one called self the bolt itself. What
    it returns or yields is emitted. attributes are those of Bolt: tick_secs, concurrency, auto_ack, ...
    """
    return lambda function: _component(Bolt, "process", function, outputs, attributes)


def spout(outputs: Sequence[str | Stream] | None = None, reliable: bool = False,
          **attributes: Any) -> Callable[[Callable[..., Any]], type[Spout]]:
    """Makes a spout of a generator function, which is its each_tuple: the spout has finished when it returns. Any other
    function is its next_tuple. A parameter called self is the spout itself. reliable: a ReliableSpout.

        @spout(outputs=["line"], reliable=True)
        def lines():
            for line in open("posts.ndjson"):
                yield [line]
    """

    def make(function: Callable[..., Any]) -> type[Spout]:
        from gostorm.handler import Handler
        from gostorm.reliable_spout import ReliableSpout

        method = "each_tuple" if Handler(function, is_method=False).is_generator else "next_tuple"
        made: type[Spout] = _component(ReliableSpout if reliable else Spout, method, function, outputs, attributes)
        return made

    return make


def _component(base: Any, method: str, function: Callable[..., Any], outputs: Any, attributes: dict[str, Any]) -> Any:
    code = getattr(function, "__code__", None)
    is_method = code is not None and code.co_varnames[:1] == ("self",)
    for name in attributes:
        if not hasattr(base, name):
            raise TypeError(f"{base.__name__} has no attribute {name}")
    members = {**attributes, "outputs": outputs, method: function if is_method else staticmethod(function),
               "__module__": function.__module__, "__doc__": function.__doc__, "function": staticmethod(function)}
    return type(function.__name__, (base,), members)
