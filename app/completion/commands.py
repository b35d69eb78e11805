"""Assess completion, under the session's lock, and set or withdraw the evidence that it is."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.rules import CompletionRule, evidence_ends
from app.completion import errors, queries, rules
from app.completion.rules import Decided, MeetingAttendance, Terms
from app.completion.schemas import Completion
from app.identity.principal import Principal
from app.kit import clock
from app.kit.as_of import AsOf
from app.seats import commands as seats
from app.seats.enums import EnrollmentStatus
from app.seats.errors import AlreadyInState
from app.seats.models import Enrollment
from app.seats.rules import RESULTS, EnrollmentState
from app.skills import commands as skills
from app.skills.enums import EvidenceBasis


async def complete(db: AsyncSession, who: Principal, enrollment: Enrollment, completion: Completion) -> None:
    """Assess by the course's rule or as a person decides; or correct a result, its day or its score."""
    meetings = (await queries.meetings_attended(db, [enrollment.id]))[enrollment.id]
    before, decided = seats.state_of(enrollment), _decided(enrollment, completion, meetings)
    terms = await _terms(db, enrollment, keep=before.status == EnrollmentStatus.COMPLETED)
    score = enrollment.score if completion.score is None else completion.score
    after = rules.assess(terms.rule, meetings, decided, score=score, now=clock.now())
    if after == before:
        raise AlreadyInState(status=before.status)
    _check(completion, decided, before, after, meetings)
    if after.completed_on and after.completed_on not in rules.attended_days(meetings):
        await _check_employed(db, who, enrollment.employee_id, after.completed_on)
    _note_decisions(enrollment, completion, decided)
    await _conclude(db, who, enrollment, after, completion.reason, terms)


def _decided(enrollment: Enrollment, completion: Completion, meetings: Sequence[MeetingAttendance]) -> Decided:
    """What a person decides now or decided before; a day or a score alone leaves the result to who decided it."""
    day, details = completion.completed_on, completion.completed_on or completion.score is not None
    present = EnrollmentStatus(enrollment.status) if details and enrollment.completion_reason else None
    if day is None:
        day = enrollment.completed_on_decided
    elif day == rules.default_day(meetings):
        day = None
    return Decided(completion.status or present, day)


def _check(
    completion: Completion,
    decided: Decided,
    before: EnrollmentState,
    after: EnrollmentState,
    meetings: Sequence[MeetingAttendance],
) -> None:
    if completion.completed_on:
        rules.check_day(completion.completed_on, after.status, meetings, today=clock.today())
    rules.check_reason(
        completion.reason,
        overrides=completion.status is not None,
        decides_day=completion.completed_on is not None and decided.completed_on is not None,
        corrects=before.status == EnrollmentStatus.COMPLETED,
    )


async def _check_employed(db: AsyncSession, who: Principal, employee_id: UUID, day: date) -> None:
    if not await queries.is_employed(db, employee_id, AsOf(day, published_by=who.today)):
        raise errors.NotEmployedOnCompletionDate(pointer="/completed_on")


def _note_decisions(enrollment: Enrollment, completion: Completion, decided: Decided) -> None:
    if completion.completed_on:
        enrollment.completed_on_reason = completion.reason if decided.completed_on else None
    enrollment.completed_on_decided = decided.completed_on
    if completion.status or not decided.status:
        enrollment.completion_reason = completion.reason if completion.status else None


async def assess_again(db: AsyncSession, who: Principal, enrollments: Sequence[Enrollment], reason: str) -> None:
    """Results, after attendance or meetings changed; a person's decision stays as long as no meeting lies ahead."""
    assessed = [enrollment for enrollment in enrollments if enrollment.status in RESULTS]
    attended = await queries.meetings_attended(db, [enrollment.id for enrollment in assessed])
    for enrollment in assessed:
        by_person = EnrollmentStatus(enrollment.status) if enrollment.completion_reason else None
        decided = Decided(by_person, enrollment.completed_on_decided)
        terms = await _terms(db, enrollment, keep=True)
        meetings, score = attended[enrollment.id], enrollment.score
        after = rules.assess(terms.rule, meetings, decided, score=score, now=clock.now())
        if after != seats.state_of(enrollment):
            await _conclude(db, who, enrollment, after, reason, terms)


async def withdraw(db: AsyncSession, enrollments: Sequence[Enrollment], reason: str) -> None:
    """Before the enrollments leave their results: what had been decided, and the evidence."""
    for enrollment in enrollments:
        await _withdraw_evidence(db, enrollment, reason)
        _forget_decisions(enrollment)


async def _terms(db: AsyncSession, enrollment: Enrollment, *, keep: bool) -> Terms:
    """The course's present terms, or those by which it was assessed: a change of the course takes no completion."""
    if keep and enrollment.terms:
        return Terms(**enrollment.terms | {"rule": CompletionRule(**enrollment.terms["rule"])})
    course = enrollment.session.course
    return Terms(
        rule=CompletionRule(**course.completion_rule),
        valid_for_months=course.valid_for_months,
        valid_until_fiscal_year_end=course.valid_until_fiscal_year_end,
        levels=await queries.levels_taught(db, course.id),
    )


async def _conclude(
    db: AsyncSession, who: Principal, enrollment: Enrollment, after: EnrollmentState, reason: str | None, terms: Terms
) -> None:
    """Write the result with its history, and set or withdraw the evidence that depends on it."""
    enrollment.terms = asdict(terms)
    if after.status == EnrollmentStatus.CONFIRMED:
        _forget_decisions(enrollment)
    if after.completed_on is None:
        await _withdraw_evidence(db, enrollment, reason or after.status)
    await seats.set_state(db, who, enrollment, after, reason)
    if after.completed_on:
        await _set_evidence(db, enrollment, after.completed_on, terms, reason)


def _forget_decisions(enrollment: Enrollment) -> None:
    enrollment.completion_reason = enrollment.completed_on_decided = enrollment.completed_on_reason = None
    enrollment.terms = None


async def _withdraw_evidence(db: AsyncSession, enrollment: Enrollment, reason: str) -> None:
    """From its first day, as if it had never counted."""
    if enrollment.completed_on:
        await skills.withdraw_evidence(db, enrollment.id, reason, enrollment.completed_on)


async def _set_evidence(db: AsyncSession, enrollment: Enrollment, day: date, terms: Terms, reason: str | None) -> None:
    ends = evidence_ends(day, months=terms.valid_for_months, at_fiscal_year_end=terms.valid_until_fiscal_year_end)
    source = skills.Source(enrollment.id, enrollment.employee_id, EvidenceBasis.COMPLETION, day, ends)
    await skills.set_evidence(db, source, terms.levels, reason)
