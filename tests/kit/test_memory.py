"""What a process remembers: computed once for all who ask at the same time, and only while the question is the same."""

import asyncio

import pytest

from app.kit.memory import Memory


class Counter:
    """Answers with how often it was asked, once `go` is set."""

    def __init__(self, error: Exception | None = None) -> None:
        self.asked, self.go, self._error = 0, asyncio.Event(), error

    async def __call__(self) -> int:
        self.asked += 1
        await self.go.wait()
        if self._error:
            raise self._error
        return self.asked


async def several(memory: Memory[str, int], counter: Counter, callers: int) -> list[asyncio.Task[int]]:
    tasks = [asyncio.create_task(memory.get("same", counter)) for _ in range(callers)]
    await asyncio.sleep(0)
    return tasks


async def test_identical_questions_in_flight_are_computed_once() -> None:
    memory, counter = Memory[str, int](2), Counter()
    tasks = await several(memory, counter, 16)
    counter.go.set()
    assert await asyncio.gather(*tasks) == [1] * 16
    assert await memory.get("same", counter) == 1
    assert await memory.get("other", counter) == 2


async def test_a_first_caller_who_is_cancelled_does_not_cancel_the_others() -> None:
    memory, counter = Memory[str, int](2), Counter()
    first, *others = await several(memory, counter, 4)
    first.cancel()
    await asyncio.sleep(0)
    counter.go.set()
    assert await asyncio.gather(*others) == [2] * 3
    assert first.cancelled()


async def test_one_who_waits_and_is_cancelled_leaves_the_others_waiting() -> None:
    memory, counter = Memory[str, int](2), Counter()
    first, second, third = await several(memory, counter, 3)
    second.cancel()
    await asyncio.sleep(0)
    counter.go.set()
    assert list(await asyncio.gather(first, third)) == [1, 1]


async def test_an_error_is_raised_for_all_who_wait_and_is_not_remembered() -> None:
    memory, broken = Memory[str, int](2), Counter(ValueError("broken"))
    tasks = await several(memory, broken, 3)
    broken.go.set()
    assert [str(error) for error in await asyncio.gather(*tasks, return_exceptions=True)] == ["broken"] * 3
    counter = Counter()
    counter.go.set()
    assert await memory.get("same", counter) == 1
    assert broken.asked == 1


@pytest.mark.parametrize(("asked_again", "computed"), [("c", 1), ("b", 1), ("a", 2)])
async def test_the_latest_answers_are_remembered(asked_again: str, computed: int) -> None:
    memory = Memory[str, int](2)
    counters = {key: Counter() for key in "abc"}
    for key, counter in counters.items():
        counter.go.set()
        await memory.get(key, counter)
    await memory.get(asked_again, counters[asked_again])
    assert counters[asked_again].asked == computed
