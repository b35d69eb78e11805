"""The command that opens accounts."""

import io

import pytest

from app import account


@pytest.mark.parametrize("password", ["short", "x" * 201, "a password with a \t tab"])
def test_a_password_with_which_nobody_can_sign_in_is_refused(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    with pytest.raises(SystemExit) as refused:
        account.prompt_password("sato")
    assert password not in str(refused.value)


def test_a_line_of_any_system_is_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a password of the city\r\n"))
    assert account.prompt_password("sato") == "a password of the city"
