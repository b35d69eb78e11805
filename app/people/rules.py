"""Rules of personnel data, as pure functions."""

from datetime import date


def covers(valid_from: date, valid_to: date | None, start: date, end: date | None) -> bool:
    """The half-open period from `valid_from` to `valid_to` covers the one from `start` to `end`; None is open."""
    return valid_from <= start and (valid_to is None or (end is not None and end <= valid_to))


def succeeds(valid_from: date, valid_to: date | None, closes_on: date | None) -> bool:
    """A unit with this period exists on the day on which another closes; it succeeds none that stays open."""
    return closes_on is not None and valid_from <= closes_on and (valid_to is None or closes_on < valid_to)
