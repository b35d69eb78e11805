"""Release what is over, by the clock."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.settings import Settings
from app.reconfirmation import queries
from app.seats.commands import promote, transition
from app.seats.enums import EnrollmentStatus
from app.seats.queries import lock_calendars


async def release_due(db: AsyncSession, settings: Settings) -> None:
    """A job: before a session starts, the seats and ranks of people who leave go to those who wait, and so do free
    seats if somebody who waits can come again. Seats to which something has happened and that nobody has confirmed
    again are released as many days before as the setting says."""
    days = settings.release_unconfirmed_days
    sessions = await queries.locked_sessions(db, days)
    if not sessions:
        return
    due = await queries.due_in(db, sessions, days)
    people = [enrollment.employee_id for enrollment, _ in due]
    await lock_calendars(db, list(sessions), people)
    for enrollment, reason in due:
        session = sessions[enrollment.course_session_id]
        await transition(db, None, session, [enrollment], EnrollmentStatus.WITHDRAWN, reason)
    await promote(db, None, list(sessions.values()))
