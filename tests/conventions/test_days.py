"""Every member and parameter that is a day says whether it is in or out, in both languages."""

import json
import re
from typing import Any, get_args

import pytest

from app.kit.problems import Language
from scripts import export_openapi
from scripts.openapi import days

SAID = {
    "en": re.compile(r"[Ii]ncluded|A single day"),
    "ja": re.compile(r"含みます|含みません|この日[のに]"),
}


@pytest.mark.parametrize("language", get_args(Language))
def test_every_day_says_whether_it_is_in_or_out(language: Language) -> None:
    document: dict[str, Any] = json.loads(export_openapi.document(language))
    found = list(days.dated(document))
    assert len(found) > 60
    silent = {f"{owner}.{name}" for owner, name, each in found if not SAID[language].search(each["description"])}
    assert silent == set()


def test_a_day_that_nobody_describes_stops_the_document() -> None:
    schemas = {"Loan": {"properties": {"returned_on": {"type": "string", "format": "date"}}}}
    with pytest.raises(days.UnknownDay, match=r"Loan\.returned_on"):
        days.describe({"components": {"schemas": schemas}, "paths": {}}, {})


def test_both_languages_describe_the_days_that_there_are() -> None:
    names = {name for owner, name, _ in days.dated(export_openapi.english())}
    for language in get_args(Language):
        assert {entry.rpartition(".")[2] for entry in export_openapi.texts(language)["days"]} == names
