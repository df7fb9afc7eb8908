"""Who may use the page: a file with a line for each, of a name and what proves a password.

Promises: what `rag user add` writes holds no password, but its scrypt hash with a salt of its own
(RFC 7914), and only its owner can read the file. Lines ``user:password`` are read too, as others
write them; whoever uses such a file is told.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from rag.errors import ServingError
from rag.library.disk import written_whole

SHORTEST = 8
"""Characters of a new password."""

COST, BLOCK, PARALLEL = 2**15, 8, 1
"""How much work a hash is: 32 MB and some 0.1 s."""

_MEMORY = 64 * 1024 * 1024  # bytes that scrypt may use
_HASHED = re.compile(r"\$scrypt\$n=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)")
_NAME = re.compile(r"[^\s:#][^\s:]{0,63}")


def hashed(password: str) -> str:
    """Return what proves a password without telling it: another each time.

    >>> proves(hashed("correct horse"), "correct horse"), proves(hashed("a"), "b")
    (True, False)
    """
    salt = secrets.token_bytes(16)
    key = _key(password, salt, COST, BLOCK, PARALLEL)
    salted, kept = (base64.b64encode(b).decode() for b in (salt, key))
    return f"$scrypt$n={COST},r={BLOCK},p={PARALLEL}${salted}${kept}"


def proves(kept: str, password: str) -> bool:
    """Tell whether a password is the one that is kept, hashed or as it is."""
    if not (found := _HASHED.fullmatch(kept)):
        same = hmac.compare_digest(kept.encode(), password.encode("utf-8", "replace"))
        return same and bool(kept)
    cost, block, parallel = map(int, found.groups()[:3])
    salt, key = (base64.b64decode(text) for text in found.groups()[3:])
    return hmac.compare_digest(_key(password, salt, cost, block, parallel), key)


@cache
def _nobody() -> str:
    """Return what is compared where there is no such user: that takes as long."""
    return hashed(secrets.token_urlsafe())


def read(file: Path, say: Callable[[str], None] = lambda line: None) -> dict[str, str]:
    """Return for each user what proves the password.

    Parameters
    ----------
    say
        Is told in a line what is not safe about the file.

    Raises
    ------
    ServingError
        If the file cannot be read, or a line is not one of a user.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise ServingError(f"{file} cannot be read: give --auth a text file.") from error
    users = {}
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        user, _, kept = line.partition(":")
        if not user or not kept or (kept.startswith("$scrypt$") and not _sound(kept)):
            raise ServingError(
                f"{file} needs a line user:password for each who may use the page; "
                f"`rag user add NAME {file}` writes one."
            )
        users[user] = kept
    if not users:
        raise ServingError(f"{file} names nobody: `rag user add NAME {file}` adds somebody.")
    plain = [user for user, kept in users.items() if not _HASHED.fullmatch(kept)]
    if plain:
        say(f"{file} holds passwords as they are: `rag user add {plain[0]} {file}` hashes one.")
    if os.name == "posix" and mode & 0o044:
        say(f"{file} can be read by others on this machine: chmod 600 {file}.")
    return users


def put(file: Path, user: str, password: str) -> bool:
    """Write the hash of a user's password into a file, which is made if there is none.

    Returns
    -------
    bool
        Whether the user is new.

    Raises
    ------
    ServingError
        If the name or the password will not do, or the file cannot be read or written.
    """
    if not _NAME.fullmatch(user):
        raise ServingError(f"“{user}” cannot be a name: up to 64 characters, no space, no colon.")
    if len(password) < SHORTEST:
        raise ServingError(f"The password needs at least {SHORTEST} characters.")
    lines = _lines(file)
    kept = [line for line in lines if line.partition(":")[0] != user or line.startswith("#")]
    _write(file, [*kept, f"{user}:{hashed(password)}"])
    return len(kept) == len(lines)


def drop(file: Path, user: str) -> bool:
    """Take a user out of a file; tell whether the file had one.

    Raises
    ------
    ServingError
        If the file cannot be read or written.
    """
    lines = _lines(file)
    kept = [line for line in lines if line.partition(":")[0] != user or line.startswith("#")]
    if len(kept) == len(lines):
        return False
    _write(file, kept)
    return True


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise ServingError(f"{file} cannot be read: give a text file.") from error


def _write(file: Path, lines: list[str]) -> None:
    try:
        with written_whole(file) as opened:
            os.chmod(opened.fileno(), 0o600)
            opened.write("".join(f"{line}\n" for line in lines).encode())
    except OSError as error:
        raise ServingError(f"{file} cannot be written ({error.strerror}).") from error


def _sound(kept: str) -> bool:
    found = _HASHED.fullmatch(kept)
    if not found:
        return False
    cost, block, parallel = map(int, found.groups()[:3])
    power = cost > 1 and cost & (cost - 1) == 0
    return power and 0 < block <= 32 and 0 < parallel <= 16 and 128 * cost * block <= _MEMORY // 2


def _key(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "replace"),
        salt=salt, n=cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32,
    )  # fmt: skip


def known(users: Mapping[str, str], user: str, password: str) -> bool:
    """Tell whether a password is that of a user; it takes as long if there is no such user."""
    kept = users.get(user) or _nobody()
    right = proves(kept, password)
    if not _HASHED.fullmatch(kept):  # who is in the file would be told by how soon it is compared
        proves(_nobody(), password)
    return right and user in users
