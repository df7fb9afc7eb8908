"""Mails as programs keep them (.eml), one or many in a file (.mbox), also forwarded ones.

What is in a mail is decoded and read by the reader whose it is: arXiv's papers of a day, an alert
of Google Scholar's or PubMed's, or whatever else names papers. A mail without any is passed over.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from email import message_from_string
from email.message import Message

from rag.listings import alerts, limits, mail, mentions, pages, pubmedtext, webpage
from rag.listings.entries import Entry, Reader, Refused

FORMAT = "mails, one (.eml) or many (.mbox), with alerts or papers in them"
ENDINGS = (".eml", ".mbox")
SIGNS = "FRDM"

_READERS: tuple[Reader, ...] = (alerts, mail, webpage, pubmedtext, pages)
_FIELD = re.compile(r"(?P<name>[A-Za-z][A-Za-z-]*):(?:[ \t].*)?")
_NAMES = frozenset(
    "from to cc date subject received message-id mime-version delivered-to return-path reply-to"
    " x-received dkim-signature content-type content-transfer-encoding sender list-id".split()
)
_FEWEST = 3  # fields of a mail, by which one is told
_POSTMARK = re.compile(r"From \S+ .*\d{4}\s*")
_QUOTED = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
_PUBMED = re.compile(r"^1\. .{0,200}?\b\d{4}\b", re.MULTILINE)
_LONGEST = 2 * limits.LONGEST_LINE
"""Characters of a mail; behind that come attachments."""

_MOST_PARTS = 50


def matches(head: str) -> bool:
    """Tell whether a text begins with the fields of a mail."""
    lines = head.lstrip("\ufeff\n").split("\n")
    if _POSTMARK.fullmatch(lines[0]):
        del lines[0]
    names = set[str]()
    for line in lines:
        if line.startswith((" ", "\t")) and names:
            continue
        found = _FIELD.fullmatch(line)
        if found is None:
            break
        names.add(found["name"].lower())
    return len(names & _NAMES) >= _FEWEST


def read(lines: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of mails, in their order; each in the line where its mail begins."""
    for start, text in _mails(lines):
        for item in _papers(text, source):
            yield replace(item, line=start)


def _mails(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    start, held, size, blank = 1, list[str](), 0, True
    many = False
    for number, line in limits.numbered(lines):
        if blank and _POSTMARK.fullmatch(line) and (many or not "".join(held).strip()):
            if held:
                yield start, "".join(held)
            start, held, size, many = number, [], 0, True
            continue
        blank = not line.strip()
        size += len(line)
        if size <= _LONGEST:
            held.append(line[1:] if many and line.startswith(">From ") else line)
    yield start, "".join(held)


def _papers(text: str, source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a mail by the first reader that knows one of its texts."""
    texts = [*_texts(message_from_string(text.lstrip("\ufeff\n")))]
    for reader in _READERS:
        for each in texts:
            if reader.matches(each):
                yield from reader.read(each.splitlines(keepends=True), source)
                return
    if seen := mentions.mentioned(line for each in texts for line in each.split("\n")):
        yield Refused(source, 1, mentions.said(seen), whole=True)


def _texts(message: Message) -> Iterator[str]:
    """Yield the texts of a mail: those without marks as they are and as they were quoted."""
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            return
        kind = part.get_content_type()
        if kind not in ("text/plain", "text/html") or part.get_filename():
            continue
        said = _decoded(part)
        if kind == "text/html":
            yield said
            continue
        said = _QUOTED.sub("", said)
        yield said
        if found := _PUBMED.search(said):
            yield said[found.start() :]


def _decoded(part: Message) -> str:
    """Return the text of a part, which may be written in letters and digits only."""
    packed = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if packed not in ("quoted-printable", "base64"):
        return str(part.get_payload())
    held = part.get_payload(decode=True)
    if not isinstance(held, bytes):
        return ""
    try:
        return held.decode(part.get_content_charset() or "utf-8", "replace").replace("\r\n", "\n")
    except LookupError:
        return held.decode("utf-8", "replace").replace("\r\n", "\n")
