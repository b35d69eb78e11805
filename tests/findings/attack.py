"""Somebody who keeps every answer, knows whom each counts, and takes nobody's skill to change: what do they learn?"""

from collections.abc import Mapping, Sequence, Set
from itertools import combinations
from typing import TypeVar

import numpy as np

T = TypeVar("T")

Answer = tuple[Set[T], int]
"""The people counted, without those whose skills are known, and how many of them hold the skill."""


def learnt(answers: Sequence[Answer[T]]) -> set[T]:
    """People whose skill is certain from one answer, from two, or from any sum and difference of several."""
    people = sorted(set().union(*(who for who, _ in answers)), key=str)
    found = {who for counted, holders in answers if holders in {0, len(counted)} for who in counted}
    for (one, holders), (other, others) in combinations(answers, 2):
        if holders - others in {len(one - other), -len(other - one)}:
            found |= one ^ other
    return found | _singled_out(people, [who for who, _ in answers])


def _singled_out(people: Sequence[T], groups: Sequence[Set[T]]) -> set[T]:
    rows = np.array([[who in group for who in people] for group in groups], dtype=float)
    if not rows.size:
        return set()
    rank = np.linalg.matrix_rank(rows)
    alone = np.eye(len(people))
    return {who for at, who in enumerate(people) if np.linalg.matrix_rank(np.vstack([rows, alone[at]])) == rank}


def answer(holding: Mapping[T, bool]) -> Answer[T]:
    return set(holding), sum(holding.values())
