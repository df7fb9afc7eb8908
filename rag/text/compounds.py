"""Which letters make one word, where people write it as one, with a hyphen, or as two.

"Re-identification" is one word, "CIFAR10" is two, and "state-of-the-art" four, so that each comes
to the same words in every spelling. It knows how words are written and not what they mean.
"""

import re

_PREFIXES = frozenset(
    """anti auto bi co counter de ego exo extra geo hetero homo hyper infra inter intra macro mega
    meso micro mini mis mono multi nano neuro non omni over para physio poly post pre proto pseudo
    quasi re retro semi socio spatio sub super supra tele thermo trans tri ultra un under uni
    """.split()
)  # written together with what follows; "self" and "cross" stay words of their own
_SUFFIXES = frozenset("fold less wise".split())  # "pixel-wise", "texture-less"

_HYPHENED = """back bone, back end, by product, check point, drop out, feed back, fore ground,
    frame work, front end, hold out, in paint, in painting, land mark, land marks, life long,
    look ahead, mark up, mix up, net work, off line, off load, off road, on board, on line,
    out door, out lier, out liers, out paint, out painting, out perform, pair wise, pan sharpening,
    pipe line, plug in, read out, set up, short cut, stand alone, stream line, turn around, wi fi,
    wide spread, work flow, work load, warm up"""
_ANYHOW = """audio visual, auto encoder, auto encoders, auto regressive, back projection,
    back propagate, back propagated, back propagation, band width, bench mark, bench marks,
    bit rate, bit rates, bit width, co training, common sense, crowd source, crowd sourced,
    crowd sourcing, data base, data bases, data set, data sets, down sample, down sampled,
    down sampling, feed forward, fine tune, fine tuned, fine tunes, fine tuning, finger print,
    finger prints, hand crafted, hand held, hand written, k means, k nn, key frame,
    key frames, key phrase, key phrases, key point, key points, key word, key words, l bfgs,
    light weight, n gram, n grams, photo realistic, post process, post processing,
    post training, q former, r cnn, run time, smart phone, smart phones, space time, speed up,
    speed ups, t sne, time stamp, time stamps, time step, time steps, trade off, trade offs,
    u net, u nets, up sample, up sampled, up sampling, v net, view point, view points,
    wave form, wave forms, wave length, wave lengths, web site, web sites, x ray, x rays"""

_JOINED = frozenset(
    "".join(pair.split()) for table in (_HYPHENED, _ANYHOW) for pair in table.split(",")
)
# Prefixes that are no words of their own: "super resolution", "non linear".
_ALONE = frozenset(
    """anti bi geo hetero hyper infra inter intra macro micro multi nano neuro non omni poly pre
    pseudo quasi semi socio spatio super tri ultra uni""".split()
)
_SECONDS: dict[str, set[str]] = {}
for _pair in _ANYHOW.split(","):
    _first, _second = _pair.split()
    _SECONDS.setdefault(_first, set()).add(_second)
_SPLIT = {"realtime": 4, "groundtruth": 6, "opensource": 4, "opensourced": 4}  # seldom one word
_NO_REST = frozenset("and or to of the a in on for".split())  # "pre-and-post-processing"

BEGINNINGS = frozenset(
    form for word in (*_ALONE, *_SECONDS) for form in (word, word.capitalize(), word.upper())
)
"""Words that a compound with a space inside may begin with, as they are written."""

_INSIDE = re.compile(r"(?<=[^\W_])[-\u2010\u2011–](?=[^\W_])")
_PARTS = re.compile(r"[^\W_](?:[^-\u2010\u2011–_\s+]*[^-\u2010\u2011–_\s+'’])?\+*")
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=[^\W\d_]{2})", re.IGNORECASE)
_BEFORE_DIGITS = (
    re.compile(r"([^\W\d_]{2,})v\d+", re.IGNORECASE),  # YOLOv8, DINOv2
    re.compile(r"([^\W\d_]+[^\W\d_A-Z])[A-Z]\d+"),  # EfficientNetB0
    re.compile(r"([^\W\d_]{2,})\d+[a-zA-Z]?"),  # CIFAR10, ResNet50, ImageNet1k
    re.compile(r"(\d[dD])[A-Z]{2,}"),  # 3DGS
    re.compile(r"(\d+)(?!d)[a-z]{3,}", re.IGNORECASE),  # 4bit, 30fps
)
_DIGIT = re.compile(r"\d")
_CHARACTERS = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUNS = re.compile(rf"(?P<characters>[{_CHARACTERS}]+)|[^{_CHARACTERS}]+")

Span = tuple[int, int]


def begins(first: str, second: str) -> bool:
    """Tell whether two words with a space between them are one.

    >>> begins("super", "resolution"), begins("Data", "sets"), begins("data", "of")
    (True, True, False)
    """
    first, second = first.lower(), second.lower()
    if second in _SECONDS.get(first, ()):
        return True
    return first in _ALONE and len(second) > 2 and second not in _NO_REST and second.isalpha()


def cut(token: str) -> list[Span]:
    """Return where the words of a token begin and end; it is letters, digits and what joins them.

    >>> [token[a:b] for token in ("Re-identification", "CIFAR-10", "ResNet50", "state-of-the-art")
    ...  for a, b in cut(token)]
    ['Re-identification', 'CIFAR', '10', 'ResNet', '50', 'state', 'of', 'the', 'art']

    Characters of scripts that put no spaces between words are taken in pairs.

    >>> [token[a:b] for token in ["风筝论文"] for a, b in cut(token)]
    ['风筝', '筝论', '论文']
    """
    if token.isascii():
        if token.isalpha() and token.lower() not in _SPLIT:
            return [(0, len(token))]
        return _words(token, 0, len(token))
    found: list[Span] = []
    for run in _RUNS.finditer(token):
        start, end = run.span()
        if run["characters"]:
            found += [(n, min(n + 2, end)) for n in range(start, max(end - 1, start + 1))]
        else:
            found += _words(token, start, end)
    return found


def characters(token: str) -> list[str]:
    """Return the characters of a token that are of a script without spaces between words."""
    return [] if token.isascii() else re.findall(f"[{_CHARACTERS}]", token)


def parts(token: str) -> list[str]:
    """Return what stands between the hyphens and spaces of a token."""
    return [part[0] for part in _PARTS.finditer(token)]


def without_hyphens(text: str) -> str:
    """Return a text with what hyphens join written as one: "Xiaoming" for "Xiao-ming"."""
    return _INSIDE.sub("", text)


def meaning(joined: str) -> list[str]:
    """Return the parts of a compound that are words alone: "view" of "multi-view"."""
    return [part for part in parts(joined) if part.lower() not in _PREFIXES and len(part) > 2]


def _words(token: str, start: int, end: int) -> list[Span]:
    """Join the parts of a token that are one word, and take apart what is two."""
    spans = [part.span() for part in _PARTS.finditer(token, start, end)]
    found: list[Span] = []
    last = ""
    for first, after in spans:
        part = token[first:after]
        if found and _is_one(last, part, len(found) == 1 and found[0][0] == start):
            found[-1] = found[-1][0], after
        else:
            found.append((first, after))
        last = part
    return [span for whole in found for span in _apart(token, *whole)]


def _is_one(left: str, right: str, is_first: bool) -> bool:
    a, b = left.lower(), right.lower().rstrip("+")
    if not b.isalpha():
        return is_first and len(a) == 1 and a.isalpha() and b.isdigit()  # L-2, T-5
    if a.isdigit():
        return is_first and b == "d"  # 3-D
    if a in _PREFIXES and b not in _NO_REST and len(b) > 1:
        return True
    return (b in _SUFFIXES and a.isalpha()) or a + b in _JOINED


def _apart(token: str, start: int, end: int) -> list[Span]:
    word = token[start:end]
    if elided := _ELIDED.match(word):
        return [(start + elided.end(), end)]
    at = _SPLIT.get(word.lower(), 0)
    if not at and _DIGIT.search(word):
        matches = (pattern.fullmatch(word) for pattern in _BEFORE_DIGITS)
        at = next((match.end(1) for match in matches if match), 0)
    return [(start, start + at), (start + at, end)] if at else [(start, end)]
