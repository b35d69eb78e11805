"""This room's facts of a day as tables; `day` and `known_on` are bound as in `people.days`."""

from typing import Any

from sqlalchemy import BigInteger, String, TableValuedAlias, Uuid, cast, column, func, null
from sqlalchemy.dialects.postgresql import ARRAY

from app.people.days import DAY, KNOWN_ON

COUNTS = ("headcount", "holders", "missing", "present_headcount", "present_holders", "present_missing")


def gaps_on(by_role: bool, units: Any = None, day: Any = DAY, known_on: Any = KNOWN_ON) -> TableValuedAlias:
    """People in scope, with the skill and without it, by primary unit and skill, and if asked by role.

    Sums over units are people; without `by_role` a person with two roles counts once for a skill. `present_*` leaves
    out who is on leave. `units` is an array of unit ids; none = all.
    """
    chosen = cast(null() if units is None else units, ARRAY(Uuid))
    return func.skill_gaps_on(day, known_on, by_role, chosen).table_valued(
        column("org_unit_id", Uuid),
        column("role_code", String),
        column("skill_code", String),
        *(column(name, BigInteger) for name in COUNTS),
    )
