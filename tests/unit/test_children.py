"""What a child process may know."""

from __future__ import annotations

import pytest

from tui.core.children import environment


@pytest.mark.parametrize(
    "name",
    [
        *("OPENAI_API_KEY", "OPENAI_ORG_ID", "openai_base_url", "SOME_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY"),
        *("db_password", "GOOGLE_APPLICATION_CREDENTIALS", "STUDIO_LOGIN"),
    ],
)
def test_a_child_is_told_no_secret(name: str) -> None:
    assert environment({name: "hush", "PATH": "/bin"}, drop=["STUDIO_LOGIN"]) == {"PATH": "/bin"}


def test_a_child_is_told_everything_else() -> None:
    env = {"LANG": "C.UTF-8", "TERM": "xterm-256color", "STUDIO_LOGIN": "x", "EDITOR": "vim", "DISPLAY": ":0"}
    assert environment(env) == env
