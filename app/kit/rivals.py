"""Requests in each other's way: changes of one record take turns, and what the database gives up is repeated."""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from uuid import UUID

from fastapi import Request, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.database import READS
from app.kit.faults import Fault, fault_of
from app.kit.problems import OutcomeUnknown

Attempt = Callable[[], Awaitable[Response]]

# A deadlock has one victim and a survivor, so a few attempts are enough; a lock that somebody holds for long is asked
# for once more, as the deadlock may be found only after the time for the lock has run out; of a lost connection, the
# rest of the pool is as old and is left out, and a read takes connections of two pools.
_ATTEMPTS: Mapping[Fault, int] = {Fault.CONFLICT: 8, Fault.LOCKED: 2, Fault.LOST: 3}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5  # seconds


async def take_turns(request: Request, db: AsyncSession) -> None:
    """Let changes of one record wait for each other, so that each reads what the former one has saved."""
    if request.method not in READS and "id" in request.path_params:
        with suppress(ValueError):  # not an id: the path is refused later
            await db.execute(select(func.pg_advisory_xact_lock(turn_of(UUID(request.path_params["id"])))))


def turn_of(record: UUID) -> int:
    """The number of the advisory lock that stands for changing the record."""
    return int.from_bytes(hashlib.blake2b(b"record" + record.bytes, digest_size=8).digest(), signed=True)


async def until_settled(request: Request, attempt: Attempt) -> Response:
    """The response of the first attempt that the database carries out, with its transaction ended."""
    met: Counter[Fault] = Counter()
    while True:
        try:
            return await _in_a_fresh_transaction(request, attempt)
        except Exception as error:
            fault = fault_of(error)
            if fault is None:
                raise
            if fault == Fault.LOST and _may_be_saved(request):
                raise OutcomeUnknown from error
            met[fault] += 1
            if met[fault] >= _ATTEMPTS[fault]:
                raise
        await asyncio.sleep(_pause(met.total()))


async def _in_a_fresh_transaction(request: Request, attempt: Attempt) -> Response:
    request.state.committing = False
    async with AsyncExitStack() as dependencies:
        request.scope["fastapi_function_astack"] = dependencies  # holds those with scope="function", `Db` among them
        return await attempt()


def _may_be_saved(request: Request) -> bool:
    """The connection ended while the commit was under way. With an Idempotency-Key, repeating finds out."""
    return request.state.committing and getattr(request.state, "reservation", None) is None


def _pause(failures: int) -> float:
    """Longer each time, and by chance: two that met shall not meet again."""
    return random.uniform(0, min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**failures))  # noqa: S311 - no secret
