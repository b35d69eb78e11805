"""Read models, made from what was stored without checking it again.

What the database holds was validated when it was written, and constraints keep it so: to validate each field of each
row once more took a tenth of a list's time. Fields are still typed where a view names them, and dumped by pydantic.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from app.kit.once import careful

_set = object.__setattr__  # models refuse to set what is no field


class Shown(BaseModel):
    """A read model, whose constructor keeps its fields as given; `model_validate` validates."""

    if not TYPE_CHECKING:

        def __init__(self, /, **values: object) -> None:
            if careful.get():
                super().__init__(**values)
                return
            form = _form(type(self))
            _set(self, "__pydantic_fields_set__", set(values))
            _set(self, "__dict__", form.fields(values))
            _set(self, "__pydantic_extra__", None)
            _set(self, "__pydantic_private__", None)

        __init__.__pydantic_base_init__ = True  # otherwise validation would call it


@dataclass(frozen=True)
class Form:
    """The names of a model's fields in their order, the defaults, and the members of coded values, which come as text
    from the database."""

    names: tuple[str, ...]
    defaults: Mapping[str, Callable[[], object]]
    coded: tuple[tuple[str, Mapping[Any, Enum]], ...]

    def fields(self, values: Mapping[str, object]) -> dict[str, object]:
        if len(values) < len(self.names):
            values = {**{name: of() for name, of in self.defaults.items() if name not in values}, **values}
        found = {name: values[name] for name in self.names}
        for name, members in self.coded:
            value = found[name]
            if isinstance(value, list | tuple):
                found[name] = [members[each] for each in value]
            elif value is not None:
                found[name] = members[value]
        return found


@cache
def _form(model: type[BaseModel]) -> Form:
    declared = model.model_fields
    defaults = {name: field.get_default for name, field in declared.items() if not field.is_required()}
    kinds = ((name, _enum(field.annotation)) for name, field in declared.items())
    coded = tuple((name, kind._value2member_map_) for name, kind in kinds if kind)
    return Form(tuple(declared), {name: partial(of, call_default_factory=True) for name, of in defaults.items()}, coded)


def _enum(annotation: object) -> type[Enum] | None:
    """The enum in `X`, `X | None` or `list[X]`."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return annotation
    return next((found for each in get_args(annotation) if (found := _enum(each))), None)
