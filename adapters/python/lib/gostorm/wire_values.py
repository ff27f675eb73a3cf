"""How Python values are written as JSON and come back.

    datetime, date, time -> ISO 8601 string      set, frozenset, deque -> array     Decimal -> string
    tuple, namedtuple    -> array                a dataclass's object -> object     UUID    -> string
    bytes, bytearray     -> {"__b64": "..."}, bytes again in Python
    an object with a method to_json -> what that returns, as a value

NaN, the infinities, text that isn't valid Unicode and any other object are refused with an EmitError that names the field.
"""
from __future__ import annotations

import json
from json.encoder import c_make_encoder, encode_basestring_ascii

from gostorm.errors import EmitError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Sequence

MAX_DEPTH = 100
BYTES_KEY = "__b64"

_SURROGATE = "\\ud"  # how an escape of one begins in JSON

_raw_decode = json.JSONDecoder().raw_decode


def _default(value: Any) -> Any:
    """What JSON gets in place of an object that it doesn't know."""
    if isinstance(value, (set, frozenset)) or type(value).__name__ == "deque":
        return list(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        import base64

        return {BYTES_KEY: base64.b64encode(value).decode()}
    if hasattr(value, "to_json"):
        return value.to_json()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    if type(value).__name__ == "Decimal" and value.is_finite() or type(value).__name__ == "UUID":
        return str(value)
    raise EmitError(f"of type {type(value).__name__}, which can't be sent: give it a method to_json, or emit its parts")


def _encoder() -> Callable[[Any, int], Iterable[str]]:
    """What json.dumps does, but made once: JSONEncoder makes its encoder anew for each value."""
    if c_make_encoder is None:
        encoder = json.JSONEncoder(separators=(",", ":"), allow_nan=False, default=_default)
        return lambda value, _: encoder.iterencode(value)
    return c_make_encoder(None, _default, encode_basestring_ascii, None, ":", ",", False, False, False)


_chunks = _encoder()


class _Writers(dict):  # type: ignore[type-arg]
    """How values are written, by their types."""

    def __missing__(self, _: type) -> Callable[[Any], str]:
        return _text


def _text(value: Any) -> str:
    return "".join(_chunks(value, 0))


_writers = _Writers({str: encode_basestring_ascii, int: int.__repr__})


def dump(values: Sequence[Any], names: Sequence[str]) -> str:
    """The values of a tuple as JSON text, without the brackets around them. names: their fields', for errors. Raises
    EmitError."""
    try:
        if len(values) == 1:
            text = _writers[type(values[0])](values[0])
        elif len(values) == 2:  # a word and its count, say: this takes half the time
            text = f"{_writers[type(values[0])](values[0])},{_writers[type(values[1])](values[1])}"
        else:
            text = _text(values)[1:-1]
        if _SURROGATE in text:  # most are halves of a pair, as in emoji
            _check_values(values, names)
        return text
    except (EmitError, TypeError, ValueError, RecursionError):
        _check_values(values, names)
        raise


def convert(value: Any, path: str) -> Any:
    """A value as it arrives at the other side. path: what to call it in an EmitError."""
    try:
        return json.loads(_text(value))
    except (EmitError, TypeError, ValueError, RecursionError):
        _check(value, path, 0)
        raise


def load(text: str) -> Any:
    """A message from the host. Raises ValueError."""
    if text[0] not in "{[":
        text = text.strip()
    value = _raw_decode(text)[0]
    return _restored(value) if BYTES_KEY in text else value


def _check_values(values: Sequence[Any], names: Sequence[str]) -> None:
    for index, value in enumerate(values):
        _check(value, f"field {names[index]}" if index < len(names) else f"value {index + 1}", 0)


def _check(value: Any, path: str, depth: int) -> None:
    """Finds what can't be sent and says where it is."""
    if depth > MAX_DEPTH:
        raise EmitError(f"{path} is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise EmitError(f"{path} is text that isn't valid Unicode: {value!r:.60}") from None
    elif isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise EmitError(f"{path} is {value}, which JSON has no number for") from None
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            _check(inner, f"{path}[{index}]", depth + 1)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, (str, int, float, bool, type(None))):
                raise EmitError(f"{path} has the key {key!r}; keys have to be strings") from None
            _check(inner, f"{path}[{key!r}]", depth + 1)
    elif not isinstance(value, (int, type(None))):
        try:
            inner = _default(value)
        except EmitError as error:
            raise EmitError(f"{path} is {error}") from None
        _check(inner, path, depth + 1)


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return [_restored(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(value.get(BYTES_KEY), str):
        import base64

        return base64.b64decode(value[BYTES_KEY])
    return {key: _restored(inner) for key, inner in value.items()}
