"""Qualifications that the city recommends, and the awards of those who passed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from app.kit.fields import CODE, KEY, Code, Day, Fields, Key, Level, Line, integer
from app.kit.records import Record, enum_column, instant, text_array, well_formed
from app.qualifications.enums import AwardStatus

Months = Annotated[int, integer(1, 600)]


class QualificationFields(Fields):
    """An examination or license; `valid_for_months` is null if an award never expires, such as IT Passport.

    A verified award is evidence of `skill_codes` at `skill_level`.
    """

    code: Code
    name: Line
    name_en: Line | None = None
    issuer: Line
    valid_for_months: Months | None = None
    skill_codes: list[Code] = text_array(max_length=50)
    skill_level: Level = 1


class Qualification(QualificationFields, Record, table=True):
    __table_args__ = (UniqueConstraint("code"), well_formed("ck_qualification_code", "code", CODE))


class AwardDetails(Fields):
    """Details of the certificate; `expires_on` is the last day on which the award counts, as printed; null = never."""

    certificate_number: Key
    passed_on: Day
    expires_on: Day | None = None


class QualificationAwardFields(AwardDetails):
    """An award as its holder registers it."""

    employee_id: UUID = Field(foreign_key="employee.id", index=True)
    qualification_code: Code = Field(foreign_key="qualification.code")


class QualificationAward(QualificationAwardFields, Record, table=True):
    """An award. An expired one is kept, a renewed one is a further row with its own expiry and the same number.

    The number is one person's; it is free again when all their awards with it are revoked.
    """

    __tablename__ = "qualification_award"
    __table_args__ = (
        Index(
            "uq_qualification_award_certificate",
            "qualification_code",
            "certificate_number",
            "employee_id",
            "expires_on",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("status <> 'revoked'"),
        ),
        ExcludeConstraint(
            (Column("qualification_code"), "="),
            (Column("certificate_number"), "="),
            (Column("employee_id"), "<>"),
            name="ex_qualification_award_holder",
            using="gist",
            where=text("status <> 'revoked'"),
        ),
        well_formed("ck_qualification_award_number", "certificate_number", KEY),
        CheckConstraint("passed_on <= expires_on", name="ck_qualification_award_period"),
        Index("ix_qualification_award_passed_on", "passed_on", "id"),
        Index("ix_qualification_award_updated_at", "updated_at", "id"),
    )
    status: AwardStatus = enum_column(default=AwardStatus.REGISTERED)
    verified_by: UUID | None = Field(default=None, foreign_key="account.id")
    verified_at: datetime | None = instant(default=None)
    revoked_on: Day | None = None
    revoked_reason: Line | None = None
