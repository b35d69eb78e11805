"""A small city with what the resources need, and everyone who may meet a resource of one of its people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Course
from app.identity.permissions import Grant
from app.kit import clock
from app.people.models import Employee
from tests.catalog import given as catalog
from tests.people import given as people
from tests.people.given import City
from tests.roles import given as roles
from tests.skills import given as skills

DAY = timedelta(days=1)


@dataclass
class World:
    """The city; its `staff` is the person that most of the resources are about."""

    db: AsyncSession
    city: City
    course: Course
    other_head: Employee
    days: Iterator[int]

    @property
    def person(self) -> Employee:
        return self.city.staff

    def ahead(self) -> datetime:
        """An hour at which nobody has another seat."""
        return clock.now() + next(self.days) * DAY

    def past(self) -> datetime:
        return clock.now() - next(self.days) * DAY


async def world(db: AsyncSession) -> World:
    city = await people.city(db)
    await skills.skills(db)
    await roles.roles(db)
    await roles.appointment(db, city.leader, city.section)
    head = await people.employee(db, city.other_section, "section_head")
    return World(db, city, await catalog.course(db, skill_code="dx_basics"), head, count(20))


def callers(world: World) -> Mapping[str, tuple[Grant, Employee | None]]:
    """Offices, heads, colleagues, and the person: as an employee and as one of the training office."""
    city = world.city
    return {
        "administrator": (Grant.ADMIN, None),
        "training office": (Grant.TRAINING, None),
        "information division": (Grant.INFORMATION, None),
        "human resources": (Grant.HR, None),
        "auditor": (Grant.AUDITOR, None),
        "section head": (Grant.EMPLOYEE, city.section_head),
        "department head": (Grant.EMPLOYEE, city.department_head),
        "head of another unit": (Grant.EMPLOYEE, world.other_head),
        "the person": (Grant.EMPLOYEE, world.person),
        "colleague": (Grant.EMPLOYEE, city.colleague),
        "clerk of the unit": (Grant.CLERK, city.colleague),
        "leader": (Grant.EMPLOYEE, city.leader),
        "the person, of the training office": (Grant.TRAINING, world.person),
    }
