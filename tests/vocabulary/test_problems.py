"""Every problem has texts in both languages and is listed by its code."""

import re
from collections import Counter

import pytest

from app.kit import error_handlers, validation_texts
from app.kit.problems import DomainError
from app.seats.enums import EnrollmentStatus
from app.seats.errors import StatusNotAllowed
from app.vocabulary import modules
from app.vocabulary.contents import problem_codes

PROBLEMS: list[type[DomainError]] = [DomainError, *modules.errors()]

_JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")

_PARAM = re.compile(r"{(\w+)}")


@pytest.mark.parametrize("kind", PROBLEMS, ids=lambda kind: kind.code_of())
def test_a_problem_has_texts_in_both_languages(kind: type[DomainError]) -> None:
    assert kind.__doc__
    assert kind.title_en().endswith(".")
    assert not _JAPANESE.search(kind.title_en())
    assert _JAPANESE.search(kind.ja)
    assert kind is DomainError or kind.ja != DomainError.ja
    assert sorted(_PARAM.findall(kind.detail_ja)) == sorted(_PARAM.findall(kind.detail_en))
    assert bool(kind.detail_ja) == bool(kind.detail_en)


def test_a_coded_value_is_shown_as_its_label() -> None:
    refused = StatusNotAllowed(status=EnrollmentStatus.CONFIRMED)
    assert (refused.detail("ja"), refused.detail("en")) == ("現在の状態: 受講決定", "Current status: Confirmed")


def test_codes_are_unique() -> None:
    assert [code for code, times in Counter(kind.code_of() for kind in PROBLEMS).items() if times > 1] == []


def test_every_problem_is_listed() -> None:
    listed = {problem.code for problem in problem_codes()}
    assert {kind.code_of() for kind in PROBLEMS if kind is not DomainError} <= listed
    assert {error_handlers.of_status(status)[0] for status in range(400, 600)} <= listed


def test_an_unknown_validation_error_has_a_listed_code() -> None:
    assert validation_texts.message_for("unknown", {})[0] in validation_texts.TEXTS


@pytest.mark.parametrize("code", sorted(validation_texts.TEXTS))
def test_a_validation_error_has_texts_in_both_languages(code: str) -> None:
    ja, en = validation_texts.TEXTS[code]
    assert _JAPANESE.search(ja)
    assert not _JAPANESE.search(en)
    assert sorted(_PARAM.findall(ja)) == sorted(_PARAM.findall(en))
