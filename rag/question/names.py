"""Names in a question: what was coined ("LoFTR", "IA-RED2"), quoted, or is a title of the index."""

import re
from collections.abc import Iterator

from rag.core.filters import Known

_COINED = re.compile(
    r"(?<![\w-])(?:"
    r"[A-Z]*[a-z]+[A-Z][\w+]*|[A-Z]{2,}[a-z]+[A-Z\d]*[\w+]*|"  # LoFTR, pySLAM, TREGs is none
    r"[A-Za-z]+\d+[\w+]*|[A-Za-z]\w*\+{1,2}|[A-Z]{2,}"  # YOLO9000, MeanShift++, NEAS
    r")(?:-[A-Z\d][\w+]*)*(?![\w])|"
    r"(?<![\w-])[A-Z]{1,3}-[A-Z][\w+]*(?:-[A-Z\d][\w+]*)*"  # DC-SGD, D-ORCA
)
_ACRONYM = re.compile(r"[A-Z]{2,}s?")


def is_coined(text: str) -> bool:
    """Tell whether a word was made up as a name; plain acronyms ("GAN", "LLMs") were not."""
    found = _COINED.fullmatch(text)
    return found is not None and not _ACRONYM.fullmatch(text)
