"""Title, authors, day and abstract of one paper among the lines that tell of it.

Each is known by what it is: a title is what a link, bold or a quotation shows, names are a list of
words in capitals, a day looks like one, and the abstract is the longest prose. Where a label says
what follows it, that counts; where none does, it is not needed. Places mean nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from rag.core.identifiers import arxiv_id, is_category, known_by
from rag.listings import bylines, people
from rag.listings.days import day
from rag.listings.labels import Facts, labelled, meaning
from rag.listings.marks import Line, links, unlinked, without_links
from rag.listings.text import without_stop
from rag.listings.units import Unit, is_badge, key

_AROUND = " |·•,:;-–—"

_DAYS = re.compile(
    r"(?<!\d)(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?,? \d{4}"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})(?!\d)|\d{4}年\d{1,2}月\d{1,2}日"
)
_MONTHS_AND_YEARS = re.compile(
    r"(?<!\w)(?:(?:[A-Z][a-z]{2,8}\.? )?(?:19|20)\d\d(?:[./-]\d\d)?)(?![\w-])"
)
_STRONG = re.compile(r"(?<![\w*])(\*{2,3}|__)(?=\S)(?P<text>.{1,500}?)(?<=\S)\1(?![\w*])")
_ITALICS = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])(?P<text>[^*_]{1,500}?)(?<=\S)\1(?![\w*_])")
_QUOTED = re.compile(r"[\"“](?P<text>[^\"“”]{8,300})[\"”]")
_TAG = re.compile(r"`([^`]*)`")
_LEADING_TAG = re.compile(
    r"^[\s*_:|,.-]*(?:(?:\[[^\[\]]{1,40}\](?!\()|\([^()]{1,30}\)|【[^】]{1,20}】)[\s*_:|,.-]*)+"
)
_EMPTY = re.compile(r"\(\s*\)|\[[\s,|/·•]*\]|\*{2,}|(?<=\s)[-–—|·•:]+\s*$")
_TRAILING = re.compile(r"\s*[(\[]\s*(?:arxiv\s*:?\s*)?(?P<in>[^()\[\]\s]{5,30})\s*[)\]]\s*$", re.I)
_INITIAL = re.compile(r"\b[A-Z]\.\W*$")
_SENTENCE = re.compile(r"[.!?。][\"”')\]*_]*$")
_FEWEST_WORDS = 6  # of an abstract that no label announces
_OTHER_TITLES = re.compile(r"(?:show|details|click|expand|abstract|read more|摘要)\b.*", re.I)


def told(unit: Unit, by_label: bool = False) -> Facts:
    """Return what the lines of a paper tell, by the names of the facts.

    These are title, authors, abstract, summary, listed, updated, categories, link, comment and
    venue, as far as they are told.

    Parameters
    ----------
    by_label
        Whether names and prose count only where a label says what they are: what has no link may be
        no paper.
    """
    lines = [*_flat(_without_sections(unit))]
    facts, rest = labelled(lines)
    if "title" in facts:
        rest.append(_behind_title(facts))
    else:
        rest = _titled(facts, rest)
    for at, line in enumerate(() if by_label else rest):
        _add_day(facts, line.text)
        if _add_authors(facts, line) or _DAYS.fullmatch(line.text.strip(" *_()[]|·")):
            rest[at] = Line(line.number, "", "")
    if "abstract" not in facts and not by_label:
        prose = [text for text in _paragraphs(rest) if _is_prose(text)]
        longest = max(prose, key=len, default="")
        facts["abstract"] = longest if len(longest) >= len(facts.get("summary", "")) else ""
        facts["abstract"] = facts["abstract"] or facts.get("summary", "")
    whole = " ".join(line.text for line in unit.lines if len(line.text) < 400)
    tags = [tag for tag in re.findall(r"[\w.-]+", whole) if "." in tag and is_category(tag)]
    facts.setdefault("categories", " ".join(tags))
    facts.setdefault(
        "listed", next((text for text in map(_day_in, reversed(unit.above)) if text), "")
    )
    return {name: said for name, said in facts.items() if said}


def _without_sections(unit: Unit) -> Unit:
    """Return a unit without what follows its link under a heading that announces no fact."""
    kept, named, dropped = list[Line](), False, False
    for line in unit.lines:
        if line.kind.startswith("h") and named:
            dropped = not (meaning(line.name) or meaning(line.text.strip("*_`: ")) or key(line))
        if not dropped:
            kept.append(line)
        named = named or bool(key(line))
    return replace(unit, lines=tuple(kept))


def _flat(unit: Unit) -> Iterator[Line]:
    """Yield the lines of a paper; the cells of a row with the heads of their columns as labels."""
    for line in unit.lines:
        if line.kind != "row":
            yield line
            continue
        heads = unit.head if len(unit.head) == len(line.cells) else ("",) * len(line.cells)
        for name, cell in zip(heads, line.cells, strict=True):
            yield from _cell(name.strip("*_` "), cell)


def _cell(name: str, cell: Sequence[Line]) -> Iterator[Line]:
    meant = meaning(name)
    if meant == "link" and any(_says_more(line.text) for line in cell):
        name = meant = "title"
    for at, line in enumerate(cell):
        if not meant or (at and meant == "title") or line.name:
            yield line
        elif _OTHER_TITLES.fullmatch(line.text) and meant == "abstract":
            continue
        else:
            yield Line(line.number, "text", line.text, name, line.text, marked=True)


def _says_more(text: str) -> bool:
    """Tell whether a text is a title rather than links."""
    words = re.findall(r"[^\W\d_]{2,}", unlinked(text))
    return len(words) > 2 and not all(is_badge(shown) for shown, _ in links(text) or [("x y", "")])


def _behind_title(facts: Facts) -> Line:
    """Return what stands behind a title that its label announces and bold or a link shows."""
    said, rest = facts["title"], ""
    if _STRONG.match(said) or said.startswith("["):
        facts["title"], rest = _title_of(said, first=True)
    facts["title"] = _bare_title(facts["title"] or said)
    return Line(0, "li9", rest.strip(_AROUND))


def _titled(facts: Facts, lines: list[Line]) -> list[Line]:
    """Take the title out of the lines, and return them with what is left of the line it is on."""
    for at, line in enumerate(lines):
        if not line.kind or line.kind == "rule":
            continue
        title, rest = _title_of(line.text, first=line is lines[0])
        if not title:
            continue
        facts["title"] = title
        left = Line(line.number, "text", rest.strip(_AROUND))
        if _add_authors(facts, left):
            left = Line(line.number, "text", _day_in(rest))
        if "authors" not in facts and (named := bylines.run_of_names(rest)):
            facts["authors"] = named
        return [*lines[:at], left, *lines[at + 1 :]]
    return lines


def _title_of(text: str, first: bool) -> tuple[str, str]:
    """Return the title in a line, and the line without it; nothing if it has none.

    The first line of a paper is no list of names, even if it could be one.
    """
    for shown, address in links(text):
        if not is_badge(shown) and _is_title(shown):
            return _bare_title(shown), _without(text, f"[{shown}]({address})", shown)
    plain = _LEADING_TAG.sub("", without_links(text))
    plain = _TAG.sub("", plain)
    for pattern in (_STRONG, _QUOTED):
        for found in pattern.finditer(plain):
            if _is_title(found["text"]) and not _LEADING_TAG.fullmatch(found["text"]):
                return _bare_title(found["text"]), plain.replace(found[0], " | ", 1)
    bare = _bare_title(plain)
    if not _is_title(bare) or (bylines.are_names(bare) and not first):
        return "", text
    return _split_off(bare)


def _split_off(text: str) -> tuple[str, str]:
    """Return a title that names follow on its line, and the names; or none."""
    for mark in (". ", " - ", " – ", " — ", " | ", " by ", ", ", " ("):
        begin, found, rest = text.partition(mark)
        names = _MONTHS_AND_YEARS.sub("", _DAYS.sub("", rest)).strip(" .,()")
        several = len(re.split(r"[,;&]|\band\b", names)) > 1 or mark in (" by ", " — ", " – ", ". ")
        if found and names and several and _is_title(begin) and bylines.are_names(names):
            return begin.strip(), rest
    day = _DAYS.search(text)
    return (_bare_title(text.replace(day[0], "")), day[0]) if day else (text, "")


def _without(text: str, link: str, shown: str) -> str:
    at = text.find(f"[{shown}](")
    end = text.find(")", at)
    return f"{text[:at]} {text[end + 1 :]}" if at >= 0 and end >= 0 else text.replace(link, " ")


def _is_title(text: str) -> bool:
    words = re.findall(r"[^\W_]+", text)
    return (len(words) > 1 or len(text) > 5) and not known_by(text.strip()) and not _DAYS.fullmatch(
        text.strip()
    )  # fmt: skip


def _bare_title(text: str) -> str:
    """Return a title without links, tags, its identifier in brackets, and marks around it."""
    text = _TAG.sub("", unlinked(text)) if "`" in text else unlinked(text)
    text = _STRONG.sub(r"\g<text>", text)
    tag = _TRAILING.search(text)
    while tag and (arxiv_id(tag["in"]) or day(tag["in"]) or is_category(tag["in"])):
        text = text[: tag.start()]
        tag = _TRAILING.search(text)
    text = _EMPTY.sub("", text).strip()
    text = text.strip("*_ ") if text.startswith(("*", "_")) else text
    if len(text) > 2 and text[0] in '"“' and text[-1] in '"”':
        text = text[1:-1]
    text = " ".join(text.split()).strip(" |·•,-–—")
    return without_stop(text)


def _add_authors(facts: Facts, line: Line) -> bool:
    """Add the authors that a line names, if they are not known; tell whether there were any."""
    if facts.get("authors") or not line.text:
        return False
    linked = [shown for shown, _ in links(line.text)]
    if len(linked) > 1 and bylines.are_names(", ".join(linked)):  # to what else they wrote
        facts["authors"] = ", ".join(linked)
        return True
    plain = _MONTHS_AND_YEARS.sub("", _DAYS.sub("", without_links(line.text)))
    emphasised = [found["text"] for found in _ITALICS.finditer(plain)]
    for part in (*emphasised, *re.split(r"\s[-–—|·•]\s|[()]", plain), plain):
        names = re.sub(r"^(?:by|authors?)\b:?\s*", "", part.strip(' *_,|·•-–—"”'), flags=re.I)
        names = names.strip(" *_,;") if _INITIAL.search(names) else names.strip(" *_.,;")
        if bylines.are_names(names):
            facts["authors"] = names
            return True
    return False


def _add_day(facts: Facts, text: str) -> None:
    if not facts.get("listed") and len(text) < 400 and (found := _day_in(text)):
        facts["listed"] = found


def _day_in(text: str) -> str:
    found = _DAYS.search(text)
    return found[0] if found else ""


def as_day(text: str) -> date | None:
    """Return the day that a fact says."""
    text = text.strip(" *_`()[]")
    if found := _DAYS.search(text):
        text = (
            re.sub(r"[./年月]", "-", found[0]).rstrip("日") if found[0][:4].isdigit() else found[0]
        )
    return day(text)


def names(text: str) -> list[str]:
    """Return the names in a fact, without links and marks."""
    plain = re.sub(r"[*_`]{1,3}(?=\s|,|;|$)|(?<![^\s,;])[*_`]{1,3}", "", unlinked(text))
    plain = re.sub(r"[\u3001\uff0c\uff1b]", ", ", bylines.without_others(plain))
    return people.names(plain.strip(" ,;" if _INITIAL.search(plain) else " ,;."))


def _paragraphs(lines: Sequence[Line]) -> Iterator[str]:
    held = list[str]()
    for line in (*lines, Line(0, "", "")):
        if not line.text or line.kind.startswith(("h", "li", "rule")):
            if held:
                yield " ".join(held)
            held = [line.text] if line.kind.startswith("li") else []
        else:
            held.append(line.text)


def _is_prose(text: str) -> bool:
    plain = without_links(text).strip()
    small = re.findall(r"(?<![^\W_])[a-z]{2,}", plain)
    return len(small) >= _FEWEST_WORDS and bool(_SENTENCE.search(plain))
