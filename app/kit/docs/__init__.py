"""The documentation page: Swagger UI from our own files, under a policy that blocks every other source.

`files/` holds swagger-ui-dist (Apache-2.0, its licence beside it) as published, and our page around it; a test
compares the former with the package.
"""

from functools import cache
from html import escape
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from app.kit import contract, demonstration

FILES = Path(__file__).parent / "files"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def install(app: FastAPI) -> None:
    accounts = demonstration.ACCOUNTS if app.state.settings.demo_accounts else ()
    app.mount("/docs/files", StaticFiles(directory=FILES))

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(_page(accounts), headers={"Content-Security-Policy": _POLICY})


@cache
def _page(accounts: tuple[str, ...]) -> str:
    """With the accounts that can be chosen, and the URLs of the documents, which change with their content."""
    page = (FILES / "index.html").read_text(encoding="utf-8")
    page = page.replace("<!-- accounts -->", "".join(f'<option value="{name}">' for name in accounts))
    for language in contract.FILES:
        page = page.replace(f"{{document-{language}}}", escape(contract.url(language)))
    return page
