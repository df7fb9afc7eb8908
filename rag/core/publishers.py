r"""Addresses at places that publish papers: whether one names a paper, and its one spelling.

A paper has several addresses at such a place, of its page, its PDF and a citation of it, which all
hold the same number or name. Where that is known, the address of the page stands for all of them.
Nothing here knows arXiv or DOIs.
"""

import re
from functools import lru_cache

_PLACES = tuple(
    (re.compile(rf"https?://(?:www\.)?{pattern}", re.IGNORECASE), page, pdf)
    for pattern, page, pdf in (
        (
            r"openreview\.net/(?:forum|pdf|attachment|references)\?(?:[^#]*&)?(?:id|forum)=(?P<id>[\w-]+)",
            "https://openreview.net/forum?id={id}",
            "https://openreview.net/pdf?id={id}",
        ),
        (
            r"openreview\.net/pdf/(?P<file>[0-9a-f]{40})\.pdf",
            "https://openreview.net/pdf/{file}.pdf",
            "",
        ),
        (
            r"(?:aclanthology\.(?:org|info/papers)|aclweb\.org/anthology(?:/papers/\w(?:/\w\d\d)?)?)"
            r"/(?P<id>[A-Z]\d\d-\d{4}|\d{4}\.[\w-]+\.\d+)(?:v\d)?(?:\.pdf|\.bib|/?)(?=[?#]|$)",
            "https://aclanthology.org/{id}/",
            "https://aclanthology.org/{id}.pdf",
        ),
        (
            r"proceedings\.mlr\.press/(?P<volume>[vr]\d+)/(?P<id>[\w-]+)(?:\.html|/[\w-]+\.pdf)",
            "https://proceedings.mlr.press/{volume}/{id}.html",
            "https://proceedings.mlr.press/{volume}/{id}/{id}.pdf",
        ),
        (
            r"openaccess\.thecvf\.com/(?P<at>content[\w/-]*?)/(?:html|papers)"
            r"/(?P<id>(?:[\w-]+/)?[\w.'-]+_paper)\.(?:html|pdf)",
            "https://openaccess.thecvf.com/{at}/html/{id}.html",
            "https://openaccess.thecvf.com/{at}/papers/{id}.pdf",
        ),
        (
            r"ieeexplore\.ieee\.org/(?:(?:abstract/)?document/|(?:stamp/stamp|xpl?/articleDetails"
            r"|xpl/login|ielx?\d*/[\w/]*)\.jsp\?(?:[^#]*&)?arnumber=)0*(?P<id>\d+)",
            "https://ieeexplore.ieee.org/document/{id}",
            "",
        ),
        (
            r"(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/(?:m/)?pubmed"
            r"|europepmc\.org/(?:article|abstract)/med)/(?P<id>\d+)",
            "https://pubmed.ncbi.nlm.nih.gov/{id}/",
            "",
        ),
        (
            r"(?:pmc\.ncbi\.nlm\.nih\.gov/articles|ncbi\.nlm\.nih\.gov/(?:m/)?pmc/articles"
            r"|europepmc\.org/articles?(?:/pmc)?)/PMC(?P<id>\d+)",
            "https://pmc.ncbi.nlm.nih.gov/articles/PMC{id}/",
            "",
        ),
        (
            r"semanticscholar\.org/paper/(?:[^/?#]*/)?(?P<id>[0-9a-f]{40})(?=[/?#]|$)",
            "https://www.semanticscholar.org/paper/{id}",
            "",
        ),
        (
            r"(?:hal\.science|hal\.archives-ouvertes\.fr|hal\.inria\.fr|inria\.hal\.science)"
            r"/(?P<id>\w+-\d{8})(?=v\d|[/?#.]|$)",
            "https://hal.science/{id}",
            "",
        ),
        (
            r"sciencedirect\.com/science/article/(?:abs/|am/)?pii/(?P<id>S?[\dX()-]+)",
            "https://www.sciencedirect.com/science/article/pii/{id}",
            "",
        ),
        (
            r"eprint\.iacr\.org/(?P<year>(?:19|20)\d\d)/(?P<id>\d{3,4})(?=[/?#.]|$)",
            "https://eprint.iacr.org/{year}/{id}",
            "https://eprint.iacr.org/{year}/{id}.pdf",
        ),
        (
            r"(?:papers\.)?ssrn\.com/(?:sol3/papers\.cfm\?(?:[^#]*&)?abstract_id=|abstract=)"
            r"(?P<id>\d+)",
            "https://ssrn.com/abstract={id}",
            "",
        ),
    )
)  # fmt: skip

# Pages of one paper whose further addresses are not known.
_PAGES = re.compile(
    r"https?://(?:www\.)?(?:(?:papers\.nips|proceedings\.neurips|papers\.neurips)\.cc/(?:paper_files/)?paper/"
    r"|jmlr\.org/papers/|ojs\.aaai\.org/index\.php/\w+/article/view/\d|aaai\.org/ojs/index\.php/\w+/article/view/\d"
    r"|ijcai\.org/(?:proceedings|Proceedings)/\d{4}/\d|nature\.com/articles/[\w-]+\d"
    r"|usenix\.org/conference/[\w-]+/presentation/|isca-(?:archive|speech)\.org/.*\d{4}/"
    r"|ecva\.net/papers/.+_paper|openalex\.org/(?:works/)?W\d|jstor\.org/stable/\d"
    r"|researchgate\.net/publication/\d|inspirehep\.net/(?:literature|record)/\d"
    r"|ui\.adsabs\.harvard\.edu/abs/\d{4}|dl\.acm\.org/citation\.cfm\?(?:[^#]*&)?id=\d"
    r"|roboticsproceedings\.org/rss\d+/p\d|bmva-archive\.org\.uk/bmvc/\d{4}/)",
    re.IGNORECASE,
)  # fmt: skip


def papers_page(address: str) -> str:
    """Return the page of the paper that an address names at a place that publishes papers.

    Returns
    -------
    str
        One address for all that are known to be of one paper; empty if it names none.

    >>> papers_page("http://openreview.net/pdf?id=abcDEF_123"), papers_page("https://example.org/a")
    ('https://openreview.net/forum?id=abcDEF_123', '')
    """
    return _found(address)[0] or (address if _PAGES.match(address) else "")


def papers_pdf(address: str) -> str:
    """Return the address of the PDF of the paper that an address names; empty if unknown.

    >>> papers_pdf("https://aclanthology.org/P19-1001/")
    'https://aclanthology.org/P19-1001.pdf'
    """
    return _found(address)[1]


@lru_cache(maxsize=1_000)  # each address is looked at several times on its way into the index
def _found(address: str) -> tuple[str, str]:
    for pattern, page, pdf in _PLACES:
        if found := pattern.match(address):
            named = found.groupdict()
            return page.format(**named), pdf.format(**named)
    return "", ""
