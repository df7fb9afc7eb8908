"""The links of a page that was saved from the web, in full again where they were relative.

Where the page was is told by what a browser or the page itself says of that, else by what some
proceedings call themselves. Nothing here knows what a link leads to.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urljoin

_HEAD = 200  # lines at the beginning in which a page says where it was
_SAID = (
    re.compile(r"<base\b[^<>]{0,200}\bhref\s*=\s*[\"'](https?://[^\"'<>\s]+)", re.IGNORECASE),
    re.compile(r"<!--\s*saved from url=\(\d+\)(https?://\S+)"),
    re.compile(
        r"<link\b(?=[^<>]{0,200}\bcanonical\b)[^<>]{0,200}\bhref\s*=\s*[\"'](https?://[^\"'<>\s]+)",
        re.IGNORECASE,
    ),
    re.compile(
        r"<meta\b(?=[^<>]{0,200}\bog:url\b)[^<>]{0,200}\bcontent\s*=\s*[\"'](https?://[^\"'<>\s]+)",
        re.IGNORECASE,
    ),
)
_TITLE = re.compile(r"<title\b[^<>]*>(?P<title>[^<>]{1,300})", re.IGNORECASE)
_CALLED = (
    (re.compile(r".*\| OpenReview\s*"), "https://openreview.net/"),
    (re.compile(r".*\bOpen Access Repository\s*"), "https://openaccess.thecvf.com/"),
    (re.compile(r".*- ACL Anthology\s*"), "https://aclanthology.org/"),
    (re.compile(r".*\bProceedings of Machine Learning Research\b.*"),
     "https://proceedings.mlr.press/"),
)  # fmt: skip
_RELATIVE = re.compile(
    r"(?P<before>\bhref\s*=\s*(?P<quote>[\"']))"
    r"(?P<link>(?![\w.+-]{1,20}:|#|//)[^\"'<>]{1,1000})(?P=quote)",
    re.IGNORECASE,
)


def resolved(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a page with its links in full, from where it says where it was."""
    base, strength = "", len(_SAID)
    for number, line in enumerate(lines):
        if number < _HEAD:
            for at, pattern in enumerate(_SAID[:strength]):
                if found := pattern.search(line):
                    base, strength = unescape(found[1]), at
                    break
            if not base and (titled := _TITLE.search(line)):
                called = (url for name, url in _CALLED if name.fullmatch(titled["title"]))
                base = next(called, "")
        yield _absolute(line, base) if base else line


def _absolute(line: str, base: str) -> str:
    def whole(link: re.Match[str]) -> str:
        try:
            return f"{link['before']}{urljoin(base, link['link'])}{link['quote']}"
        except ValueError:
            return link[0]

    return _RELATIVE.sub(whole, line)
