"""Who answered, and what was answered: two tables without a link, an instant or an order to join them by."""

from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.kit.records import jsonb, words
from app.responses.rules import ResponseTiming


class SurveyParticipation(SQLModel, table=True):
    """The fact that a person has answered."""

    __tablename__ = "survey_participation"
    __audited__: ClassVar[bool] = False

    survey_id: UUID = Field(primary_key=True, foreign_key="survey.id")
    employee_id: UUID = Field(primary_key=True, foreign_key="employee.id", index=True)


class SurveySheet(SQLModel, table=True):
    """One person's answers by question code; only a named sheet knows whose.

    `respondent` is a keyed digest: of person and session, or of the token that an anonymous person holds.
    """

    __tablename__ = "survey_sheet"
    __audited__: ClassVar[bool] = False
    __table_args__ = (
        UniqueConstraint("survey_id", "respondent"),
        Index("ix_survey_sheet_survey_id", "survey_id", "id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    survey_id: UUID = Field(foreign_key="survey.id")
    respondent: bytes = Field(sa_type=LargeBinary)
    employee_id: UUID | None = Field(default=None, foreign_key="employee.id", index=True)
    timing: ResponseTiming = words()
    answers: dict[str, Any] = jsonb()

    @property
    def version(self) -> int:
        """Nothing is counted that could tell when a sheet was replaced: its bytes alone make its ETag."""
        return 1
