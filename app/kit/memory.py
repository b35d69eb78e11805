"""What a process remembers of answers that take long to compute.

The state of everything that an answer is made from is a part of its key, and is read before the answer is computed.
What was committed in between is in the answer and not in its key: an answer may be newer than its key says, not older.
Who reads the state after a change has another key, so that nothing has to be forgotten at the right moment.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """The latest `size` answers by their question; identical questions at the same time are computed once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._running: dict[K, asyncio.Future[V]] = {}

    async def get(self, key: K, compute: Callable[[], Awaitable[V]]) -> V:
        """The first who asks computes, on their own connection. If they are cancelled, the next one computes.

        An error is that of all who wait for the same answer, and is not remembered.
        """
        while key not in self._kept:
            running = self._running.get(key)
            if running is None:
                return await self._compute(key, compute)
            await asyncio.wait([running])
            if not running.cancelled():
                return running.result()
        self._kept.move_to_end(key)
        return self._kept[key]

    async def _compute(self, key: K, compute: Callable[[], Awaitable[V]]) -> V:
        running = self._running[key] = asyncio.get_running_loop().create_future()
        try:
            answer = await compute()
        except Exception as error:
            running.set_exception(error)
            running.exception()  # otherwise asyncio complains where nobody waits
            raise
        else:
            running.set_result(answer)
            self._keep(key, answer)
            return answer
        finally:
            running.cancel()  # of no effect on one that is done
            del self._running[key]

    def _keep(self, key: K, answer: V) -> None:
        self._kept[key] = answer
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)
