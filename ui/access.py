"""Where the page may listen and who may use it; decided before anything heavy is loaded."""

import hmac
import socket
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path

from rag.errors import ServingError


def check(host: str, port: int, auth: Path | None, anonymous: bool, mcp: bool) -> dict[str, str]:
    """Return the passwords of those who may use the page; empty if nobody needs one.

    Parameters
    ----------
    auth
        A file with a line ``user:password`` for each; empty lines and those with # are left out.
    anonymous
        Whether others on the network may use it without.
    mcp
        Whether there is to be an MCP server: Gradio's asks for no password.

    Raises
    ------
    ServingError
        If the page must not, or cannot, be served there.
    """
    if not (_loopback(host) or auth or anonymous):
        raise ServingError(
            f"On {host} everybody on the network could ask: give --auth FILE with lines "
            "user:password, or --allow-anonymous if they may."
        )
    if auth and mcp:
        raise ServingError("--mcp asks for no password: give it without --auth, on 127.0.0.1.")
    users = _users(auth) if auth else {}
    _free(host, port)
    return users


def checked(users: Mapping[str, str]) -> Callable[[str, str], bool]:
    """Return a function that tells whether a password is that of a user."""

    def known(user: str, password: str) -> bool:
        expected = users.get(user, "")
        return hmac.compare_digest(expected.encode(), password.encode()) and bool(expected)

    return known


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _users(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ServingError(f"{file} cannot be read: give --auth a text file.") from error
    pairs = [line.partition(":") for line in lines if line.strip() and not line.startswith("#")]
    if not pairs or not all(user and colon and password for user, colon, password in pairs):
        raise ServingError(f"{file} needs a line user:password for each who may use the page.")
    return {user: password for user, _, password in pairs}


def _free(host: str, port: int) -> None:
    """Make sure that a port can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise ServingError(
            f"Port {port} of {host} cannot be used ({error.strerror}): "
            "end what listens there, or give another with --port."
        ) from error
