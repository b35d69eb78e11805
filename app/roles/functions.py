"""This room's facts of a day as tables; `day` and `known_on` are bound as in `people.days`."""

from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Integer, String, TableValuedAlias, Uuid, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.people.functions import DAY, KNOWN_ON

_TYPES: dict[str, Any] = {
    "days_open": Integer,
    "lineage": ARRAY(Uuid),
    "updated_at": DateTime(timezone=True),
    "valid_from": Date,
    "valid_to": Date,
    "version": Integer,
}

_HELD = "employee_id role_code sub_tier basis org_unit_id source_id valid_from valid_to updated_at"

_ASSIGNED = (
    "id employee_id role_code sub_tier basis org_unit_id status valid_from valid_to letter_number end_reason updated_at"
    " version"
)

_VACANT = "id role_code org_unit_id code name name_en lineage days_open updated_at"


def _table(function: Any, names: str) -> TableValuedAlias:
    return function.table_valued(*(column(name, _type(name)) for name in names.split()))  # type: ignore[no-any-return]


def _type(name: str) -> Any:
    return _TYPES.get(name) or (Uuid if name.endswith("id") else String)


def roles_on(day: Any = DAY, known_on: Any = KNOWN_ON) -> TableValuedAlias:
    """Everybody's roles on the day, a row for each source."""
    return _table(func.roles_on(day, known_on), _HELD)


ASSIGNED = _table(func.role_assignments_on(DAY, KNOWN_ON), _ASSIGNED).alias("assigned")

VACANT = _table(func.role_vacancies_on(DAY, KNOWN_ON), _VACANT).alias("vacant")


def holds_role(employee_id: Any, role_code: str) -> ColumnElement[bool]:
    held = roles_on().alias("their_roles")
    return employee_id.in_(select(held.c.employee_id).where(held.c.role_code == role_code))  # type: ignore[no-any-return]
