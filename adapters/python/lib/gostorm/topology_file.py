"""A user's file."""
from __future__ import annotations

import copy
import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

from gostorm.declared_topology import DeclaredTopology
from gostorm.load_problem import load_problem
from gostorm.position import Position, is_library
from gostorm.problem import Problem, ProblemsError
from gostorm.project import Project
from gostorm.spec import Spec
from gostorm.topology import Topology


class TopologyFile:
    """Loads a file and says which of its topologies is meant.

    class_name: the one that the user picks, or None. components: the names of those that are wanted instead of a topology.
    """

    def __init__(self, path: str, class_name: str | None = None, components: list[str] | None = None) -> None:
        self.path = path
        self._absolute = os.path.abspath(path)  # a task may change the working directory
        self.declared: list[DeclaredTopology] = []  # the topologies of the file, in its order, and then those that it imports
        self.project = Project.of_file(path)
        self._class_name = class_name
        self._components = components or []
        self._module: ModuleType | None = None
        self._own: list[DeclaredTopology] = []  # those that it has not imported

    def load(self) -> None:
        """Loads the file as a module of its own name, so that other files which import it get the same one. Modules are
        looked for in its folder (in a streamparse project in src first) and in the working directory. Raises
        ProblemsError."""
        path = self._absolute
        self._search(os.path.dirname(path))
        name = os.path.splitext(os.path.basename(path))[0]
        if name in sys.modules:
            name += "_topology"  # not to take the place of a module, of Python's own perhaps, that is in use
        module = self._module = ModuleType(name)
        module.__file__ = path
        module.__spec__ = ModuleSpec(name, None, origin=path)
        sys.modules[name] = module
        try:
            with open(path, "rb") as file:
                exec(compile(file.read(), path, "exec", dont_inherit=True), vars(module))
        except (Exception, SystemExit) as error:
            raise ProblemsError(load_problem(error, self.path)) from error
        classes = [value for value in vars(self._module).values() if isinstance(value, type)]
        own = [value for value in classes if value.__module__ == name]
        imported = [value for value in classes if value.__module__ != name]
        self._own = [declared for declared in map(self._declared, own) if declared]
        self.declared = self._own + [declared for declared in map(self._declared, imported) if declared]

    def topology(self) -> DeclaredTopology:
        """The topology that is meant: the one that was picked, or the last (of streamparse's, the first). Where components are
        wanted it is one of these alone: components of that topology by their ids, else classes and functions of the file.
        Raises ProblemsError."""
        chosen = self._chosen()
        if not self._components:
            assert chosen is not None
            return chosen
        specs = [self._alone(name, chosen) for name in self._components]
        return DeclaredTopology("", None, specs, at=Position(self.path, 1))

    def _search(self, folder: str) -> None:
        wanted = [*(self.project.paths() if self.project else []), folder, os.getcwd()]
        for directory in reversed(list(dict.fromkeys(wanted))):
            if directory in sys.path:
                sys.path.remove(directory)
            sys.path.insert(0, directory)

    def _declared(self, value: type) -> DeclaredTopology | None:
        """The topology that a class is. One of a library isn't meant: others derive from it."""
        if issubclass(value, Topology):
            is_base = is_library(sys.modules[value.__module__].__file__ or "")
            return None if is_base else DeclaredTopology.of_class(value, self.path)
        streamparse = sys.modules.get("streamparse.dsl.topology")
        if streamparse is not None and not is_library(streamparse.__file__ or ""):
            from gostorm.installed_streamparse import declared_topology

            return declared_topology(value, self.path)
        return None

    def _chosen(self) -> DeclaredTopology | None:
        if self._class_name is not None:
            for declared in self.declared:
                if declared.answers_to(self._class_name):
                    return declared
            raise ProblemsError(self._unknown())
        own = [declared for declared in self._own if declared.specs]
        candidates = own or [declared for declared in self.declared if declared.specs]
        if candidates:
            return candidates[0] if candidates[0].first_wins else candidates[-1]
        if not self._components:
            raise ProblemsError(self._none())
        return None

    def _alone(self, name: str, chosen: DeclaredTopology | None) -> Spec:
        """A component without what it was fed from."""
        spec = copy.copy(chosen and chosen.spec(name) or self._loose(name, chosen))
        spec.inputs = {}
        return spec

    def _loose(self, name: str, chosen: DeclaredTopology | None) -> Spec:
        """A component class of the file, by its name, outside of any topology."""
        value = getattr(self._module, name, None)
        if isinstance(value, Spec):
            value.name = value.name or name
            return value
        from gostorm.component import Component

        if isinstance(value, type) and issubclass(value, Component):
            spec = Spec(value, value._gostorm_kind, name=name)
            spec.at = Position(self.path, 1)
            return spec
        ids = "".join(f"{spec.name}, " for spec in chosen.specs) if chosen else ""
        hint = f"a component is {f'one of {ids}or ' if ids else ''}the class or function of a spout or bolt"
        raise ProblemsError(Problem(f"{self.path} has no component {name}", at=Position(self.path, 1), hint=hint))

    def _none(self) -> Problem:
        if self.declared:
            empty = self.declared[-1]
            return Problem(f"the topology {empty.class_name} declares neither spout nor bolt", at=empty.at)
        return Problem(f"there is no topology in {self.path}", at=Position(self.path, 1),
                       hint="a topology is a class derived from gostorm.Topology (or streamparse.Topology) whose attributes "
                            "are made by spec()")

    def _unknown(self) -> Problem:
        names = ", ".join(str(declared.class_name) for declared in self.declared)
        return Problem(f"there is no topology {self._class_name} in {self.path}", at=Position(self.path, 1),
                       hint=f"there is {names}" if names else None)
