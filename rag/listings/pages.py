"""A page in Markdown or HTML that names papers in whatever layout: days, trackers, reading lists.

::

    - **A Title** [[pdf]](https://arxiv.org/abs/2601.00001) [[code]](https://github.com/a/b)
      - *One Name, Another Name*
      > The abstract.

Each paper is what repeats around one link or identifier (`units`), and its facts are told by what
they are (`facts`). A paper that a page names more than once, in a table of contents for one, is put
together. A short summary counts as the abstract only if there is nothing else.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rag.core.identifiers import arxiv_id, doi_of, known_by
from rag.core.publishers import papers_page
from rag.listings import limits, mentions
from rag.listings.entries import Entry, Refused, chosen
from rag.listings.facts import as_day, names, told
from rag.listings.labels import meaning
from rag.listings.marks import LONGEST, Line, lines, links
from rag.listings.relative import resolved
from rag.listings.units import Unit, apart, is_badge, is_mention, key, units

FORMAT = "Markdown or HTML page that names papers with links to arXiv"
ENDINGS = (".md", ".html", ".markdown", ".txt")
SIGNS = "#<-*|["

_LONGEST = 30_000_000
"""Characters of a page; the largest trackers of a year have five million."""

_MARKED = re.compile(
    r"^\s*(?:#{1,6}\s|[-*+]\s|\d+\.\s|\||>|\*\*|={4,}\s*$|-{4,}\s*$)|\]\(|<(?:a|li|h\d|details)\b",
    re.M,
)
_OTHER = re.compile(
    r"\s*(?:<\?xml|<feed|<rss|<rdf|[{\[]\s*[\"{\[]|@\w+\s*\{|%0 |TY  -)", re.IGNORECASE
)
_TARGET = re.compile(r"[\s()\[\]<>,|`*\"]+")


def matches(head: str) -> bool:
    """Tell whether a page with marks of Markdown names a paper with its title.

    Of one that is neither on arXiv nor has a DOI there must be the authors and the abstract: a link
    to something else may lead anywhere.
    """
    if _OTHER.match(head) or not _MARKED.search(head):
        return False
    return any(
        entry.title
        and (
            arxiv_id(entry.link)
            or doi_of(entry.link)
            or papers_page(entry.link)
            or entry.may_lack_link
            or (entry.authors and entry.abstract)
        )
        for entry in _entries([*lines(resolved(head.splitlines(True)))])
    )


def read(said: Iterable[str], source: str) -> Iterator[Entry | Refused]:
    """Read the papers of a page, in its order."""
    found, size = list[Line](), 0
    for line in lines(resolved(said)):
        size += len(line.text) + 1
        if size > _LONGEST:
            yield Refused(source, line.number, f"a page of more than {_LONGEST:,} characters")
            break
        if line.kind == "cut":
            yield Refused(
                source,
                line.number,
                f"the rest of a line of more than {LONGEST:,} characters; break it up",
            )
            continue
        found.append(line)
    together, others = dict[str, Entry](), list[Line]()
    for at, entry in enumerate(_entries(found, others)):
        known = (known_by(entry.link) if len(entry.link) <= limits.LONGEST_LINK else "") or str(at)
        together[known] = _both(together[known], entry) if known in together else entry
    papers = any(entry.abstract for entry in together.values())
    named = {name: entry.line for name, entry in together.items() if papers and _is_named(entry)}
    yield from (entry for name, entry in together.items() if name not in named)
    yield from _unclaimed(found, together, named, others, source)


def _is_named(entry: Entry) -> bool:
    """Tell whether a paper of arXiv's is no more than named, as in a list of references."""
    return not entry.title and not entry.abstract and bool(arxiv_id(entry.link))


def _unclaimed(
    page: Sequence[Line], together: Mapping[str, Entry], named: Mapping[str, int],
    others: Sequence[Line], source: str,
) -> Iterator[Refused]:  # fmt: skip
    """Refuse the papers of arXiv to which an item, a row or a heading links beside its own.

    And those that are no more than ``named`` and their lines, with what the text between the papers
    (``others``) mentions, in one line.
    """
    claimed = {*together, *(known_by(link) for entry in together.values() for link in entry.links)}
    for line in page:
        if not line.kind.startswith(("h", "li", "row")) or meaning(line.name):
            continue
        unnamed = not key(line)
        for text, address in links(line.text):
            found = arxiv_id(address)
            if found and found not in claimed and (unnamed or not is_badge(text)):
                claimed.add(found)
                said = f"a link to {found} beside others; `rag fetch {found}` brings it"
                yield Refused(source, line.number, said)
    mentioned = {name: line.number for line in others for name in mentions.mentioned([line.text])}
    seen = {**named, **{name: at for name, at in mentioned.items() if name not in claimed}}
    if seen:
        yield Refused(source, min(seen.values()), mentions.said(tuple(seen)), whole=True)


def _both(first: Entry, again: Entry) -> Entry:
    """Return a paper that was named twice: what the first place does not tell, the second does."""
    lacking = {
        name: getattr(again, name)
        for name in ("title", "abstract", "listed", "categories", "authors", "comment", "venue")
        if not getattr(first, name)
    }
    return replace(first, **lacking, links=tuple(dict.fromkeys((*first.links, *again.links))))


def _entries(page: Sequence[Line], others: list[Line] | None = None) -> Iterator[Entry]:
    """Yield the papers of a page; what is of no paper is added to the lines of ``others``."""
    parts = [part for line in page if line.kind != "cut" for part in apart(line)]
    taken = set[int]()
    for unit in units(parts):
        if entry := _entry(unit):
            abstract = entry.abstract
            taken.update(
                line.number for line in unit.lines if not is_mention(line) or line.text in abstract
            )
            yield entry
    if others is not None:
        others += [line for line in parts if line.number not in taken]


def _entry(unit: Unit) -> Entry | None:
    """Return what is told of a paper; None if it is none, but a section or a heading."""
    own = [found for line in unit.lines if (found := key(line))]
    facts = told(unit, by_label=not own)
    others = [
        address for line in unit.lines for _, address in links(line.text) if _is_known(address)
    ]
    labelled = [word for word in _TARGET.split(facts.get("link", "")) if known_by(word)]
    if not own and not labelled and not {"abstract", "authors"} <= facts.keys():
        return None
    link = chosen([*own[:1], *labelled]) if own or labelled else ""
    wanted = known_by(link) if link else None
    version = next((a for a in (*others, *labelled) if known_by(a) == wanted), link)
    return Entry(
        unit.lines[0].number,
        title=facts.get("title", ""),
        link=version,
        abstract=facts.get("abstract", ""),
        listed=as_day(facts.get("listed", "")),
        categories=tuple(re.findall(r"[\w.-]+", facts.get("categories", ""))),
        authors=tuple(names(facts.get("authors", ""))),
        updated=as_day(facts.get("updated", "")),
        comment=facts.get("comment", ""),
        links=tuple(dict.fromkeys(filter(None, (*own[:1], *labelled)))),
        venue=facts.get("venue", ""),
        may_lack_link=not link,
        only_named=True,
    )


def _is_known(address: str) -> bool:
    return len(address) <= limits.LONGEST_LINK and known_by(address) is not None
