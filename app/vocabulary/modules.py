"""Every module that defines errors or coded values. A test fails for one that is not listed."""

from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import TypeVar

import app.attendance.errors
import app.audit.enums
import app.catalog.enums
import app.catalog.errors
import app.completion.errors
import app.course_sessions.enums
import app.course_sessions.errors
import app.employments.errors
import app.enrollments.enums
import app.enrollments.errors
import app.findings.enums
import app.findings.statistics
import app.identity.errors
import app.identity.permissions
import app.insights.enums
import app.insights.errors
import app.lists.errors
import app.orders.errors
import app.people.enums
import app.people.errors
import app.posts.errors
import app.qualifications.enums
import app.qualifications.errors
import app.reconfirmation.enums
import app.roles.enums
import app.roles.errors
import app.seats.enums
import app.seats.errors
import app.skills.enums
import app.skills.errors
import app.surveys.enums
import app.surveys.errors
from app.kit import cursors, idempotency, limits, list_query, problems
from app.kit.enums import LabelledEnum
from app.kit.problems import DomainError

T = TypeVar("T")

ERRORS: tuple[ModuleType, ...] = (
    problems,
    cursors,
    list_query,
    idempotency,
    limits,
    app.attendance.errors,
    app.catalog.errors,
    app.completion.errors,
    app.course_sessions.errors,
    app.employments.errors,
    app.enrollments.errors,
    app.identity.errors,
    app.insights.errors,
    app.lists.errors,
    app.orders.errors,
    app.people.errors,
    app.posts.errors,
    app.qualifications.errors,
    app.roles.errors,
    app.seats.errors,
    app.skills.errors,
    app.surveys.errors,
)

ENUMS: tuple[ModuleType, ...] = (
    app.audit.enums,
    app.catalog.enums,
    app.course_sessions.enums,
    app.enrollments.enums,
    app.findings.enums,
    app.findings.statistics,
    app.identity.permissions,
    app.insights.enums,
    app.people.enums,
    app.qualifications.enums,
    app.roles.enums,
    app.reconfirmation.enums,
    app.seats.enums,
    app.skills.enums,
    app.surveys.enums,
)


def errors() -> list[type[DomainError]]:
    """Every error that a client may meet."""
    return [error for error in _defined_in(ERRORS, DomainError) if error is not DomainError]


def errors_by_constraint() -> Mapping[str, type[DomainError]]:
    """The error that a database constraint means."""
    return {name: error for error in errors() for name in error.constraints()}


def enums() -> list[type[LabelledEnum]]:
    """Every enum whose values the API sends or takes."""
    return _defined_in(ENUMS, LabelledEnum)


def _defined_in(modules: Iterable[ModuleType], base: type[T]) -> list[type[T]]:
    found = [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__
    ]
    return list(dict.fromkeys(found))  # a class with a short alias is one
