"""What a question restricts itself to, read by rule: days, categories, papers, authors.

``read`` takes the words that say so out of the question. A number, a name or a quoted text is a
filter only where it can be nothing else: an identifier as arXiv writes it, a title or an author
that the index has. Whether any paper passes is not known here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.core.filters import Filters, Known, Period, short_name
from rag.core.identifiers import known_by
from rag.question import authors, dates
from rag.question.found import Found
from rag.question.names import arxiv_identifier, is_coined


@dataclass(frozen=True, slots=True)
class Reading:
    """A question without its filters, with papers by their names, with "it" for them, and these.

    ``names`` are those of the papers that it names one by one, in its order.
    """

    rest: str
    named: str
    pronoun: str
    filters: Filters
    names: tuple[str, ...] = ()


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
_LEFT_OUT = re.compile(
    r"(?:,\s)?(?<!\w)(?:and\s|but\s|please\s)*(?:except|excluding|without|other\sthan|apart\sfrom|aside\sfrom|besides|"
    r"not|minus|leav(?:e|ing)\s(?:out|aside)|ignor(?:e|ing)|skip(?:ping)?|excludes?|-(?=[“\"A-Za-z]))\s?"
    r"(?:(?:for|the|paper|papers|method|work|on|called|named)\s)*",
    re.IGNORECASE,
)
_LINKED = re.compile(r"https?://|doi:|(?:dx\.)?doi\.org/|10\.\d{4,}/", re.IGNORECASE)
_AND = re.compile(r"(?:,\s?|\s)(?:(?:and|or|nor)\s)?(?:the\s)?", re.IGNORECASE)
_CLAUSE = re.compile(r"[^,;()?!“”\"]+")
_SPACED = re.compile(r"\S+?(?=[.:]?(?:\s|$))")
_LONGEST_NAME = 4
_COMMON = frozenset("the a an any it them those these that this".split())
_CATEGORY = (
    r"(?:(?:cs|math|stat|eess|econ|q-bio|q-fin|nlin)\.[a-z]{2}|astro-ph\.[a-z]{2}|"
    r"cond-mat\.[a-z-]{4,}|physics\.[a-z-]{4,}|quant-ph|gr-qc|hep-(?:ex|lat|ph|th)|nucl-(?:ex|th)|"
    r"math-ph)(?![\w-])"
)
_CATEGORIES = re.compile(
    r"(?<![\w.-])(?P<not>(?:but\s)?(?:not|except|excluding|outside|other\sthan)\s"
    r"(?:(?:those|papers|of|for)\s)*)?"
    r"(?:(?:filed\s)?(?:in|from|of|under|on)\s)?(?:the\s)?(?:categor(?:y|ies)\s)?"
    rf"(?P<all>{_CATEGORY}(?:(?:,\s?|\s?/\s?|,?\s(?:and|or)\s(?:in\s)?){_CATEGORY})*)"
    r"(?:\scategor(?:y|ies)\b)?",
    re.IGNORECASE,
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
        filters = filters.both(one.filters)
    return Reading(
        without(text, found),
        without(text, [replace(f, instead=f.named) for f in found]),
        without(text, [replace(f, instead=f.pronoun) for f in found]),
        filters,
        tuple(dict.fromkeys(name for f in found for name in f.names)),
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
    quoted = [m.span() for m in _QUOTED.finditer(text)]
    taken: list[Found] = []
    for some in (
        _excluded(text, known),
        _papers(text, known),
        (
            Found(
                "days",
                d.start,
                d.end,
                _of(d.periods),
                f" {text[d.start : d.end]}",
            )
            for d in dates.find(text, known.newest())
        ),
        _categories(text),
        authors.find(text, known),
    ):
        for one in some:
            named = one.about in ("papers", "left out")
            spans = [*([] if named else quoted), *((t.start, t.end) for t in taken)]
            if all(one.end <= start or end <= one.start for start, end in spans):
                taken.append(one)
    return sorted(taken, key=lambda f: f.start)


def _excluded(text: str, known: Known) -> Iterator[Found]:
    """Find papers of the index that are to be left out: "except TransMOT"."""
    for match in _LEFT_OUT.finditer(text):
        start = match.end()
        titles: list[str] = []
        ids: list[str] = []
        end = start
        while named := _paper_at(text, start, known):
            end, title = named
            (ids if _identified(title, known) == title else titles).append(title)
            more = _AND.match(text, end)
            start = more.end() if more else len(text)
        if titles or ids:
            filters = Filters(not_ids=tuple(ids), not_titles=tuple(titles))
            yield Found("left out", match.start(), end, filters, f" {text[match.start() : end]}")


def _paper_at(text: str, start: int, known: Known) -> tuple[int, str] | None:
    """Return where the name of a paper that begins at a place ends, and its title or identifier."""
    quoted = _QUOTED.match(text, start)
    token = _TOKEN.match(text, start)
    if quoted and (papers := known.titled(next(g for g in quoted.groups() if g))):
        return quoted.end(), papers[0].title
    if token and (identifier := _identified(token[0], known)):
        return start + len(token[0].rstrip(".?!:'’")), identifier
    clause = _CLAUSE.match(text, start)
    words = [w.end() for w in _SPACED.finditer(clause[0])] if clause else []
    for length in dict.fromkeys((len(words), *range(min(len(words), _LONGEST_NAME), 0, -1))):
        said = clause[0][: words[length - 1]] if clause and length else ""
        papers = known.titled(said) if said and said.lower() not in _COMMON else []
        coined = any(is_coined(word) for word in (said, *(short_name(p) for p in papers)))
        if papers and (coined or length > 1 or said != said.lower()):
            return start + words[length - 1], papers[0].title
    return None


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
        identifier = _identified(match[0], known)
        if identifier and not any(s <= match.start() < e for s, e, *_ in found):
            end = match.start() + len(match[0].rstrip(".?!:'’"))
            paper = known.get(identifier)
            name = short_name(paper) if paper else identifier
            found.append((match.start(), end, Filters(ids=(identifier,)), name))
    return sorted(found, key=lambda one: one[0])


def _identified(word: str, known: Known) -> str | None:
    """Return the identifier that a word is: of arXiv, or a DOI or link of a paper of the index."""
    if identifier := arxiv_identifier(word):
        return identifier
    link = (
        known_by(re.sub(r"(?:[’']s)?[.?!:'’`>/]*$", "", word.lstrip("`<")))
        if _LINKED.match(word.lstrip("`<"))
        else None
    )
    paper = known.get(link) if link else None
    return paper.id if paper else None


def _listed(text: str, group: Sequence[tuple[int, int, Filters, str]]) -> Found:
    """Return papers named together as one filter, with the words that only lead up to them."""
    start, end = group[0][0], group[-1][1]
    filters = Filters()
    for one in group:
        filters = filters.both(one[2])
    before = _BEFORE.search(text, 0, start)
    leading = before.start() if before else start
    phrase = f", of {text[start:end]}"
    for among in _AMONG.finditer(text, 0, start):
        if not text[among.end() : leading].strip(" ,"):
            count = among[0].lower().startswith("how many")
            whole = ("how many papers" if count else "which papers",) * 3
            return Found("papers", among.start(), end, filters, phrase, *whole)
    if owned := re.match(r"[’']s\b", text[end:]):
        end += owned.end()
    names = dict.fromkeys(one[3] for one in group)
    lead = text[leading:start]
    it = f"{lead}it" if len(names) == 1 else lead + " and ".join(names)
    said = lead + " and ".join(names)
    return Found("papers", leading, end, filters, phrase, "", said, it, tuple(names))


def _categories(text: str) -> Iterator[Found]:
    for match in _CATEGORIES.finditer(text):
        names = re.findall(_CATEGORY, match["all"], re.IGNORECASE)
        said = tuple(dict.fromkeys(_category(name) for name in names))
        if match["not"]:
            phrase, only = f" not in {' or '.join(said)}", Filters(not_categories=said)
        else:
            phrase, only = f" in {' or '.join(said)}", Filters(categories=said)
        yield Found("categories", *match.span(), only, phrase)


def _category(name: str) -> str:
    """Return a category as arXiv writes it: cs.CV, cond-mat.str-el."""
    archive, dot, part = name.lower().partition(".")
    return f"{archive}{dot}{part.upper() if len(part) == 2 else part}"


def _of(periods: tuple[Period, ...]) -> Filters:
    return Filters(*periods[0]) if len(periods) == 1 else Filters(periods=periods)
