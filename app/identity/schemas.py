"""Responses of sign-in."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from app.identity.permissions import Grant, Permission
from app.kit.fields import Key, Line


class SignInForm(BaseModel):
    """Fields of the OAuth 2.0 password form (RFC 6749, section 4.3); other fields are ignored."""

    username: Key = Field(examples=["training"])
    password: Line = Field(examples=["demo"])
    grant_type: Literal["password"] = Field(default="password", examples=["password"])


class TokenRead(BaseModel):
    """An OAuth 2.0 (RFC 6749) access token response."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the kind of token, not one
    expires_in: int = Field(description="Seconds")


class MeRead(BaseModel):
    """The caller: the account's grants, their permissions, and today's standing."""

    account_id: UUID
    username: Key
    display_name: str
    employee_id: UUID | None
    unit_id: UUID | None = Field(description="The caller's unit today")
    grants: list[Grant]
    permissions: list[Permission]
    headed_unit_ids: list[UUID] = Field(description="Units headed today, also as acting head")
    led_unit_ids: list[UUID] = Field(description="Units that the caller leads today, by a role that leads its unit")
