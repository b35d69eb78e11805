"""Plain values for the rules of skill gaps."""

from datetime import date
from uuid import uuid4

from app.roles.enums import RoleBasis
from app.roles.rules import HeldRole
from app.skills.enums import EvidenceBasis, Provenance
from app.skills.rules import Evidence, Requirement

START = date(2020, 4, 1)


def held(code: str, since: date = START) -> HeldRole:
    return HeldRole(code, None, RoleBasis.POST, None, uuid4(), since)


def requirement(role: str, skill: str, target: int | None = None, grace: int = 0, since: date = START) -> Requirement:
    return Requirement(uuid4(), role, skill, target, grace, Provenance.CONFIRMED, 100, since)


def evidence(
    skill: str,
    level: int | None = None,
    since: date = START,
    until: date | None = None,
    basis: EvidenceBasis = EvidenceBasis.COMPLETION,
    revoked_on: date | None = None,
) -> Evidence:
    return Evidence(uuid4(), skill, level, basis, None, since, until, revoked_on)
