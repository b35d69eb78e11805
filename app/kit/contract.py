"""`GET /openapi.json`: the committed documents, compressed, and cacheable for good under a versioned URL."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response

from app.kit.etag import is_held
from app.kit.problems import Language

_FOLDER = Path(__file__).parents[2] / "openapi"
FILES: dict[Language, Path] = {"en": _FOLDER / "openapi.json", "ja": _FOLDER / "openapi.ja.json"}
"""Written by `python -m scripts.export_openapi`."""


@dataclass(frozen=True)
class Document:
    plain: bytes
    gzipped: bytes
    version: str
    """A digest of the content: the release number stays the same during development."""


@cache
def document(language: Language) -> Document:
    plain = FILES[language].read_bytes()
    return Document(plain, gzip.compress(plain, mtime=0), hashlib.sha256(plain).hexdigest()[:16])


def url(language: Language) -> str:
    """The URL, relative to the root, whose content never changes."""
    return f"openapi.json?lang={language}&v={document(language).version}"


def install(app: FastAPI) -> None:
    @app.get("/openapi.json", include_in_schema=False)
    async def openapi_json(request: Request, lang: Language = "en", v: str = "") -> Response:
        content = document(lang)
        zipped = _accepts_gzip(request.headers.get("accept-encoding", ""))
        tag = f'"{content.version}-gzip"' if zipped else f'"{content.version}"'
        headers = {
            "ETag": tag,
            "Vary": "Accept-Encoding",
            "Cache-Control": "public, max-age=31536000, immutable" if v == content.version else "no-cache",
        }
        if is_held(request, tag):
            return Response(status_code=304, headers=headers)
        if zipped:
            headers["Content-Encoding"] = "gzip"
        return Response(content.gzipped if zipped else content.plain, media_type="application/json", headers=headers)


def _accepts_gzip(header: str) -> bool:
    """gzip is listed, with a weight other than zero."""
    named = [part.partition(";q=") for part in header.lower().replace(" ", "").split(",")]
    return any(name == "gzip" and (not weight or weight.strip("0.") != "") for name, _, weight in named)
