from typing import Annotated

from fastapi import Query

from app.audit import views
from app.audit.models import AuditEntry
from app.audit.schemas import AuditEntryRead, AuditQuery
from app.identity.gate import may
from app.identity.permissions import Permission
from app.kit.listing import Page, Pages
from app.kit.reading import every
from app.kit.routing import Router

MayReadAudit = may(Permission.READ_AUDIT)

router = Router(prefix="/audit_entries", tags=["audit_entries"])


@router.get("", summary="List audit entries", dependencies=[MayReadAudit])
async def audit_entries_list(query: Annotated[AuditQuery, Query()], pages: Pages) -> Page[AuditEntryRead]:
    """Who changed what, newest first: for each record the fields that changed, before and after."""
    rows = await pages.fetch(every(AuditEntry), query)
    return rows.page([views.audit_entry(row) for row in rows.rows])
