"""Printed results of surveys whose responses are not available."""

from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from app.kit.fields import Code, Fields, Percent
from app.kit.records import Record


class BaselineFigureFields(Fields):
    """The printed percentage or count of an option; null is unknown, never zero."""

    question_code: Code
    option_code: Code
    percent: Percent | None = None
    count: int | None = Field(default=None, ge=0, le=10_000_000)


class BaselineFigure(BaselineFigureFields, Record, table=True):
    __tablename__ = "baseline_figure"
    __table_args__ = (
        UniqueConstraint("survey_id", "question_code", "option_code"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="ck_baseline_figure_percent"),
    )
    survey_id: UUID = Field(foreign_key="survey.id")
