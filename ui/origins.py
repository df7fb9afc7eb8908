"""Whether a request comes from the page itself, by what a browser says of it.

A browser names the page that a request comes from in `Origin`, and since 2023 says in
`Sec-Fetch-Site` whether that is this one; a page can change neither. A program says nothing.
"""

import re
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

Headers = Iterable[tuple[bytes, bytes]]

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s\[\]@/?#\\:]+)(?::\d+)?")
_OTHERS = ("cross-site", "same-site")
"""What a browser says of a page of another address; the second is one at another port."""


def foreign(method: str, page: bool, headers: Headers, names: Collection[str]) -> str:
    """Say why a request is not one of the page's own; empty if it is.

    Parameters
    ----------
    page
        Whether it asks for the page itself, to which others may lead.
    names
        Hosts that the page is served under; empty: any.
    """
    sent: dict[str, str] = {}
    for name, value in headers:
        known = name.decode("latin-1").lower()
        if known == "host" and known in sent:
            return "A request has one Host."
        sent[known] = value.decode("latin-1")
    host, origin = sent.get("host", ""), sent.get("origin", "")
    if names and host_name(host) not in names:
        return "This page is served under its own name alone."
    if origin and _address(origin) not in {host, sent.get("x-forwarded-host", host)}:
        return "Another page may neither read nor change anything here."
    leads_here = page and method == "GET" and sent.get("sec-fetch-mode") == "navigate"
    if sent.get("sec-fetch-site") in _OTHERS and not leads_here:
        return "Another page may neither read nor change anything here."
    return ""


def host_name(host: str) -> str:
    """Return the name in a `Host`, in small letters and without its port; empty if it is none.

    >>> host_name("LocalHost:7860"), host_name("[::1]:7860"), host_name("a@localhost")
    ('localhost', '::1', '')
    """
    found = _HOST.fullmatch(host)
    return found[1].strip("[]").lower() if found else ""


def _address(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
