"""Request models of completion."""

from typing import Literal

from app.kit.fields import Day, Fields, Line, Percent
from app.seats.enums import EnrollmentStatus

Result = Literal[EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_COMPLETED, EnrollmentStatus.ABSENT]


class Completion(Fields):
    """Without `status` the course's rule decides; with it a person does, and `reason` is required. Default of
    `completed_on`: the day decided before, otherwise that of the last meeting attended; another day needs a `reason`,
    and so does any correction of a completion. A day or a score alone leaves a result that a person decided."""

    status: Result | None = None
    reason: Line | None = None
    score: Percent | None = None
    completed_on: Day | None = None
