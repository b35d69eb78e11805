"""Facts of the day for (b'), as statements of the usual kind: built for each request, with the day in them."""

from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    DateTime,
    Select,
    String,
    TableValuedAlias,
    Uuid,
    column,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import col

from app.people.models import Employee


class Employed(Protocol):
    """A row of `workforce`."""

    employee_id: UUID
    appointment_type: str
    job_service: str
    job_category: str
    in_scope: bool
    absent: bool


def people(day: date) -> Select[Any]:
    """Employees with when what is shown of them last changed, and their former numbers and names."""
    instants = [column(name, DateTime(timezone=True)) for name in ("roles_at", "others_at")]
    known = func.people_known(day, day).table_valued(column("employee_id", Uuid), *instants)
    policy = func.policy_changed(day).table_valued(column("updated_at", DateTime(timezone=True)))
    rules_changed_at = select(policy.c.updated_at).scalar_subquery()
    changed_at = func.greatest(col(Employee.public_updated_at), known.c.roles_at, known.c.others_at, rules_changed_at)
    numbers = func.former_numbers(col(Employee.id), day).table_valued(column("numbers", ARRAY(String)))
    names = func.former_names(col(Employee.id)).table_valued(column("names", JSONB))
    return select(
        Employee,
        changed_at.label("changed_at"),
        select(numbers.c.numbers).correlate(Employee).scalar_subquery().label("former_numbers"),
        select(names.c.names).correlate(Employee).scalar_subquery().label("former_names"),
    ).join(known, known.c.employee_id == col(Employee.id))


def workforce(day: date) -> TableValuedAlias:
    """Who is employed: terms, primary post and unit, scope, absence."""
    words = [column(name, String) for name in ("appointment_type", "job_service", "job_category")]
    ids = [column(name, Uuid) for name in ("employee_id", "post_id", "org_unit_id")]
    flags = [column(name, Boolean) for name in ("in_scope", "absent")]
    return func.workforce_on(day, day).table_valued(*ids, *words, *flags).alias("workforce")


def terms(day: date) -> TableValuedAlias:
    """All terms of service that are published."""
    dates = [column(name, Date) for name in ("valid_from", "valid_to")]
    return func.employments_known(day).table_valued(column("employee_id", Uuid), *dates).alias("terms")


def roles(day: date) -> TableValuedAlias:
    columns = (column("employee_id", Uuid), column("role_code", String))
    return func.roles_on(day, day).table_valued(*columns).alias("roles")


def heads(day: date) -> TableValuedAlias:
    """Posts of heads in office."""
    columns = [column(name, Uuid) for name in ("employee_id", "org_unit_id")]
    return func.heads_on(day, day).table_valued(*columns).alias("heads")


def posts(day: date) -> TableValuedAlias:
    columns = [column(name, Uuid) for name in ("employee_id", "org_unit_id")]
    return func.posts_on(day, day).table_valued(*columns, column("kind", String)).alias("posts")


def admissions(session_id: UUID, day: date) -> TableValuedAlias:
    """Of everybody, whether they can come to the session."""
    flags = [column(name, Boolean) for name in ("employed", "on_leave", "clashes", "targeted", "can_come")]
    return func.admissions(session_id, day).table_valued(column("employee_id", Uuid), *flags).alias("admissions")


def circumstances(session_id: UUID, day: date) -> TableValuedAlias:
    """Of everybody, what a seat in the session is confirmed with."""
    columns = (
        column("employee_id", Uuid),
        column("section_ids", ARRAY(Uuid)),
        column("leave_days", ARRAY(Date)),
        column("out_of_target", Boolean),
    )
    return func.circumstances(session_id, day).table_valued(*columns).alias("circumstances")
