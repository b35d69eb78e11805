"""A client that applies the rows of a personnel file by single calls, in whatever order they come."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from httpx import AsyncClient

from tests.fixtures import ANY_VERSION

Row = Mapping[str, str]
TYPES = {"会計年度": "fiscal_year_appointed", "正規": "regular", "再任用": "reemployed"}
KINDS = {"本務": "primary", "兼務": "concurrent"}
RANKS = {"課長": "section_head", "係長": "chief"}


def after(last_day: str) -> str | None:
    """The day after a printed last day."""
    return str(date.fromisoformat(last_day) + timedelta(days=1)) if last_day else None


class Clerk:
    """Remembers the orders that others have replaced or revoked, as they may come later."""

    def __init__(self, hr: AsyncClient, units: Mapping[str, str]) -> None:
        self._hr, self._units, self._void = hr, units, set[str]()

    async def apply_terms(self, row: Row) -> None:
        """A row of terms states what holds: an end that is empty is none."""
        person = await self._person(row["旧職員番号"] or row["職員番号"])
        ends = after(row["退職日"]) or after(row["任期満了日"])
        known = await self._rows("employments", employee_id=person)
        same = [terms for terms in known if terms["valid_from"] == row["採用日"]]
        if same:
            await self._change(f"employments/{same[0]['id']}", valid_to=ends)
            return
        terms = {"employee_id": person, "appointment_type": TYPES[row["任用区分"]], "valid_from": row["採用日"]}
        terms |= {"job_service": "administrative", "job_category": "administrative", "employee_number": row["職員番号"]}
        await self._add("employments", **terms, valid_to=ends)

    async def apply_order(self, row: Row) -> None:
        replaced = row["訂正元発令番号"]
        self._void |= {replaced} if replaced else set()
        if row["発令番号"] in self._void:
            return
        if row["区分"] == "取消":
            for post in await self._rows("posts", order_number=replaced):
                await self._hr.delete(f"/posts/{post['id']}", headers=ANY_VERSION)
        elif row["区分"] == "退職":
            person = await self._person(row["職員番号"])
            await self._change(f"employees/{person}", left_on=row["発令日"], left_published_on=row["公表日"])
        else:
            await self._post(row, replaced)

    async def _post(self, row: Row, replaced: str) -> None:
        order = {"org_unit_id": self._units[row["所属コード"]], "position_rank": RANKS[row["職位"]]}
        order |= {"order_number": row["発令番号"], "published_on": row["公表日"], "valid_from": row["発令日"]}
        known = await self._rows("posts", order_number=f"{row['発令番号']},{replaced}" if replaced else row["発令番号"])
        if known:
            await self._change(f"posts/{known[0]['id']}", **order)
            return
        person = await self._person(row["職員番号"])
        if row["区分"] == "本務":
            await self._end_primary(person, row)
        await self._add("posts", employee_id=person, kind=KINDS[row["区分"]], **order)

    async def _end_primary(self, person: str, row: Row) -> None:
        day = row["発令日"]
        for post in await self._rows("posts", employee_id=person, as_of=day, kind="primary"):
            await self._change(f"posts/{post['id']}", valid_to=day, end_published_on=row["公表日"])

    async def _person(self, number: str) -> str:
        (found,) = await self._rows("employees", employee_number=number)
        return str(found["id"])

    async def _rows(self, path: str, **params: str) -> list[dict[str, Any]]:
        response = await self._hr.get(f"/{path}", params=params)
        assert response.status_code == 200, response.text
        return list(response.json()["results"])

    async def _change(self, path: str, **changes: Any) -> None:
        response = await self._hr.patch(f"/{path}", json=changes, headers=ANY_VERSION)
        assert response.status_code == 200, response.text

    async def _add(self, path: str, **fields: Any) -> None:
        response = await self._hr.post(f"/{path}", json=fields)
        assert response.status_code == 201, response.text
