"""What a question restricts itself to, read by rule: days, categories, papers, authors.

``read`` takes the words that say so out of the question. A number, a name or a quoted text is a
filter only where it can be nothing else: an identifier as arXiv writes it, a title or an author
that the index has. Whether any paper passes is not known here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.core.filters import Filters, Known, short_name
from rag.core.papers import arxiv_id
from rag.question import dates

About = Literal["days", "categories", "papers", "authors"]


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a text, from ``start`` to ``end``, that are a filter.

    Attributes
    ----------
    phrase
        Says the same at the end of a question.
    instead
        Stands in their place in what is left of the question.
    named, pronoun
        The same for a question that would mean nothing without its paper: the paper by its name,
        and as "it".
    """

    about: About
    start: int
    end: int
    filters: Filters
    phrase: str
    instead: str = ""
    named: str = ""
    pronoun: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question without its filters, with papers by their names, with "it" for them, and these."""

    rest: str
    named: str
    pronoun: str
    filters: Filters


_FOLDED = re.compile(r"\s+")
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»")
_TOKEN = re.compile(r"[^\s,;()\[\]“”\"]+")
_BESIDE = re.compile(r"(?:\s*(?:,|;|&)\s*|\s+)(?:(?:and|or|the|papers?|both)\s+)*|\s*", re.I)
_BEFORE = re.compile(
    r"(?:[,;:]?\s*(?<!\w)(?:(?:out\s)?of|among|amongst|in|from|by|for|about|on|between|within|with)\s+)?"
    r"(?:(?:both|either|the|paper|papers|preprint|preprints|arxiv|article|articles)\s+)*$",
    re.IGNORECASE,
)
_AMONG = re.compile(
    r"(?:^|(?<=\s))(?:which|what|how\smany|(?:do|does|did|are|is|can|have|has|was|were)\s(?:any|some|one|all|"
    r"either|both|each)|any|some|all|either|one)(?:\sones?)?(?=,?\s(?:out\s)?(?:of|among)\s)",
    re.IGNORECASE,
)
_CATEGORY = (
    r"(?:(?:cs|math|stat|eess|econ|q-bio|q-fin|nlin)\.[a-z]{2}|astro-ph\.[a-z]{2}|"
    r"cond-mat\.[a-z-]{4,}|physics\.[a-z-]{4,}|quant-ph|gr-qc|hep-(?:ex|lat|ph|th)|nucl-(?:ex|th)|"
    r"math-ph)(?![\w-])"
)
_CATEGORIES = re.compile(
    r"(?<![\w.-])(?:(?:filed\s)?(?:in|from|of|under|on)\s)?(?:the\s)?(?:categor(?:y|ies)\s)?"
    rf"(?P<all>{_CATEGORY}(?:(?:,\s?|\s?/\s?|,?\s(?:and|or)\s(?:in\s)?){_CATEGORY})*)"
    r"(?:\scategor(?:y|ies)\b)?",
    re.IGNORECASE,
)
_NAME = r"(?:[^\W\d_a-z][\w.'’-]*|(?:van|von|de|der|den|di|da|del|la|le|el|al|bin|ten)(?=\s))"
_BY = re.compile(
    rf"(?<!\w)(?:(?:co-?)?(?:written|authored)\s)?by\s(?P<all>{_NAME}(?:\s{_NAME})*"
    rf"(?:(?:,\s|,?\sand\s|\s&\s){_NAME}(?:\s{_NAME})*)*)(?:\set\sal\b\.?)?"
)
_PAPERS_BY = re.compile(
    r"(?<=papers\s)by\s(?P<all>[a-z'’-]+(?:\s[a-z'’-]+)??)(?:\set\sal\b\.?)?"
    r"(?=$|[?.!,;]|\s(?:on|about|in|since|before|after|from|that|which|using|with|for)\b)"
)


def read(text: str, known: Known) -> Reading:
    """Read a question: what is left of it without its filters, and these.

    Parameters
    ----------
    text
        Its white space is folded.
    known
        The index, for its newest day, titles and authors.

    Returns
    -------
    Reading
        Without a filter the text is as it was.
    """
    text = _FOLDED.sub(" ", text).strip()
    found = find(text, known)
    if not found:
        return Reading(text, text, text, Filters())
    filters = Filters()
    for one in found:
        filters = _both(filters, one.filters)
    return Reading(
        without(text, found),
        without(text, [replace(f, instead=f.named) for f in found]),
        without(text, [replace(f, instead=f.pronoun) for f in found]),
        filters,
    )


def without(text: str, found: Sequence[Found]) -> str:
    """Return a text with what stands in the place of its filters, and tidied."""
    for one in sorted(found, key=lambda f: -f.start):
        text = f"{text[: one.start]} {one.instead} {text[one.end :]}"
    text = re.sub(r"[(\[]\s*[)\]]", " ", text)
    text = re.sub(r"\s+([,;:?!)]|\.(?:\s|$))", r"\1", _FOLDED.sub(" ", text))
    return text.strip(" ,;:")


def find(text: str, known: Known) -> list[Found]:
    """Find the filters in a text whose white space is folded, in its order, none overlapping."""
    taken: list[Found] = []
    for some in (
        _papers(text, known),
        (
            Found(
                "days",
                d.start,
                d.end,
                Filters(since=d.since, until=d.until),
                f" {text[d.start : d.end]}",
            )
            for d in dates.find(text, known.newest())
        ),
        _categories(text),
        _authors(text, known),
    ):
        quoted = [m.span() for m in _QUOTED.finditer(text)]
        spans = [*quoted, *((t.start, t.end) for t in taken)]
        taken += [
            f
            for f in some
            if f.about == "papers" or all(f.end <= s or e <= f.start for s, e in spans)
        ]
    return sorted(taken, key=lambda f: f.start)


def _papers(text: str, known: Known) -> Iterator[Found]:
    """Find identifiers and titles, those that are listed together as one."""
    group: list[tuple[int, int, Filters, str]] = []
    for one in [*_references(text, known), None]:
        if group and (one is None or not _BESIDE.fullmatch(text[group[-1][1] : one[0]])):
            yield _listed(text, group)
            group = []
        if one is not None:
            group.append(one)


def _references(text: str, known: Known) -> list[tuple[int, int, Filters, str]]:
    """Find each identifier and title: its place, the filter, and the name of the paper."""
    found = []
    for match in _QUOTED.finditer(text):
        if papers := known.titled(next(g for g in match.groups() if g)):
            titles = tuple(p.title for p in papers)
            found.append((*match.span(), Filters(titles=titles), short_name(papers[0])))
    for match in _TOKEN.finditer(text):
        identifier = arxiv_id(match[0])
        if identifier and not any(s <= match.start() < e for s, e, *_ in found):
            end = match.start() + len(match[0].rstrip(".?!:'’"))
            paper = known.get(identifier)
            name = short_name(paper) if paper else identifier
            found.append((match.start(), end, Filters(ids=(identifier,)), name))
    return sorted(found, key=lambda one: one[0])


def _listed(text: str, group: Sequence[tuple[int, int, Filters, str]]) -> Found:
    """Return papers named together as one filter, with the words that only lead up to them."""
    start, end = group[0][0], group[-1][1]
    filters = Filters()
    for one in group:
        filters = _both(filters, one[2])
    before = _BEFORE.search(text, 0, start)
    leading = before.start() if before else start
    phrase = f", of {text[start:end]}"
    for among in _AMONG.finditer(text, 0, start):
        if not text[among.end() : leading].strip(" ,"):
            whole = ("which papers",) * 3
            return Found("papers", among.start(), end, filters, phrase, *whole)
    if owned := re.match(r"[’']s\b", text[end:]):
        end += owned.end()
    names = dict.fromkeys(one[3] for one in group)
    lead = text[leading:start]
    it = f"{lead}it" if len(names) == 1 else lead + " and ".join(names)
    return Found("papers", leading, end, filters, phrase, "", lead + " and ".join(names), it)


def _categories(text: str) -> Iterator[Found]:
    for match in _CATEGORIES.finditer(text):
        names = re.findall(_CATEGORY, match["all"], re.IGNORECASE)
        said = tuple(dict.fromkeys(_category(name) for name in names))
        phrase = f" in {' or '.join(said)}"
        yield Found("categories", *match.span(), Filters(categories=said), phrase)


def _category(name: str) -> str:
    """Return a category as arXiv writes it: cs.CV, cond-mat.str-el."""
    archive, dot, part = name.lower().partition(".")
    return f"{archive}{dot}{part.upper() if len(part) == 2 else part}"


def _authors(text: str, known: Known) -> Iterator[Found]:
    for pattern in (_BY, _PAPERS_BY):
        for match in pattern.finditer(text):
            names = [
                re.sub(r"['’]s?$", "", n)
                for n in re.split(r",\sand\s|,\s|\sand\s|\s&\s", match["all"])
            ]
            names = [name.rstrip(".") for name in names]
            if all(known.has_author(name) for name in names):
                filters = Filters(authors=tuple(names))
                yield Found("authors", *match.span(), filters, f" {match[0]}")


def _both(a: Filters, b: Filters) -> Filters:
    """Return what restricts as both do."""
    days = [d for d in (a.since, b.since) if d], [d for d in (a.until, b.until) if d]
    lists = {
        name: tuple(dict.fromkeys(getattr(a, name) + getattr(b, name)))
        for name in ("categories", "ids", "titles", "authors")
    }
    return Filters(max(days[0], default=None), min(days[1], default=None), **lists)
