"""Read models, made from what was stored without checking it again.

What the database holds was validated when it was written, and constraints keep it so: to validate each field of each
row once more took a tenth of a list's time. Fields are still typed where a view names them, and dumped by pydantic.
"""

from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel

from app.kit.once import careful


class Shown(BaseModel):
    """A read model, whose constructor keeps its fields as given; `model_validate` validates."""

    if not TYPE_CHECKING:

        def __init__(self, /, **values: object) -> None:
            if careful.get():
                super().__init__(**values)
                return
            coded = ((name, kind) for name, kind in _coded(type(self)) if values.get(name) is not None)
            made = self.model_construct(**values | {name: _of_kind(kind, values[name]) for name, kind in coded})
            for name in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"):
                object.__setattr__(self, name, getattr(made, name))

        __init__.__pydantic_base_init__ = True  # otherwise validation would call it


@cache
def _coded(model: type[BaseModel]) -> tuple[tuple[str, type[Enum]], ...]:
    """Fields with coded values, which come as text from the database."""
    kinds = ((name, _enum(field.annotation)) for name, field in model.model_fields.items())
    return tuple((name, kind) for name, kind in kinds if kind)


def _enum(annotation: object) -> type[Enum] | None:
    """The enum in `X`, `X | None` or `list[X]`."""
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return annotation
    return next((found for each in get_args(annotation) if (found := _enum(each))), None)


def _of_kind(kind: type[Enum], value: object) -> object:
    return [kind(each) for each in value] if isinstance(value, list | tuple) else kind(value)
