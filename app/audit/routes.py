from typing import Annotated

from fastapi import Query
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.audit.schemas import AuditEntryRead, AuditQuery
from app.identity.gate import may
from app.identity.permissions import Permission
from app.kit.listing import Listing, Page, Pages
from app.kit.routing import Router

router = Router(prefix="/audit_entries", tags=["audit_entries"])


@router.get("", response_model=Page[AuditEntryRead], dependencies=[may(Permission.READ_AUDIT)])
async def list_entries(query: Annotated[AuditQuery, Query()], pages: Pages) -> Listing:
    """Who changed what, newest first: each row with the members that changed, before and after."""
    return await pages.fetch(select(AuditEntry), query)
