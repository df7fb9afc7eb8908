"""What a question compares: "SQuat vs AirCache", "how do SQuat and AirCache differ"."""

import re

from rag.question.names import Name

_LEAD = re.compile(
    r"^(?:please\s)?(?:compare|contrast)\s(?:(?:both|the\s(?:two\s)?(?:papers|methods|models)|papers|methods)\s)?|"
    r"^(?:(?:what|where)(?:['’]s|\sis|\sare)\s)?(?:the\s)?(?:main\s|key\s|biggest\s)?"
    r"(?:differences?|similarit(?:y|ies)|comparison)\s(?:between|of)\s|"
    r"^(?:in\swhat\sway|how|where)\s(?:does|do|is|are)\s|"
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
_ARTICLE = re.compile(r"^(?:(?:the|a|an|both|paper|method|of)\s)+", re.IGNORECASE)
_COINED = re.compile(
    r"^(?P<name>§\d+§|\w*[A-Z][\w-]*[A-Z\d][\w-]*)\s(?:for|on|in|when|at|as|regarding|if)\s.*"
)
"""A name, and what it is compared for."""

_PAPER = re.compile(r"\s(?:paper|papers)(?=$|\s\()", re.IGNORECASE)


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
    said = [_named(part, kept) for part in _BETWEEN.split(body)]
    return tuple(dict.fromkeys(part for part in said if part))


def _named(part: str, kept: dict[str, str]) -> str:
    part = _PAPER.sub("", _ARTICLE.sub("", part.strip(" ,;:?!.–—-"))).strip()
    part = _COINED.sub(r"\g<name>", part)
    for sign, name in kept.items():
        part = part.replace(sign, name)
    return part
