"""When, where and as what a paper appeared, as a record with named fields says it.

The day is that of the first version where the versions are there, as in arXiv's metadata snapshot.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from rag.listings.days import day as parsed
from rag.listings.days import month
from rag.listings.fields import as_text, plain_name

_DAYS = (
    "listed", "preprintdate", "earliestdate", "submitted",
    "published", "publicationdate", "publishedat", "issued", "created", "submitted",
    "date", "datepublished", "publicationdateyyyymmdd", "pubdate", "cdate", "updated",
    "updatedate", "publisheddate", "firstpublicationdate", "onlinedate", "pd", "produceddate",
    "citationdate", "citationpublicationdate", "citationonlinedate",
)  # fmt: skip
_PUBLISHED = re.compile(
    r"(?:first|date|of|e)*(?:publi|issued|submi|posted|print|online|appear|announc|releas)\w*"
)
_YEARS = ("publicationyear", "pubyear", "yearpublished", "year", "py", "yr", "yearofpublication")
_PAPERS_YEAR = (
    "publicationyear", "pubyear", "py", "year", "yr", "yearofpublication", "issued",
    "publicationdate", "datepublished",
)  # fmt: skip
_UPDATED = ("updated", "updatedate", "lastupdated", "modified")
VENUES = (
    "publicationtitle", "containertitle", "journalfull", "fulljournalname", "sourcetitle",
    "journaltitle", "journal", "venue",
    "journalname", "conferencename", "proceedingstitle", "proceeding", "booktitle", "journalref",
    "so", "pub", "ispartof", "sourcedisplayname", "publicationname", "journalfulltitle",
    "citationjournaltitle", "citationconferencetitle",
)  # fmt: skip
"""Fields that may name a venue; or arXiv, with an identifier behind it."""

_KINDS = (
    "kind", "type", "itemtype", "documenttype", "publicationtype", "publicationtypes",
    "documentidentifier", "dt", "doctype", "pubtypelist", "pubtype", "referencetype",
)  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(1[4-9]|20|21)\d\d(?!\d)")

# What services name as a venue where there is none: OpenReview what is only submitted, for one.
_NO_VENUE = re.compile(
    r"arxiv|corr\b|submitted to\b|under review\b|.*\b(?:withdrawn|rejected) submission$",
    re.IGNORECASE,
)
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


def kind(named: Mapping[str, object]) -> str:
    """Return what sort of publication it is, in the record's own words."""
    if "conference" in as_text(named.get("venueid")).lower():  # OpenReview
        return "conference"
    types = named.get("publicationtypes")  # Semantic Scholar calls a conference paper both
    if isinstance(types, list) and "Conference" in types:
        return "conference"
    told = [part for name in _KINDS for part in _parts(named.get(name))]
    return next(filter(csl_kind, told), told[0] if told else "")


def _parts(value: object) -> Iterator[str]:
    """Yield the texts in a value, a list, or an object of either (Europe PMC)."""
    listed = value if isinstance(value, list) else [value]
    for part in value.values() if isinstance(value, dict) else listed:
        if isinstance(part, list):
            yield from filter(None, map(as_text, part))
        elif said := as_text(part):
            yield said


def csl_kind(said: str) -> str:
    """Return what CSL calls a type of publication; empty if it is none that is known.

    >>> csl_kind("journalArticle"), csl_kind("Conference Paper"), csl_kind("Editorial")
    ('article-journal', 'paper-conference', '')
    """
    return _CSL_KINDS.get(plain_name(said), "")


_OF_SERIES = {
    "issn",
    "volume",
    "identifiers",
    "publisher",
    "doi",
}  # beside a source that is a journal
_DATABASE = re.compile(
    r"(?:https?:|www\.).*|.*\.\w{2,5}|[a-z]{2,4}:.*|scopus|web of science.*|wos|pubmed|medline|med"
    r"|ppr|crossref|openalex|semantic ?scholar|google ?scholar|dblp|arxiv.*|ieee.*|acm.*|zotero"
    r"|.*database",
    re.IGNORECASE,
)


def venue(named: Mapping[str, object]) -> str:
    """Return the journal or the conference; empty if a service names what is none."""
    location = named.get("primarylocation")
    source = location.get("source") if isinstance(location, dict) else None
    told = (*(as_text(named.get(name)) for name in VENUES), as_text(source), _held_venue(named))
    return next((said for said in told if said and not _NO_VENUE.match(said)), "")


def _held_venue(named: Mapping[str, object]) -> str:
    """Return the journal where it is deeper down: Europe PMC, INSPIRE."""
    if named.keys() & _OF_SERIES and not _DATABASE.fullmatch(said := as_text(named.get("source"))):
        return said
    held = named.get("journalinfo")
    if isinstance(held, dict):
        return as_text(held.get("journal"))
    info = named.get("publicationinfo")
    first = info[0] if isinstance(info, list) and info else None
    return as_text(first.get("journal_title")) if isinstance(first, dict) else ""


def year(named: Mapping[str, object]) -> int | None:
    """Return the year that the record tells of the paper itself."""
    names = (*_PAPERS_YEAR, "date") if "itemtype" in named else _PAPERS_YEAR  # Zotero's items
    for name in names:
        value = named.get(name)
        if known := day_of(value):
            return known.year
        if found := _YEAR.search(as_text(value)[:40]):
            return int(found[0])
    info = named.get("publicationinfo")
    if isinstance(info, list) and info and isinstance(info[0], dict):  # INSPIRE
        return int(found[0]) if (found := _YEAR.search(as_text(info[0].get("year")))) else None
    # OpenReview dates what was submitted, and names the conference with its year.
    held = _YEAR.search(venue(named)) if "forum" in named else None
    return int(held[0]) if held else None


def updated(named: Mapping[str, object]) -> date | None:
    """Return the day of the last version; of INSPIRE's records that of the record is told."""
    if "controlnumber" in named:
        return None
    versions = named.get("versions")
    last = versions[-1] if isinstance(versions, list) and versions else None
    created = last.get("created") if isinstance(last, dict) else None
    days = (day_of(value) for value in (created, *(named.get(name) for name in _UPDATED)))
    return next(filter(None, days), None)


def day(named: Mapping[str, object]) -> date | None:
    """Return the day of the first version; a day without a year (JAN 15) is of the record's.

    What lies years from that year is the day of something else, such as of a row in a table.
    """
    versions = named.get("versions")
    first = versions[0] if isinstance(versions, list) and versions else None
    created = first.get("created") if isinstance(first, dict) else None
    of_year = next(filter(None, (as_text(named.get(name)) for name in ("py", "year"))), "")
    years = [as_text(named.get(name)) for name in _YEARS]
    others = (value for name, value in named.items() if _PUBLISHED.fullmatch(name))
    told = (*(named.get(name) for name in _DAYS), _composed(named, of_year), *others)
    for value in (created, *told):
        said = as_text(value)
        found = day_of(value) or (day_of(f"{said} {of_year}") if said else None)
        if found and said.isdecimal() and len(said) == 4:  # a year alone says least
            years.insert(0, said)
        elif found and (not of_year.isdecimal() or abs(found.year - int(of_year)) <= 1):
            return found
    return next(filter(None, map(parsed, years)), None)


def _composed(named: Mapping[str, object], of_year: str) -> str:
    """Return the day of a record that has year, month and day apart; empty if it has no month."""
    in_year = month(as_text(named.get("month")), "")
    parts = (of_year, in_year, as_text(named.get("day")) if in_year else "")
    return "-".join(filter(None, parts)) if in_year else ""


def day_of(value: object) -> date | None:
    """Return the day that a value says: a text, CSL's date-parts, or milliseconds since 1970."""
    if isinstance(value, list) and len(value) == 1:  # CSL in YAML
        value = value[0]
    if isinstance(value, dict):
        apart = [as_text(value.get(name)) for name in ("year", "month", "day")]
        if apart[0] and (known := parsed("-".join(filter(None, apart)))):
            return known
        parts = value.get("date-parts") or value.get("dateparts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            return parsed("-".join(as_text(part) for part in parts[0][:3]))
        names = ("raw", "value", "iso-8601", "literal")
        value = next((value[name] for name in names if value.get(name)), None)
    if isinstance(value, int) and value in _SECONDS:
        value *= 1000
    if isinstance(value, int) and value in _MILLISECONDS:
        return date.fromordinal(date(1970, 1, 1).toordinal() + value // 86_400_000)
    return parsed(as_text(value))
