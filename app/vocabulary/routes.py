from fastapi import Depends, Response

from app.identity.gate import public
from app.kit.etag import Etag
from app.kit.routing import Router
from app.vocabulary.contents import contents
from app.vocabulary.schemas import VocabularyRead

router = Router(prefix="/vocabulary", tags=["vocabulary"])


@router.get("", summary="Read the labels of coded values and problem codes", dependencies=[Depends(public)])
async def vocabulary_read(response: Response, etag: Etag) -> VocabularyRead:
    """Every coded value and every problem code with its labels in both languages.

    Public, and the same for every caller until the next release.
    """
    response.headers["Cache-Control"] = "public, max-age=300"
    return etag.unversioned(contents())
