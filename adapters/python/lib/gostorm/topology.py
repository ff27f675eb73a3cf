"""Topologies."""
from __future__ import annotations

import re

from gostorm.position import Position
from gostorm.spec import Spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Topology:
    """A topology: a class whose attributes are components. The attribute's name is the component's id.

        class WordCount(Topology):
            lines = Lines.spec(args=["posts.ndjson"])
            words = Split.spec(inputs=[lines], par=2)
            count = Count.spec(inputs={words: Grouping.fields("word")}, par={"local": 1, "prod": 8})
            config = {"topology.max.spout.pending": 1000}

    A topology that derives from another has its components, too. If it has a method on_submit(cls, env, cluster), that
    is called once the topology runs, as a class method.
    """

    name: str | None = None  # the topology's name, else that of the class in snake case
    config: dict[str, Any] = {}
    status = "active"  # or "inactive": the spouts wait to be activated, but not on the own machine

    specs: list[Spec] = []  # the components, in the order of their declaration
    gostorm_at: Position | None = None
    gostorm_first_wins = False  # where a file has several

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.gostorm_at = Position.of_caller()
        cls.specs = cls._gostorm_specs()
        hook = cls.__dict__.get("on_submit")
        if callable(hook) and not isinstance(hook, (classmethod, staticmethod)):
            setattr(cls, "on_submit", classmethod(hook))  # noqa: B010  # no type checker knows it
        if not isinstance(cls.config, dict):
            raise TypeError(f"Topology config must be a dictionary. Given: {cls.config!r}")

    @classmethod
    def _gostorm_specs(cls) -> list[Spec]:
        declared: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            if base not in (object, Topology):
                declared.update(vars(base))
        specs = []
        for attribute, value in declared.items():
            if isinstance(value, Spec):
                value.name = value.name or attribute
                specs.append(value)
            elif _is_forgotten(attribute, value):
                raise TypeError("Topology classes should have ComponentSpec attributes.  Did you forget to call the spec class "
                                f"method for your component?  Given: {value!r}")
        return specs

    @classmethod
    def gostorm_name(cls, file: str) -> str:
        """What the topology is called. file: the one that it was read from."""
        return cls.gostorm_own_name() or snake_case(cls.__name__)

    @classmethod
    def gostorm_own_name(cls) -> str | None:
        """The attribute name, unless that is a component."""
        return cls.name if isinstance(cls.name, str) else None

    @classmethod
    def run(cls, seconds: float | None = None) -> None:
        """For `if __name__ == "__main__"`: runs this file with gstorm, for some seconds or until it has finished. Where
        gstorm has loaded the file, it does nothing, for then gstorm runs it already."""
        from gostorm.runner import run

        run(cls, seconds)

    run_local = run


def _is_forgotten(attribute: str, value: Any) -> bool:
    """Whether an attribute is a component without spec(); classes may well be defined inside of a topology."""
    from gostorm.component import Component

    if isinstance(value, type):
        return issubclass(value, Component) and value.__name__ != attribute
    return isinstance(value, Component)


def snake_case(name: str) -> str:
    """The name of a class as an id, by the same rule in every language: WordCount is word_count."""
    return re.sub("(.)([A-Z])", r"\1_\2", name).lower()
