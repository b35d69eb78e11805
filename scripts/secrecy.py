"""Tries to join survey answers to people with all that the server and the database hold, and prints whom it finds.

    .venv/bin/python -m scripts.secrecy [--keys DIR] [--backup URL …] [--with-session-keys]

Looks into the database of APP_DATABASE_URL or APP_EMBEDDED_URL (tables, system columns, order, log, kept answers of
retries), into the key files of APP_KEYS, and into backups of the database that are restored beside it, from old to
new. The exit code is 1 where somebody is found. With --with-session-keys, keys of course sessions are used for
pseudonymous answers, too: while they exist they find people, as app/surveys/README.md says.
"""

import argparse
import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import asyncpg

from app.kit.settings import Settings
from scripts.secrecy_holdings import Holdings, Keys, Survey, digests, key_files, read

Found = set[tuple[UUID, UUID]]
"""Survey and person."""
K = TypeVar("K", UUID, bytes)
Pattern = frozenset[UUID]
"""The surveys of a session that somebody answered."""


@dataclass(frozen=True)
class Everything:
    """What somebody holds who tries: the database as it is, its backups from old to new, and the key files."""

    now: Holdings
    backups: Sequence[Holdings] = ()
    keys: Keys = field(default_factory=dict)


def attempts(held: Everything, *, with_session_keys: bool = False) -> dict[str, Found]:
    """Whom each attempt finds among the people who answered a survey that is not named."""
    states = [*held.backups, held.now]
    return {
        "one transaction names the person and wrote the answer": _union(map(_by_transaction, states)),
        "people and answers are in the same order": _union(map(_by_order, states)),
        "a key gives the respondent of the person": _union(
            _by_digest(state, held.keys, with_session_keys=with_session_keys) for state in states
        ),
        "a kept answer of a retry has the token": _union(_by_kept_token(state, held.keys) for state in states),
        "only one person answered just these surveys": _union(_by_pattern(state, held.keys) for state in states),
        "between two backups only one person answered": _union(
            _between(before, after, held.keys) for before, after in pairwise(states)
        ),
    }


def _union(found: Iterable[Found]) -> Found:
    return set[tuple[UUID, UUID]]().union(*found)


def _by_transaction(held: Holdings) -> Found:
    """An answer that a transaction wrote alone, where it, the one before or the one after names one person only."""
    found: Found = set()
    for survey, responses in held.responses.items():
        alone = Counter(response.xid for response in responses)
        for xid in (xid for xid, count in alone.items() if count == 1 < len(responses)):
            near = (held.named_by.get(each, set()) for each in (xid, xid - 1, xid + 1))
            persons = next((named for named in near if named), set())
            found |= {(survey, person) for person in persons} if len(persons) == 1 else set()
    return found


def _by_order(held: Holdings) -> Found:
    """As many people as answers, each written by a transaction of its own."""
    found: Found = set()
    for survey, responses in held.responses.items():
        people = held.participants.get(survey, ())
        orders = (len({xid for xid, _ in people}), len({response.xid for response in responses}), len(people))
        if set(orders) == {len(responses)}:
            found |= {(survey, person) for _, person in people}
    return found


def _by_digest(held: Holdings, keys: Keys, *, with_session_keys: bool) -> Found:
    found: Found = set()
    for survey in held.surveys:
        spares = survey.identification == "pseudonymous" and not with_session_keys
        usable = [key for name, key in keys.items() if not (spares and name.endswith(".session"))]
        respondents = {response.respondent for response in held.all_responses(survey, keys)}
        for person in held.people if respondents else ():
            if any(digests(key, survey, person) & respondents for key in usable):
                found.add((survey.id, person))
    return found


def _by_kept_token(held: Holdings, keys: Keys) -> Found:
    found: Found = set()
    for survey in held.surveys:
        respondents = {response.respondent for response in held.all_responses(survey, keys)}
        for person, token in held.tokens:
            if any(digests(key, survey, person, token) & respondents for key in keys.values()):
                found.add((survey.id, person))
    return found


def _by_pattern(held: Holdings, keys: Keys) -> Found:
    """Surveys with fewer answers than their smallest group are left out: a few people are a small group anyway."""
    found: Found = set()
    groups: dict[tuple[UUID, str], list[Survey]] = defaultdict(list)
    for survey in held.surveys:
        groups[survey.group, survey.identification].append(survey)
    for group in groups.values():
        people: dict[UUID, Pattern] = defaultdict(frozenset)
        respondents: dict[bytes, Pattern] = defaultdict(frozenset)
        for survey in group:
            answered = held.answered(survey, keys) or set()
            if len(answered) >= survey.minimum_group:
                for person in answered:
                    people[person] |= {survey.id}
                for response in held.all_responses(survey, keys):
                    respondents[response.respondent] |= {survey.id}
        alone = _only_one(respondents)
        found |= {
            (survey, person) for pattern, person in _only_one(people).items() if pattern in alone for survey in pattern
        }
    return found


def _only_one(patterns: Mapping[K, Pattern]) -> dict[Pattern, K]:
    counts = Counter(patterns.values())
    return {pattern: key for key, pattern in patterns.items() if counts[pattern] == 1}


def _between(before: Holdings, after: Holdings, keys: Keys) -> Found:
    found: Found = set()
    for survey in after.surveys:
        then, now = before.answered(survey, keys), after.answered(survey, keys)
        if then is None or now is None or len(now) < survey.minimum_group:
            continue
        seen = {(each.respondent, each.answers) for each in before.all_responses(survey, keys)}
        fresh = {(each.respondent, each.answers) for each in after.all_responses(survey, keys)} - seen
        if len(now - then) == len(fresh) == 1:
            found |= {(survey.id, person) for person in now - then}
    return found


async def collect(url: str, backups: Sequence[str], keys: Path) -> Everything:
    states = []
    for each in (*backups, url):
        connection = await asyncpg.connect(each.replace("postgresql+asyncpg://", "postgresql://"))
        states.append(await read(connection))
        await connection.close()
    return Everything(states[-1], states[:-1], key_files(keys))


def main() -> int:
    """1 if somebody is found."""
    settings = Settings()
    parser = argparse.ArgumentParser(
        prog="python -m scripts.secrecy", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keys", type=Path, default=settings.keys)
    parser.add_argument("--backup", metavar="URL", action="append", default=[])
    parser.add_argument("--with-session-keys", action="store_true")
    chosen = parser.parse_args()
    held = asyncio.run(collect(settings.url, chosen.backup, chosen.keys))
    print(f"{len(held.now.surveys)} surveys that are not named, {sum(map(len, held.now.responses.values()))} answers")
    found = attempts(held, with_session_keys=chosen.with_session_keys)
    for attempt, people in found.items():
        print(f"{len(people):6} found: {attempt}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
