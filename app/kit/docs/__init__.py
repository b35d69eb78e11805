"""The documentation page: Swagger UI from our own files, under a policy that lets nothing else in.

`files/` holds swagger-ui-dist (Apache-2.0, its licence beside it) as published, and our page around it; a test
compares the former with the package.
"""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from app.kit import demonstration

FILES = Path(__file__).parent / "files"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    page = _page(demonstration.ACCOUNTS if app.state.settings.demo_accounts else ())
    app.mount("/docs/files", StaticFiles(directory=FILES))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


def _page(accounts: tuple[str, ...]) -> str:
    options = "".join(f'<option value="{name}">' for name in accounts)
    return (FILES / "index.html").read_text().replace("<!-- accounts -->", options)
