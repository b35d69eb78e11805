"""Errors that a client may receive, each defined once with its texts in two languages.

The first line of a class's docstring is its English title, `ja` its Japanese one; `code` comes from its name.
`constraint` names the database constraint (or several) that enforces the same rule, so that both give the same error;
`member` is the JSON Pointer that such an error names.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from app.kit.enums import LabelledEnum

Language = Literal["ja", "en"]


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of the input, which is named by JSON Pointer; the value is never repeated."""

    pointer: str
    code: str
    ja: str
    en: str


class DomainError(Exception):
    """The request cannot be carried out."""

    status: ClassVar[int] = 409
    ja: ClassVar[str] = "処理できませんでした。"
    detail_ja: ClassVar[str] = ""
    detail_en: ClassVar[str] = ""
    constraint: ClassVar[str | tuple[str, ...] | None] = None
    member: ClassVar[str | None] = None
    headers: Mapping[str, str] = {}

    def __init__(self, *, pointer: str | None = None, fields: tuple[FieldError, ...] = (), **params: object) -> None:
        """`params` fill in the placeholders of the detail texts."""
        super().__init__(self.code)
        self.params = params
        self.fields = fields or ((self.at(pointer),) if pointer else ())

    @classmethod
    def at(cls, pointer: str) -> FieldError:
        """This error for one field, for errors that collect several."""
        return FieldError(pointer, cls.code_of(), cls.ja, cls.title_en())

    @classmethod
    def constraints(cls) -> tuple[str, ...]:
        return (cls.constraint,) if isinstance(cls.constraint, str) else cls.constraint or ()

    @classmethod
    def code_of(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @property
    def code(self) -> str:
        return self.code_of()

    @classmethod
    def title_en(cls) -> str:
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0]

    def title(self, language: Language) -> str:
        return self.ja if language == "ja" else self.title_en()

    def detail(self, language: Language) -> str:
        template = self.detail_ja if language == "ja" else self.detail_en
        if not template or (self.params == {} and "{" in template):
            return self.title(language)  # raised for a violated database constraint, which gives no values
        return template.format_map({name: _text(value, language) for name, value in self.params.items()})


def _text(value: object, language: Language) -> object:
    """A coded value as its label, any other as it is."""
    if isinstance(value, LabelledEnum):
        return value.ja if language == "ja" else value.en
    return value


class Invalid(DomainError):
    """The input is invalid."""

    status = 422
    ja = "入力内容に誤りがあります。"


class Conflict(DomainError):
    """The request conflicts with the present state."""

    status = 409
    ja = "現在の状態と矛盾するため処理できません。"


class NotFound(DomainError):
    """The resource does not exist."""

    status = 404
    ja = "対象が見つかりません。"


class Forbidden(DomainError):
    """You may not do this."""

    status = 403
    ja = "この操作を行う権限がありません。"


class Unauthenticated(DomainError):
    """Sign in first."""

    status = 401
    ja = "サインインが必要です。"
    headers: Mapping[str, str] = {"WWW-Authenticate": "Bearer"}


class StaleVersion(DomainError):
    """The resource has changed since you read it: read it again."""

    status = 412
    ja = "取得後に変更されています。読み直してください。"


class IfMatchRequired(DomainError):
    """Send If-Match with the ETag that you read."""

    status = 428
    ja = "If-Match に取得時の ETag を指定してください。"


class InUse(Conflict):
    """Other records depend on this one."""

    ja = "他の記録から参照されているため処理できません。"


class Duplicate(Conflict):
    """Such a record already exists."""

    ja = "同じ内容の記録がすでにあります。"


class ConcurrentChange(DomainError):
    """The same records were being changed: send the request again."""

    status = 503
    ja = "他の処理と競合しました。もう一度送信してください。"
    headers: Mapping[str, str] = {"Retry-After": "1"}


class Busy(DomainError):
    """Too much is being worked on at the moment: try again shortly."""

    status = 503
    ja = "処理が混み合っています。しばらくしてからやり直してください。"
    headers: Mapping[str, str] = {"Retry-After": "2"}


class TookTooLong(DomainError):
    """The database was stopped after the longest time for a request: ask for less, or try again later."""

    status = 503
    ja = "制限時間内に処理が終わりませんでした。範囲を狭めるか、時間をおいてやり直してください。"
    headers: Mapping[str, str] = {"Retry-After": "10"}


class StorageFull(DomainError):
    """The database has no space left: nothing can be saved until an operator frees some."""

    status = 503
    ja = "データベースの空き容量がありません。容量が確保されるまで保存できません。"
    headers: Mapping[str, str] = {"Retry-After": "60"}


class OutcomeUnknown(DomainError):
    """The connection to the database was lost while the change was being saved: see whether it is there first."""

    status = 503
    ja = "保存の途中でデータベースとの接続が切れました。保存されたかどうかを確かめてください。"
    headers: Mapping[str, str] = {"Retry-After": "5"}


class Unavailable(DomainError):
    """The database is not available: try again shortly."""

    status = 503
    ja = "データベースに接続できません。しばらくしてからやり直してください。"
    headers: Mapping[str, str] = {"Retry-After": "5"}


def passes(check: Callable[..., object], *arguments: object) -> bool:
    """The check would not refuse: for listing in advance what a caller may do."""
    try:
        check(*arguments)
    except DomainError:
        return False
    return True
