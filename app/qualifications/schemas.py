"""Request and response bodies of qualifications and awards, and the query parameters of their lists."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from sqlmodel import Field, col

from app.kit.fields import Code, Day, Key, Line, Read, Values
from app.kit.filters import Column, Eq, Few, In, Since, Until, Where
from app.kit.list_query import ChangedQuery, DatedQuery, Sorts
from app.kit.patching import partial
from app.qualifications.enums import AwardAction, AwardStatus
from app.qualifications.functions import expires_before, is_held_on, shows_skill
from app.qualifications.models import (
    AwardDetails,
    Qualification,
    QualificationAward,
    QualificationAwardFields,
    QualificationFields,
)


class QualificationCreate(QualificationFields):
    """A new qualification."""


@partial
class QualificationUpdate(QualificationFields):
    """Changes to a qualification."""


class QualificationRead(QualificationFields, Read):
    holders: int = Field(description="Number of people the caller may see who hold a verified award on the day")
    as_of: date


class QualificationQuery(DatedQuery, ChangedQuery):
    sorts: ClassVar[Sorts] = {"code": col(Qualification.code), "updated_at": col(Qualification.updated_at)}
    default_sort: ClassVar[str] = "code"
    key: ClassVar[Column] = col(Qualification.id)
    updated: ClassVar[Column] = col(Qualification.updated_at)

    code: Annotated[Values[Code] | None, In(col(Qualification.code))] = None
    skill_code: Annotated[Code | None, Where(shows_skill)] = None


class QualificationAwardCreate(QualificationAwardFields):
    """A new award. Without `expires_on` it is derived from the qualification; null = the award never expires."""


@partial
class QualificationAwardUpdate(AwardDetails):
    """Changes to a qualification award."""


class QualificationAwardRead(QualificationAwardFields, Read):
    status: AwardStatus
    verified_by: UUID | None = Field(description="The account that verified it")
    verified_at: datetime | None
    revoked_on: date | None = Field(description="The first day on which a revoked award no longer counts")
    revoked_reason: Line | None
    allowed_actions: list[AwardAction] = Field(description="Actions that are open to the caller now")


class QualificationAwardQuery(ChangedQuery):
    sorts: ClassVar[Sorts] = {
        "passed_on": col(QualificationAward.passed_on),
        "updated_at": col(QualificationAward.updated_at),
    }
    default_sort: ClassVar[str] = "-passed_on"
    key: ClassVar[Column] = col(QualificationAward.id)
    updated: ClassVar[Column] = col(QualificationAward.updated_at)

    employee_id: Annotated[UUID | None, Few(col(QualificationAward.employee_id))] = None
    qualification_code: Annotated[Values[Code] | None, In(col(QualificationAward.qualification_code))] = None
    status: Annotated[Values[AwardStatus] | None, In(col(QualificationAward.status))] = None
    certificate_number: Annotated[Key | None, Eq(col(QualificationAward.certificate_number))] = None
    passed_from: Annotated[Day | None, Since(col(QualificationAward.passed_on))] = None
    passed_to: Annotated[Day | None, Until(col(QualificationAward.passed_on))] = None
    expiring_before: Annotated[Day | None, Where(expires_before)] = None
    held_on: Annotated[Day | None, Where(is_held_on)] = None
