"""Where the page may listen and who may use it; decided before anything heavy is loaded."""

import asyncio
import logging
import re
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from rag.errors import ServingError
from ui import passwords
from ui.guard import asking_from

FREE = 3
"""Wrong passwords that cost nothing: everybody mistypes."""

FIRST, LONGEST = 0.5, 60.0
"""Seconds in which no password is looked at: after the next wrong one, and at most."""

AT_ONCE = 2
"""Passwords that are looked at together: each takes 32 MB and a tenth of a second of a core."""

REMEMBERED = 10_000
"""Names and addresses of which it is remembered how often they were wrong."""

LONGEST_PASSWORD = 1_024
"""Characters; what is longer is none."""

SHORTEST_TOKEN = 16
"""Characters of the token of MCP: nobody types it, and nobody should guess it."""

_log = logging.getLogger("rag.ui")


def check(
    host: str,
    port: int,
    auth: Path | None,
    anonymous: bool,
    mcp: bool,
    mcp_token: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> tuple[dict[str, str], str]:
    """Return what proves the passwords of those who may use the page, and the token of MCP's tools.

    Both are empty if nobody needs one.

    Parameters
    ----------
    auth
        A file with a line for each of them, see `ui.passwords`.
    anonymous
        Whether others on the network may use it without.
    mcp
        Whether there is to be an MCP server.
    mcp_token
        A file with the token that its clients send; where there are passwords there has to be one.
    say
        Is told in a line what is not safe.

    Raises
    ------
    ServingError
        If the page must not, or cannot, be served there.
    """
    if not (is_loopback(host) or auth or anonymous):
        raise ServingError(
            f"On {host} everybody on the network could ask: give --auth FILE (`rag user add` "
            "writes one), or --allow-anonymous if they may."
        )
    if mcp_token and not mcp:
        raise ServingError("--mcp-token is for the tools of MCP: give --mcp with it.")
    if auth and mcp and not mcp_token:
        raise ServingError(
            "With --auth the tools of MCP want a token: give --mcp-token FILE, a file with at "
            f"least {SHORTEST_TOKEN} characters that only their users can read."
        )
    token = _token(mcp_token) if mcp_token else ""
    _free(host, port)
    users = passwords.read(auth, say) if auth else {}
    return users, token


def checked(users: Mapping[str, str]) -> Callable[[str, str], Awaitable[bool]]:
    """Return a function that tells whether a password is that of a user.

    After `FREE` wrong ones nothing is looked at for a while, which doubles with each, up to
    `LONGEST` seconds: by name and address, so that nobody locks out who sits elsewhere. The page is
    served on meanwhile, and not more than `AT_ONCE` are looked at together.
    """
    tried: dict[tuple[str, str], tuple[int, float]] = {}
    turns = asyncio.Semaphore(AT_ONCE)

    async def known(user: str, password: str) -> bool:
        key = (user if user in users else "", _network(asking_from.get()))
        wrong, until = tried.pop(key, (0, 0.0))
        now = time.monotonic()
        if now < until:
            tried[key] = (wrong, until)
            _log.warning("Not let in: %r from %s, who has to wait", user[:40], key[1])
            return False
        wait = min(FIRST * 2 ** (wrong - FREE), LONGEST) if wrong >= FREE else 0.0
        tried[key] = (min(wrong + 1, 30), now + wait)  # until it proves right
        _forget(tried, now)
        async with turns:
            right = len(password) <= LONGEST_PASSWORD and await asyncio.to_thread(
                passwords.known, users, user, password
            )
        if right:
            tried.pop(key, None)
        else:
            _log.warning("Wrong password for %r from %s", user[:40], key[1])
        return right

    return known


def _forget(tried: dict[tuple[str, str], tuple[int, float]], now: float) -> None:
    """Forget those who tried first where there are too many, those last who have to wait."""
    if len(tried) <= REMEMBERED:
        return
    free = next((key for key, (_, until) in tried.items() if until <= now), None)
    del tried[free or next(iter(tried))]


def _network(address: str) -> str:
    """Return what stands for an address: in IPv6 its network, as one person has all of that."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None and not found.is_loopback:
        return str(ip_network((int(found), 64), strict=False))
    return address


def hosts(root_path: str) -> set[str]:
    """Return the host that a proxy serves the page under, where its address is given whole.

    Raises
    ------
    ServingError
        If it is none.
    """
    try:
        name = urlsplit(root_path).hostname
    except ValueError as error:
        raise ServingError(
            f"--root-path cannot be {root_path}: give a path like /papers, or a whole address."
        ) from error
    return {name} if name else set()


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _token(file: Path) -> str:
    try:
        token = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ServingError(f"{file} cannot be read: give --mcp-token a text file.") from error
    if len(token) < SHORTEST_TOKEN or not re.fullmatch(r"[!-~]+", token):
        raise ServingError(
            f"{file} needs one word of at least {SHORTEST_TOKEN} characters as a token."
        )
    return token


def _free(host: str, port: int) -> None:
    """Make sure that a port can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (socket.gaierror, TypeError, UnicodeError) as error:
        raise ServingError(
            f"{host} is no address of this machine: give another with --host."
        ) from error
    except OSError as error:
        raise ServingError(
            f"Port {port} of {host} cannot be used ({error.strerror}): "
            "end what listens there, or give another with --port."
        ) from error
