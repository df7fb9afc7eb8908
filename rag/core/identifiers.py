"""The names a paper goes by: arXiv identifiers, DOIs and web addresses, each in one spelling.

A paper that has none of these goes by one that is made of its title, see `rag.core.origins`.

This is the only place that knows how an arXiv identifier or a DOI is written and which addresses
belong to it. A number in somebody else's address is no arXiv identifier. Nothing here knows what
else is said of a paper.
"""

import hashlib
import re
import unicodedata
from html import unescape
from urllib.parse import quote, unquote, urlsplit

from rag.core.publishers import papers_page, papers_pdf

# The archives that existed before April 2007, when identifiers still began with their names
# (https://info.arxiv.org/help/arxiv_identifier.html); without the list any "word/1234567" would do.
_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|"
    "cond-mat|cs|dg-ga|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|"
    "nucl-ex|nucl-th|patt-sol|physics|plasm-ph|q-alg|q-bio|quant-ph|solv-int|supr-con"
)
_NEWER_ARCHIVES = "econ|eess|q-fin|stat"
_CATEGORY = re.compile(rf"(?:{_ARCHIVES}|{_NEWER_ARCHIVES})(?:\.[A-Za-z-]+)?", re.ASCII)
_MONTH = r"(?:0[1-9]|1[0-2])"
# Year, month and a number: four digits until 2014, five from 2015 on.
_NEW_STYLE = rf"(?:0[7-9]|1[0-4]){_MONTH}\.\d{{4}}|(?:1[5-9]|[2-9]\d){_MONTH}\.\d{{5}}"
_OLD_NUMBER = rf"\d\d{_MONTH}\d{{3}}"
_OLD_STYLE = rf"(?P<archive>{_ARCHIVES})(?:\.[a-z-]+)?/(?P<number>{_OLD_NUMBER})"
_ARXIV_ID = re.compile(
    rf"(?:(?<=arxiv\.)|(?<![a-z0-9.]))(?:(?P<new>{_NEW_STYLE})|(?<!-){_OLD_STYLE})"
    r"(?:v(?P<version>\d{1,4}))?(?![a-z0-9]|\.\d)",
    re.IGNORECASE | re.ASCII,
)
_CUT = re.compile(r"(?P<month>[1-9]\d{2,3})[.,](?P<number>\d{1,5})")
_ROUNDED = re.compile(r"[1-9](?:[.,]\d+)?E\+0?3", re.IGNORECASE)
_FIVE_DIGITS = "1501"  # the month from which on numbers have five digits
_MOST_OF_A_MONTH = 50_000  # so many papers have come in none
_FIRST_OF_CENTURY = 91  # arXiv began in 1991; smaller numbers are of this century

# arXiv itself, and services that show its papers under its identifiers.
_ARXIV_HOSTS = (
    "arxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org", "arxiv-vanity.com", "alphaxiv.org",
    "scirate.com", "papers.cool",
)  # fmt: skip
_ARXIV_PATHS = (
    ("huggingface.co", "/papers/"), ("hf.co", "/papers/"), ("semanticscholar.org", "/arxiv/"),
)  # fmt: skip
_LONGEST_TOKEN = 2_000  # characters of an address, looked at from a number in it

_DOI = r"10\.\d{4,9}(?:\.\d+)*(?:/|%2[fF])"
_BARE_DOI = re.compile(
    rf"(?:(?:dx\.)?doi\.org/|(?:urn:|info:)?doi\s*[:/]?\s*)?(?P<doi>{_DOI}\S+)",
    re.IGNORECASE | re.ASCII,
)
_DOI_IN_ADDRESS = re.compile(rf"(?:/|=|doi:){_DOI}[^&?#\s]+", re.IGNORECASE | re.ASCII)
_DOI_PAGES = re.compile(
    r"(?:/(?:full|abstract|pdf|epdf|summary|fulltext|html|meta|references))+/?$|(?:\.(?:pdf|html?|full(?:-text)?))+$",
    re.IGNORECASE,
)
_VERSION_OF_BIORXIV = re.compile(r"(?<=^10\.1101/)(?P<doi>[\d.]+)v\d.*")  # its DOIs have none
_DOI_ARXIV = "10.48550/arxiv."
_DOI_HOST = re.compile(
    r"(?:[\w-]+\.)*doi\.(?:org|acm\.org|ieeecomputersociety\.org)$", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x1f\x7f]+", re.IGNORECASE)
_BEGINS_AS_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_ONLY_HOST = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_BEGINS_AS_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}/")
_IN_BRACES = re.compile(r"^(?:\\(?:url|href)\s*)?\{(?P<inside>[^{}]*)\}.*$", re.DOTALL)
_TEX_ESCAPE = re.compile(r"\{?\\([_%&#$~{}])\}?")
OWN = "title:"
"""What begins the identifier of a paper that nothing links to."""

_OWN = re.compile(rf"{OWN}(?:[a-z0-9]+-)*[0-9a-f]{{8}}")
_SAFE = "/:;()._-~!$&'*+,=@[]"  # of a DOI in an address


def arxiv_id(text: str) -> str | None:
    """Find the first arXiv identifier in a text, link or DOI.

    It is returned in the form that arXiv prefers, so that a paper has one identifier only: without
    a version, and in the old style without the subject class.

    >>> arxiv_id("https://arxiv.org/pdf/2104.00194v2.pdf")
    '2104.00194'
    >>> arxiv_id("10.48550/arXiv.2104.00194")
    '2104.00194'
    >>> arxiv_id("cond-mat/0612198v1")
    'cond-mat/0612198'
    >>> arxiv_id("math.GT/0309136")
    'math/0309136'
    >>> arxiv_id("https://journals.example.org/article/1909.12345")
    """
    found = _first(text)
    if found is None:
        return None
    return found["new"] or f"{found['archive'].lower()}/{found['number']}"


def arxiv_version(text: str) -> int | None:
    """Find the version behind the first arXiv identifier in a text, if it names one.

    >>> arxiv_version("https://arxiv.org/pdf/2104.00194v2.pdf"), arxiv_version("2104.00194")
    (2, None)
    """
    found = _first(text)
    return int(found["version"]) if found and found["version"] else None


def uncut(text: str) -> str:
    """Return what a spreadsheet has made a number of as the identifier that it was.

    It drops the zeros at the beginning and at the end, and in some countries writes a comma.

    >>> uncut("2104.1"), uncut("704.0001"), uncut("2104,00194"), uncut("12.5")
    ('2104.10000', '0704.0001', '2104.00194', '12.5')
    """
    found = _CUT.fullmatch(text.strip())
    if found is None:
        return text
    month = found["month"].zfill(4)
    number = found["number"].ljust(5 if month >= _FIVE_DIGITS else 4, "0")
    known = re.fullmatch(_NEW_STYLE, f"{month}.{number}") and int(number) < _MOST_OF_A_MONTH
    return f"{month}.{number}" if known else text


def is_rounded(text: str) -> bool:
    """Tell whether a spreadsheet has left so little of an identifier that it is lost.

    >>> is_rounded("2.10E+03"), is_rounded("2104.00194")
    (True, False)
    """
    return _ROUNDED.fullmatch(text.strip()) is not None


def is_category(text: str) -> bool:
    """Tell whether a text is the name of a category of arXiv's.

    >>> [is_category(text) for text in ("cs.CV", "math-ph", "literature-note", "68T07")]
    [True, True, False, False]
    """
    return _CATEGORY.fullmatch(text) is not None


def arxiv_year(identifier: str) -> int | None:
    """Return the year in which arXiv gave an identifier out; None if it is none of arXiv's.

    >>> arxiv_year("2104.00194"), arxiv_year("math/0309136"), arxiv_year("https://example.org/x")
    (2021, 2003, None)
    """
    if not is_arxivs(identifier):
        return None
    year = re.match(r"\d\d", identifier.rpartition("/")[2])
    if year is None:
        return None
    return (1900 if int(year[0]) >= _FIRST_OF_CENTURY else 2000) + int(year[0])


def old_style(archive: str, number: str) -> str | None:
    """Return the identifier of a number that stands beside its archive, as in old BibTeX.

    >>> old_style("math.GT", "0309136"), old_style("HAL", "0309136")
    ('math/0309136', None)
    """
    return arxiv_id(f"{archive.strip()}/{number.strip()}")


def doi_of(text: str) -> str | None:
    """Return the DOI that a text is or an address holds, in small letters; None if there is none.

    arXiv's own DOIs are no answer: they say no more than the identifier.

    >>> doi_of("https://www.scopus.com/record.uri?eid=2-s2.0-99&doi=10.1000%2fKite.77&md5=a")
    '10.1000/kite.77'
    >>> doi_of("doi:10.1175/1520-0485(1996)026<2712:TEOIWU>2.0.CO;2")
    '10.1175/1520-0485(1996)026<2712:teoiwu>2.0.co;2'
    >>> doi_of("info:doi/10.1000/1"), doi_of("https://www.biorxiv.org/content/10.1101/2020.01v2.full")
    ('10.1000/1', '10.1101/2020.01')
    >>> doi_of("https://doi.org/10.48550/arXiv.2104.00194")
    """
    text = _plain(text)
    if address := _BEGINS_AS_ADDRESS.match(text):
        split = _split(text)
        found = _DOI_IN_ADDRESS.search(text, address.end())
        if split is None or found is None:
            return None
        said = found[0].lstrip("/=").removeprefix("doi:")
        if _DOI_HOST.search(split[0]):
            said = text[text.index(found[0]) + 1 :]  # a DOI may itself have a ? or #
        else:
            said = _VERSION_OF_BIORXIV.sub(r"\g<doi>", _DOI_PAGES.sub("", said))
    elif bare := _BARE_DOI.fullmatch(text):
        said = bare["doi"]
    else:
        return None
    doi = unescape(unquote(said)).lower().strip().rstrip(".,;\"'}")
    return None if doi.startswith(_DOI_ARXIV) or not doi.isprintable() or " " in doi else doi


def doi_address(doi: str) -> str:
    """Return the address of a DOI, with what no address may hold written as its code.

    >>> doi_address("10.1175/026<2712:x>2.0")
    'https://doi.org/10.1175/026%3C2712:x%3E2.0'
    """
    return f"https://doi.org/{quote(doi, safe=_SAFE)}"


def known_by(link: str) -> str | None:
    """Return the identifier of the paper behind a link: that of arXiv, else the link itself.

    So is what stands for a link where a paper has none.

    >>> known_by("arXiv:2104.00194v2"), known_by("doi:10.1109/X.2025.3644148"), known_by("p. 17")
    ('2104.00194', 'https://doi.org/10.1109/x.2025.3644148', None)
    """
    link = _plain(link)
    if _OWN.fullmatch(link):
        return link
    if doi := doi_of(link):
        return doi_address(doi)
    if identifier := arxiv_id(link):
        return identifier
    return _address(link)


def addresses(identifier: str) -> tuple[str, str]:
    """Return the addresses of a paper's page and of its PDF, empty where that is not known."""
    if is_own(identifier):
        return "", ""
    if is_address(identifier):
        is_pdf = identifier.lower().endswith(".pdf")
        return identifier, identifier if is_pdf else papers_pdf(identifier)
    return abstract_page(identifier), pdf_link(identifier)


def is_address(identifier: str) -> bool:
    """Tell whether an identifier is a web address and none of arXiv's."""
    return identifier.lower().startswith("http")


def is_own(identifier: str) -> bool:
    """Tell whether an identifier is that of a paper that nothing links to."""
    return identifier.startswith(OWN)


def is_arxivs(identifier: str) -> bool:
    """Tell whether an identifier is one of arXiv's.

    >>> [is_arxivs(name) for name in ("2104.00194", "https://x.org/1", "title:kites-1a2b3c4d")]
    [True, False, False]
    """
    return not (is_address(identifier) or is_own(identifier))


def names_no_paper(address: str) -> bool:
    """Tell whether an address is that of a whole site, which many papers give as their link.

    >>> names_no_paper("https://github.com/"), names_no_paper("https://github.com/a/b")
    (True, False)
    """
    try:
        split = urlsplit(address)
    except ValueError:
        return True
    return is_address(address) and not (split.path.strip("/") or split.query or split.fragment)


def own_address(address: str, title: str) -> str:
    """Return an identifier for one of several papers at an address: with its title behind it.

    >>> own_address("https://github.com/", "Kites: a View")
    'https://github.com/#kites-a-view'
    """
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))[:60]
    slug = slug or hashlib.sha256(title.encode()).hexdigest()[:12]
    return f"{address}#{slug}"


def abstract_page(identifier: str) -> str:
    """Return the address of the abstract page of an arXiv identifier."""
    return f"https://arxiv.org/abs/{identifier}"


def pdf_link(identifier: str) -> str:
    """Return the address of the PDF of an arXiv identifier."""
    return f"https://arxiv.org/pdf/{identifier}"


def _first(text: str) -> re.Match[str] | None:
    return next((found for found in _ARXIV_ID.finditer(text) if _is_arxivs(text, found)), None)


def _is_arxivs(text: str, found: re.Match[str]) -> bool:
    """Tell whether a number that looks like an identifier is one where it stands."""
    before = text[max(0, found.start() - _LONGEST_TOKEN) : found.start()]
    token = re.split(r"[\s<>\"'()\[\]{}|]", before)[-1].lower()
    if "arxiv:" in token or token.endswith("10.48550/arxiv."):
        return True
    at = max(token.rfind("://"), token.rfind("www."))
    if at < 0 and not _BEGINS_AS_HOST.match(token):
        return re.search(_DOI, token) is None
    host, _, path = token[max(at, 0) :].removeprefix("://").removeprefix("www.").partition("/")
    host = host.partition(":")[0].rpartition("@")[2]
    return any(host == known or host.endswith(f".{known}") for known in _ARXIV_HOSTS) or any(
        host.endswith(known) and f"/{path}".startswith(begins) for known, begins in _ARXIV_PATHS
    )


def _plain(link: str) -> str:
    r"""Return a link without what BibTeX or HTML put around or into it.

    >>> _plain(r"\url{https://example.org/a\_b}")
    'https://example.org/a_b'
    """
    link = link.strip()
    if inside := _IN_BRACES.match(link):
        link = inside["inside"].strip()
    link = _TEX_ESCAPE.sub(r"\1", link) if "\\" in link else link
    return link.strip("<> ") if link.startswith("<") else link


def _address(link: str) -> str | None:
    first = next(iter(link.split()), "") if _BEGINS_AS_ADDRESS.match(link) else link
    if len(link.split()) > 1 and not all(map(_BEGINS_AS_ADDRESS.match, link.split())):
        return None  # an address with a space in it: where it ends is not known
    first = f"https://{first}" if first.lower().startswith("www.") else first
    first += "/" if _ONLY_HOST.fullmatch(first) else ""
    return (
        (papers_page(first) or first) if _ADDRESS.fullmatch(first) and first.isprintable() else None
    )


def _split(text: str) -> tuple[str, str] | None:
    try:
        split = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None
    return split.hostname or "", split.path
