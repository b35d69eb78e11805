"""RFC 7396 merge patch: what is absent stays, what is null is cleared, objects merge field by field."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app.kit.error_handlers import field_errors
from app.kit.fields import Fields
from app.kit.problems import Invalid
from app.kit.records import Record

M = TypeVar("M", bound=BaseModel)
F = TypeVar("F", bound=Fields)
R = TypeVar("R", bound=Record)


def partial(model: type[M]) -> type[M]:
    """Class decorator: every field becomes optional and keeps its bounds; `sent` has those that were given."""
    for field in model.model_fields.values():
        field.default, field.default_factory = None, None
    model.model_rebuild(force=True)
    return model


def sent(changes: BaseModel) -> dict[str, object]:
    """Only what the caller sent."""
    return changes.model_dump(exclude_unset=True)


def merged(fields: type[F], record: Record, changes: BaseModel) -> F:
    """The record's fields with the changes applied, validated together."""
    present = {name: getattr(record, name) for name in fields.model_fields if hasattr(record, name)}
    try:
        return fields.model_validate(_merge(present, sent(changes)))
    except ValidationError as error:
        raise Invalid(fields=field_errors(error)) from error


def revise(fields: type[F], record: R, changes: BaseModel) -> R:
    """Apply the changes to the record, after validating the result as a whole."""
    changed = merged(fields, record, changes)
    for name in changes.model_fields_set & fields.model_fields.keys():
        setattr(record, name, getattr(changed, name))
    return record


def _merge(target: object, patch: object) -> object:
    if not isinstance(patch, Mapping):
        return patch
    base = dict(target) if isinstance(target, Mapping) else {}
    return base | {name: _merge(base.get(name), value) for name, value in patch.items()}
