"""Whether a paper was taken back: there is no field for it, its authors say so in words.

What is said of an earlier version, or of another publication of the paper, is no withdrawal.
"""

import re

_WORK = r"(?:paper|article|manuscript|submission|work|preprint|draft|version|report|note|thesis)"
_IS = r"(?:(?:has|have|had|been|was|is|being|temporarily|now|hereby) )"
_TAKEN_BACK = r"(?:withdrawn|retracted)"
_WE = r"(?:we|the authors?|i) (?:have |has |had |hereby |now |must |wish to |would like to )*"
# Up to the end of the sentence: withdrawn from a conference it is still a paper.
_NOT_FROM = r"(?! from (?!arxiv|the arxiv|this))"

_BY_ITS_TEXT = re.compile(
    rf"\W*(?:(?:this|the|our) (?:\w+ )?{_WORK} {_IS}+{_TAKEN_BACK}\b"
    rf"|(?:{_WORK} )?{_TAKEN_BACK}(?: by\b|[^\w\s]|$)"
    rf"|{_WE}(?:withdr[ae]w[n]?|retract(?:ed)?) (?:this|the|our) (?:\w+ )?{_WORK}\b)",
    re.IGNORECASE,
)
_BEHIND_ITS_TITLE = re.compile(rf"[(\[]{_TAKEN_BACK}(?: {_WORK})?[)\]]\W*$", re.IGNORECASE)
_BY_ITS_COMMENT = re.compile(
    rf"^\W*{_TAKEN_BACK}(?: by\b|[^\w\s]|$)|\b{_WORK} {_IS}*{_TAKEN_BACK}\b{_NOT_FROM}"
    rf"|^\W*{_TAKEN_BACK} (?:due|because|as|since)\b|\b{_TAKEN_BACK} by\b"
    rf"|\b{_WE}(?:withdr[ae]w[n]?|retract(?:ed)?) (?:this|the|our) (?:\w+ )?{_WORK}\b",
    re.IGNORECASE,
)
_VERSION_ONLY = re.compile(
    rf"\b(?:v|version )\d+ {_IS}*{_TAKEN_BACK}\b.*\b(?:v|version )\d+\b.*"
    r"\b(?:restor|correct|replac|fix|repair)",
    re.IGNORECASE,
)


def is_withdrawn(comment: str, title: str, abstract: str) -> bool:
    """Tell whether the authors took a paper back.

    >>> is_withdrawn("", "A", "This paper has been withdrawn by the author due to an error.")
    True
    >>> is_withdrawn("", "A", "We predict which drugs are withdrawn from the market.")
    False
    >>> is_withdrawn("v2 withdrawn, v3 restores the corrected text", "A", "We track.")
    False
    """
    said = " ".join(comment.split())
    by_its_title = _BY_ITS_TEXT.match(title) or _BEHIND_ITS_TITLE.search(title)
    if by_its_title or _BY_ITS_TEXT.match(abstract):
        return True
    return bool(_BY_ITS_COMMENT.search(said)) and not _VERSION_ONLY.search(said)
