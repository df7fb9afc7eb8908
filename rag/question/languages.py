"""Whether a question is in another language than English, told from its script and small words."""

import re
import unicodedata

from rag.question import english

_QUOTED = re.compile(r"\"[^\"]+\"|“[^”]+”|«[^»]+»")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MARKS = re.compile(r"[¿¡]")
_OTHER_SCRIPT = 0.3
"""Share of letters outside the Latin and Greek alphabets from which a text is in another script."""


def foreign(text: str) -> bool:
    """Tell whether a question is in another language; where it is not clear, it is in English.

    What stands in quotation marks does not count: it may be a title.
    """
    text = _QUOTED.sub(" ", text)
    letters = [c for c in text if c.isalpha()]
    other = [
        c for c in letters if not unicodedata.name(c, "").startswith(("LATIN", "GREEK", "MICRO"))
    ]
    if letters and len(other) > _OTHER_SCRIPT * len(letters):
        return True
    said = [word.lower() for word in _WORD.findall(text)]
    own = english.words("languages", "english")
    own_only = own - english.words("languages", "sure")
    ours = sum(word in own_only for word in said)
    sure = sum(word in english.words("languages", "sure") - own for word in said)
    also = sum(word in english.words("languages", "also") for word in said)
    if _MARKS.search(text):
        return ours <= sure + also
    return bool(sure) and sure + also > ours - sum(
        word in own and word in english.words("languages", "also") for word in said
    )
