"""From a record with named fields to an entry: what JSON, JSON lines and CSV have in common.

Fields are known by names that are in use, however they are written (`arXiv ID`, `arxiv_id`): those
of arXiv, reference managers, publishers and search engines. The day is that of the first version
where the versions are there, as in arXiv's metadata snapshot.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from rag.core.identifiers import arxiv_id, is_arxivs, known_by
from rag.listings import limits, people
from rag.listings.days import day
from rag.listings.entries import Entry, chosen

TITLES = (
    "title", "documenttitle", "articletitle", "papertitle", "itemtitle", "primarytitle",
    "displayname", "ti", "titles",
)  # fmt: skip
ABSTRACTS = (
    "abstract", "summary", "abstractnote", "abstracttext", "abstracts", "ab", "description",
    "abstractinvertedindex", "descriptions",
)  # fmt: skip
_ABSTRACTS_OF_PAPERS = tuple(name for name in ABSTRACTS if name.startswith("ab"))
"""What else has a title and a summary or a description may be anything, unless it has a link."""

_ARXIV = ("arxivid", "arxiv", "eprint", "arxiveprints", "arxivnumber", "paperid")
_LINKS = (
    "url", "link", "absurl", "urlabs", "entryid", "pdfurl", "urlpdf", "pdf", "pdflink",
    "articlelink", "externalurl", "doilink", "openaccesspdf", "landingpageurl", "uri", "links",
    "sourceurl", "arxivurl", "paperurl", "articleurl", "fulltexturl",
)  # fmt: skip
_DOIS = ("doi", "di", "itemdoi", "dois")
_NOTED = ("number", "archiveid", "extra")  # Zotero: arXiv:2104.00001 [cs]
_NUMBERS = ("pmid", "pubmedid", "pm")
_WOS = ("ut", "utuniquewosid")
_NESTED = ("externalids", "ids", "identifiers", "identifier", "primarylocation", "bestoalocation")
LINKS = (*_ARXIV, "id", *_LINKS, *_DOIS, *_NUMBERS, *_WOS, *_NESTED)
_INSIDE = (
    "paper", "data", "metadata", "content", "attributes", "work", "article", "item", "node",
)  # fmt: skip
_DAYS = (
    "listed", "published", "publicationdate", "publishedat", "issued", "created", "submitted",
    "date", "datepublished", "publicationdateyyyymmdd", "pubdate", "cdate", "updated",
    "updatedate", "publisheddate", "publicationyear", "pubyear", "yearpublished", "year", "py",
)  # fmt: skip
_PAPERS_YEAR = (
    "publicationyear",
    "pubyear",
    "py",
    "year",
    "issued",
    "publicationdate",
    "datepublished",
)
_UPDATED = ("updated", "updatedate", "lastupdated", "modified")
_COMMENTS = ("comments", "comment")
_CATEGORIES = ("primarycategory", "categories", "category", "subjects")
_AUTHORS = (
    "authorsparsed", "authorfullnames", "authors", "author", "creators", "authorships",
    "authorstext", "authorlist", "authorstring", "authornames", "af", "au",
)  # fmt: skip
_VENUES = (
    "publicationtitle", "containertitle", "sourcetitle", "journaltitle", "journal", "venue",
    "journalname", "conferencename", "proceedingstitle", "proceeding", "booktitle", "journalref",
    "so", "pub",
)  # fmt: skip
_KINDS = (
    "kind", "type", "itemtype", "documenttype", "publicationtype", "publicationtypes",
    "documentidentifier", "dt", "doctype",
)  # fmt: skip

_YEAR = re.compile(r"(?<!\d)(1[4-9]|20|21)\d\d(?!\d)")
# Crossref hands out abstracts in the publishers' markup.
_JATS = re.compile(r"<jats:title>\s*Abstract\s*</jats:title>|</?jats:[^<>]*>", re.IGNORECASE)
# What services name as a venue where there is none: OpenReview what is only submitted, for one.
_NO_VENUE = re.compile(
    r"arxiv|corr\b|submitted to\b|under review\b|.*\b(?:withdrawn|rejected) submission$",
    re.IGNORECASE,
)
_NO_ABSTRACT = re.compile(r"\W*no abstract(?: (?:is )?available)?\W*|nan|none|n/a", re.IGNORECASE)
_LONGEST_INVERTED = 10_000  # words of an abstract that is given by their places
_SECONDS = range(6 * 10**8, 10**10)
_MILLISECONDS = range(10**11, 10**13)
_CSL_KINDS = {
    "ieeejournals": "article-journal", "journalarticle": "article-journal",
    "journal": "article-journal",
    "articlejournal": "article-journal", "conferencepaper": "paper-conference",
    "paperconference": "paper-conference", "proceedingspaper": "paper-conference",
    "conference": "paper-conference", "inproceedings": "paper-conference",
    "ieeeconferences": "paper-conference", "proceedingsarticle": "paper-conference",
    "conferenceproceedings": "paper-conference", "journalarticles": "article-journal",
    "conferenceandworkshoppapers": "paper-conference",
    "electronicarticle": "article-journal", "journalmagazine": "article-journal",
    "dissertation": "thesis", "monograph": "book", "editedbook": "book",
    "booksection": "chapter", "bookchapter": "chapter", "incollection": "chapter",
    "chapter": "chapter", "inbook": "chapter", "book": "book", "thesis": "thesis",
    "phdthesis": "thesis", "mastersthesis": "thesis", "report": "report", "techreport": "report",
    "preprint": "article", "posted content": "article", "postedcontent": "article",
    "review": "article-journal", "dataset": "dataset", "articleinpress": "article-journal",
    "conferencereview": "paper-conference",
}  # fmt: skip


def fields(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record under plain names, small letters and digits only; the first of each counts.

    >>> fields({"arXiv ID": 1, "arxiv_id": 2})
    {'arxivid': 1}
    """
    plain = dict[str, object]()
    for name, value in record.items():
        plain.setdefault(plain_name(name), value)
    return plain


@lru_cache(maxsize=1000)  # a file has the same few names in every record
def plain_name(name: str) -> str:
    """Return the small letters and digits of a name."""
    return re.sub(r"[\W_]", "", name.lower())


def is_paper(names: Iterable[str]) -> bool:
    """Tell whether plain names are those of a paper: its title, an abstract and mostly a link."""
    found = set(names)
    return has_text(found) and bool(found & {*LINKS, *_ABSTRACTS_OF_PAPERS})


def has_text(names: Iterable[str]) -> bool:
    """Tell whether plain names are those of a title and an abstract."""
    found = set(names)
    return bool(found & {*TITLES}) and bool(found & {*ABSTRACTS})


def unwrapped(record: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a record under plain names, with those of the paper that it is about.

    What the services wrap a paper into (`paper`, `data`, `content`) says less than the paper does.
    """
    named = fields(record)
    for name in _INSIDE:
        if isinstance(inner := named.get(name), dict):
            within = fields(inner)
            if within.keys() & {*TITLES}:
                return {**named, **{k: v for k, v in within.items() if v not in (None, "", [])}}
    return named


def entry(line: int, record: Mapping[str, object], key: str = "") -> Entry:
    """Return what a record says of a paper; a field that is missing or no text is empty.

    Parameters
    ----------
    key
        What the record is filed under, where it is: an identifier, if it is one.
    """
    named = unwrapped(record)
    links = list(dict.fromkeys(filter(None, _links(named, key))))
    authors = (tuple(filter(None, people.of(named.get(name)))) for name in _AUTHORS)
    kind, venue, link = _kind(named), _venue(named), chosen(links)
    if plain_name(kind) == "article":  # CSL's word for what is in no journal, others' for what is
        kind = "journalarticle" if venue else "preprint"
    return Entry(
        line,
        title=_first(named, TITLES),
        link=link,
        abstract=_abstract(named),
        listed=_day(named),
        categories=tuple(
            category for name in _CATEGORIES for category in _categories(named.get(name))
        ),
        authors=next(filter(None, authors), ()),
        updated=_updated(named),
        comment=_first(named, _COMMENTS),
        version=_version(named) if _has_versions(named, link) else None,
        links=tuple(links[: limits.MOST_NAMES]),
        venue=venue,
        year=_year(named),
        kind=csl_kind(kind) if len(kind) < 40 else "",
        may_lack_link=bool(named.keys() & {*_ABSTRACTS_OF_PAPERS}),
    )


def _kind(named: Mapping[str, object]) -> str:
    if "conference" in text(named.get("venueid")).lower():  # OpenReview
        return "conference"
    types = named.get("publicationtypes")  # Semantic Scholar calls a conference paper both
    return (
        "conference" if isinstance(types, list) and "Conference" in types else _first(named, _KINDS)
    )


def csl_kind(said: str) -> str:
    """Return what CSL calls a type of publication; empty if it is none that is known.

    >>> csl_kind("journalArticle"), csl_kind("Conference Paper"), csl_kind("Editorial")
    ('article-journal', 'paper-conference', '')
    """
    return _CSL_KINDS.get(plain_name(said), "")


def _links(named: Mapping[str, object], key: str) -> Iterator[str]:
    """Yield all that a record is known by, an identifier of arXiv first."""
    for name in _ARXIV:
        yield from _addresses(named.get(name), arxiv=True)
    for name in (*_VENUES, *_NOTED):
        said = text(named.get(name))
        yield said if said.lower().startswith("arxiv") and arxiv_id(said) else ""
    for name in _NESTED:
        yield from _nested(named.get(name))
    own = [*_addresses(named.get("id"))]
    yield from own
    for name in (*_DOIS, *_LINKS):
        yield from _addresses(named.get(name))
    yield key if key and known_by(key) else ""
    for name in _NUMBERS:
        if (number := text(named.get(name))).isdecimal():
            yield f"https://pubmed.ncbi.nlm.nih.gov/{number}/"
    for name in _WOS:
        if re.fullmatch(r"WOS:\w+", number := text(named.get(name))):
            yield f"https://www.webofscience.com/wos/woscc/full-record/{number}"
    if (forum := text(named.get("forum"))) and re.fullmatch(r"[\w-]{6,20}", forum):
        yield f"https://openreview.net/forum?{urlencode({'id': forum})}"


def _addresses(value: object, arxiv: bool = False) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        said = text(part)
        if isinstance(part, dict):
            said = next(
                (t for n in ("value", "url", "href", "uri") if (t := text(part.get(n)))), ""
            )
        yield said if not arxiv or "/" in said or known_by(said) else ""


def _nested(value: object) -> Iterator[str]:
    """Yield the identifiers in an object of them, as Semantic Scholar and OpenAlex have."""
    for part in value if isinstance(value, list) else [value]:
        if not isinstance(part, dict):
            yield text(part)
            continue
        named = fields(part)
        if plain_name(text(named.get("type"))) in ("doi", "arxiv"):  # DOAJ
            said = text(named.get("id")) or text(named.get("identifier"))
            yield said
        for name, inner in part.items():
            plain, said = plain_name(name), text(inner)
            if plain in _ARXIV and said:
                yield said if "arxiv" in said.lower() else f"arXiv:{said}"
            elif plain in (*_DOIS, *_LINKS):
                yield said


def _abstract(named: Mapping[str, object]) -> str:
    for name in ABSTRACTS:
        value = named.get(name)
        if isinstance(value, dict) and name == "abstractinvertedindex":
            return _in_order(value)
        if (found := text(value)) and not _NO_ABSTRACT.fullmatch(found):
            return _JATS.sub(" ", found)
    return ""


def _in_order(places: Mapping[str, object]) -> str:
    """Return the text of OpenAlex's words with their places."""
    at = [
        (place, word)
        for word, where in places.items()
        for place in (where if isinstance(where, list) else ())
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(at[:_LONGEST_INVERTED]))


def _first(named: Mapping[str, object], names: Iterable[str]) -> str:
    return next((found for name in names if (found := text(named.get(name)))), "")


def text(value: object) -> str:
    """Return what a value says: a text, a number, or what an object or a list of one holds."""
    if isinstance(value, list):
        value = value[0] if value and not isinstance(value[0], list) else ""
    if isinstance(value, dict):
        names = ("value", "text", "title", "name", "displayname", "display_name", "description")
        value = next((value[name] for name in names if isinstance(value.get(name), str)), "")
    return (
        str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    )


def _venue(named: Mapping[str, object]) -> str:
    location = named.get("primarylocation")
    source = location.get("source") if isinstance(location, dict) else None
    told = (*(text(named.get(name)) for name in _VENUES), text(source))
    return next((said for said in told if said and not _NO_VENUE.match(said)), "")


def _year(named: Mapping[str, object]) -> int | None:
    names = (*_PAPERS_YEAR, "date") if "itemtype" in named else _PAPERS_YEAR  # Zotero's items
    for name in names:
        value = named.get(name)
        if known := day_of(value):
            return known.year
        if found := _YEAR.search(text(value)[:40]):
            return int(found[0])
    # OpenReview dates what was submitted, and names the conference with its year.
    held = _YEAR.search(_venue(named)) if "forum" in named else None
    return int(held[0]) if held else None


def _has_versions(named: Mapping[str, object], link: str) -> bool:
    """Tell whether a `version` is that of the paper; Zotero and OpenReview count their changes."""
    known = known_by(link[: limits.LONGEST_LINK])
    return bool(known) and is_arxivs(str(known)) and "itemtype" not in named


def _version(named: Mapping[str, object]) -> int | None:
    """Return the number of the last version, as in arXiv's metadata snapshot (`v2`)."""
    versions = named.get("versions")
    last = versions[-1] if isinstance(versions, list) and versions else named
    said = text(last.get("version")) if isinstance(last, dict) else ""
    found = re.fullmatch(r"v?([1-9]\d{0,3})", said)
    return int(found[1]) if found else None


def _updated(named: Mapping[str, object]) -> date | None:
    versions = named.get("versions")
    last = versions[-1] if isinstance(versions, list) and versions else None
    created = last.get("created") if isinstance(last, dict) else None
    days = (day_of(value) for value in (created, *(named.get(name) for name in _UPDATED)))
    return next(filter(None, days), None)


def _day(named: Mapping[str, object]) -> date | None:
    versions = named.get("versions")
    first = versions[0] if isinstance(versions, list) and versions else None
    created = first.get("created") if isinstance(first, dict) else None
    days = (day_of(value) for value in (created, *(named.get(name) for name in _DAYS)))
    return next(filter(None, days), None)


def day_of(value: object) -> date | None:
    """Return the day that a value says: a text, CSL's date-parts, or milliseconds since 1970."""
    if isinstance(value, dict):
        parts = value.get("date-parts") or value.get("dateparts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            return day("-".join(text(part) for part in parts[0][:3]))
        names = ("raw", "value", "iso-8601", "literal")
        value = next((value[name] for name in names if value.get(name)), None)
    if isinstance(value, int) and value in _SECONDS:
        value *= 1000
    if isinstance(value, int) and value in _MILLISECONDS:
        return date.fromordinal(date(1970, 1, 1).toordinal() + value // 86_400_000)
    return day(text(value))


def _categories(value: object) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        yield from (word for word in re.split(r"[\s,;|]+", text(part)) if word)
