"""The commands for those who may use the page."""

from pathlib import Path

import pytest

from ui import passwords


def test_users_are_added_listed_and_dropped(rag, tmp_path: Path) -> None:
    file = tmp_path / "users"
    done = rag("user", "add", "ada", file, input="correct horse\n")
    assert (done.returncode, done.stderr) == (0, f"ada may use the page: {file}.\n")
    assert passwords.known(passwords.read(file), "ada", "correct horse")
    done = rag("user", "add", "ada", file, input="another horse\n")
    assert done.stderr == f"ada has a new password: {file}.\n"
    assert rag("user", "list", file).stdout == "ada\n"
    assert rag("user", "drop", "ada", file).returncode == 0
    done = rag("user", "drop", "ada", file)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)


def test_a_short_password_is_one_line(rag, tmp_path: Path) -> None:
    done = rag("user", "add", "ada", tmp_path / "users", input="short\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "rag: The password needs at least 8 characters.\n"


@pytest.mark.parametrize("name", ["RAG_LLM", "RAG_CHROMA"])
@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        pytest.param(("ask", "tracking"), marks=pytest.mark.slow),
        ("model",),
        pytest.param(("doctor",), marks=pytest.mark.slow),
    ],
)
def test_passwords_in_addresses_are_never_said(rag, name: str, command: tuple[str, ...]) -> None:
    secret = {name: "http://ada:hunter2@127.0.0.1:9/v1?api_key=hunter2"}
    done = rag(*command, env=secret)
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
