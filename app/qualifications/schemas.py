"""What clients send and get for qualifications and awards, where it differs from the tables."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import Field, col

from app.kit.fields import Code, Day, Line, Read, Values, example
from app.kit.filters import DatedQuery, Eq, In, ListQuery, Since, Sorts, Until, Where
from app.kit.patching import Partial
from app.kit.records import on_day
from app.qualifications.enums import AwardAction, AwardStatus
from app.qualifications.models import (
    AwardDetails,
    Qualification,
    QualificationAward,
    QualificationAwardFields,
    QualificationFields,
)


class QualificationCreate(QualificationFields):
    """A new qualification."""


class QualificationUpdate(QualificationFields, Partial):
    model_config = example(name_en="IT Passport")


class QualificationRead(QualificationFields, Read):
    holders: int = Field(description="People within the caller's sight who hold it, verified, on the day")
    as_of: date


class QualificationQuery(DatedQuery):
    sorts: ClassVar[Sorts] = {"code": col(Qualification.code), "updated_at": col(Qualification.updated_at)}
    default_sort: ClassVar[str] = "code"
    key: ClassVar[Any] = col(Qualification.id)

    code: Annotated[Values[Code] | None, In(col(Qualification.code))] = None
    skill_code: Annotated[Code | None, Where(lambda code, _: col(Qualification.skill_codes).contains([code]))] = None


class QualificationAwardCreate(QualificationAwardFields):
    """Leave `expires_on` out and it follows from the qualification; send null when this pass counts for good."""

    model_config = example(certificate_number="IP-2026-06-00001")


class QualificationAwardUpdate(AwardDetails, Partial):
    model_config = example(certificate_number="IP-2026-06-00002")


class QualificationAwardRead(QualificationAwardFields, Read):
    status: AwardStatus
    verified_by: UUID | None = Field(description="The account that verified it")
    verified_at: datetime | None
    revoked_on: date | None = Field(description="The first day on which the pass no longer counts")
    revoked_reason: Line | None
    allowed_actions: list[AwardAction] = Field(description="What this caller may post to now")


class QualificationAwardQuery(ListQuery):
    sorts: ClassVar[Sorts] = {
        "passed_on": col(QualificationAward.passed_on),
        "updated_at": col(QualificationAward.updated_at),
    }
    default_sort: ClassVar[str] = "-passed_on"
    key: ClassVar[Any] = col(QualificationAward.id)

    employee_id: Annotated[UUID | None, Eq(col(QualificationAward.employee_id))] = None
    qualification_code: Annotated[Values[Code] | None, In(col(QualificationAward.qualification_code))] = None
    status: Annotated[Values[AwardStatus] | None, In(col(QualificationAward.status))] = None
    certificate_number: Annotated[Line | None, Eq(col(QualificationAward.certificate_number))] = None
    passed_from: Annotated[Day | None, Since(col(QualificationAward.passed_on))] = None
    passed_to: Annotated[Day | None, Until(col(QualificationAward.passed_on))] = None
    expiring_before: Annotated[Day | None, Where(lambda day, _: col(QualificationAward.expires_on) < day)] = None
    held_on: Annotated[Day | None, Where(lambda day, _: held_on(day))] = None


def held_on(day: date) -> ColumnElement[bool]:
    """Verified, passed by the day, and neither expired nor revoked on it."""
    award = QualificationAward
    standing = or_(col(award.revoked_on).is_(None), col(award.revoked_on) > day)
    return col(award.verified_at).is_not(None) & standing & on_day(col(award.passed_on), col(award.expires_on), day)
