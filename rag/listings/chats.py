"""Exports of chats and boards in JSON (Slack, Discord, Telegram, Trello): what links led to.

::

    [{"type": "message", "text": "<https://arxiv.org/abs/2104.00194>", "attachments": [
      {"title": "A Title", "title_link": "https://arxiv.org/abs/2104.00194", "text": "..."}]}]

A paper is what a program showed of a link to one: its title and the beginning of its page. Where
that breaks off, and of what is only named, the identifiers of arXiv are told. What people said
beside that is theirs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from rag.core.identifiers import arxiv_id, doi_of, known_by
from rag.core.publishers import papers_page
from rag.listings import limits, mentions
from rag.listings.entries import Entry, Refused
from rag.listings.fields import as_text
from rag.listings.jsontext import JsonText, members

FORMAT = "JSON export of Slack, Discord, Telegram or Trello"
ENDINGS = (".json",)
SIGNS = "[{"

_SLACK = re.compile(r'\s*\[\s*\{(?=[^\0]*"type"\s*:\s*"message")(?=[^\0]*"ts"\s*:\s*"\d{9,}\.\d+")')
_DISCORD = re.compile(r'\s*\{\s*"guild"\s*:\s*\{(?=[^\0]*"channel"\s*:)')
_TELEGRAM = re.compile(r'\s*\{(?=[^\0]*"messages"\s*:\s*\[)[^\0]{0,300}?"type"\s*:\s*"\w+')
_TELEGRAM_ONLY = re.compile(r'"(?:text_entities|date_unixtime|from_id|actor)"\s*:')
_TRELLO = re.compile(r'\s*\{(?=[^\0]*(?:"idOrganization"\s*:|trello\.com/[bc]/))\s*"id"\s*:')
_LISTS = ("messages", "chats", "list", "cards")
_SHOWN = ("attachments", "embeds")
_TITLES, _TEXTS = ("title",), ("text", "description")
_ADDRESSES = ("title_link", "url", "from_url", "original_url")
_NUMBER = re.compile(r"^\[[\w.-]+(?:/\d{7})?(?:v\d+)?\]\s+")
_CUT = re.compile(r"(?:…|\.\.\.)\s*$")
_FEWEST = 100  # characters of an abstract
_DEEPEST = 4


def matches(head: str) -> bool:
    """Tell whether a text begins like an export of one of these programs."""
    telegram = _TELEGRAM.match(head) and _TELEGRAM_ONLY.search(head)
    return bool(telegram or any(known.match(head) for known in (_SLACK, _DISCORD, _TRELLO)))


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers that are shown, in their order, then tell what else is named."""
    text, seen, there = JsonText(lines, limits.LONGEST_LINE), dict[str, int](), set[str]()
    try:
        for line, message in _messages(text, 0):
            for name in mentions.mentioned(_strings(message)):
                if len(seen) < limits.MOST_REFUSED:
                    seen.setdefault(name, line)
            for entry in _shown(line, message):
                known = known_by(entry.link) or ""
                if known not in there:
                    there.add(known)
                    yield entry
    except ValueError as error:
        said = f"broken JSON, from here on nothing is read: {error}"
        yield Refused(source, text.line, said)
    if rest := tuple(name for name in seen if name not in there):
        yield Refused(source, seen[rest[0]], mentions.said(rest), whole=True)


def _messages(text: JsonText, depth: int) -> Iterator[tuple[int, dict[str, object]]]:
    if text.peek() == "[":
        text.skip()
        for _ in members(text, "]"):
            line, found = text.line, text.glance()
            if isinstance(found, dict) and not found.keys() & {*_LISTS}:
                text.value()
                yield line, found
            elif text.peek() in ("{", "[") and depth < _DEEPEST:
                yield from _messages(text, depth + 1)
            else:
                text.value()
    elif text.peek() == "{":
        text.skip()
        for name in members(text, "}"):
            if name in _LISTS and text.peek() in ("{", "[") and depth < _DEEPEST:
                yield from _messages(text, depth + 1)
            elif text.peek() == "[":  # what was done on a board may be more than is read at once
                text.skip()
                for _ in members(text, "]"):
                    text.value()
            else:
                text.value()


def _strings(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside if depth < 2 * _DEEPEST else ():
        yield from _strings(one, depth + 1)


def _shown(line: int, message: Mapping[str, object]) -> Iterator[Entry]:
    """Yield the papers that a message shows."""
    for name in _SHOWN:
        shown = message.get(name)
        for one in shown if isinstance(shown, list) else ():
            if isinstance(one, dict):
                yield from _paper(
                    line,
                    _first(one, _TITLES),
                    [as_text(one.get(key)) for key in _ADDRESSES],
                    _first(one, _TEXTS),
                )
    if name := as_text(message.get("name")):  # Trello's card
        texts = [one.strip() for one in as_text(message.get("desc")).split("\n")]
        yield from _paper(line, name, " ".join(texts).split(), max(texts, key=len, default=""))
    if isinstance(written := message.get("text"), list):  # Telegram's: texts, and parts with a kind
        said = "".join(
            part if isinstance(part, str) else as_text(part.get("text"))
            for part in written
            if isinstance(part, str | dict)
        )
        links = [as_text(part.get("href")) for part in written if isinstance(part, dict)]
        texts = [one.strip() for one in said.split("\n") if one.strip()]
        longest = max(texts[1:], key=len, default="")
        if len(longest) >= _FEWEST:
            yield from _paper(line, texts[0], [*links, *said.split()], longest)


def _paper(line: int, title: str, addresses: Iterable[str], text: str) -> Iterator[Entry]:
    links = [one for one in addresses if arxiv_id(one) or doi_of(one) or papers_page(one)]
    if title and links and len(text) >= _FEWEST and not _CUT.search(text):
        yield Entry(
            line,
            title=_NUMBER.sub("", title),
            link=links[0],
            abstract=text,
            links=tuple(links),
            only_named=True,
        )


def _first(record: Mapping[str, object], names: Iterable[str]) -> str:
    return next(filter(None, (as_text(record.get(name)) for name in names)), "")
