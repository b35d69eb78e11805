"""Qualifications that people have been awarded."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from app.kit import clock
from app.qualifications import rules
from app.qualifications.enums import AwardStatus
from app.skills.enums import EvidenceBasis
from scripts.city import rows
from scripts.city.careers import Person
from scripts.city.ids import Ids
from scripts.city.slots import REGULAR

_HELD_BY: Final = {"it_passport": 0.03, "fundamental_it_engineer": 0.006, "registered_security_specialist": 0.002}

_VERIFIED: Final = 0.85

_YEARS: Final = 4


class Qualification(NamedTuple):
    """A qualification of the policy, with what the generator needs."""

    valid_for_months: int | None
    skills: tuple[str, ...]


def awards(
    people: list[Person], kinds: Mapping[str, Qualification], today: date, by: UUID, rng: Random, ids: Ids
) -> tuple[list[rows.QualificationAward], list[rows.SkillRecord]]:
    """Awards of the last years and, for verified ones, the evidence of their skills."""
    passed: list[rows.QualificationAward] = []
    evidence: list[rows.SkillRecord] = []
    for person in people:
        if person.slot.track not in REGULAR or person.left_on:
            continue
        for code, kind in kinds.items():
            if rng.random() < _HELD_BY.get(code, 0):
                award = _award(person, code, kind, len(passed) + 1, today, by, rng, ids)
                passed.append(award)
                evidence.extend(_evidence(award, skill, ids) for skill in kind.skills if award.verified_at)
    return passed, evidence


def _award(
    person: Person, code: str, kind: Qualification, count: int, today: date, by: UUID, rng: Random, ids: Ids
) -> rows.QualificationAward:
    on = today - timedelta(days=rng.randint(20, 365 * _YEARS))
    expires = rules.expiry(on, valid_for_months=kind.valid_for_months)
    verified = rng.random() < _VERIFIED
    at = datetime.combine(on + timedelta(days=14), time(10), clock.TOKYO) if verified else None
    return rows.QualificationAward(
        ids(), person.id, code, f"{code[:2].upper()}-{on:%Y%m}-{count:06d}", on, expires,
        AwardStatus.VERIFIED if verified else AwardStatus.REGISTERED, by if verified else None, at,
    )  # fmt: skip


def _evidence(award: rows.QualificationAward, skill: str, ids: Ids) -> rows.SkillRecord:
    until = rules.counts_until(award.expires_on)
    return rows.SkillRecord(
        ids(), award.employee_id, skill, 1, EvidenceBasis.QUALIFICATION, award.id, award.passed_on, until
    )
