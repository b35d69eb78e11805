"""Strong ETags: the row's version, for If-Match, and a digest of the body, for If-None-Match."""

import hashlib
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response

from app.kit.problems import IfMatchRequired, StaleVersion


class Versioned(Protocol):
    """A record, or a projection that carries the record's id and version."""

    @property
    def id(self) -> UUID: ...
    @property
    def row_version(self) -> int: ...


A = TypeVar("A")
R = TypeVar("R", bound=Versioned)
_NEEDS_IF_MATCH = frozenset({"PATCH", "DELETE"})


class VersionHeaders:
    """The version that the request expects, and the one that the response has."""

    def __init__(self, request: Request, response: Response) -> None:
        self._method, self._path = request.method, request.scope["path"]
        self._if_match = request.headers.get("if-match")
        self._response = response

    def fresh(self, record: R) -> R:
        """The record, if If-Match names its current version; a POST may omit the header."""
        if self._if_match is None:
            if self._method in _NEEDS_IF_MATCH:
                raise IfMatchRequired
            return record
        given = [tag.strip().strip('"').split("-")[0] for tag in self._if_match.split(",")]
        if self._if_match.strip() != "*" and _version(record) not in given:
            raise StaleVersion
        return record

    def stamp(self, record: R) -> R:
        self._response.headers["ETag"] = f'"{_version(record)}"'
        return record

    def unversioned(self, content: A) -> A:
        """ETag from the body alone, for a response without a version."""
        self._response.headers["ETag"] = '"0"'
        return content

    def created(self, record: R) -> R:
        """As `stamp`, with the Location of the new resource."""
        self._response.headers["Location"] = f"{self._path}/{record.id}"
        return self.stamp(record)


async def version_headers(request: Request, response: Response) -> VersionHeaders:
    return VersionHeaders(request, response)


Etag = Annotated[VersionHeaders, Depends(version_headers)]


def _version(record: Versioned) -> str:
    return f"{record.id.hex[-12:]}.{record.row_version}"


def is_held(request: Request, tag: str) -> bool:
    """The caller has the content already, by If-None-Match."""
    given = request.headers.get("if-none-match", "").split(",")
    return bool({tag, "*"} & {each.strip().removeprefix("W/") for each in given})


def finish_etag(request: Request, response: Response) -> Response:
    """Add the digest of the body; 304 where the caller has this body already."""
    stamped = response.headers.get("etag")
    if stamped is None:
        return response
    digest = hashlib.blake2b(bytes(response.body), digest_size=6).hexdigest()
    tag = f'"{stamped.strip(chr(34))}-{digest}"'
    response.headers["ETag"] = tag
    if request.method == "GET" and is_held(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    return response
