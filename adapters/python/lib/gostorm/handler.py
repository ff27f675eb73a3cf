"""How handlers are called."""
from __future__ import annotations

from gostorm.errors import EmitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Sequence

    from gostorm.tuple import Tuple

# What a parameter is called that gets the tuple itself, where no field has that name.
TUPLE_NAMES = ("tup", "tuple", "tuple_", "t")

_VARARGS, _VARKEYWORDS, _GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x04, 0x08, 0x20, 0x80, 0x200


class Handler:
    """What a function's signature asks for. (inspect would do this too, but takes long to import.)

    names: the parameters that have to be given, without self. optional: those that have a default. everything: whether
    there is a **parameter.
    """

    def __init__(self, function: Callable[..., Any], is_method: bool) -> None:
        plain = self._plain = _plain(function)
        code = getattr(plain, "__code__", None)
        self.function = function
        self.names: list[str] = ["tup"]
        self.optional: list[str] = []
        self.everything = False
        self.is_async = False
        self.is_generator = False
        self._positional: list[str] = []
        self._is_wrapped = hasattr(getattr(function, "__func__", function), "__wrapped__")
        self._is_bound_to_tuple = False
        self.file: str | None = code and code.co_filename
        self.line: int = code.co_firstlineno if code else 0
        if code is None:  # a callable of another kind gets the tuple
            return
        positional = list(code.co_varnames[: code.co_argcount])[1 if is_method else 0:]
        self._positional = positional
        keyword_only = list(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
        with_default = positional[len(positional) - len(plain.__defaults__ or ()):] if plain.__defaults__ else []
        keyword_defaults = plain.__kwdefaults__ or {}
        self.optional = with_default + [name for name in keyword_only if name in keyword_defaults]
        self.names = [name for name in positional + keyword_only if name not in self.optional]
        self.everything = bool(code.co_flags & _VARKEYWORDS)
        self.is_async = bool(code.co_flags & (_COROUTINE | _ASYNC_GENERATOR))
        self.is_generator = bool(code.co_flags & (_GENERATOR | _ASYNC_GENERATOR))
        if code.co_flags & _VARARGS and not self.names:  # a decorator's wrapper, say
            self.names, self.everything = ["tup"], False

    def bind_tuple(self) -> None:
        """Has it get the tuple, whatever its parameter and the fields are called."""
        self._is_bound_to_tuple = True

    def takes_tuple(self, fields: Sequence[str]) -> bool:
        """Whether it wants the tuple itself rather than the values of fields: the classic process(self, tup)."""
        if self._is_bound_to_tuple:
            return True
        if self.everything or len(self.names) != 1:
            return False
        return self.names[0] in TUPLE_NAMES and self.names[0] not in fields

    def missing(self, fields: Sequence[str]) -> list[str]:
        """The parameters that tuples with these fields have no value for."""
        if self.takes_tuple(fields):
            return []
        return [name for name in self.names if name not in fields and name != "tup"]

    def caller(self, call: Callable[..., Any], fields: Sequence[str], source: str) -> Callable[[Tuple], Any]:
        """A function of the tuple that calls the handler for tuples with these fields. source: where they come from, for
        errors."""
        if self.takes_tuple(fields):
            return call
        missing = self.missing(fields)
        if missing:
            message = f"{self._name()} takes {', '.join(missing)}, which tuples from {source} don't have (they have: " \
                      f"{', '.join(fields)})"

            def refuse(tup: Tuple) -> Any:
                raise EmitError(message)

            return refuse
        places = [(name, fields.index(name)) for name in self._wanted(fields)]
        if "tup" in self.names and "tup" not in fields:
            return lambda tup: call(tup=tup, **{name: tup.values[index] for name, index in places})
        return lambda tup: call(**{name: tup.values[index] for name, index in places})

    def takes_values(self, call: Callable[..., Any], fields: Sequence[str]) -> bool:
        """Whether call(*values) is the same as what caller does: the fields are its first parameters, in this order. (What
        a decorator has put around it may want names.)"""
        wanted = list(fields)
        return (not self.takes_tuple(fields) and not self.missing(fields) and "tup" not in self.names
                and self._wanted(fields) == wanted == self._positional[:len(wanted)]
                and not self._is_wrapped and _plain(call) is self._plain)

    def _wanted(self, fields: Sequence[str]) -> list[str]:
        return list(fields) if self.everything else [name for name in fields if name in self.names or name in self.optional]

    def _name(self) -> str:
        return getattr(self.function, "__qualname__", repr(self.function))


def _plain(function: Any) -> Any:
    """The function that decorators and methods are wrapped around."""
    while True:
        inner = getattr(function, "__wrapped__", None) or getattr(function, "__func__", None)
        if inner is None:
            return function
        function = inner
