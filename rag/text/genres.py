# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""What kind of paper it is, as a question may ask: a survey, a new dataset, a tool.

Such a question names no topic that words or nearness could find: "Which papers introduce a new
dataset?" is near to every abstract that has the word. Whether a sentence, or a title, says that its
paper is of a genre is told by a regression for each genre on the words and pairs of words that it
has, with a pattern as one sign. They were fitted by `python -m benchmarks.genres` on 800 abstracts
that people labelled, which also prints what they are worth on papers left out. The patterns for how
people ask are the fallback of what is learned of questions (`rag.question.genres`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command's help is there sooner without it
    import numpy as np
    from numpy.typing import NDArray

FILE = Path(__file__).with_name("genres.npz")

BEGIN, END = "^", "$"
_TOKEN = re.compile(r"[a-z]+(?:-[a-z]+)*|\d+|[%.:;?!]")


@dataclass(frozen=True, slots=True)
class Genre:
    """One kind of paper.

    Attributes
    ----------
    name
        How an answer calls it.
    asked
        How a question asks for it.
    shown
        A sign that a sentence says that the paper does it.
    title
        A sign that a title says it.
    words
        Words that say no more than the genre, beside those that ask for it.
    """

    name: str
    asked: re.Pattern[str]
    shown: re.Pattern[str]
    title: re.Pattern[str] | None = None
    words: re.Pattern[str] | None = None


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.VERBOSE)


_DATA = r"(?:datasets?|data\ sets?|benchmarks?|corpora|corpus|databases?)"
_SIZE = r"(?:an?|the|new|novel|own|their|its|large|large-scale|public|publicly|available|several)"
_MAKE = r"""(?:introduc|present|releas|propos|provid|collect|contribut|publish|creat|buil[dt]|
    construct|develop|annotat|captur|compil|curat|gather|establish|generat|record)\w*"""
_COMPARE = r"(?:compar|evaluat|benchmark|assess|analy[sz]|stud|investigat|examin|review)\w*"
_METHODS = r"(?:methods?|approaches|models?|techniques?|algorithms?|works?|systems?)"
_OF_OTHERS = r"(?:existing|traditional|previous|prior|most|many|other|some)\b"
_CONTEST = r"(?:(?-i:[A-Z][\w-]*(?:\ \d{4})?\ Challenge)|competitions?|contests?)"

_GENRES = (
    Genre(
        "a new dataset",
        _pattern(
            rf"\b(?:(?:{_MAKE}|come\ with)\s+(?:{_SIZE}\s+)*|(?:{_SIZE}\s+)*(?:new|novel)\s+)"
            rf"(?:[\w-]+\s+){{0,3}}?{_DATA}\b"
        ),
        _pattern(
            rf"\b(?:we|(?:is|are|was|were|paper|work)(?:\ \w+)?)\ "
            rf"(?:\w+ly\ |also\ |further\ |first\ )?{_MAKE}\ "
            rf"(?:(?!\b(?:on|over|across|for)\b)[^.;:]){{0,60}}?"
            rf"\b(?:an?|new|novel|first|our|two|three|own)\ "
            rf"(?:(?!(?:arbitrary|given|on|in|for|with|from|using|over|that|which|to|of|by|and)\b)"
            rf"[\w-]+,?\ ){{0,6}}"
            rf"{_DATA}\b"
            rf"|(?:\b(?:our|own|(?:an?|two|three|several)\ (?:new|novel)|(?:is|as)\ the\ first)|"
            rf"^(?:new|novel))\ "
            rf"(?:(?!(?:on|in|for|with|from|using|over|that|which|to|of|by|and|method|approach|"
            rf"model)\b)[\w-]+\ ){{0,4}}{_DATA}\b(?!\s+(?:show|demonstrate|confirm))"
            rf"|(?:^|\b(?:our|the|this|an?|and|code)\ (?:(?:new|proposed|collected|resulting|full|"
            rf"whole|annotated)\ )?)"
            rf"{_DATA}\b[^.]{{0,60}}\b(?:is|are|was|were|will\ be)\ (?:\w+ly\ )?(?:generated|"
            rf"collected|released|created|built|constructed|(?:made\ )?(?:publicly\ )?available)"
        ),
        _pattern(
            rf"\b(?:new|novel|developed)\ (?:[\w-]+\ ){{0,4}}{_DATA}\b"
            rf"|:\ an?\b(?:(?!\b(?:with|for|from|on|in|of|to)\b).)*\b{_DATA}\b"
        ),
        words=_pattern(
            rf"\b(?:{_DATA}|new|novel|own|introduc\w*|contribut\w*|release\w*|data|sets?)\b"
        ),
    ),
    Genre(
        "a survey",
        _pattern(
            r"\b(?:surveys?|(?:(?:literature|systematic)\ )?reviews?|overview\ (?:papers?|"
            r"articles?))\b"
        ),
        _pattern(
            r"\b(?:this|our|the\ present)\ (?:\w+\ )?(?:survey|review|overview|tutorial)\b"
            r"|\bwe\ (?:\w+\ )?(?:survey|review)\b"
            r"|\bthis\ (?:paper|article|work|chapter)\ (?:\w+\ )?(?:surveys|reviews)\b"
            r"|\b(?:paper|article|work|we)\ (?:\w+\ )?(?:present|give|provide|offer|conduct)s?\ "
            r"(?:\w+,?\ ){0,4}(?:survey|review|overview)\b"
        ),
        _pattern(r"\b(?:survey|review|overview|tutorial)\b"),
        words=_pattern(
            r"\b(?:surveys?|reviews?|literature|systematic|overviews?|articles?|papers?)\b"
        ),
    ),
    Genre(
        "a comparison of existing methods",
        _pattern(
            rf"\b{_COMPARE}(?:(?:,|\s+or|\s+and)\s+{_COMPARE})*\s+(?:(?:several|the|various)\s+)?"
            rf"(?:existing|different|previous|known)\s+(?:[\w-]+\s+){{0,3}}?{_METHODS}\b"
            r"(?:\s+(?:instead\ of|rather\ than|without)\s+propos\w+(?:\s+(?:an?|any|new|one|ones|"
            rf"{_METHODS}))*)?"
            r"|\b(?:empirical|comparative)\s+(?:stud(?:y|ies)|evaluations?|analys[ei]s|"
            r"comparisons?)\b"
        ),
        _pattern(
            r"\bwe\ (?:\w+ly\ |also\ |then\ )?(?:compare|benchmark|re-?evaluate)\b"
            r"(?!\ (?:our|this|it|the\ (?:proposed|presented)|to|with|against|favou?rably|"
            r"[A-Z]\w*\ (?:with|to|against)))"
            rf"|\bwe\ (?:\w+ly\ )?(?:evaluate|study|assess|examine|analy[sz]e|investigate)\ "
            rf"(?:\w+\ )?(?:existing|different|several|various|common|popular|current|recent|"
            rf"state-of-the-art|two|three|four|five|six|seven|eight|nine|ten|\d+)\ "
            rf"(?:[\w-]+\ ){{0,5}}{_METHODS}\b"
            r"|\b(?:empirical|comparative)\ (?:study|evaluation|comparison|analysis)\b"
            r"|\bthis\ (?:work|paper|study)\ (?:\w+\ ){0,2}(?:empirically|compares|evaluates|"
            r"benchmarks)\b"
        ),
        _pattern(
            r"\b(?:comparative|comparison|comparing|benchmarking|empirical|realistic\ evaluation|"
            r"evaluation\ of|investigation|investigating|how\ (?:well|much|good)|case\ study)\b"
        ),
        words=_pattern(
            r"\b(?:existing|different|methods?|approaches|instead|propos\w+|compar\w+|evaluat\w+|mainly|new)\b"
        ),
    ),
    Genre(
        "real time",
        _pattern(r"\breal[-\ ]?time\b|\binteractive\ (?:rates?|speeds?)\b"),
        _pattern(
            rf"^(?!however|current|although|unlike|{_OF_OTHERS}|"
            r"real[-\ ]time\ [\w\ -]{1,30}\ (?:is|are|remains?)\b)"
            r"(?!.*\b(?:not(?!\ only)|cannot|never|far\ from|too\ slow|hard|difficult|prevent\w*|"
            r"hinder\w*|impractical|infeasible)\b.*\breal)"
            r"(?:.*\breal[-\ ]?time\b|.*\binteractive\ (?:rates?|speeds?|frame))"
            rf"|^(?!{_OF_OTHERS})(?!.*\b(?:recorded|captured|sampled|filmed)\b)"
            r".*\d\ ?(?:fps|frames\ (?:per|a)\ second)\b"
        ),
        _pattern(r"\breal[-\ ]?time\b"),
        words=_pattern(r"\b(?:real[-\ ]?time|run\w*|fast|speeds?)\b"),
    ),
    Genre(
        "published code",
        _pattern(
            r"\b(?:releas\w*|publish\w*|provid\w*|shares?|with|ha(?:s|ve)|open[-\ ]sourc\w*)\s+"
            r"(?:(?:their|its|the|source|public|available|open)\s+)*(?:code|implementations?)\b"
            r"|\bopen[-\ ]sourced?\b|\bcode\b[^.?]{0,30}\b(?:available|public|online|released)\b"
        ),
        _pattern(
            r"(?<!hash\ )(?<!binary\ )(?<!latent\ )\b(?:code|implementation|software)\b[^.]*"
            r"\b(?:available|released?|found|published|at\ (?:http|git|this))\b"
            r"|\b(?:github|gitlab)\.com|\bopen[-\ ]sourc\w+"
        ),
        words=_pattern(r"\b(?:code|source|open|public\w*|available|released?|implementations?)\b"),
    ),
    Genre(
        "theory",
        _pattern(r"\btheor(?:y\ papers?|etical\ (?:guarantees?|analys[ie]s|results?)|ems?)\b"),
        _pattern(
            r"\b(?:we|is|are)\ (?:\w+\ )?(?:prove|proved|proven)\b|\btheorems?\b"
            r"|\btheoretical(?:ly)?\b[^.]*\b(?:guarantee|analy|bound|prove|show|justif)"
        ),
        _pattern(r"\btheor(?:y|em|etical)\b"),
    ),
    Genre(
        "a tool",
        _pattern(
            r"\b(?:releas\w*|present\w*|provid\w*|introduc\w*|offer\w*|publish\w*|describ\w*|"
            r"contribut\w*|mainly)\b[^.?]{0,40}\b(?:software|librar(?:y|ies)|tool(?:box|kit)?s?|"
            r"plug-?ins?|simulators?|packages?|frameworks?\ for\ download)\b"
            r"|\b(?:software|toolbox(?:es)?|toolkits?|plug-?ins?|librar(?:y|ies))\s+papers\b"
        ),
        _pattern(
            r"\b(?:we|paper|work|article|is|are)\b[^.;]{0,60}\b(?:present|introduc|releas|provid|"
            r"develop|describ|propos|design|implement|offer|contribut)\w*\b[^.;]{0,80}\b(?:open[-\ ]source|"
            r"software|library|toolbox|toolkit|plug-?in|simulator|package|python|platform|api|tool)\b"
            r"|\b(?:is|as)\ an?\ (?:\w+[-\ ]){0,3}(?:open[-\ ]source\ )?(?:software|library|toolbox|"
            r"toolkit|plug-?in|simulator|package|platform)\b"
        ),
        _pattern(
            r"\b(?:library|toolbox|toolkit|software|plug-?in|simulator|package|open[-\ ]source|platform)\b"
        ),
        words=_pattern(
            r"\b(?:software|librar(?:y|ies)|tool\w*|plug-?ins?|simulators?|packages?|download\w*|present\w*|release\w*|mainly|say)\b"
        ),
    ),
    Genre(
        "a negative result",
        _pattern(
            r"\bnegative\ results?\b|\b(?:does|do|did)\ (?:not|n't)\ (?:really\ )?(?:help|work|go\ together)\b"
            r"|\b(?:fail|failed|fails)\ to\ (?:help|improve|replicate|reproduce)\b"
        ),
        _pattern(
            r"\b(?:does|do|did|is|are)\ not\ (?:\w+\ )?(?:help|improve|lead|work|compatible|transfer|necessary|"
            r"benefit|suffice|sufficient)\b|\bno\ (?:significant\ )?(?:improvement|benefit|gain|advantage)\b"
            r"|\bnegative\ results?\b|\bincompatib|\bsurprisingly\b[^.]*\b(?:worse|not|no)\b"
        ),
        _pattern(r"\b(?:pitfalls?|fail|failure|not|harmful|myth|limits|incompatib\w*)\b"),
    ),
    Genre(
        "a competition",
        _pattern(
            r"\b(?:w[io]n\w*|winners?|first\ place|ranked|t(?:ak\w+|ook)\ part|participat\w+|"
            r"submi\w+|compet\w+)\b(?:\s+\w+){0,3}?\s+(?:challenges?|competitions?|contests?)\b"
        ),
        _pattern(
            r"\b(?:first|second|third|1st|2nd|3rd|win\w*|won|rank\w*|placed?|submi\w+|solution)\b"
            rf"[^.]*\b{_CONTEST}\b"
            rf"|\b{_CONTEST}\b[^.]*\b(?:first|second|third|1st|2nd|3rd|win\w*|won|rank\w*)\b"
        ),
        _pattern(
            rf"\b{_CONTEST}\b.*\b(?:solution|place|winner)\b|\b(?:solution|place)\b.*{_CONTEST}"
        ),
    ),
    Genre(
        "a user study",
        _pattern(r"\b(?:user|reader|human[-\ ]subject)\s+(?:stud(?:y|ies)|experiments?)\b"),
        _pattern(
            r"\b(?:user|reader|pilot)\ stud(?:y|ies)\b|\bparticipants?\b|\binterview\w*|"
            r"\bquestionnaires?\b|\brespondents?\b"
        ),
        words=_pattern(r"\b(?:user|reader)\b"),
    ),
)
# What is left at either end when a genre is taken out, and says nothing by itself.
_IDLE = re.compile(
    r"^(?:(?:of|on|about|for|in|that|which|and|or|with|an?|the|any|here|today|batch|collection|their|its|are|is|"
    r"there|even|if|it|only|part|work|all|others?|can|use|say|[,;:/&])(?:\s+|$))+"
    r"|(?:(?:^|\s+)(?:of|on|about|for|in|that|which|and|or|with|an?|the|any|here|today|batch|collection|their|its|are|"
    r"is|there|even|if|it|only|part|work|all|others?|can|use|say|[,;:/&]))+$",
    re.IGNORECASE,
)
_BY_NAME = {genre.name: genre for genre in _GENRES}

NAMES = tuple(_BY_NAME)
"""All genres."""

SURE = frozenset(("a new dataset", "a survey", "real time", "published code", "a competition"))
"""Genres that are told so surely that what is not of them is no answer, whatever else it is."""


def asked(text: str) -> tuple[str, ...]:
    """Return the names of the genres that a question asks for."""
    return tuple(genre.name for genre in _GENRES if genre.asked.search(text))


def spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of what asks for a genre."""
    return [found.span() for genre in _GENRES for found in genre.asked.finditer(text)]


def sure(names: Sequence[str]) -> tuple[str, ...]:
    """Return those of some genres that are told so surely that nothing else is to be heard."""
    return tuple(name for name in names if name in SURE)


def without(names: Sequence[str], text: str) -> str:
    """Return what a question, or a part of it, says beside these genres; empty if it is nothing.

    >>> without(["a survey"], "surveys of LLM agents"), without(["a survey"], "surveys or reviews")
    ('LLM agents', '')
    """
    for name in names:
        genre = _BY_NAME[name]
        text = genre.asked.sub(" ", text)
        text = genre.words.sub(" ", text) if genre.words else text
    return idle(text)


def idle(text: str) -> str:
    """Return a text without what is left at its ends where a genre was taken out of it."""
    return _IDLE.sub("", " ".join(text.split())).strip(" ,;:.?!/")


@dataclass(frozen=True, slots=True)
class Weights:
    """A logistic regression for each genre on what a sentence has.

    Attributes
    ----------
    rows
        Of each sign, where its weights are.
    words
        Of the signs, shape (signs, genres), the genres in the order of `NAMES`.
    patterns
        Of the pattern of each genre, shape (genres,).
    bias
        Shape (genres,): log odds of a sentence without any, so that 0 parts yes from no best.
    """

    rows: dict[str, int]
    words: "NDArray[np.float32]"
    patterns: "NDArray[np.float32]"
    bias: "NDArray[np.float32]"


@lru_cache(maxsize=1)
def weights() -> Weights:
    """Return the regressions that were fitted."""
    import numpy as np

    with np.load(FILE, allow_pickle=False) as kept:
        rows = {name: n for n, name in enumerate(str(kept["rows"]).split("\n"))}
        words, patterns, bias = (kept[name].astype(np.float32) for name in _KEPT)
        if tuple(str(kept["names"]).split("\n")) != NAMES:
            raise AssertionError(f"{FILE.name} is not of these genres: fit it anew")
        return Weights(rows, words, patterns, bias)


_KEPT = ("words", "patterns", "bias")


def signs(sentence: str, is_title: bool) -> Iterator[str]:
    """Yield what a sentence has: its words, and pairs of them."""
    words = _TOKEN.findall(sentence.lower())
    yield from set(words)
    yield from {f"{one} {other}" for one, other in pairwise([BEGIN, *words, END])}
    if is_title:
        yield from {f"title {word}" for word in words}


def matches(name: str, sentence: str, is_title: bool) -> bool:
    """Tell whether a sentence, or a title, matches the pattern of a genre."""
    genre = _BY_NAME[name]
    pattern = genre.title if is_title else genre.shown
    return bool(pattern and pattern.search(sentence))


@lru_cache(maxsize=50_000)
def _by_words(sentence: str, is_title: bool) -> "NDArray[np.float32]":
    """Return the log odds of each genre by the words of a sentence alone, shape (genres,)."""
    fitted = weights()
    held = [row for sign in signs(sentence, is_title) if (row := fitted.rows.get(sign)) is not None]
    odds: NDArray[np.float32] = fitted.words[held].sum(axis=0) + fitted.bias
    return odds


@lru_cache(maxsize=50_000)
def shown(name: str, sentence: str, is_title: bool) -> bool:
    """Tell whether a sentence, or a title, says that its paper is of a genre."""
    place = NAMES.index(name)
    odds, more = float(_by_words(sentence, is_title)[place]), float(weights().patterns[place])
    if (odds > 0) == (odds + more > 0):  # whether it matches decides nothing
        return odds > 0
    return odds + more * matches(name, sentence, is_title) > 0
