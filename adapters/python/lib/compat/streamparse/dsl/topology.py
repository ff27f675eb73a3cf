"""Topologies that are checked when they are defined."""
import os

from gostorm.spec import Spec
from gostorm.topology import Topology as _Topology

__all__ = ["Topology"]


class Topology(_Topology):
    """gostorm.Topology with streamparse's rules: it is called like its file, mistakes are exceptions at once, and of several
    in a file the first is meant."""

    gostorm_first_wins = True

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        specs = {}
        for spec in cls.specs:
            if spec.name in specs:
                raise ValueError(f"Duplicate component name: {spec.name}")
            specs[spec.name] = spec
        for spec in cls.specs:
            _check(spec, specs)
        if not any(spec.kind == "spout" for spec in cls.specs):
            raise ValueError("A Topology requires at least one Spout")

    @classmethod
    def gostorm_name(cls, file):
        return cls.gostorm_own_name() or os.path.splitext(os.path.basename(file))[0]


def _check(spec, specs):
    name = spec.component_cls.__name__
    if spec.kind == "bolt" and not spec.inputs:
        raise ValueError(f'{name} "{spec.name}" requires at least one input, because it is a Bolt.')
    if spec.kind == "spout" and not spec.outputs and spec.knows_outputs():
        raise ValueError(f'{name} "{spec.name}" requires at least one output, because it is a Spout')
    for source, grouping in spec.inputs.items():
        component = specs[source.component_id]
        if not isinstance(component, Spec) or not component.knows_outputs():
            continue
        fields = component.outputs[source.stream].fields
        for key in grouping.keys or ():
            if key not in fields:
                raise ValueError(f"Field {key!r} specified in grouping is not a valid output field for the "
                                 f"{component.name!r} {source.stream!r} stream.")
