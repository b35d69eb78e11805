"""Disclosure control: which figures may be shown, so that no one's answer or skill can be computed from them.

Plain values in, decisions out. README.md beside this file gives the rules, the group sizes and the reasons.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

import numpy as np

from app.findings.enums import EffectDesign, Stage, WithheldReason
from app.findings.pairs import Answers, PairedAnswers, merged, paired_answers
from app.surveys.enums import SurveyKind
from app.surveys.questions import MAX_DECIMALS, Question

SMALLEST_CROSS_UNIT_GROUP = 10
"""Respondents; for callers who read figures of the whole city but do not run surveys."""

SMALLEST_SKILL_GAP_GROUP = 3
"""People; for leaders, who may not see the gaps of the single people they count."""

_NOTHING = 1e-9

Holding = Mapping[UUID, bool]
"""The people in one reading of a figure whose skills the reader may not see, each with whether they hold the skill."""


def smallest_group(minimum_group: int, *, runs_surveys: bool) -> int:
    """The survey's own minimum for callers who run surveys, a larger one for others."""
    return minimum_group if runs_surveys else max(minimum_group, SMALLEST_CROSS_UNIT_GROUP)


def is_nearly_unanimous(count: int, n: int) -> bool:
    """All of `n` gave this answer, or all but one, who could infer the answers of the others."""
    return count >= n - 1


def would_disclose(counts: Collection[int], n: int, smallest: int) -> bool:
    """`n` answers, given so many times each, are too few or too similar to be shown."""
    return n < smallest or is_nearly_unanimous(max(counts, default=0), n)


def survey_withheld(*, session_cancelled: bool, settled: bool) -> WithheldReason | None:
    """Why nothing of a survey is shown; before it is settled, two readings could be subtracted from each other."""
    if session_cancelled:
        return WithheldReason.SESSION_CANCELLED
    return None if settled else WithheldReason.STILL_OPEN


def is_shown_as_effect(kind: SurveyKind, question: Question) -> bool:
    """Paired questions are shown over their pairs only: the results less the pairs would be the unpaired few."""
    return question.pair_key is not None and kind != SurveyKind.BASELINE


def may_show(paired: PairedAnswers, smallest: int) -> bool:
    """Enough pairs, and neither the answers before, nor those after, nor the changes are nearly unanimous."""
    pairs = paired.pairs
    changes = [round(after - before, MAX_DECIMALS) for before, after in pairs]
    columns = ([before for before, _ in pairs], [after for _, after in pairs], changes)
    return not any(would_disclose(Counter(column).values(), len(pairs), smallest) for column in columns)


def may_show_part(part: PairedAnswers, whole: PairedAnswers, smallest: int) -> bool:
    """Pairs that are a part of pairs already shown: the people left out must be nobody, or a group.

    Their answers before are those of the whole less those of the part, so they may not be nearly unanimous either.
    """
    left_out = whole.paired() - part.paired()
    lost = Counter(whole.before[who] for who in left_out).values()
    nobody_or_group = not left_out or not would_disclose(lost, len(left_out), smallest)
    return may_show(whole, smallest) and may_show(part, smallest) and nobody_or_group


def effect_withheld(
    design: EffectDesign, answers: Mapping[Stage, Answers], smallest: int, *, settled: bool
) -> WithheldReason | None:
    """Why nothing is shown of one paired question in one session."""
    if not settled:
        return WithheldReason.STILL_OPEN
    part = whole = paired_answers(design, answers)
    if design == EffectDesign.PRE_FOLLOW_UP:
        whole = paired_answers(EffectDesign.PRE_POST, answers)
    return None if may_show_part(part, whole, smallest) else WithheldReason.WOULD_DISCLOSE


def pooled(sessions: Iterable[tuple[PairedAnswers, int]]) -> PairedAnswers:
    """The pairs of a course's fiscal year that may be shown, from its sessions with their smallest groups in the order
    of settling.

    Sessions that cannot be shown alone wait until they can be shown together. As only whole batches enter, neither the
    figures of a session nor an earlier reading of the year can be subtracted to a smaller group. All years together
    are the batches of each year, so that all years less some are whole batches, too.
    """
    entered: list[PairedAnswers] = []
    waiting: list[tuple[PairedAnswers, int]] = []
    for paired, smallest in sessions:
        if may_show(paired, smallest):
            entered.append(paired)
            continue
        waiting.append((paired, smallest))
        batch = merged(answers for answers, _ in waiting)
        if may_show(batch, max(size for _, size in waiting)):
            entered.append(batch)
            waiting = []
    return merged(entered)


def reading_day(day: date) -> date:
    """The day as of which a leader reads figures: the first of the quarter, of the calendar as of the fiscal year."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def may_read_last(readings: Sequence[Holding], smallest: int) -> bool:
    """The last of these readings of one figure may be shown beside those before it that may.

    It must not be too small or too similar itself, nor may be its difference from one shown before: people who are in
    one of the two only. Nor may all of them together, added and subtracted in any way, single out a person.
    """
    shown: list[Holding] = []
    fits = True
    for reading in readings:
        fits = _discloses_nobody(reading, shown, smallest)
        if fits and reading:
            shown.append(reading)
    return fits


def _discloses_nobody(reading: Holding, shown: Sequence[Holding], smallest: int) -> bool:
    if reading and would_disclose(Counter(reading.values()).values(), len(reading), smallest):
        return False
    differences = (difference(reading, earlier) for earlier in shown)
    alike = any(each and (len(each) < smallest or len(set(each)) == 1) for each in differences)
    return not alike and not singles_out([reading.keys(), *(earlier.keys() for earlier in shown)])


def difference(one: Holding, other: Holding) -> list[bool]:
    """What each person who is in one of two readings only adds to the first one less the other: true is the most."""
    return [one[who] if who in one else not other[who] for who in one.keys() ^ other.keys()]


def singles_out(groups: Sequence[Collection[UUID]]) -> bool:
    """Some sum and difference of the groups' totals is the value of one person: Chin and Ozsoyoglu (1982), IEEE Trans.
    Software Engineering 8(6), 574-582."""
    people = sorted(set().union(*groups))
    if not people:
        return False
    counted = np.array([[who in group for who in people] for group in groups], dtype=np.float64)
    _, sizes, directions = np.linalg.svd(counted, full_matrices=False)
    shares = (directions[sizes > _NOTHING] ** 2).sum(axis=0)
    return bool((shares > 1 - _NOTHING).any())
