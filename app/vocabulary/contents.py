"""The content of `GET /vocabulary`, collected once from the modules that define coded values and errors."""

from functools import cache

from app.kit import error_handlers, validation_texts
from app.vocabulary import modules
from app.vocabulary.rules import POLICY
from app.vocabulary.schemas import FieldErrorCode, PolicyVocabulary, ProblemCode, ValueLabel, VocabularyRead


@cache
def contents() -> VocabularyRead:
    enums = sorted(modules.enums(), key=lambda enum: enum.__name__)
    return VocabularyRead(
        words={enum.__name__: [ValueLabel(value=value, ja=value.ja, en=value.en) for value in enum] for enum in enums},
        policy=[PolicyVocabulary(path=path, members=list(members)) for path, members in POLICY.items()],
        problems=problem_codes(),
        members=[FieldErrorCode(code=code, ja=ja, en=en) for code, (ja, en) in sorted(validation_texts.TEXTS.items())],
    )


@cache
def problem_codes() -> list[ProblemCode]:
    by_status = {
        code: ProblemCode(code=code, status=status, ja=ja, en=en)
        for status, (code, ja, en) in error_handlers.BY_STATUS.items()
    }
    raised = {
        error.code_of(): ProblemCode(code=error.code_of(), status=error.status, ja=error.ja, en=error.title_en())
        for error in modules.errors()
    }
    return [problem for _, problem in sorted((by_status | raised).items())]
