"""`/openapi.json`: the committed document, compressed, revalidated, and cacheable for good under a versioned URL."""

from collections.abc import Awaitable, Callable

import pytest
from httpx import Response

from app.kit import contract
from app.kit.contract import FILES
from app.kit.problems import Language
from tests.fixtures import SignIn

Fetch = Callable[..., Awaitable[Response]]
FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture
async def fetch(api: SignIn) -> Fetch:
    client = await api()

    async def fetch(path: str = "openapi.json", *, encoding: str = "identity", if_none_match: str = "") -> Response:
        headers = {"Accept-Encoding": encoding} | ({"If-None-Match": if_none_match} if if_none_match else {})
        return await client.get(f"http://test/{path}", headers=headers)

    return fetch


@pytest.mark.parametrize("language", FILES)
async def test_the_committed_file_is_sent_unchanged(fetch: Fetch, language: Language) -> None:
    for encoding in ("identity", "gzip"):
        response = await fetch(f"openapi.json?lang={language}", encoding=encoding)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
        assert response.content == FILES[language].read_bytes()  # decompressed by the client


async def test_english_is_the_default(fetch: Fetch) -> None:
    assert (await fetch()).content == FILES["en"].read_bytes()


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("deflate, gzip", True),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("x-gzip-like", False),
    ],
)
async def test_it_is_compressed_for_a_client_that_accepts_it(fetch: Fetch, accepted: str, compressed: bool) -> None:
    response = await fetch(encoding=accepted)
    assert response.headers.get("Content-Encoding") == ("gzip" if compressed else None)
    assert response.headers["Vary"] == "Accept-Encoding"
    assert (int(response.headers["Content-Length"]) < len(FILES["en"].read_bytes()) / 8) is compressed


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_a_client_that_has_it_gets_304(fetch: Fetch, encoding: str) -> None:
    tag = (await fetch(encoding=encoding)).headers["ETag"]
    assert tag.startswith('"')
    for held in (tag, f'"other", W/{tag}', "*"):
        again = await fetch(encoding=encoding, if_none_match=held)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert (again.headers["Vary"], again.headers["Cache-Control"]) == ("Accept-Encoding", "no-cache")
    assert (await fetch(encoding=encoding, if_none_match='"other"')).status_code == 200


async def test_each_representation_has_its_own_etag(fetch: Fetch) -> None:
    tags = [
        (await fetch(f"openapi.json?lang={language}", encoding=encoding)).headers["ETag"]
        for language in FILES
        for encoding in ("identity", "gzip")
    ]
    assert len(set(tags)) == 4


@pytest.mark.parametrize("language", FILES)
async def test_it_is_immutable_under_the_url_of_its_version_only(fetch: Fetch, language: Language) -> None:
    other: Language = "en" if language == "ja" else "ja"
    assert (await fetch(contract.url(language))).headers["Cache-Control"] == FOREVER
    unknown = [
        f"?lang={language}",
        f"?lang={language}&v=0.0.0",
        f"?lang={language}&v={contract.document(other).version}",
    ]
    for query in unknown:
        assert (await fetch(f"openapi.json{query}")).headers["Cache-Control"] == "no-cache"


async def test_the_documentation_page_uses_versioned_urls(fetch: Fetch) -> None:
    page = (await fetch("docs")).text
    for language in FILES:
        assert f'data-document="{contract.url(language).replace("&", "&amp;")}"' in page
    assert "{document" not in page
