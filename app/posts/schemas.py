"""Posts and absences as the API takes and shows them, and the query parameters of their lists."""

from typing import Annotated, ClassVar
from uuid import UUID

from sqlmodel import col

from app.kit.fields import Code, Day, Key, Read, Values
from app.kit.filters import Column, Few, In, Is, Listed, Where
from app.kit.list_query import ChangedQuery, Sorts
from app.kit.patching import partial
from app.lists.errors import UnknownAbsenceKind
from app.lists.models import AbsenceKind
from app.orders.functions import pending
from app.orders.schemas import OrderRead
from app.people.enums import PostKind
from app.people.functions import KnownAbsence, KnownPost, valid_on
from app.people.models import AbsenceFields, PostFields


class PostRead(OrderRead, PostFields, Read):
    """A post, as far as its orders are published to the caller."""


@partial
class PostUpdate(PostFields):
    """Changes to a post."""


class PostQuery(ChangedQuery):
    """Past, present and future posts, or with `as_of` those of one day."""

    sorts: ClassVar[Sorts] = {"valid_from": col(KnownPost.valid_from), "updated_at": col(KnownPost.updated_at)}
    default_sort = "valid_from"
    key: ClassVar[Column] = col(KnownPost.id)
    updated: ClassVar[Column] = col(KnownPost.updated_at)

    as_of: Annotated[Day | None, Where(lambda day: valid_on(KnownPost, day))] = None
    employee_id: Annotated[UUID | None, Few(col(KnownPost.employee_id))] = None
    org_unit_id: Annotated[UUID | None, Few(col(KnownPost.org_unit_id))] = None
    kind: Annotated[Values[PostKind] | None, In(col(KnownPost.kind))] = None
    position_rank: Annotated[Values[Code] | None, In(col(KnownPost.position_rank))] = None
    order_number: Annotated[Values[Key] | None, In(col(KnownPost.order_number))] = None
    is_pending: Annotated[bool | None, Is(pending(KnownPost))] = None


class AbsenceRead(OrderRead, AbsenceFields, Read):
    """An absence, as far as its orders are published to the caller."""


@partial
class AbsenceUpdate(AbsenceFields):
    """Changes to an absence."""


class AbsenceQuery(ChangedQuery):
    """Past, present and future absences, or with `as_of` those of one day."""

    sorts: ClassVar[Sorts] = {"valid_from": col(KnownAbsence.valid_from), "updated_at": col(KnownAbsence.updated_at)}
    default_sort = "valid_from"
    key: ClassVar[Column] = col(KnownAbsence.id)
    updated: ClassVar[Column] = col(KnownAbsence.updated_at)

    as_of: Annotated[Day | None, Where(lambda day: valid_on(KnownAbsence, day))] = None
    employee_id: Annotated[UUID | None, Few(col(KnownAbsence.employee_id))] = None
    kind: Annotated[
        Values[Code] | None, In(col(KnownAbsence.kind)), Listed(col(AbsenceKind.code), UnknownAbsenceKind)
    ] = None
    order_number: Annotated[Values[Key] | None, In(col(KnownAbsence.order_number))] = None
    is_pending: Annotated[bool | None, Is(pending(KnownAbsence))] = None
