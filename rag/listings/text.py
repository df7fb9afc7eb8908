"""Titles and abstracts as people read them, on one line.

Whatever a listing carries along from the web page or the paper it was taken from is undone: wrong
decoding, HTML and its entities, LaTeX outside maths, control characters, line breaks. The words,
numbers and signs of the author stay, maths included. Nothing here knows of papers or of formats.
"""

import re
import unicodedata
from html import escape
from html.entities import html5

import ftfy
from bs4 import BeautifulSoup

from rag.listings import mathml
from rag.listings.latex import named_link, readable
from rag.text.maths import MATHS
from rag.text.visible import visible

# ftfy mends wrong decoding and ligatures; quotation marks and wide letters are the author's.
_FTFY = ftfy.TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_character_width=False, normalization=None
)
# Each round undoes one level (an entity in an entity, a command in a command). Real texts take
# one or two (8,000 papers); the bound only says that no text can keep this going.
_ROUNDS = 20

_BLOCKS = "blockquote br center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table td th tr ul"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = "a abbr b big cite code em font i img mark q s small span strong sub sup tt u var"
_TAG = (
    rf"</?(?:{'|'.join(f'{_BLOCKS} {_INLINE}'.split())})"
    r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+))*\s*/?>"
)
# Markup against signs in prose and maths (p<0.05, $a<b$, <token>, Q&A), which are escaped before
# the parser sees them. A script without an end is a word, or the rest would go with it.
_MARKUP = rf"{_TAG}|<!--.*?-->|<(script|style)\b[^<>]*>.*?</\2\s*>"
_POWER = re.compile(r"\s*[-\u2212\u2013+]?\d{1,3}\s*")
_SIGN = re.compile(r"&\#?\w+;|[<>&]")
_MARKUP_OR_SIGN = re.compile(
    rf"(?P<markup>{_MARKUP})|{MATHS}|{_SIGN.pattern}", re.IGNORECASE | re.DOTALL
)

# arXiv makes a link of "method.The" where a space is missing, and shows a link as "this http URL":
# copied as text, two words are lost where it stands between words without spaces.
_SWALLOWED = re.compile(r"(?<=[^\W\d_])this http URL(?=[^\W\d_])")
_STUCK_BEFORE = re.compile(r"(?<=[^\W\d_])(?=this https? URL)")
_STUCK_BEHIND = re.compile(r"(this https? URL)(?=[^\W\d_])(?!s\b)")

_TRANSLATED = re.compile(r"\[(?P<title>[^\[\]]*)\]\.?")


def clean(text: str) -> str:
    r"""Return a text as people read it, on one line; a text that is clean stays as it is.

    >>> clean("360Â° views of <b>In&amp;Out</b> \cite{x}, \emph{both} by $5.8\\times$")
    '360° views of In&Out, both by $5.8\\times$'
    >>> clean("10<sup>5</sup> of CO<sub>2</sub>")
    '10^5 of CO2'
    >>> clean("an image encoderthis http URLtrain it; code atthis https URLand on request")
    'an image encoder … train it; code at this https URL and on request'
    """
    for _ in range(_ROUNDS):
        before, text = text, _round(text)
        if text == before:
            break
    return text


def _round(text: str) -> str:
    text = ftfy.fix_text(text, _FTFY)
    text = mathml.readable(visible(text))
    text = readable(_without_markup(" ".join(text.split())))
    text = _STUCK_BEHIND.sub(r"\1 ", _STUCK_BEFORE.sub(" ", _SWALLOWED.sub(" … ", text)))
    return " ".join(unicodedata.normalize("NFC", text).split())


def without_stop(title: str) -> str:
    """Return a title without the full stop, and the brackets of a translation, that PubMed sets.

    >>> without_stop("Kites in wind."), without_stop("[Kites in wind]."), without_stop("Etc. ...")
    ('Kites in wind', 'Kites in wind', 'Etc. ...')
    """
    title = re.sub(r"(?<!\.)\.$", "", title.strip())
    translated = _TRANSLATED.fullmatch(title)
    return translated["title"] if translated else title


def _without_markup(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text
    page = BeautifulSoup(f"<body>{_MARKUP_OR_SIGN.sub(_escaped, text)}", "html.parser")
    for tag in page.find_all(["script", "style"]):
        tag.decompose()
    for link in page.find_all("a", href=True):
        link.replace_with(named_link(link.get_text(), str(link["href"])))
    for raised in page.find_all("sup"):  # 10<sup>5</sup> is not 105
        before = raised.previous_sibling
        if before and before.get_text()[-1:].isdigit() and _POWER.fullmatch(raised.get_text()):
            raised.insert_before("^")
    for heading in page.find_all(_HEADINGS):  # of a part of an abstract
        said = heading.get_text().strip()
        if said and said[-1] not in ".:;?!" and heading.next_sibling is not None:
            heading.append(":")
    for block in page.find_all(_BLOCKS.split()):
        block.insert_before(" ")
        block.append(" ")
    return page.get_text()


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found["markup"] else _SIGN.sub(_escaped_sign, found[0])


def _escaped_sign(found: re.Match[str]) -> str:
    sign = found[0]
    entity = len(sign) > 1 and (sign[1] == "#" or sign[1:] in html5)
    return sign if entity else escape(sign, quote=False)
