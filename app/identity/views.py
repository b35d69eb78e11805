"""The caller's account as a read model."""

from app.identity.permissions import Grant
from app.identity.principal import Principal
from app.identity.schemas import MeRead


def me(who: Principal) -> MeRead:
    return MeRead(
        account_id=who.account_id,
        username=who.username,
        display_name=who.display_name,
        employee_id=who.employee_id,
        unit_id=who.unit_id,
        grants=[grant for grant in Grant if grant in who.grants],
        permissions=sorted(who.permissions),
        headed_unit_ids=sorted(who.standing.headed),
        led_unit_ids=sorted(who.standing.led),
    )
