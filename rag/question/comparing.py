"""What a question compares: "SQuat vs AirCache", "how do SQuat and AirCache differ"."""

import re
from dataclasses import dataclass

from rag.question.names import Name

_LEAD = re.compile(
    r"^(?:please\s)?(?:compare|contrast)\s(?:(?:both|the\s(?:two\s)?(?:papers|methods|models)|papers|methods)\s)?|"
    r"^(?:(?:what|where)(?:['’]s|\sis|\sare)\s)?(?:the\s)?(?:main\s|key\s|biggest\s)?"
    r"(?:differences?|similarit(?:y|ies)|comparison)\s(?:between|of)\s|"
    r"^(?:in\s(?:what|which)\s(?:way|respect|sense|regard)s?|how|where)\s(?:does|do|is|are)\s|"
    r"^what\s(?:distinguishes|separates|sets)\s|^how\ssimilar\sare\s",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s(?:differ(?:ent)?\b(?!\sfrom\b).*|compare\b(?!\s(?:to|with)).*|in\s(?:the\sway|how|terms|what|their)\b.*|"
    r"(?:for|on|at)\s(?:me|us)\b.*|apart$|please$|with\srespect\sto\b.*|regarding\b.*)|"
    r"(?:[,:?]|\s[-–—])\s*(?:how|what|which|where|when|do|does|are|both|please|and\show)\b.*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*,?\s(?:vs\.?|versus|against)\s|\s(?:differ(?:s|ent)?|compare[sd]?)\s(?:from|to|with)\s|"
    r",\s(?:and\s)?(?:the\s)?|\s(?:and|with|from|to|or)\s",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\s*,?\s(?:(?:differ(?:s|ent)?|compare[sd]?)\s)?(?:vs\.?|versus|against|and|with|from|to|or)\s"
    r"(?=the\s(?:[\w-]+\s){0,2}ones?\b|that\b|those\b)",
    re.IGNORECASE,
)
"""What stands before the other side where that takes up the first: "the light-weight one"."""

_DESCRIBED = re.compile(
    r"\s*,?\s(?:vs\.?|versus|against|and|with)\s(?=(?:the|an?)\s)", re.IGNORECASE
)
"""What stands between two sides that are described: their own "with" stands before no article."""

_ARTICLE = re.compile(r"^(?:(?:the|a|an|both|paper|method|of)\s)+", re.IGNORECASE)
_COINED = re.compile(
    r"^(?P<name>§\d+§|\w*[A-Z][\w-]*[A-Z\d][\w-]*)\s(?:for|on|in|when|at|as|regarding|if)\s.*"
)
"""A name, and what it is compared for."""

_REFERENCE = re.compile(
    r"^(?:(?:the|those|that|one)\s)*(?:(?:papers?|works?|stud(?:y|ies)|articles?|ones?|treatments?)\s)?"
    r"(?:about|on|of|over|dealing\swith|concerned\swith)\s(?:(?:the|an?)\s)?",
    re.IGNORECASE,
)
"""What refers to a paper by what it is on: "the one on", "the study of"."""

_LINK = re.compile(r"^(?:on|over|in|for|at|with|of|by|through|past|around)(?=\s)", re.IGNORECASE)
_DESCRIPTION = 2  # words, its article among them, that name a thing and do not describe it
_PAPER = re.compile(r"\s(?:paper|papers)(?=$|\s\()", re.IGNORECASE)

_NAME = r"(?:[A-Z§][\w§+-]*(?:\s(?:\d+|[A-Z][\w-]*))*)"
_WHAT = re.compile(rf"^(?:[Ww]hat|[Hh]ow|[Ww]here)\s(?={_NAME})")
_DOES = re.compile(
    rf"^(?P<name>{_NAME})\s(?:wants?|try|tries|will|would|can|could|do|does|did|go|goes|aims?|claims?|"
    r"needs?|intends?|plans?|has|have|is|are|was|were|measures?|uses?|proposes?|works?|handles?)\b.*"
)
_OF = re.compile(rf"^(?:[a-z][\w-]*\s){{1,3}}?(?:by|from|behind|of|in)\s(?={_NAME}$)")
_LEFT_OVER = re.compile(r"^(?:[a-z]\w*|(?:with|in|on|by|for|at|from|what|which|how|where)\s.*)$")
"""What is cut off behind the sides where these are names: "measure", "with what kind of lens"."""

_APART = re.compile(
    r"\bwhat\s(?:sets|tells|keeps)\s(?P<one>.+?)\sapart\sfrom\s(?P<other>[^,;?!]+).*", re.IGNORECASE
)


_SEVERAL = re.compile(
    r"^(?:(?:can|could)\syou\s)?(?:please\s)?(?:(?:compare|contrast)\s(?:me\s)?|"
    r"(?:(?:what|where)(?:['’]s|\sis|\sare)\s)?(?:the\s)?(?:main\s|key\s)?differences?\sbetween\s|"
    r"how\sdo\s(?=.*\s(?:differ|compare)[?.!]*$))"
    r"(?:(?:the|(?P<most>two|three|four|five|six|[2-6])|some|several|different|various|existing|main|"
    r"all|best|top|a\sfew|newest|latest|most\srecent|recent)\s)*"
    r"(?P<what>ways?|kinds?|types?|approaches|methods?|techniques?|papers|works|studies|articles|"
    r"solutions|strategies|algorithms?)\s"
    r"(?:of|to|for|in|on|about|that|which)\s(?P<topic>.+?)(?:\sdiffer|\scompare)?[?.!]*$",
    re.IGNORECASE,
)
_OTHER_SIDE = re.compile(
    r"\b(?:vs\.?|versus)\s|\b(?:and|with|from|to|against)\s(?:the|those|that|(?=papers|works|studies|"
    r"articles|methods|approaches|techniques|ways))\s?(?:\w+\s)?(?:on|of|about|for|to|in)\b",
    re.IGNORECASE,
)
"""What tells that two sides are compared: "the papers on X with those on Y"."""
_NUMBERS = ("two", "three", "four", "five", "six")
_PAPERS = ("papers", "works", "studies", "articles")


@dataclass(frozen=True, slots=True)
class Several:
    """Papers that are compared and have yet to be found.

    Attributes
    ----------
    topic
        What they are on.
    apart
        Whether each is to stand beside the others: papers are, ways to do something are not.
    most
        How many are asked for; 0: not said.
    """

    topic: str
    apart: bool = False
    most: int = 0


def of_several(text: str) -> Several | None:
    """Return on what papers are compared that a question does not name; None if it names any.

    >>> of_several("compare two ways of reconstructing moving scenes")
    Several(topic='reconstructing moving scenes', apart=False, most=2)
    >>> of_several("compare the three newest papers on depth")
    Several(topic='depth', apart=True, most=3)
    >>> of_several("compare LoFTR with TransMOT")
    """
    found = _SEVERAL.match(text)
    if found is None or _OTHER_SIDE.search(found["topic"]):
        return None
    said = (found["most"] or "").lower()
    most = int(said) if said.isdigit() else _NUMBERS.index(said) + 2 if said else 0
    return Several(found["topic"], found["what"].lower() in _PAPERS, most)


def plainly(text: str) -> str:
    """Return a question that asks what sets a thing apart as one for the difference.

    >>> plainly("What sets LoFTR apart from SuperGlue, both being matchers?")
    'how does LoFTR differ from SuperGlue?'
    """
    return _APART.sub(r"how does \g<one> differ from \g<other>?", text)


def sides(text: str, names: list[Name]) -> tuple[str, ...]:
    """Return what is compared, in its order, each as the question writes it.

    The words between two names decide nothing about what stands in them: a quoted title, or a title
    of the index, keeps its "and".
    """
    body = text.strip(" ?!.")
    kept: dict[str, str] = {}
    for n, name in enumerate(sorted(names, key=lambda n: -n.start)):
        if name.sure or " " in name.text:
            sign = f"§{n}§"
            kept[sign] = name.text
            body = f"{body[: name.start]}{sign}{body[name.end :]}"
    body = _TAIL.sub("", _LEAD.sub("", body.strip(" ?!."), count=1), count=1)
    parts = [_bare(part) for part in _parted(body)]
    if len(set(filter(None, map(_name, parts)))) > 1:  # "what COSI will do" is of COSI
        parts = [_name(part) or part for part in parts if _name(part) or not _LEFT_OVER.match(part)]
    found = tuple(dict.fromkeys(_with_names(part, kept) for part in parts if part))
    coined = tuple(dict.fromkeys(reversed(kept.values())))
    framed = [part for part in found if part not in coined and any(name in part for name in coined)]
    if len(coined) > 1 and framed:  # "put A and B side by side"
        return coined
    every = tuple(dict.fromkeys(name.text for name in sorted(names, key=lambda n: n.start)))
    if len(found) < 2 and len(every) > 1 and not any(n in part for n in every for part in found):
        return every  # "what is the difference in what A and B demand"
    return found


def _parted(body: str) -> list[str]:
    """Cut what is compared into its sides; where both are described, words in them cut nothing."""
    if _ARTICLE.match(body):
        for between in (_OTHER, _DESCRIBED):
            two = between.split(body)
            if len(two) == 2 and all(len(side.split()) > _DESCRIPTION for side in two):
                return two
    return _shared(_BETWEEN.split(body))


def _shared(parts: list[str]) -> list[str]:
    """Return what is compared with what only the first names: "flow over cones and over plates"."""
    whole = list(parts)
    for n, part in enumerate(parts[1:], start=1):
        link = _LINK.match(part.strip())
        before = re.split(rf"\s{link[0]}(?=\s)", parts[0], flags=re.I)[0] if link else parts[0]
        if before != parts[0] and _REFERENCE.sub("", _ARTICLE.sub("", before.strip())).strip():
            whole[n] = f"{before} {part.strip()}"
    return whole


def _bare(part: str) -> str:
    part = _PAPER.sub("", _ARTICLE.sub("", part.strip(" ,;:?!.–—-"))).strip()
    return _COINED.sub(r"\g<name>", _REFERENCE.sub("", part))


def _name(part: str) -> str:
    """Return the name of which a side says no more than that it does something; or nothing."""
    said = _OF.sub("", _DOES.sub(r"\g<name>", _WHAT.sub("", part)))
    return said if re.fullmatch(_NAME, said) else ""


def _with_names(part: str, kept: dict[str, str]) -> str:
    for sign, name in kept.items():
        part = part.replace(sign, name)
    return part
