"""Trainings of the city: sessions with enrollments, attendance and evidence."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from math import ceil
from random import Random
from typing import Final
from uuid import UUID

from app.catalog.enums import EnrollmentMode
from app.kit import clock
from app.seats.enums import Attendance, EnrollmentStatus
from app.skills.enums import EvidenceBasis
from scripts.city import rows
from scripts.city.careers import Person
from scripts.city.ids import Ids
from scripts.city.roster import AUDIENCES, Member, roster
from scripts.city.timetable import PLANS, Course, Plan, Session, Timetable
from scripts.city.units import Organization

_OUTCOMES: Final = (EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED, EnrollmentStatus.ABSENT)

_OF_A_HUNDRED: Final = (90, 5, 5)

_DEMAND: Final = (0.6, 1.4)

_WITHDRAWS: Final = 0.06

_ROSTER: Final = (5, 15)


@dataclass
class Trainings:
    sessions: list[rows.CourseSession] = field(default_factory=list)
    meetings: list[rows.SessionMeeting] = field(default_factory=list)
    enrollments: list[rows.Enrollment] = field(default_factory=list)
    events: list[rows.EnrollmentEvent] = field(default_factory=list)
    bookings: list[rows.Booking] = field(default_factory=list)
    records: list[rows.SkillRecord] = field(default_factory=list)
    attended: list[tuple[Session, list[UUID]]] = field(default_factory=list)
    """Sessions that were held, each with the people who attended and get its surveys."""


class Office:
    """The training office: invites people, assigns seats and records attendance."""

    def __init__(
        self, people: list[Person], absences: list[rows.Absence], leaders: list[rows.RoleAssignment],
        *, city: Organization, scale: float, today: date, by: UUID, rng: Random, ids: Ids,
    ) -> None:  # fmt: skip
        self.rows = Trainings()
        self._people, self._leaders, self._city = people, leaders, city
        self._away = {absence.employee_id: absence for absence in absences}
        self._scale, self._today, self._by, self._rng, self._ids = scale, today, by, rng, ids
        self._timetable = Timetable(today, ids)
        self._busy: set[tuple[UUID, datetime]] = set()
        self._done: dict[str, set[UUID]] = defaultdict(set)

    def run(self, courses: Mapping[str, Course]) -> Trainings:
        """Run the last and this fiscal year as planned, then the sessions that are open for application today."""
        this_year = clock.fiscal_year(self._today)
        for year in (this_year - 1, this_year):
            members = list(roster(self._city, self._people, self._leaders, min(date(year, *_ROSTER), self._today)))
            self._rng.shuffle(members)
            for plan in PLANS:
                self._year(plan, courses[plan.course], year, members)
        for plan in PLANS:
            if plan.open_demand:
                pool = self._pool(plan, courses[plan.course], members)
                self._hold(courses[plan.course], plan.seats, self._timetable.open_day(), pool, plan.open_demand)
        return self.rows

    def _pool(self, plan: Plan, course: Course, members: list[Member]) -> Iterator[Member]:
        """The audience without people who have completed the course, unless its skill lapses every year."""
        for member in members:
            again = course.until_fiscal_year_end or member.person.id not in self._done[course.code]
            if again and AUDIENCES[plan.audience](member.roles):
                yield member

    def _year(self, plan: Plan, course: Course, year: int, members: list[Member]) -> None:
        pool = list(self._pool(plan, course, members))
        waiting, days = iter(pool), list(self._timetable.months(plan, year))
        if course.designated:
            for at in range(ceil(len(pool) / plan.seats)):
                self._hold(course, plan.seats, days[at % len(days)], waiting)
            return
        for day in days:
            for _ in range(max(1, round(plan.runs * self._scale))):
                self._hold(course, plan.seats, day, waiting)

    def _hold(self, course: Course, seats: int, day: date, pool: Iterator[Member], demand: float | None = None) -> None:
        """A session: published, filled from the pool and, if its day has passed, attended."""
        session = self._timetable.session(course, seats, day)
        self.rows.sessions.append(session.row)
        self.rows.meetings.extend(session.meetings)
        applicants = seats if course.designated else round(seats * (demand or self._rng.uniform(*_DEMAND)))
        free = (member for member in pool if self._can_come(member, session))
        if session.row.application_opens_at.date() > self._today:
            return
        taken, queued, present = 0, 0, []
        for member in islice(free, applicants):
            status = self._status(session, taken < seats)
            queued += status is EnrollmentStatus.WAITLISTED
            taken += status in _OUTCOMES or status is EnrollmentStatus.CONFIRMED
            self._enroll(session, member, status, queued if status is EnrollmentStatus.WAITLISTED else None)
            if status in {EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED}:
                present.append(member.person.id)
        if session.held:
            self.rows.attended.append((session, present))

    def _can_come(self, member: Member, session: Session) -> bool:
        leave, stint = self._away.get(member.person.id), member.person.stint_on(session.day)
        away = (
            leave is not None
            and leave.valid_from <= session.day
            and not (leave.valid_to and leave.valid_to <= session.day)
        )
        clash = any((member.person.id, meeting.starts_at) in self._busy for meeting in session.meetings)
        return not away and not clash and stint is not None

    def _status(self, session: Session, seat_free: bool) -> EnrollmentStatus:
        if not session.course.designated and self._rng.random() < _WITHDRAWS:
            return EnrollmentStatus.WITHDRAWN
        if session.held:
            return self._rng.choices(_OUTCOMES, _OF_A_HUNDRED)[0] if seat_free else EnrollmentStatus.NOT_SELECTED
        if session.row.needs_approval and self._rng.random() < 0.2:
            return EnrollmentStatus.APPLIED
        return EnrollmentStatus.CONFIRMED if seat_free else EnrollmentStatus.WAITLISTED

    def _enroll(self, session: Session, member: Member, status: EnrollmentStatus, waitlist_order: int | None) -> None:
        applied_at, decided_at = self._moments(session, decided=status is not EnrollmentStatus.APPLIED)
        entry = rows.Enrollment(
            id=self._ids(),
            course_session_id=session.row.id,
            employee_id=member.person.id,
            mode=EnrollmentMode.DESIGNATED if session.course.designated else EnrollmentMode.APPLIED,
            submitted_by=self._by if session.course.designated else member.person.account_id,
            status=status,
            reason="業務の都合" if status is EnrollmentStatus.WITHDRAWN else None,
            org_unit_id=member.unit,
            waitlist_order=waitlist_order,
            decided_by=self._by if decided_at else None,
            decided_at=decided_at,
            completed_on=session.last_day if status is EnrollmentStatus.COMPLETED else None,
        )
        self.rows.enrollments.append(entry)
        self._history(entry, session, applied_at)
        if status in _OUTCOMES or status is EnrollmentStatus.CONFIRMED:
            self._book(entry, session)
        if status is EnrollmentStatus.COMPLETED:
            self._done[session.course.code].add(entry.employee_id)
            self._evidence(entry, session)

    def _moments(self, session: Session, *, decided: bool) -> tuple[datetime, datetime | None]:
        """When the application was submitted and when it was decided, both before today."""
        yesterday = datetime.combine(self._today - timedelta(days=1), time(), clock.TOKYO)
        waited = timedelta(days=self._rng.randrange(1, 30), minutes=self._rng.randrange(480))
        applied_at = min(session.row.application_opens_at + waited, yesterday)
        return applied_at, applied_at + timedelta(hours=20) if decided else None

    def _history(self, entry: rows.Enrollment, session: Session, applied_at: datetime) -> None:
        status, seated = EnrollmentStatus(entry.status), entry.status in _OUTCOMES
        first = EnrollmentStatus.CONFIRMED if session.course.designated else EnrollmentStatus.APPLIED
        self._event(entry, entry.submitted_by, applied_at, None, first)
        if entry.decided_at and first is EnrollmentStatus.APPLIED:
            self._event(entry, self._by, entry.decided_at, first, EnrollmentStatus.CONFIRMED if seated else status)
        if seated:
            self._event(entry, self._by, session.row.ends_at + timedelta(hours=1), EnrollmentStatus.CONFIRMED, status)

    def _event(
        self, entry: rows.Enrollment, by: UUID, at: datetime, before: EnrollmentStatus | None, after: EnrollmentStatus
    ) -> None:
        reason = entry.reason if after == entry.status else None
        self.rows.events.append(rows.EnrollmentEvent(self._ids(), entry.id, at, by, before, after, reason))

    def _book(self, entry: rows.Enrollment, session: Session) -> None:
        for meeting in session.meetings:
            self._busy.add((entry.employee_id, meeting.starts_at))
            during = rows.During(meeting.starts_at, meeting.ends_at)
            length = int((meeting.ends_at - meeting.starts_at).total_seconds()) // 60
            noted = self._attendance(EnrollmentStatus(entry.status), length, last=meeting is session.meetings[-1])
            self.rows.bookings.append(
                rows.Booking(
                    self._ids(), entry.id, meeting.id, entry.employee_id, during, True, *noted, entry.org_unit_id
                )
            )

    def _attendance(self, status: EnrollmentStatus, length: int, *, last: bool) -> tuple[Attendance | None, int | None]:
        if status is EnrollmentStatus.CONFIRMED:
            return None, None
        if status is EnrollmentStatus.ABSENT:
            return (Attendance.EXCUSED if self._rng.random() < 0.4 else Attendance.ABSENT), 0
        if status is EnrollmentStatus.NOT_COMPLETED and last:
            return Attendance.LEFT_EARLY, length // 3
        late = self._rng.random() < 0.04
        return (Attendance.LATE, length - length // 10) if late else (Attendance.PRESENT, length)

    def _evidence(self, entry: rows.Enrollment, session: Session) -> None:
        day = session.last_day
        ends = clock.fiscal_year_start(clock.fiscal_year(day) + 1) if session.course.until_fiscal_year_end else None
        self.rows.records.extend(
            rows.SkillRecord(self._ids(), entry.employee_id, skill, 1, EvidenceBasis.COMPLETION, entry.id, day, ends)
            for skill in session.course.skills
        )
