"""What to say of papers that a source names without their abstracts, and how these are to be had.

Some services have none, some have them elsewhere than in their lists. Nothing here knows formats.
"""

import re
from collections.abc import Iterable

from rag.core.identifiers import arxiv_id

_EACH = "the page of each has it, saved from the web"
_SITES = (
    (re.compile(r"\bdblp\b", re.IGNORECASE), "DBLP",
     "DBLP has none, an export of Semantic Scholar's or OpenAlex's has them"),
    (re.compile(r"thecvf\.com|Open Access Repository", re.IGNORECASE), "CVF", _EACH),
    (re.compile(r"proceedings\.mlr\.press", re.IGNORECASE), "PMLR", _EACH),
    (re.compile(r"(?:neurips|nips)\.cc", re.IGNORECASE), "NeurIPS", _EACH),
    (re.compile(r"\bjmlr\.org", re.IGNORECASE), "JMLR", _EACH),
    (re.compile(r"aclanthology\.org|aclweb\.org/anthology", re.IGNORECASE), "the ACL Anthology",
     "its anthology+abstracts.bib has them"),
    (re.compile(r"scholar\.google|google scholar", re.IGNORECASE), "Google Scholar",
     "Google Scholar has none, an export of Semantic Scholar's or OpenAlex's has them"),
    (re.compile(r"api\.crossref\.org|\bcrossref\b", re.IGNORECASE), "Crossref",
     "what Crossref was given none of, PubMed or OpenAlex may have"),
)  # fmt: skip
_SHOWN = 20  # identifiers in a message
FEWEST = 2
"""Papers without abstracts that are told together."""


def site(text: str) -> str:
    """Return the name of the service that a text comes from, as far as it says so; or nothing.

    >>> site("<url>https://dblp.org/rec/1</url>"), site("a list of my own")
    ('DBLP', '')
    """
    return next((name for pattern, name, _ in _SITES if pattern.search(text)), "")


def advice(of: str) -> str:
    """Return where the abstracts of what a service lists are to be had."""
    return next(
        (how for _, name, how in _SITES if name == of),
        "an export of Zotero's, OpenAlex's or PubMed's has them",
    )


def said(links: Iterable[str], of: str) -> str:
    """Return what to say of papers without abstracts, known by some links, of a service.

    >>> said(["2104.00194"], ""), said(["", ""], "CVF")[:26]
    ('1 paper without abstract; `rag fetch 2104.00194` brings it', '2 papers of CVF without ab')
    """
    links = [*links]
    found = [*dict.fromkeys(filter(None, map(arxiv_id, links)))]
    how = advice(of)
    s, whose = "s" if len(links) > 1 else "", f" of {of}" if of else ""
    whole = f"{len(links):,} paper{s}{whose} without abstract{s}"
    if not found:
        return f"{whole}; {how}"
    rest = "" if len(found) <= _SHOWN else f", and so {len(found) - _SHOWN:,} others"
    brings = f"`rag fetch {' '.join(found[:_SHOWN])}` brings"
    if len(found) == len(links):
        return f"{whole}; {brings} {'them' if s else 'it'}{rest}"
    return f"{whole}; {brings} {min(len(found), _SHOWN):,}{rest}; {how}"
