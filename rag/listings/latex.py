"""LaTeX in running text made readable; maths stays as its author wrote it.

What is for the printer goes (fonts, citations, footnotes, labels), what is for the reader stays
(the text in them, addresses, accented letters, signs). A command that is not known here, such as
the name that authors gave to their method, is left alone. One pass undoes one level of nesting.
"""

import re
import unicodedata

from rag.listings.escapes import NAMED
from rag.text.maths import MATHS

_ADDRESS = r"(?:https?|ftp)://[^\s{}\\<>\"'`]+"
_AS_IT_IS = re.compile(rf"{MATHS}|{_ADDRESS}")
_SAYS_NOTHING = re.compile(r"this (?:\w+ )?(?:url|link)|here|link", re.IGNORECASE)
_SET_ASIDE = re.compile(r"\0(\d+)\0")

_BALANCED = r"(?:[^{}]++|\{(?:[^{}]++|\{[^{}]*+\})*+\})*+"  # braces up to two deep
_ARGUMENT = rf"\s?\{{({_BALANCED})\}}"
_OPTIONS = r"\*?(?:\s?\[[^\[\]]*\])*"
_VANISHING = (
    r"\\(?:[Cc]ite[a-zA-Z]*|(?:eq|auto|[cC]|page|name)?ref|label|footnote(?:text)?|thanks|index"
    rf"|[hv]space){_OPTIONS}\s?\{{{_BALANCED}\}}"
)
_GAP = r"[\s~]{0,4}"
_TEXT = r"emph|ensuremath|text(?!color)[a-z]*|underline|uline|sout|mbox|hbox|fbox|enquote|num"
_FONT = r"em|bf|it|rm|sf|sc|sl|tt|tiny|small|footnotesize|large|Large|huge|Huge|bfseries|itshape"

_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (rf"{_GAP}(?:\((?:[,;]?{_GAP}{_VANISHING})+{_GAP}\)|{_VANISHING})(?![^\W_])", ""),
        (_VANISHING, ""),
        (rf"\\(?:url|path|nolinkurl){_ARGUMENT}", r"\1"),
        (rf"\\(?:{_TEXT}){_ARGUMENT}", r"\1"),
        (rf"\\textcolor{_OPTIONS}\{{[^{{}}]*\}}{_ARGUMENT}", r"\1"),
        (rf"\\color{_OPTIONS}\{{[^{{}}]*\}}\s?", ""),
        (rf"\{{\\(?:{_FONT})(?![a-zA-Z])\s*({_BALANCED})\}}", r"\1"),
        # What many authors call their abbreviations.
        (r"\\eg(?![a-zA-Z])(?:\.|\{\})?", "e.g."),
        (r"\\ie(?![a-zA-Z])(?:\.|\{\})?", "i.e."),
        (r"\\etal(?![a-zA-Z])(?:\.|\{\})?", "et al."),
        (r"\\etc(?![a-zA-Z])(?:\.|\{\})?", "etc."),
        (r"\\wrt(?![a-zA-Z])(?:\.|\{\})?", "w.r.t."),
        (r"\\(?:[ ,;:\\]|(?:quad|qquad|newline|par|noindent|space)(?![a-zA-Z]))", " "),
        (r"\\[!/-]", ""),
        # The apostrophe of a text that was quoted by a program (model\'s) is no accent.
        (r"(?<=\w)\\'(?=(?:s|t|re|ll|ve)?(?![\w{\\]))", "'"),
        (r"\\([%&_#$@])", r"\1"),
        (r"\{,\}", ","),
        (r"``|''", '"'),
        # A tilde that keeps words together; not one that says "about" or stands in a range.
        (r"(?<=[^\s(\[{/\\~<>])~(?!~)(?!(?<=\d~)\d)", " "),
    )
)
_LINK = re.compile(rf"\\href\s?\{{({_BALANCED})\}}{_ARGUMENT}")
_ACCENT = re.compile(
    r"\\(?:([\"'`^~=.])\s?(?:\{\\?([a-zA-Z])\}|\\?([a-zA-Z]))|([cvuHkr])\{\\?([a-zA-Z])\})"
)
_COMMAND = re.compile(r"\\([a-zA-Z]+)(\{\}|(?![a-zA-Z{])\s?)")
# Braces around words only hold them together; around other things they may be a set. Those that
# follow a command are its argument.
_GROUP = re.compile(r"\\[a-zA-Z]+\{|(?<![\\^_])\{([^\W\d_](?:[^\W_]|[ -])*|[^\x00-\x7f]|\0\d+\0)\}")

_MARKS = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328",
    "r": "\u030a",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "l": "ł", "L": "Ł", "i": "ı", "j": "ȷ",  # noqa: RUF001
}  # fmt: skip
_SIGNS = {
    "deg": "°", "degree": "°", "pm": "±", "times": "×", "sim": "∼",  # noqa: RUF001
    "cdot": "·", "approx": "≈", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠",
    "infty": "∞", "rightarrow": "→", "to": "→", "leftarrow": "←", "uparrow": "↑",
    "downarrow": "↓", "dots": "...", "ldots": "...", "percent": "%", "pounds": "£",
    "textregistered": "®", "copyright": "©", "S": "§", "textasciitilde": "~",
    "LaTeX": "LaTeX", "TeX": "TeX",
    # Letters whose Unicode names are not their commands.
    "lambda": "λ", "Lambda": "Λ", "varepsilon": "ε", "varphi": "φ",
}  # fmt: skip

_ACTING = "\\{}$"  # signs that would do something in what is read


def readable(text: str) -> str:
    """Return a text without the LaTeX that only a printer needs; it has no null characters."""
    if not any(mark in text for mark in ("\\", "{", "~", "``", "''")):
        return text
    aside: list[str] = []

    def set_aside(found: re.Match[str]) -> str:
        aside.append(found[0])
        return f"\0{len(aside) - 1}\0"

    text = _LINK.sub(lambda found: named_link(found[2], found[1]), text)
    text = _AS_IT_IS.sub(set_aside, text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = _ACCENT.sub(_letter, text)
    text = _COMMAND.sub(_sign, text)
    text = _GROUP.sub(lambda found: found[1] or found[0], text)
    return _SET_ASIDE.sub(lambda found: aside[int(found[1])], text)


def named_link(text: str, address: str) -> str:
    """Return what to read for a link: its text, and its address where the text does not say it.

    arXiv shows every address as "this https URL".
    """
    text, address = text.strip(), address.strip()
    if not re.match(_ADDRESS, address):
        return text
    silent = not text or _SAYS_NOTHING.fullmatch(text) or ("." in text and text in address)
    if silent:
        return address
    return f"{text} ({address})"


def _letter(found: re.Match[str]) -> str:
    mark, letter = found[1] or found[4], found[2] or found[3] or found[5]
    composed = unicodedata.normalize("NFC", letter + _MARKS[mark])
    return composed if len(composed) == 1 else found[0]


def _sign(found: re.Match[str]) -> str:
    name, after = found[1], found[2].replace("{}", "")
    if name in _LETTERS:
        return _LETTERS[name]
    if name in _SIGNS:
        return _SIGNS[name] + after
    if name in NAMED and NAMED[name] not in _ACTING:  # TeX swallows the space behind it
        return NAMED[name]
    case = "SMALL" if name.islower() else "CAPITAL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name}") + after
    except KeyError:
        return found[0]
