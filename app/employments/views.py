"""Terms of service as read models."""

from app.employments.schemas import EmploymentRead
from app.kit import clock
from app.orders.views import public_valid_to
from app.people.models import Employment


def employment(row: Employment) -> EmploymentRead:
    return EmploymentRead.model_validate(row, update={"public_valid_to": public_valid_to(row, clock.today())})
