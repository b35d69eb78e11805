"""What schemathesis checks for us beyond its own: loaded by schemathesis.toml."""

from typing import Any

from schemathesis import Case, CheckContext, Response, check

from app.kit.validation_texts import TEXTS

OF_THE_FORM = {*TEXTS, "unknown_sort_key"} - {"period_order"}
"""Codes that a valid member never gets; that two days are in order is beyond a schema."""


@check
def refused_by_a_rule_only(_context: CheckContext, response: Response, case: Case[Any]) -> None:
    """What the document allows may break a rule of the domain, but each member has the right form."""
    if response.status_code == 422 and case.meta and case.meta.generation.mode.is_positive:
        found = {(error["pointer"], error["code"]) for error in response.json().get("errors", [])}
        wrong = sorted(pointer for pointer, code in found if code in OF_THE_FORM)
        assert not wrong, f"Valid by the document, refused by its form: {wrong}"
