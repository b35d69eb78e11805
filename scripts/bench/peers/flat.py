"""(b) The FastAPI + SQLModel template as usually written: a flat table of people, no caller, no rule, no log.

Sessions are loaded by `yield`, rows by entity, answers validated by `response_model`; a seat is taken by SELECT FOR
UPDATE, a count, an insert, a commit and a refresh.
"""

import os
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import DateTime, Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

app = FastAPI()
engine = create_async_engine(os.environ["BENCH_DATABASE"].replace("postgresql:", "postgresql+asyncpg:"), pool_size=32)


class PersonBase(SQLModel):
    employee_number: str
    name: str
    name_kana: str
    email: str | None
    hired_on: date
    appointment_type: str
    job_category: str
    unit_id: UUID | None
    unit_name: str | None
    position_rank: str | None
    status: str


class Person(PersonBase, table=True):
    __tablename__ = "person"
    __table_args__: ClassVar[dict[str, str]] = {"schema": "bench"}

    id: UUID = Field(primary_key=True)


class PersonRead(PersonBase):
    id: UUID


class Course(SQLModel, table=True):
    __tablename__ = "session"
    __table_args__: ClassVar[dict[str, str]] = {"schema": "bench"}

    id: UUID = Field(primary_key=True)
    capacity: int


class Seat(SQLModel, table=True):
    __tablename__ = "seat"
    __table_args__: ClassVar[dict[str, str]] = {"schema": "bench"}

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    session_id: UUID
    person_id: UUID
    status: str
    created_at: datetime = Field(sa_type=DateTime(timezone=True), default_factory=datetime.now().astimezone)


class SeatCreate(BaseModel):
    course_session_id: UUID
    employee_id: UUID


async def get_session() -> AsyncIterator[AsyncSession]:
    async with AsyncSession(engine, expire_on_commit=False) as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]


@app.get("/people/{id}", response_model=PersonRead)
async def read_person(id: UUID, session: SessionDep) -> Person:
    person = await session.get(Person, id)
    if person is None:
        raise HTTPException(404)
    return person


@app.get("/people", response_model=list[PersonRead])
async def list_people(
    session: SessionDep,
    org_unit_id: UUID,
    offset: int = 0,
    limit: Annotated[int, Query(le=200)] = 50,
) -> list[Person]:
    people = select(Person).where(Person.unit_id == org_unit_id).order_by(Person.employee_number)
    return list((await session.exec(people.offset(offset).limit(limit))).all())


@app.post("/seats", response_model=Seat, status_code=201)
async def take_seat(wanted: SeatCreate, session: SessionDep) -> Seat:
    locked = select(Course).where(Course.id == wanted.course_session_id).with_for_update()
    course = (await session.exec(locked)).first()
    if course is None:
        raise HTTPException(404)
    taken = (
        await session.exec(
            select(func.count())
            .select_from(Seat)
            .where(Seat.session_id == wanted.course_session_id, Seat.status == "confirmed")
        )
    ).one()
    status = "confirmed" if taken < course.capacity else "waitlisted"
    seat = Seat(session_id=course.id, person_id=wanted.employee_id, status=status)
    session.add(seat)
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409) from None
    await session.refresh(seat)
    return seat
