"""A small city to test in."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.records import Record, add
from app.kit.text import fold
from app.people.enums import AppointmentType, PostKind
from app.people.models import Absence, Employee, EmployeeNumber, Employment, OrgUnit, PositionRank, Post, ScopeRule

START = date(2020, 4, 1)

RANKS = {
    "department_head": ("部長", 10, True),
    "section_head": ("課長", 30, True),
    "assistant_section_head": ("課長補佐", 40, False),
    "chief": ("係長", 50, False),
    "staff": ("主事", 90, False),
}

_numbers = count(1)


@dataclass
class City:
    department: OrgUnit
    section: OrgUnit
    team: OrgUnit
    other_section: OrgUnit
    information: OrgUnit
    medical_center: OrgUnit
    department_head: Employee
    section_head: Employee
    leader: Employee
    staff: Employee
    colleague: Employee
    stranger: Employee
    advisor: Employee


async def ranks(db: AsyncSession) -> None:
    for code, (name, ordinal, is_head) in RANKS.items():
        db.add(PositionRank(code=code, name=name, ordinal=ordinal, is_head=is_head))
    await db.flush()


async def scope_rules(db: AsyncSession) -> None:
    for service, excepted in (("administrative", []), ("medical", ["MC"])):
        rule = ScopeRule(appointment_type=AppointmentType.REGULAR, job_service=service, valid_from=START)
        rule.except_org_unit_codes = excepted
        db.add(rule)
    await db.flush()


def new_unit(code: str, level: str = "section", parent: OrgUnit | None = None, **more: Any) -> OrgUnit:
    unit = OrgUnit(**{"code": code, "name": f"{code}課", "level": level, "valid_from": START, **more})
    unit.search_key = fold(unit.code, unit.name, unit.name_kana)
    unit.parent_id = parent.id if parent else None
    unit.lineage = [*(parent.lineage if parent else []), unit.id]
    return unit


async def unit(
    db: AsyncSession, code: str, level: str = "section", parent: OrgUnit | None = None, **more: Any
) -> OrgUnit:
    return await add(db, new_unit(code, level, parent, **more))


@dataclass
class NewEmployee:
    person: Employee
    facts: list[Record]


def new_employee(unit: OrgUnit | None = None, rank: str = "staff", since: date = START, **more: Any) -> NewEmployee:
    number = more.pop("employee_number", f"{next(_numbers):06}")
    terms: dict[str, Any] = {
        "appointment_type": "regular",
        "job_service": "administrative",
        "job_category": "administrative",
    }
    terms |= {name: more.pop(name) for name in list(more) if name in terms}
    name, kana = more.pop("name", "山田 花子"), more.pop("name_kana", "ヤマダ ハナコ")
    left_on = more.pop("left_on", None)
    person = Employee(employee_number=number, name=name, name_kana=kana, **more)
    person.search_key = fold(name, kana, number)
    facts: list[Record] = [
        EmployeeNumber(employee_id=person.id, number=number, valid_from=since),
        Employment(employee_id=person.id, valid_from=since, valid_to=left_on, **terms),
    ]
    if unit:
        place: dict[str, Any] = {"org_unit_id": unit.id, "position_rank": rank, "kind": PostKind.PRIMARY}
        facts.append(Post(employee_id=person.id, valid_from=since, **place))
    return NewEmployee(person, facts)


async def employ(db: AsyncSession, *hired: NewEmployee) -> None:
    """Saves all of them at once."""
    db.add_all(each.person for each in hired)
    await db.flush()
    db.add_all(fact for each in hired for fact in each.facts)
    await db.flush()


async def employee(
    db: AsyncSession, unit: OrgUnit | None = None, rank: str = "staff", since: date = START, **more: Any
) -> Employee:
    """A regular administrative employee with a primary post in the unit."""
    hired = new_employee(unit, rank, since, **more)
    await employ(db, hired)
    return hired.person


async def terms(db: AsyncSession, person: Employee, since: date, **more: Any) -> Employment:
    """Further terms of a regular administrative employee."""
    fields: dict[str, Any] = {"appointment_type": AppointmentType.REGULAR, "job_service": "administrative"}
    fields |= {"job_category": "administrative", **more}
    return await add(db, Employment(employee_id=person.id, valid_from=since, **fields))


async def post(
    db: AsyncSession,
    person: Employee,
    unit: OrgUnit,
    rank: str = "staff",
    kind: PostKind = PostKind.PRIMARY,
    since: date = START,
    **more: Any,
) -> Post:
    held = Post(employee_id=person.id, org_unit_id=unit.id, position_rank=rank, kind=kind, valid_from=since, **more)
    return await add(db, held)


async def absence(db: AsyncSession, employee_id: UUID, since: date, until: date | None = None) -> Absence:
    return await add(db, Absence(employee_id=employee_id, kind="childcare_leave", valid_from=since, valid_to=until))


async def city(db: AsyncSession) -> City:
    """A department with two sections (one with a team), the information division, the medical center, and people."""
    await ranks(db)
    await scope_rules(db)
    department = new_unit("D1", "department")
    section = new_unit("S1", parent=department, needs_leader=True)
    team = new_unit("T1", "team", parent=section)
    other = new_unit("S2", parent=department, needs_leader=True)
    information = new_unit("INFO", name="情報政策課", parent=department)
    medical = new_unit("MC", "office", name="医療センター")
    db.add_all([department, section, team, other, information, medical])
    await db.flush()
    hired = {
        "department_head": new_employee(department, "department_head", name="髙橋 一郎", name_kana="タカハシ イチロウ"),
        "section_head": new_employee(section, "section_head", name="﨑山 次郎", name_kana="サキヤマ ジロウ"),
        "leader": new_employee(section, "assistant_section_head", name="佐藤 三郎", name_kana="サトウ サブロウ"),
        "staff": new_employee(team, name="𠮷田 花子", name_kana="ヨシダ ハナコ"),
        "colleague": new_employee(team, name="鈴木 薫", name_kana="スズキ カオル"),
        "stranger": new_employee(other, name="渡辺 葵", name_kana="ワタナベ アオイ"),
        "advisor": new_employee(information, name="伊藤 蓮", name_kana="イトウ レン"),
    }
    await employ(db, *hired.values())
    return City(
        department=department,
        section=section,
        team=team,
        other_section=other,
        information=information,
        medical_center=medical,
        **{name: each.person for name, each in hired.items()},
    )
