"""Read models, made from what was stored without checking it again.

What the database holds was validated when it was written, and constraints keep it so: to validate each field of each
row once more took a tenth of a list's time. Fields are still typed where a view names them, and dumped by pydantic.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar, get_args, get_origin

from pydantic import AliasPath, BaseModel
from pydantic.fields import FieldInfo

from app.kit.once import careful

M = TypeVar("M", bound=BaseModel)
C = TypeVar("C")


class Shown(BaseModel):
    """A read model, whose constructor keeps its fields as given; `model_validate` validates."""

    if not TYPE_CHECKING:

        def __init__(self, /, **values: object) -> None:
            if careful.get():
                super().__init__(**values)
            else:
                _fill(
                    self,
                    {
                        part.name: values[part.name] if part.name in values else part.default()
                        for part in _parts(type(self))
                    },
                )

        __init__.__pydantic_base_init__ = True  # otherwise validation would call it


def shown(model: type[M], row: object, **more: object) -> M:
    """The read model of a row: the fields in `more`, and those that have the names of the row's attributes. An object
    of JSON is validated, as it has texts in place of days and ids."""
    if isinstance(row, Mapping):
        return model.model_validate({**row, **more})
    made = model.__new__(model)
    if careful.get():
        joined = _Joined(row, more)
        model.__pydantic_validator__.validate_python(joined, from_attributes=True, self_instance=made)
    else:
        _fill(made, {part.name: more[part.name] if part.name in more else part.of(row) for part in _parts(model)})
    return made


class _Joined:
    """A row with further attributes."""

    def __init__(self, row: object, more: Mapping[str, object]) -> None:
        self._row, self._more = row, more

    def __getattr__(self, name: str) -> object:
        return self._more[name] if name in self._more else getattr(self._row, name)


class _Part(NamedTuple):
    """A field: its name, how it is read from a row, and its value where none is given."""

    name: str
    of: Callable[[object], object]
    default: Callable[[], object]


@cache
def _parts(model: type[BaseModel]) -> tuple[_Part, ...]:
    return tuple(_Part(name, _reader(name, field), _default(name, field)) for name, field in model.model_fields.items())


def _reader(name: str, field: FieldInfo) -> Callable[[object], object]:
    alias = field.validation_alias
    path = ".".join(map(str, alias.path)) if isinstance(alias, AliasPath) else str(alias or name)
    get, nested = attrgetter(path), _among(field.annotation, BaseModel)
    if nested is None:
        return get if field.is_required() else lambda row: get(row) if hasattr(row, path) else _default(name, field)()
    return lambda row: _each(nested, get(row))


def _default(name: str, field: FieldInfo) -> Callable[[], object]:
    def default() -> object:
        if field.is_required():
            raise TypeError(f"{name} is missing")
        return field.get_default(call_default_factory=True, validated_data={})

    return default


@cache
def _coded(model: type[BaseModel]) -> tuple[tuple[str, type[Enum]], ...]:
    """Fields with coded values, which come as text from the database."""
    kinds = ((name, _among(field.annotation, Enum)) for name, field in model.model_fields.items())
    return tuple((name, kind) for name, kind in kinds if kind)


def _as_coded(kind: type[Enum], value: object) -> object:
    if isinstance(value, list | tuple):
        return [kind(each) for each in value]
    return None if value is None else kind(value)


def _among(annotation: object, base: type[C]) -> type[C] | None:
    """The class in `X`, `X | None` or `list[X]`, if it is a `base`."""
    if isinstance(annotation, type) and issubclass(annotation, base):
        return annotation
    inner = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    return next((found for each in inner if (found := _among(each, base))), None)


def _each(model: type[M], value: object) -> object:
    """`value` is what `shown` takes, a list of it, or None."""
    match value:
        case None:
            return None
        case list():
            return [_each(model, each) for each in value]
        case _:
            return shown(model, value)


def _fill(model: BaseModel, fields: dict[str, object]) -> None:
    for name, kind in _coded(type(model)):
        fields[name] = _as_coded(kind, fields[name])
    object.__setattr__(model, "__dict__", fields)
    object.__setattr__(model, "__pydantic_fields_set__", set(fields))
    object.__setattr__(model, "__pydantic_extra__", None)
    object.__setattr__(model, "__pydantic_private__", None)
