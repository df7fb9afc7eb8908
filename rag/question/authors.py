"""Authors in a question: "by Goodfellow or Carlini", "which papers did Carlini write?".

A name restricts where the index has such an author. Where it has none, it still does if the words
can be nothing but a name ("papers by Ian Goodfellow"): that nothing is found is the answer then.
"""

import re
from collections.abc import Iterator

from rag.core.filters import Filters, Known
from rag.question.found import Found
from rag.question.names import is_coined

_WORD = r"(?:[^\W\d_a-z][\w.'’-]*|(?:van|von|de|der|den|di|da|del|la|le|el|al|bin|ten)(?=\s))"
_NAME = rf"{_WORD}(?:\s{_WORD})*"
_LOW = r"[^\W\d_A-Z][^\W\d_A-Z'’-]*(?:\s[^\W\d_A-Z'’-]+)??"
_NOT = r"(?:(?:but|and)\s(?:not|without)|except|not)\s(?:by\s|from\s)?"
_LINK = rf"(?:,?\s{_NOT}|,?\s(?:and|or)\s(?:by\s|from\s)?|,\s|\s&\s)"
_PAPERS = (
    r"(?i:papers?|works?|articles?|publications?|preprints?|anything|everything|something|those|"
    r"ones)"
)
_DENIED = (
    r"(?P<not>(?:but\s)?(?:not|except|excluding|without|no|leav(?:ing|e)\sout|apart\sfrom|other\sthan)"
    rf"\s(?:(?:for|the|any|all|are|{_PAPERS})\s)*)?"
)
_AFTER = (
    r"(?=\s*(?:$|[?.!,;)]|\b(?:on|about|in|since|before|after|from|that|which|using|with|for|and|"
    r"but|published|until|between|dealing|concerning|are|there|not|at)\b))"
)
_WRITE = r"(?:writ(?:e|ten)|publish(?:ed)?|(?:co-?)?author(?:ed)?|post(?:ed)?|submit(?:ted)?)"
_ALL = rf"(?P<all>{_NAME}(?:{_LINK}{_NAME})*)"
_LOWER = rf"(?P<all>{_LOW}(?:{_LINK}{_LOW})*)"
_WRITTEN = r"(?:(?:that|which)\s(?:are|were|is|was)\s)?(?:(?:co-?)?(?:written|authored)\s)?"
_OTHERS = r"(?:\set\sal\b\.?)?"

_DID = rf"(?:did|does|has|have|do)\s(?P<all>{_NAME}(?:{_LINK}{_NAME})*|{_LOW})"

_PATTERNS = tuple(
    re.compile(rf"(?<![\w-]){pattern}")
    for pattern in (
        rf"{_DENIED}{_WRITTEN}by\s{_ALL}{_OTHERS}",
        rf"(?<=apers\s)from\s{_ALL}{_OTHERS}{_AFTER}",
        rf"(?:(?<=apers\s)|(?<=orks\s)|(?<=written\s)){_DENIED}by\s{_LOWER}{_OTHERS}{_AFTER}",
        rf"{_DID}\s{_WRITE}\b",
        rf"{_DID}(?=\s{_WRITE}\b)",  # where the verb belongs to a day: "published since 2014"
        rf"{_ALL}[’']s?\s(?={_PAPERS}\b)",
        rf"(?P<all>[^\W\d_A-Z]+)[’']s\s(?={_PAPERS}\b)",
    )
)
_SPLIT = re.compile(rf"({_LINK})")
_DENIES = re.compile(r"\b(?:not|without|except)\b")
_SURE = re.compile(rf"\b(?:{_PAPERS}\s(?:{_WRITTEN})by|(?:written|authored)\sby|did|has)\s$")
_PERSON = re.compile(
    r"(?:[^\W\d_a-z]\.?\s)*[^\W\d_a-z][^\W\d_A-Z’']+(?:\s(?:[^\W\d_a-z]\.?\s)*[^\W\d_a-z][^\W\d_A-Z]+)?"
)
_NO_NAME = re.compile(r"(?:Which|What|Who|Show|List|Find|Give|All|Any|Are|Is|Do|Does|The)\s")


def find(text: str, known: Known) -> Iterator[Found]:
    """Find the authors that a text whose white space is folded restricts itself to."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, said = match.start("all"), match["all"]
            while opening := _NO_NAME.match(said):
                start, said = start + opening.end(), said[opening.end() :]
            groups = match.groupdict()
            filters = _filters(said, bool(groups.get("not")))
            names = (*filters.authors, *filters.any_authors, *filters.not_authors)
            if names and (any(map(known.has_author, names)) or _surely(text, start, names)):
                begin = match.start() if start == match.start("all") else start
                yield Found("authors", begin, match.end(), filters, _phrase(filters))


def _filters(said: str, denied: bool) -> Filters:
    """Read "Goodfellow or Carlini but not Papernot"."""
    by: list[str] = []
    not_by: list[str] = []
    either = False
    for n, part in enumerate(_SPLIT.split(said)):
        if n % 2:
            denied = denied or bool(_DENIES.search(part))
            either = either or bool(re.search(r"\bor\b", part))
        elif name := re.sub(r"['’]s?$", "", part).rstrip("."):
            (not_by if denied else by).append(name)
    some, every = ((), tuple(by)) if len(by) < 2 or not either else (tuple(by), ())
    return Filters(authors=every, any_authors=some, not_authors=tuple(not_by))


def _surely(text: str, start: int, names: tuple[str, ...]) -> bool:
    """Tell whether words can be nothing but names, whether the index has them or not."""
    before = _SURE.search(text, 0, start)
    return before is not None and all(_PERSON.fullmatch(n) and not is_coined(n) for n in names)


def _phrase(filters: Filters) -> str:
    """Return the filters as they can stand at the end of a question."""
    by = " and ".join(filters.authors) or " or ".join(filters.any_authors)
    not_by = " or ".join(filters.not_authors)
    said = f" by {by}" if by else ""
    return said + (f"{' but' if by else ''} not by {not_by}" if not_by else "")
