"""Components of the JVM."""
from __future__ import annotations

from gostorm.component import Component
from gostorm.problem import Problem, ProblemsError
from gostorm.spec import Spec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.spec import Inputs

# Java classes that gstorm has in its own form, by their names without the package.
_BUILTIN = ("TestWordSpout", "LogInfoBolt", "TestWordCounter", "TestGlobalCount")


class JavaSpec(Spec):
    """A component that is a Java class. Only those can run here that gstorm has in its own form."""

    def __init__(self, component_cls: Any, kind: str, full_class_name: str | None, args_list: Any, serialized_java: Any,
                 **declared: Any) -> None:
        super().__init__(component_cls, kind, **declared)
        if serialized_java is not None and not isinstance(serialized_java, bytes):
            raise TypeError("serialized_java must be either bytes or None")
        if serialized_java is None and not full_class_name:
            raise ValueError("full_class_name is required")
        if serialized_java is None and args_list is None:
            raise TypeError("args_list must not be None")
        for argument in args_list or ():
            if not isinstance(argument, (bool, int, bytes, str, float)):
                raise TypeError(f"Only basic data types can be specified as arguments to JavaObject constructors.  "
                                f"Given: {argument!r}")
        self.java_class = full_class_name or "a serialized Java object"

    def implementation(self) -> dict[str, Any]:
        builtin = self.java_class.rsplit(".", 1)[-1]
        if builtin not in _BUILTIN:
            message = f"{self.name} is {self.java_class}: there is no JVM here, so Java components can't run"
            raise ProblemsError(Problem(message, at=self.at))
        return {"type": "builtin", "name": builtin}

    def _class_name(self) -> str:
        return self.java_class


class JavaBolt(Component):
    """streamparse's JavaBolt. Topologies with it can be written; they run where gstorm has the class in its own form."""

    _gostorm_kind = "bolt"

    @classmethod
    def spec(cls, name: str | None = None, serialized_java: bytes | None = None, full_class_name: str | None = None,
             args_list: Any = None, inputs: Inputs = None, par: Any = 1, config: dict[str, Any] | None = None,
             outputs: Any = None) -> Spec:
        return JavaSpec(cls, "bolt", full_class_name, args_list, serialized_java, name=name, inputs=inputs, par=par,
                        config=config, outputs=outputs)


class JavaSpout(Component):
    """streamparse's JavaSpout. See JavaBolt."""

    _gostorm_kind = "spout"

    @classmethod
    def spec(cls, name: str | None = None, serialized_java: bytes | None = None, full_class_name: str | None = None,
             args_list: Any = None, par: Any = 1, config: dict[str, Any] | None = None, outputs: Any = None) -> Spec:
        return JavaSpec(cls, "spout", full_class_name, args_list, serialized_java, name=name, par=par, config=config,
                        outputs=outputs)
