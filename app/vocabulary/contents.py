"""Gathers the vocabulary from where each word is defined; it stays as it is while the process lives."""

from functools import cache

from app.kit import error_handlers, problems, validation_texts
from app.kit.enums import vocabularies
from app.vocabulary.rules import POLICY
from app.vocabulary.schemas import MemberCode, PolicyVocabulary, ProblemCode, VocabularyRead, WordLabel


@cache
def contents() -> VocabularyRead:
    kinds = sorted(vocabularies(), key=lambda kind: kind.__name__)
    return VocabularyRead(
        words={kind.__name__: [WordLabel(value=word, ja=word.ja, en=word.en) for word in kind] for kind in kinds},
        policy=[PolicyVocabulary(path=path, members=list(members)) for path, members in POLICY.items()],
        problems=problem_codes(),
        members=[MemberCode(code=code, ja=ja, en=en) for code, (ja, en) in sorted(validation_texts.TEXTS.items())],
    )


def problem_codes() -> list[ProblemCode]:
    by_status = {
        code: ProblemCode(code=code, status=status, ja=ja, en=en)
        for status, (code, ja, en) in error_handlers.BY_STATUS.items()
    }
    raised = {
        kind.code_of(): ProblemCode(code=kind.code_of(), status=kind.status, ja=kind.ja, en=kind.title_en())
        for kind in problems.family()
        if kind is not problems.DomainError
    }
    return [known for _, known in sorted((by_status | raised).items())]
