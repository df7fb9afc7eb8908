"""What a record with named fields is known by: its identifiers and addresses, by the usual names.

Other fields whose name sounds like a link count if they lead to a paper and to nothing else.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from rag.core.identifiers import arxiv_id, doi_of, is_rounded, known_by, uncut
from rag.core.publishers import papers_page
from rag.listings import limits, published
from rag.listings.fields import as_text, fields, first, plain_name

_ARXIV = ("arxivid", "arxiv", "eprint", "arxiveprints", "arxivnumber", "paperid")
_LINKS = (
    "url", "link", "absurl", "urlabs", "entryid", "pdfurl", "urlpdf", "pdf", "pdflink",
    "articlelink", "externalurl", "doilink", "openaccesspdf", "landingpageurl", "uri", "links",
    "alternate", "sourceurl", "arxivurl", "paperurl", "articleurl", "fulltexturl",
    "site", "puburl", "eprinturl", "ee",
)  # fmt: skip
_DOIS = ("doi", "di", "itemdoi", "dois", "doiid", "digitalobjectidentifier")
_LINKING = re.compile(r".*(?:url|uri|link|doi|href)|.*arxiv.*")
_OF_OTHERS = re.compile(
    r".*(?:cit(?:es|ing|ation|ed)|relat|refer|similar|author|code|data|project|parent|journal|venue"
    r"|video|slide|poster|image|thumb|feed|comment|discuss)"
)
_NOTED = ("number", "archiveid", "extra")  # Zotero: arXiv:2104.00001 [cs]
NUMBERS = ("pmid", "pubmedid", "pm")
_CENTRAL = ("pmcid", "pmc")
_WOS = ("ut", "utuniquewosid")
NESTED = (
    "externalids",
    "ids",
    "identifiers",
    "identifier",
    "primarylocation",
    "bestoalocation",
    "serialnumber",
    "idno",
)
_WHOLE = ("value", "url", "href", "uri", "@id", "@href")  # what an object calls its address
LINKS = (*_ARXIV, "id", *_LINKS, *_DOIS, *NUMBERS, *_WOS, *NESTED)


def links(named: Mapping[str, object], key: str) -> Iterator[str]:
    """Yield all that a record is known by, an identifier of arXiv first."""
    for name in _ARXIV:
        yield from _addresses(named.get(name), arxiv=True)
    for name in (*published.VENUES, *_NOTED):
        said = as_text(named.get(name))
        yield said if said.lower().startswith("arxiv") and arxiv_id(said) else ""
    for name in NESTED:
        yield from _nested(named.get(name))
    for name in ("id", *_DOIS, *_LINKS):
        yield from _addresses(named.get(name))
    yield key if key and known_by(key) else ""
    yield from _preprints(named.get("relation"))
    yield from _numbered(named)
    for name, value in named.items():
        if _LINKING.fullmatch(name) and name not in LINKS and not _OF_OTHERS.match(name):
            yield from filter(_is_papers, _addresses(value))


def _numbered(named: Mapping[str, object]) -> Iterator[str]:
    """Yield the addresses of what PubMed, Web of Science and OpenReview have numbers for."""
    for name in NUMBERS:
        if (number := as_text(named.get(name))).isdecimal():
            yield f"https://pubmed.ncbi.nlm.nih.gov/{number}/"
    for name in _CENTRAL:
        if re.fullmatch(r"PMC\d+", number := as_text(named.get(name))):
            yield f"https://pmc.ncbi.nlm.nih.gov/articles/{number}/"
    for name in _WOS:
        if re.fullmatch(r"WOS:\w+", number := as_text(named.get(name))):
            yield f"https://www.webofscience.com/wos/woscc/full-record/{number}"
    if (number := as_text(named.get("controlnumber"))).isdecimal() and "documenttype" in named:
        yield f"https://inspirehep.net/literature/{number}"
    if (forum := as_text(named.get("forum"))) and re.fullmatch(r"[\w-]{6,20}", forum):
        yield f"https://openreview.net/forum?{urlencode({'id': forum})}"


def _preprints(related: object) -> Iterator[str]:
    """Yield what Crossref says is the same work before or after it was printed."""
    for name, works in related.items() if isinstance(related, dict) else ():
        if plain_name(str(name)) in ("haspreprint", "ispreprintof"):
            yield from _addresses([w.get("id") for w in works if isinstance(w, dict)])


def _is_papers(link: str) -> bool:
    """Tell whether a link whose field is not known leads to a paper and nothing else."""
    short = link if len(link) <= limits.LONGEST_LINK else ""
    return bool(arxiv_id(short) or doi_of(short) or papers_page(short))


def _addresses(value: object, arxiv: bool = False) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            yield from _in_object(part)
            continue
        for said in uncut(as_text(part)).split("; "):
            yield said if not arxiv or "/" in said or known_by(said) or is_rounded(said) else ""


def _in_object(links: Mapping[str, object]) -> Iterator[str]:
    """Yield the address in an object that holds one; of several those that lead to papers."""
    whole = (as_text(links.get(name)) for name in _WHOLE)
    if said := next(filter(None, whole), ""):
        yield said
    else:
        yield from filter(_is_papers, map(as_text, links.values()))


def _nested(value: object) -> Iterator[str]:
    """Yield the identifiers in an object of them, as Semantic Scholar and OpenAlex have."""
    for part in value if isinstance(value, list) else [value]:
        if not isinstance(part, dict):
            yield as_text(part)
            continue
        named = fields(part)
        if plain_name(as_text(named.get("type"))).endswith(("doi", "arxiv", "uri", "url")):
            yield first(named, ("id", "identifier", "value"))  # DOAJ, CiNii, TEI
        for name, inner in part.items():
            plain, said = plain_name(name), as_text(inner)
            if plain in _ARXIV and said:
                yield said if "arxiv" in said.lower() else f"arXiv:{said}"
            elif plain in (*_DOIS, *_LINKS):
                yield said
