"""Components of topologies."""
from __future__ import annotations

from gostorm.grouping import Grouping
from gostorm.position import Position
from gostorm.problem import Problem, ProblemsError
from gostorm.stream import DEFAULT, Stream, StreamId, declared_streams
from gostorm.wire_values import convert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence, Union

    from gostorm.handler import Handler
    from gostorm.session import Session

    Source = Union["Spec", StreamId, str]
    Inputs = Union[None, Source, Sequence[Source], Mapping[Source, Grouping]]

# What is said of wrong arguments are streamparse's words, since code that was written for it may look at them.
_PARALLELISM = "Parallelism hint must be an integer greater than 0. Given: "


class Spec:
    """One component of a topology as it was declared: what spec() of a component class returns. What is wrong with it in
    the topology is found by gstorm's validator; here only what can't be written down is refused."""

    def __init__(self, component_cls: Any, kind: str, name: str | None = None, inputs: Inputs = None, par: Any = None,
                 tasks: int | None = None, config: Any = None, args: Any = None, outputs: Any = None) -> None:
        self.component_cls = component_cls
        self.kind = kind
        self.name = name
        self.par = _checked_par(component_cls.par if par is None else par)
        self.tasks = tasks
        _checked_config(component_cls.config)
        self.config = _checked_config(config)  # over that of the class
        self.args = args
        self.outputs = declared_streams(component_cls.outputs if outputs is None else outputs)
        self.inputs = _checked_inputs(inputs)
        self.at = Position.of_caller()

    def __getitem__(self, stream: str) -> StreamId:
        """Another stream of the component than its default one, as an input of others."""
        if stream not in self.outputs and self.knows_outputs():
            raise KeyError(f"Invalid stream for {self.name}: {stream!r}. Valid streams are: {list(self.outputs)}")
        return StreamId(self, stream)

    def knows_outputs(self) -> bool:
        """Whether outputs is all that there is."""
        return True

    def new_component(self) -> Any:
        """A new object of the component's class, for a task."""
        if isinstance(self.args, dict):
            return self.component_cls(**self.args)
        if self.args is None:
            return self.component_cls()
        return self.component_cls(*self.args) if isinstance(self.args, (list, tuple)) else self.component_cls(self.args)

    def to_dict(self, env: str) -> dict[str, Any]:
        """The component as the topology description has it. env: the environment that chooses par. Raises
        ProblemsError."""
        par = self._par_in(env)
        config = {**self.class_config(), **self.config}
        described = {
            "id": self.name, "kind": self.kind, "class": self._class_name(), "run": self.implementation(),
            "parallelism": par, "tasks": par if self.tasks is None else self.tasks,
            "config": convert(config, f"config of {self.name}"),
            "outputs": {name: stream.to_dict() for name, stream in self.outputs.items()}
            if self.outputs or self.knows_outputs() else None,
            "inputs": [self._input(source, grouping) for source, grouping in self.inputs.items()],
            "at": self.at and self.at.to_dict(),
        }
        return {key: value for key, value in described.items() if value is not None}

    def class_config(self) -> dict[str, Any]:
        """The configuration that the component's class asks for."""
        return self.component_cls.gostorm_config()  # type: ignore[no-any-return]

    def lacks(self) -> str | None:
        """The method that the component's class has to have and hasn't."""
        return self.component_cls.gostorm_lacks()  # type: ignore[no-any-return]

    def handler(self) -> Handler | None:
        """What a bolt's process asks for, where that is known."""
        return self.component_cls.gostorm_handler() if hasattr(self.component_cls, "gostorm_handler") else None

    def run(self, session: Session) -> int:
        """Runs a task of the component, from the handshake to its end, and returns the exit status."""
        session.shake_hands()
        return self.component_cls.gostorm_task(session).run(self.new_component)  # type: ignore[no-any-return]

    def implementation(self) -> dict[str, Any]:
        """What a task of the component is made of."""
        return {"type": "file"}

    def _class_name(self) -> str | None:
        return self.component_cls.__name__  # type: ignore[no-any-return]

    def _par_in(self, env: str) -> int:
        if not isinstance(self.par, dict):
            return int(self.par)
        try:
            return int(self.par[env])
        except KeyError:
            known = ", ".join(map(str, self.par)) or "none"
            message = f"{self.name} has no par for the environment {env} (it has: {known})"
            raise ProblemsError(Problem(message, at=self.at)) from None

    def _input(self, source: StreamId, grouping: Grouping) -> dict[str, Any]:
        written: dict[str, Any] = {"from": source.component_id, "stream": source.stream, "grouping": grouping.kind}
        if grouping.keys is not None:
            written["fields"] = grouping.keys
        if self.at:
            written["at"] = self.at.to_dict()
        return written


def _checked_par(par: Any) -> Any:
    if isinstance(par, dict):
        for stage, number in par.items():
            if not isinstance(stage, str) or not isinstance(number, int):
                raise TypeError("If par is a dict, it must map from environment names to integers specifying the parallelism "
                                f"hint for the component.\nGiven stage: {stage!r}\nGiven parallelism hint: {number!r}")
            if number < 1:
                raise ValueError(f"Parallelism hint for stage {stage} must be an integer greater than 0. Given: {number}")
    elif not isinstance(par, int) or isinstance(par, bool):
        raise TypeError(f"{_PARALLELISM}{par!r}")
    elif par < 1:
        raise ValueError(f"{_PARALLELISM}{par}")
    return par


def _checked_config(config: Any) -> dict[str, Any]:
    if not isinstance(config, (dict, type(None))):
        raise TypeError(f"Config must either be a dict or None.  Given: {config!r}")
    return dict(config or {})


def _checked_inputs(inputs: Any) -> dict[StreamId, Grouping]:
    if inputs is None:
        return {}
    if isinstance(inputs, dict):
        return {_source(key, inputs[key]): _grouping(key, value) for key, value in inputs.items()}
    if isinstance(inputs, (Spec, StreamId, str)):
        inputs = [inputs]
    if not isinstance(inputs, (list, tuple)):
        raise TypeError(f"Inputs must either be a list, dict, or None.  Given: {inputs!r}")
    return {source: _natural_grouping(source) for source in map(_source, inputs)}


def _source(source: Any, grouping: Any = None) -> StreamId:
    if isinstance(source, StreamId):
        return source
    if isinstance(source, (Spec, str)):
        return StreamId(source)
    if grouping is None:
        raise TypeError(f"Inputs must be ComponentSpec or GlobalStreamId objects.  Given: {source!r}")
    raise TypeError(_dict_form(source, grouping))


def _grouping(source: Any, grouping: Any) -> Grouping:
    if not isinstance(grouping, Grouping):
        raise TypeError(_dict_form(source, grouping))
    return grouping


def _dict_form(key: Any, value: Any) -> str:
    return ("If inputs is a dict, it is expected to map from GlobalStreamId or ComponentSpec objects to Grouping objects.  "
            f"Given key: {key!r}; Given value: {value!r}")


def _natural_grouping(source: StreamId) -> Grouping:
    """Direct for a direct stream, else shuffle."""
    stream: Stream | None = None
    if isinstance(source.component, Spec):
        stream = source.component.outputs.get(source.stream or DEFAULT)
    return Grouping.DIRECT if stream is not None and stream.direct else Grouping.SHUFFLE
