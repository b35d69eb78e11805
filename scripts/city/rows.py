"""Rows of the city, one type per table; fields are the table's columns, JSON is text."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class Employee(NamedTuple):
    id: UUID
    employee_number: str
    name: str
    name_kana: str
    display_name: str | None
    email: str | None
    search_key: str


class Account(NamedTuple):
    """The user name is the employee number; the loader adds the password."""

    id: UUID
    username: str
    display_name: str
    grants: list[str]
    employee_id: UUID
    demonstration: bool


class EmployeeNumber(NamedTuple):
    id: UUID
    employee_id: UUID
    number: str
    valid_from: date
    valid_to: date | None


class Employment(NamedTuple):
    id: UUID
    employee_id: UUID
    appointment_type: str
    job_service: str
    job_category: str
    valid_from: date
    valid_to: date | None


class Post(NamedTuple):
    id: UUID
    employee_id: UUID
    org_unit_id: UUID
    kind: str
    position_rank: str
    job_title: str | None
    valid_from: date
    valid_to: date | None
    order_number: str | None
    published_on: date | None
    end_published_on: date | None


class Absence(NamedTuple):
    id: UUID
    employee_id: UUID
    kind: str
    valid_from: date
    valid_to: date | None


class RoleAssignment(NamedTuple):
    id: UUID
    employee_id: UUID
    role_code: str
    org_unit_id: UUID
    home_unit_id: UUID
    status: str
    valid_from: date
    valid_to: date | None
    letter_number: str | None
    end_reason: str | None
    decided_by: UUID | None


class CourseSession(NamedTuple):
    id: UUID
    course_id: UUID
    fiscal_year: int
    capacity: int
    application_opens_at: datetime
    application_closes_at: datetime
    withdrawal_closes_at: datetime | None
    needs_approval: bool
    status: str
    starts_at: datetime
    ends_at: datetime


class SessionMeeting(NamedTuple):
    id: UUID
    course_session_id: UUID
    starts_at: datetime
    ends_at: datetime
    place: str | None
    url: str | None


class Enrollment(NamedTuple):
    id: UUID
    course_session_id: UUID
    employee_id: UUID
    mode: str
    submitted_by: UUID
    status: str
    reason: str | None
    org_unit_id: UUID
    waitlist_order: int | None
    decided_by: UUID | None
    decided_at: datetime | None
    completed_on: date | None


class EnrollmentEvent(NamedTuple):
    id: UUID
    enrollment_id: UUID
    at: datetime
    by: UUID
    from_status: str | None
    to_status: str
    reason: str | None


class During(NamedTuple):
    """A time range; the loader makes it a range of the database."""

    starts_at: datetime
    ends_at: datetime


class Booking(NamedTuple):
    id: UUID
    enrollment_id: UUID
    session_meeting_id: UUID
    employee_id: UUID
    during: During
    holds: bool
    attendance: str | None
    minutes: int | None
    org_unit_id: UUID


class SkillRecord(NamedTuple):
    id: UUID
    employee_id: UUID
    skill_code: str
    level: int | None
    basis: str
    source_id: UUID
    valid_from: date
    valid_to: date | None


class QualificationAward(NamedTuple):
    id: UUID
    employee_id: UUID
    qualification_code: str
    certificate_number: str
    passed_on: date
    expires_on: date | None
    status: str
    verified_by: UUID | None
    verified_at: datetime | None


class Survey(NamedTuple):
    id: UUID
    title: str
    kind: str
    course_session_id: UUID
    identification: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime
    closed_at: datetime
    minimum_group: int
    status: str
    invited: int | None = None
    answered: int | None = None
    on_leave: int | None = None


class SurveyQuestion(NamedTuple):
    id: UUID
    survey_id: UUID
    position: int
    code: str
    type: str
    text: str
    text_en: str
    pair_key: str | None
    skill_code: str | None
    required: bool
    complete: bool
    scale: str | None


class SurveyParticipation(NamedTuple):
    survey_id: UUID
    employee_id: UUID


class SurveyResponse(NamedTuple):
    id: UUID
    survey_id: UUID
    respondent: bytes
    employee_id: UUID | None
    timing: str
    answers: str
