"""RFC 7396 merge patch: what is absent stays, what is null is cleared, objects merge member by member."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.kit.error_handlers import members_of
from app.kit.fields import Fields
from app.kit.problems import Invalid
from app.kit.records import Record

R = TypeVar("R", bound=Record)


class Partial(BaseModel):
    """`class XUpdate(XFields, Partial)`: the same members with the same bounds, none of them required."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        for field in cls.model_fields.values():
            field.default, field.default_factory = None, None
        cls.model_rebuild(force=True)


def sent(changes: BaseModel) -> dict[str, Any]:
    """Only what the caller sent."""
    return changes.model_dump(exclude_unset=True)


def revise(record: R, changes: BaseModel) -> R:
    """Apply the patch to the record, after validating what it makes of the whole."""
    merged = whole(record, changes)
    for name in changes.model_fields_set:
        setattr(record, name, getattr(merged, name))
    return record


def whole(record: Record, changes: BaseModel) -> Fields:
    """The record's members as they would be with the changes, validated together."""
    complete = next(
        kind for kind in type(changes).__mro__ if issubclass(kind, Fields) and not issubclass(kind, Partial)
    )
    present = {name: getattr(record, name) for name in complete.model_fields if hasattr(record, name)}
    try:
        return complete.model_validate(_merge(present, sent(changes)))
    except ValidationError as error:
        raise Invalid(members=members_of(error.errors())) from error


def _merge(target: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    base = dict(target) if isinstance(target, Mapping) else {}
    return base | {name: _merge(base.get(name), value) for name, value in patch.items()}
