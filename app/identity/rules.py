"""Who may call. Plain values in, decisions out."""

from datetime import date, timedelta


def may_call(last_day_served: date | None, today: date, *, grace_days: int) -> bool:
    """Employed today, or some days ago at most."""
    return last_day_served is not None and today - last_day_served <= timedelta(days=grace_days)
