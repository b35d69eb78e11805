"""Posts and absences as read models."""

from app.kit import clock
from app.orders.views import public_valid_to
from app.people.models import Absence, Post
from app.posts.schemas import AbsenceRead, PostRead


def post(row: Post) -> PostRead:
    return PostRead.model_validate(row, update={"public_valid_to": public_valid_to(row, clock.today())})


def absence(row: Absence) -> AbsenceRead:
    return AbsenceRead.model_validate(row, update={"public_valid_to": public_valid_to(row, clock.today())})
