"""Where one paper ends and the next one begins on a page whose layout is not known.

What is known is only that a page repeats itself: each paper has one link or identifier, and each
begins like the others do, with a heading, an item, a row, a line in bold or the label of a title.
Which of these it is, is told by what stands between each two papers and before the first one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.core.identifiers import arxiv_id, doi_of, known_by
from rag.core.publishers import papers_page
from rag.listings.labels import meaning
from rag.listings.marks import Line, Links, links, spans, unlinked, without_links

_BADGE = (
    "pdf paper arxiv abs abstract html code github link links project page website homepage video"
    " demo data dataset doi bib bibtex slides poster blog hf huggingface model models openreview"
    " supp supplementary here url webpage read more online preprint official implementation 论文"
    " 代码 链接 项目 top back to null"
)  # fmt: skip
_BADGES = frozenset(_BADGE.split())
_PAPERS = frozenset("pdf paper arxiv abs openreview doi html preprint 论文".split())
_PROSE = 240  # characters of a line that is no title with its authors
_REFERENCE = 60  # characters at the end of a long reference that may hold its identifier
_FEWEST_SMALL = 3  # words in small letters, of a sentence
_SMALL = re.compile(r"(?<![^\W_])[a-z]{2,}(?![^\W_])")
_ADDRESSES = re.compile(r"https?://\S+|arxiv", re.IGNORECASE)
_MENTIONED = "arXiv:0704.0001"  # stands for a link
_IDENTIFIER = r"(?:https?://\S*?|arXiv[:\s]\s?|[\w-]+/)?\d{4}(?:\.\d{4,5}|\d{3})(?:v\d+)?[),]?"
_IN_SENTENCE = re.compile(
    r"\b(?:[Ss]ee|[Cc]f|by|to|of|and|from|with|than|was|were|is|are|or|like|that|this|against"
    rf"|after|beyond|over|unlike)[\s(]+{_IDENTIFIER}(?!\w)|(?<!\S){_IDENTIFIER}\s+(?!(?:by|in|on|at|et)\b)[a-z]{{2}}"
    rf"|(?<!\S)[a-z]{{2,}}[\s(]+{_IDENTIFIER}\s+[a-z]{{2}}"
)
_CITATION = re.compile(r"\bet\.? al\b|\bthis (?:paper|work)\b|^(?:here|see)\b", re.IGNORECASE)
_AROUND_LINKS = re.compile(r"[\s()\[\]<>,;|`*]+")
_AND = re.compile(r"[\s,;/|&·•+]*(?:and)?\s*")
_WORD = re.compile(r"[^\W\d_]{2,}|[\u4e00-\u9fff]")
_NO_PAPERS = re.compile(
    r"https?://(?:[\w-]+\.)*(?:github\.com|github\.io|gitlab\.com|twitter\.com|x\.com|youtube\.com"
    r"|youtu\.be|shields\.io|awesome\.re|huggingface\.co/(?!papers/)|colab\.research\.google\.com"
    r"|creativecommons\.org|wikipedia\.org|medium\.com|linkedin\.com)",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    """The lines of one paper, the headings in force above it, and the head of its table."""

    lines: tuple[Line, ...]
    above: tuple[str, ...] = ()
    head: tuple[str, ...] = ()


def is_badge(text: str) -> bool:
    """Tell whether the text of a link says only where it leads: PDF, Code, arXiv 2401.00001."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return bool(arxiv_id(text)) or all(word in _BADGES for word in words)


def key(line: Line) -> str:
    """Return what the paper of a line is known by; empty if the line names none."""
    if meaning(line.name) in ("abstract", "summary"):
        return ""
    seen = links(line.text)
    if line.kind != "row" and len(without_links(line.text)) > _PROSE:
        return _of_long(line, seen) if _opens(line) and line.kind != "bold" else ""
    if is_mention(line):
        return ""
    plain = _AROUND_LINKS.split(without_links(line.text, " "))
    if found := _named(plain, seen):
        return found
    for text, address in seen:
        paper = _PAPERS & set(text.lower().split()) or not is_badge(text)
        if paper and not _NO_PAPERS.match(address) and known_by(address) and _opens(line):
            return address
    if meaning(line.name) == "link" and not seen:
        return next((found for word in plain if (found := known_by(word) or "")), "")
    return ""


def _named(plain: Sequence[str], seen: Links) -> str:
    """Return the identifier among the links and words of a line, else the page of a publisher."""
    for _, address in seen:
        if found := arxiv_id(address) or doi_of(address):
            return found
    for word in plain:
        if found := arxiv_id(word) or (doi_of(word) if "10." in word else None):
            return found
    return next(filter(None, (papers_page(address) for _, address in seen)), "")


def _of_long(line: Line, seen: Links) -> str:
    """Return what the first paper is known by whose title is a link, or which ends a reference."""
    found = [arxiv_id(address) or doi_of(address) for text, address in seen if not is_badge(text)]
    ends = _AROUND_LINKS.split(line.text[-_REFERENCE:]) if line.kind == "li0" else []
    return next(filter(None, (*found, *map(arxiv_id, ends[1:]))), "")


def is_mention(line: Line) -> bool:
    """Tell whether a line is a sentence that mentions papers, and names none with its title."""
    if line.kind != "text" or line.marked or meaning(line.name):
        return False
    if any(not is_badge(text) and _is_titled(text) for text, _ in links(line.text)):
        return False
    said = without_links(line.text, _MENTIONED)
    small = _SMALL.findall(_ADDRESSES.sub("", said))
    return len(small) >= _FEWEST_SMALL and _IN_SENTENCE.search(said) is not None


def _is_titled(text: str) -> bool:
    """Tell whether the text of a link may be a title; "Roe et al." is none."""
    return len(_WORD.findall(text)) > 2 and not _CITATION.search(text)


def apart(line: Line) -> Iterator[Line]:
    """Yield a line; or each of the papers that are named one after the other in an item."""
    found = [*spans(line.text)]
    known = [arxiv_id(address) for _, _, text, address in found if not is_badge(text)]
    between = [line.text[end:begin] for (_, end, _, _), (begin, _, _, _) in pairwise(found)]
    several = len({*known}) == len(found) > 1 and all(known)
    if not several or not line.kind.startswith("li") or not all(map(_AND.fullmatch, between)):
        yield line
        return
    begins = [0, *(begin for begin, *_ in found[1:])]
    for begin, (_, end, _, _) in zip(begins, found, strict=True):
        yield Line(line.number, line.kind, line.text[begin:end])


def units(lines: Sequence[Line]) -> Iterator[Unit]:
    """Yield the papers of a page, each with its lines."""
    keys = [key(line) for line in lines]
    starts = _starts(lines, keys)
    kinds = {lines[at].kind for at in starts}
    above, head, begun = dict[str, str](), tuple[str, ...](), list[Line]()
    for at, line in enumerate(lines):
        follows = lines[at + 1] if at + 1 < len(lines) else None
        is_head = line.kind == "row" and follows is not None and follows.text == "|"
        others = _ends(line, kinds)
        if (at in starts or others or is_head) and begun:
            yield Unit(tuple(begun), tuple(above.values()), head)
            begun = []
        if is_head:
            head = tuple(" ".join(part.text for part in cell) for cell in line.cells)
        elif at in starts or begun:
            begun.append(line)
        elif line.kind.startswith("h"):
            above = {kind: said for kind, said in above.items() if kind < line.kind}
            above[line.kind] = line.text
    if begun:
        yield Unit(tuple(begun), tuple(above.values()), head)


def _ends(line: Line, kinds: set[str]) -> bool:
    """Tell whether a line ends a paper without beginning one: a heading of a section."""
    if not line.kind.startswith("h"):
        return False
    levels = [kind for kind in kinds if kind.startswith("h")]
    if not levels:
        return not meaning(line.text) and not meaning(line.name)
    return line.kind < max(levels) and line.kind not in kinds


def _opens(line: Line) -> bool:
    return line.kind.startswith(("h", "li", "row", "bold"))


def _classes(line: Line, texts: Counter[str]) -> str:
    """Return how a line may begin a paper; empty if it does not."""
    meant = meaning(line.name)
    if meant == "title":
        return "title"
    if meant == "link" and line.kind.startswith("h") and arxiv_id(line.text):
        return line.kind
    if meant or meaning(line.text.strip("*_`: ")) or not line.kind or line.kind == "rule":
        return ""
    if texts[line.text] > 1 or (line.marked and line.kind not in ("bold",)):
        return ""
    return line.kind if _opens(line) else "text" if len(line.text) <= _PROSE else ""


def _starts(lines: Sequence[Line], keys: Sequence[str]) -> set[int]:
    """Return the lines that begin a paper."""
    texts = Counter(line.text for line in lines if line.kind)
    classes = [_classes(line, texts) for line in lines]
    marks = keys if any(keys) else [
        "abstract" if meaning(line.name or line.text.strip("*_`: ")) == "abstract" else ""
        for line in lines
    ]  # fmt: skip
    gaps = list(_gaps(lines, marks))
    share = Counter[str]()
    for begin, end in gaps:
        share.update(set(filter(None, classes[begin : end + 1])))
    alone = [_is_alone(lines[end]) for _, end in gaps]
    starts, used = set[int](), Counter[str]()
    for (begin, end), whole in zip(gaps, alone, strict=True):
        at = end if whole else _opening(classes, share, begin, end, len(gaps))
        if at is not None:
            starts.add(at)
            used[classes[at] or lines[at].kind] += 1
    usual = next((name for name, count in used.most_common(1) if count * 2 > len(gaps)), "")
    if usual and usual != "text":
        starts |= {at for at, name in enumerate(classes) if name == usual}
    return starts


def _gaps(lines: Sequence[Line], marks: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield from behind the last line of a paper that names it to the first one of the next."""
    last, before = 0, ""
    for at, mark in enumerate(marks):
        if mark and (mark != before or mark == "abstract" or lines[at].kind == "row"):
            yield last, at
        if mark:
            last, before = at + 1, mark


def _opening(
    classes: Sequence[str], share: Counter[str], begin: int, end: int, count: int
) -> int | None:
    """Return the line of a gap at which its paper begins: like most of the others do."""
    there = {name for name in classes[begin : end + 1] if name}
    likely = [name for name in there if share[name] * 2 >= count]
    if not likely:
        return None
    best = max(likely, key=lambda name: (_weight(name, share[name] / count), _rank(name)))
    at = [i for i in range(begin, end + 1) if classes[i] == best]
    return at[0] if best == "text" else at[-1]


def _weight(name: str, share: float) -> float:
    """Return how likely it is that papers begin so: in eighths, so that a few others are none."""
    return round(share * 8) - (4 if name == "text" else 0)


def _rank(name: str) -> tuple[int, int]:
    """Return which of two goes first that stand before as many papers: of headings the smallest."""
    if name == "title":
        return 9, 0
    if name.startswith("h"):
        return 8, int(name[1:])
    if name.startswith("li"):
        return 7, -int(name[2:])
    return 6 if name == "bold" else 0, 0


def _is_alone(line: Line) -> bool:
    """Tell whether a line that names a paper has its title too."""
    if line.kind == "row":
        return True
    if meaning(line.name) and meaning(line.name) != "title":
        return False
    if any(not is_badge(text) and len(_WORD.findall(text)) > 1 for text, _ in links(line.text)):
        return _opens(line)
    rest = _WORD.findall(without_links(line.text))
    rest = [word for word in rest if word.lower() not in _BADGES]
    return _opens(line) and len(rest) > 2 and len(unlinked(line.text)) <= 2 * _PROSE
