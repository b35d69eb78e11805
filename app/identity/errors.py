"""Errors of sign-in: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Unauthenticated


class InvalidToken(Unauthenticated):
    """The access token is missing, expired or invalid: sign in again."""

    ja = "アクセストークンが無効です。もう一度サインインしてください。"
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'}  # noqa: RUF012 - a Mapping, as in the base


class InvalidCredentials(Unauthenticated):
    """The user name or the password is wrong."""

    ja = "ユーザー名またはパスワードが正しくありません。"
