"""Formulas in MathML as text, on one line; what is around them stays as it is.

::

    <mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>

Publishers and search engines have them in abstracts. Where a formula brings its TeX along, that is
taken.
"""

import re

from bs4 import BeautifulSoup, Tag

_MATHS = re.compile(
    r"<(?:mml:|m:)?math\b[^<>]*>(?:(?!</?(?:mml:|m:)?math\b).)*+</(?:mml:|m:)?math\s*>",
    re.IGNORECASE | re.DOTALL,
)
_BETWEEN = {"mfrac": "/", "msup": "^", "msub": "_", "mover": "", "munder": "_"}
_TAG = re.compile(r"<[^<>]*>")
_DEEPEST = 50
_MOST = 1_000  # formulas of a text that are taken apart; of the rest only the signs are kept


def readable(text: str) -> str:
    """Return a text in which formulas are written as people type them.

    >>> readable("at <math><mi>x</mi><mo>&lt;</mo><msup><mn>10</mn><mn>5</mn></msup></math> N")
    'at x&lt;10^5 N'
    >>> readable("<math><msqrt><mi>s</mi></msqrt><mfrac><mi>a</mi><mi>bc</mi></mfrac></math>")
    '√sa/bc'
    """
    if "math" not in text:
        return text
    return _MATHS.sub(_untagged, _MATHS.sub(_formula, text, count=_MOST))


def _untagged(found: re.Match[str]) -> str:
    return _TAG.sub("", found[0])


def _formula(found: re.Match[str]) -> str:
    formula = BeautifulSoup(found[0], "html.parser")
    for annotation in formula.find_all(["annotation", "mml:annotation"]):
        if "tex" in str(annotation.get("encoding", "")).lower():
            return f"${annotation.get_text().strip()}$"
    said = "".join(_said(child, 0) for child in formula.children)
    return said.replace("&", "&amp;").replace("<", "&lt;")


def _said(part: object, depth: int) -> str:
    if not isinstance(part, Tag):
        return " ".join(str(part).split()) if str(part).strip() else ""
    if depth > _DEEPEST:
        return part.get_text()
    name = part.name.rpartition(":")[2].lower()
    if name in ("annotation", "annotation-xml"):
        return ""
    if name == "mtext":
        return part.get_text()
    inner = [said for child in part.children if (said := _said(child, depth + 1))]
    if name == "msubsup" and len(inner) == 3:
        return f"{inner[0]}_{_held(inner[1])}^{_held(inner[2])}"
    if name in _BETWEEN and len(inner) == 2:
        return f"{inner[0]}{_BETWEEN[name]}{_held(inner[1]) if name != 'mfrac' else inner[1]}"
    return f"√{_held(''.join(inner))}" if name == "msqrt" else "".join(inner)


def _held(text: str) -> str:
    """Return what is raised, lowered or under a root, with what holds it together."""
    return text if len(text) == 1 or text.isdecimal() else f"({text})"
