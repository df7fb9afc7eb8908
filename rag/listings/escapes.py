r"""What reference managers write for the signs that TeX would take for commands, undone.

Zotero writes `\$n{\textasciicircum}2\$`, Mendeley `{\$}l{\_}2{\$}` for maths that was plain text
before; braces around words keep their capitals. What stands between true dollar signs is the
author's own and is left alone. Nothing here knows of papers.
"""

import re
from collections.abc import Callable

_MATHS = re.compile(r"(?<!\\)\$\$?(?:\\.|[^$\\])*\$\$?", re.DOTALL)
_ENSURED = re.compile(r"\\ensuremath\s*\{([^{}]*)\}")  # says nothing where maths is
_SIGN_AS_MATHS = re.compile(r"\{\$([<>|~])\$\}")  # Zotero: {$<$}5
NAMED = {
    "textbackslash": "\\", "textasciicircum": "^", "textasciitilde": "~", "textless": "<",
    "textgreater": ">", "textbar": "|", "textbraceleft": "{", "textbraceright": "}",
    "textunderscore": "_", "textdollar": "$", "textquotesingle": "'", "textquotedbl": '"',
    "textasteriskcentered": "*", "textbullet": "•", "textquotedblleft": "“",
    "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’",  # noqa: RUF001
    "textendash": "–", "textemdash": "—", "textellipsis": "…", "textdegree": "°",
    "textmu": "µ", "texteuro": "€", "texttrademark": "™", "textcopyright": "©", "texttimes": "×",
    "textpm": "±",
}  # fmt: skip
"""Commands of TeX that stand for one sign."""

_ESCAPE = re.compile(
    rf"\{{\\(?P<braced>{'|'.join(NAMED)})(?:\{{\}})?\s?\}}"
    rf"|\\(?P<named>{'|'.join(NAMED)})(?:\{{\}}|(?![a-zA-Z])\s?)"
    r"|\{\\(?P<sign>[%&_#$~^{}])(?:\{\})?\}"
    r"|\\(?P<bare>[%&_#${}])|\\(?P<accent>[~^])\{\}"
)
_GROUP = re.compile(
    r"(?P<command>\\[a-zA-Z]+\*?(?:\s?\[[^\[\]]*\])?\s?|\\[\"'`^~=.]\s?|[_^])?\{(?P<inside>[^{}]*)\}"
)
_ASIDE = re.compile("\ue000(\\d+)\ue001")
_DEEPEST = 6  # braces in braces


def plain(text: str) -> str:
    r"""Return the text that a reference manager escaped.

    >>> plain(r"Fast {Foo} in \${\textbackslash}mathcal\{{O}\}(n)\$ time, {\~{}}5{\%} of a\_b")
    'Fast Foo in $\\mathcal{O}(n)$ time, ~5% of a_b'
    >>> plain(r"An $\{x\}$-stable {\"{O}}ster \emph{view}")
    'An $\\{x\\}$-stable \\"{O}ster \\emph{view}'
    """
    if "\\" not in text and "{" not in text:
        return text
    aside: list[str] = []

    def set_aside(said: str) -> str:
        aside.append(said)
        return f"\ue000{len(aside) - 1}\ue001"

    text = text.replace("\ue000", "").replace("\ue001", "")
    text = _SIGN_AS_MATHS.sub(r"\1", text)
    text = _MATHS.sub(lambda found: set_aside(_ENSURED.sub(r"\1", found[0])), text)
    text = _ESCAPE.sub(lambda found: set_aside(_sign(found)), text)
    for _ in range(_DEEPEST):
        before, text = text, _GROUP.sub(lambda found: _ungrouped(found, set_aside), text)
        if text == before:
            break
    for _ in range(_DEEPEST):
        if "\ue000" not in text:
            break
        text = _ASIDE.sub(lambda found: aside[int(found[1])], text)
    return text


def name(text: str) -> str:
    r"""Return a name or a journal as text: accents composed, commands and braces gone.

    >>> name(r"Ho{\v{r}}ava, {\O}ystein"), name("{ATLAS Collaboration}")
    ('Hořava, Øystein', 'ATLAS Collaboration')
    """
    if "\\" not in text and "{" not in text:
        return text
    said = plain(text)
    if "\\" in said or "{" in said:
        from pylatexenc.latex2text import LatexNodes2Text

        escaped = re.sub(r"(?<!\\)([&%#_$])", r"\\\1", said)
        said = LatexNodes2Text(math_mode="verbatim").latex_to_text(escaped)
    return " ".join(said.split())


def _sign(found: re.Match[str]) -> str:
    if named := found["braced"] or found["named"]:
        return NAMED[named]
    return found["sign"] or found["bare"] or found["accent"] or ""


def _ungrouped(found: re.Match[str], set_aside: Callable[[str], str]) -> str:
    """Return what is in braces without them; with them, if they are a command's argument."""
    if found["command"]:
        return set_aside(found[0])
    inside = found["inside"]
    return set_aside(found[0]) if inside.startswith("\\") else inside
