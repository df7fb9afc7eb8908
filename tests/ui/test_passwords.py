"""Who may use the page: the file, what it holds of passwords, and the commands that write it."""

import os
from pathlib import Path

import pytest

from rag.errors import ServingError
from ui import passwords


def test_no_password_is_written(tmp_path: Path) -> None:
    file = tmp_path / "users"
    assert passwords.put(file, "ada", "correct horse")
    assert passwords.put(file, "bob", "correct horse")
    first, second = file.read_text().splitlines()
    assert "correct" not in file.read_text()
    assert first.partition(":")[2] != second.partition(":")[2]  # each has a salt of its own
    assert file.stat().st_mode & 0o077 == 0


def test_only_the_password_proves(tmp_path: Path) -> None:
    file = tmp_path / "users"
    passwords.put(file, "ada", "pässwörd for ada")
    users = passwords.read(file)
    assert passwords.known(users, "ada", "pässwörd for ada")
    for user, password in (("ada", "other"), ("ada", ""), ("eve", "pässwörd for ada"), ("", "")):
        assert not passwords.known(users, user, password)
    assert not passwords.known(users, "ada", users["ada"])  # the hash is no password


def test_a_password_is_changed_and_a_user_goes(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("# those of the group\n\nbob:as it is\n")
    assert passwords.put(file, "ada", "first password")
    assert not passwords.put(file, "ada", "second password")
    users = passwords.read(file)
    assert passwords.known(users, "ada", "second password")
    assert not passwords.known(users, "ada", "first password")
    assert passwords.known(users, "bob", "as it is")
    assert passwords.drop(file, "ada")
    assert not passwords.drop(file, "ada")
    assert file.read_text() == "# those of the group\n\nbob:as it is\n"


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_what_is_not_safe_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    file = tmp_path / "users"
    file.write_text("ada:as it is\n")
    file.chmod(0o644)
    passwords.read(file, said.append)
    assert ["as they are" in said[0], "chmod 600" in said[1], len(said)] == [True, True, 2]
    passwords.put(file, "ada", "correct horse")
    said.clear()
    passwords.read(file, said.append)
    assert said == []


@pytest.mark.parametrize(
    "line",
    [
        "eve",
        "eve:",
        ":password",
        "eve:$scrypt$broken",
        "eve:$scrypt$n=3,r=8,p=1$c2FsdA==$a2V5",
        "eve:$scrypt$n=1073741824,r=8,p=1$c2FsdA==$a2V5",
        "# nobody",
        "",
    ],
)
def test_a_file_that_names_nobody_or_not_well_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "users"
    file.write_text(f"{line}\n")
    with pytest.raises(ServingError, match="rag user add"):
        passwords.read(file)


@pytest.mark.parametrize(
    ("name", "password"),
    [("a b", "long enough"), ("a:b", "long enough"), ("", "long enough"), ("ada", "short")],
)
def test_what_will_not_do_is_not_written(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(ServingError):
        passwords.put(tmp_path / "users", name, password)
    assert not (tmp_path / "users").exists()


@pytest.mark.parametrize("name", ["plain", "hashed", "nobody"])
def test_who_is_in_the_file_is_not_told_by_the_time_it_takes(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whoever it is, the slow hash is made once for each password that is tried."""
    users = {"plain": "as it is", "hashed": passwords.hashed("something")}
    passwords.known(users, "nobody", "first")  # makes what stands for nobody
    made: list[str] = []
    key = passwords._key

    def counted(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
        made.append(password)
        return key(password, salt, cost, block, parallel)

    monkeypatch.setattr(passwords, "_key", counted)
    for password in ("wrong", "\ud800", "x\0y", ""):
        assert not passwords.known(users, name, password)
    assert len(made) == 4
