from typing import Any

from sqlalchemy import ColumnElement, or_, true

from app.identity.permissions import Permission
from app.identity.principal import Principal
from app.people import functions
from app.people.functions import works_under


def within_sight(who: Principal, employee_id: Any, day: Any, *all_for: Permission) -> ColumnElement[bool]:
    """The caller may see this person's rows: all with one of the permissions, else the own, else those of the units
    that the caller heads or serves as clerk."""
    if who.permissions.intersection(all_for):
        return employee_id.is_not(None)  # type: ignore[no-any-return]
    own = employee_id == who.employee_id if who.employee_id else employee_id.is_(None)
    units = who.standing.headed | ({who.unit_id} if who.unit_id and who.may(Permission.APPLY_FOR_UNIT) else set())
    return or_(own, functions.works_under(employee_id, frozenset(units), day, who.known_on)) if units else own


def skills_seen_by(who: Principal, employee_id: Any) -> ColumnElement[bool]:
    """Whose evidence and gaps the caller may see: the own, those of units headed, or with the permission all."""
    if who.may(Permission.READ_SKILLS_ALL):
        return true()
    own = employee_id == who.employee_id
    headed = who.standing.headed
    return or_(own, works_under(employee_id, headed, who.today, who.known_on)) if headed else own
