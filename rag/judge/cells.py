# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""What an abstract says of a paper's method, data, results and code: the words for a table's cells.

Rules on the form of a sentence, which read hundreds of papers in a second; no model is asked. What
no rule is sure of stays blank. A rule finds a sentence and what in it must not be lost; where the
clause ends is for `rag.write` to decide. They were written on papers of three listings and measured
on others, see `python -m benchmarks.cells`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rag.core.passages import Passage
from rag.judge import datasets
from rag.library.records import Record
from rag.text import speech


@dataclass(frozen=True, slots=True)
class Found:
    """Words of an abstract for a cell.

    Attributes
    ----------
    passage
        The sentence, or the phrase where that says it all.
    keeps
        Where the words are that the cell is there for, in characters of the passage.
    whole
        Whether the passage is the cell as it is: nothing is to be cut from it.
    """

    passage: Passage
    keeps: tuple[int, int]
    whole: bool = False


Rule = Callable[[Record], Found | None]

LEAST = 1.5
"""Points that a sentence needs to pass for one on results."""

_SUBJECT = rf"(?:\b(?:we|I|this (?:\w+ )?{speech.PAPER}|(?:the|our) (?:present )?{speech.PAPER}|the authors)\b)"
_MAKES = (
    rf"(?:{speech.PROPOSING}|formulat|construct|creat|build|built|describ|"
    r"contribut|releas|establish|deriv|specif|repurpos|put forward|call)\w*"
)
_STUDIES = (
    r"(?:stud(?:y|ies)|investigat|explor|examin|analy[sz]|revisit|survey|review|compar|evaluat|assess|"
    r"benchmark|focus|address|tackl|consider|extend|appl(?:y|ies)|us|utili[sz]|employ|leverag|adopt|"
    r"combin|integrat|adapt|train|fine-tun|re-?examin|reformulat|provid|conduct|perform|offer|quantif|measur|"
    r"characteri[sz]|model|generali[sz]|exploit|enhanc|incorporat|cast|fram|prove|simulat|implement|optimi[sz])\w*"
)
_MADE = re.compile(
    rf"{_SUBJECT} {speech.ADVERB}{_MAKES}\b"
    rf"|\b(?:is|are|was|were) {speech.ADVERB}(?:{speech.PROPOSED}|put forward|described)\b"
    r"|\bour (?:\w+ ){0,3}(?:key|main|core|central) (?:\w+ )?(?:idea|novelty|insight|contribution)s?\b"
    rf"|^(?:in )?this {speech.PAPER}(?: \w+)? (?:proposes|presents|introduces|develops|describes)\b",
    re.IGNORECASE,
)
_STUDIED = re.compile(rf"{_SUBJECT} {speech.ADVERB}{_STUDIES}\b", re.IGNORECASE)
_BY_US = re.compile(rf"{_SUBJECT}|\bin this {speech.PAPER}|\bnovel\b", re.IGNORECASE)
# What is made is no method: a claim, a result, an experiment, an analysis of what was found.
_NO_METHOD = re.compile(
    rf"{_SUBJECT} {speech.ADVERB}(?:present|provid|report|conduct|perform|describ|contribut|offer|releas)\w* (?:\w+,? ){{0,3}}?"
    r"(?:results?|experiments?|evaluations?|evidence|insights?|examples?|code|ablations?|proofs?|guarantees?|discussion)\b"
    rf"|{_SUBJECT} {speech.ADVERB}(?:releas|call|consider|address|focus|tackl)\w*\b",
    re.IGNORECASE,
)
_NEW = re.compile(r"\b(?:novel|new|first|called|named)\b")
_BESIDE = re.compile(
    r"\b(?:also|further|additionally|in addition|moreover|furthermore|besides|second|third|last but not least|apart from|finally)\b",
    re.IGNORECASE,
)
_MEASURES = re.compile(
    rf"{_SUBJECT} {speech.ADVERB}(?:evaluat|assess|compar|benchmark|test|validat|us|perform|conduct|measur|train)\w*\b|"
    r"\b(?:experiments?|extensive|evaluation)\b", re.IGNORECASE)  # fmt: skip

_RUN = r"(?:[A-Z][\w+.\-]*[\w+]|[A-Z]|\w*[a-z]\w*[A-Z\d][\w+\-]*)"
_OUTCOME = re.compile(
    r"\b(?:outperform\w*|surpass\w*|exceed(?:s|ed|ing)?|sets? (?:a )?new (?:records?|state|standards?)|"
    r"(?:significant(?:ly)?|substantial(?:ly)?|considerabl[ey]|consistent(?:ly)?|large(?:ly)?|great(?:ly)?|dramatic(?:ally)?|notabl[ey]|remarkabl[ey]|"
    r"clear(?:ly)?|marked(?:ly)?|effective(?:ly)?) (?:\w+ )?(?:improv\w+|reduc\w+|increas\w+|gains?|better|higher|lower|enhanc\w+|boost\w*|faster|decreas\w+|speed\w*)|"
    r"(?:improv|reduc|increas|boost|enhanc|decreas|rais|lower|compress)(?:e|es|ed|s|ing)? (?:\w+[ -]){0,6}?(?:by|from|to|up to) (?:\w+ ){0,3}?[\d$~]|"
    r"(?:achiev|obtain|reach|attain|yield|deliver|demonstrat|show|exhibit|establish)\w* (?:[\w'’]+[ ,-]+){0,4}?"
    r"(?:performance|accurac\w+|results?|scores?|improvements?|superiority|robustness|generali[sz]\w+|effectiveness|efficacy|efficiency|gains?|quality|"
    r"precision|recall|rates?|speed\w*|competitive|comparable|superior|better|higher|lower|advantages?|state[- ]of[- ]the[- ]art|SOTA)|"
    r"(?:superior|competitive|comparable|favou?rabl[ey]|on par|better|higher|worse|lower|faster|fewer) (?:\w+ ){0,6}?(?:than|to|with|against|compared)|"
    r"compares? favou?rably|(?:validat|verif)\w+ the (?:effectiveness|efficacy)|(?:higher|better|lower)-(?:quality|fidelity|accuracy|cost)|"
    r"(?:are|is|was|were) found to|runs? at)\b"
    r"|\b(?:superiority|effectiveness) of (?:our|the)\b",
    re.IGNORECASE,
)
# These tell of a result only where the sentence does so besides.
_HINT = re.compile(
    r"\b(?:state[- ]of[- ]the[- ]art|SOTA|real[- ]time|(?:improves?|enhances?|boosts?|reduces?) (?:the |its |both )?[a-z]+)\b",
    re.IGNORECASE,
)
_FOUND = re.compile(
    r"\b(?:(?:we|results?|experiments?|evaluations?|findings?|study|analys[ie]s|paper|work|studies|simulations?|it|they) (?:\w+ly |also |further |then |thus |both )?"
    r"(?:show|demonstrate|find|found|reveal|prove|observe|confirm|indicate|suggest|discover|validate|verify|uncover)(?:s|ed|d)?\b|"
    r"(?:results?|findings|experiments?) (?:\w+ )?highlight(?:s|ed)?\b|(?:conclude|show|demonstrate|verify|verifies|confirm|prove|indicate)s? that (?:our|the proposed|it)\b|"
    r"(?:outputs?|hypotheses|answers|cases|responses|samples) (?:\w+ )?(?:were|was|are|is) (?:identified|judged|rated|found))",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"\d+(?:\.\d+)? ?(?:\\?%|percent|×|x\b|\\times|fps|FPS|dB|mAP|AP\b|points?|times|ms\b|seconds?|mm\b)|\b0?\.\d+|\b\d+\.\d+|"
    r"\$\\?(?:sim|times)?[\d.]+|\b(?:two|three|four|five|ten|\d+)[- ]?(?:fold|times)\b|\bhalf\b"
)
_EXPERIMENT = re.compile(
    r"\b(?:experiment(?:s|al|ally)?|evaluat\w+|results?|benchmarks?|datasets?|outperform\w*|simulations?|empirical\w*|tested|validat\w+|compar\w+)\b",
    re.IGNORECASE,
)
_OUR_RESULT = re.compile(
    rf"\b(?:our|ours|we|it|the proposed|the (?:method|model|framework|approach|system|algorithm|results?)|results?|experiment\w*|{speech.PAPER}|evaluat\w+|"
    r"simulation\w*|fine-tuning|these|which|achieving)\b",
    re.IGNORECASE,
)
_HOPED = re.compile(
    r"^To \w+|\b(?:aims? to|in order to|would|could|hope|goal|will|potential to|we argue|expected to|may|might|remains?)\b", re.IGNORECASE)  # fmt: skip

_OF_FIELD = re.compile(
    r"\b(?:have|has) (?:\w+ )?(?:shown|achieved|demonstrated|emerged|attracted|made|led|become)\b"
)

_SERVED = re.compile(
    r"\b(?:code|codes|codebase|source code|implementations?|software|scripts?|models? weights?|repository|toolkit|toolbox|tools)\b[^.;]{0,90}?"
    r"\b(?:available|released?|found|accessed|accessible|open-?sourced?|public|published|provided|integrated)\b"
    r"|\b(?:we|will|has been|have been) (?:\w+ )?(?:releas\w+|publish\w*|open-?sourc\w+|shar\w+|provid\w+) (?:[\w,-]+ ){0,6}?(?:code|codes|implementations?|software|codebase|scripts?)\b"
    r"|\b(?:they|which|all) (?:are|is|will be) (?:\w+ )?open-?sourced\b"
    r"|(?:\b|//)(?:www\.)?git(?:hub|lab)\.(?:com|io)/|\bgithub\.io\b|\bcode:? (?:is )?(?:at|here)\b|\bcode: (?:this )?http",
    re.IGNORECASE,
)
_OTHER_CODE = re.compile(
    r"\b(?:source code|code) (?:is|are)? ?(?:often|rarely|not|seldom|usually|hard)|\b(?:hash|binary|latent|qr|bar|error[- ]correct\w+) codes?\b"
    r"|\bcode (?:generation|translation|completion|snippets?|reasoning|structural|review|summari[sz]ation|models?|llms?|understanding)\b"
    r"|\b(?:most|many|some|existing|other) [^.]{0,60}\bcode\b",
    re.IGNORECASE,
)


def method(record: Record) -> Found | None:
    """Return the sentence that says what is proposed or done."""
    best: tuple[float, Passage, re.Match[str]] | None = None
    for place, passage in enumerate(_sentences(record)):
        text, said = passage.text, speech.read(passage.text)
        made, studied = _MADE.search(text), _STUDIED.search(text)
        found = made or studied
        if found is None or said.service or (said.others and not _BY_US.search(text)):
            continue
        value = 3.0 * bool(made) - 2.0 * bool(_NO_METHOD.search(text)) - 0.15 * place
        value -= 1.5 * bool(not made and (_MEASURES.search(text) or _OUTCOME.search(text)))
        value += 0.5 * bool(_NEW.search(text)) - bool(_BESIDE.search(text))
        if best is None or value > best[0]:
            best = value, passage, found
    return Found(best[1], best[2].span()) if best else None


def result(record: Record) -> Found | None:
    """Return the sentence that says what was found or reached, one with figures if there is."""
    sentences = _sentences(record)
    best: tuple[float, Found] | None = None
    for place, passage in enumerate(sentences):
        value, span = _outcome(passage.text)
        value += 0.5 * place / len(sentences) - 0.5 * (place < len(sentences) / 3)
        if value >= LEAST and (best is None or value > best[0]):
            best = value, Found(passage, span)
    return best[1] if best else None


def _outcome(text: str) -> tuple[float, tuple[int, int]]:
    """Return how surely a sentence tells of a result of its paper, and where it does."""
    outcome, found, hint = _OUTCOME.search(text), _FOUND.search(text), _HINT.search(text)
    first = outcome or found or hint
    said, tested = speech.read(text), _EXPERIMENT.search(text)
    own = said.own or found or tested or (outcome and _OUR_RESULT.search(text))
    of_others = said.background or (said.others and not (said.own or found or tested))
    if first is None or said.service or of_others or not own or _OF_FIELD.search(text):
        return 0.0, (0, 0)
    figure = max(_FIGURE.finditer(text), key=lambda match: match.end(), default=None)
    value = 2.0 * bool(outcome) + 1.5 * bool(found) + bool(hint) + bool(tested)
    value += 1.5 * bool(figure and (outcome or found)) - 2.0 * bool(_HOPED.search(text))
    value -= 2.0 * bool(said.proposes and _MADE.search(text))
    spans = [match.span() for match in (outcome or first, figure) if match]
    return value, (min(a for a, _ in spans), max(b for _, b in spans))


def code(record: Record) -> Found | None:
    """Return the sentence that says where the code is, or that it will be published."""
    for passage in reversed(_sentences(record)):
        found = _SERVED.search(passage.text)
        if found and not _OTHER_CODE.search(passage.text):
            return Found(passage, found.span())
    return None


def data(record: Record) -> Found | None:
    """Return the words that name or describe the data."""
    found = datasets.named(record.paper.title, _sentences(record))
    return Found(found, (0, len(found.text)), whole=True) if found else None


RULES: Mapping[str, Rule] = {"method": method, "data": data, "result": result, "code": code}
"""What a rule finds, by the name of the column."""

WHY = "why it matches"

_CALLED = {
    "paper": "paper", "title": "paper", "first author": "first author", "author": "first author",
    "authors": "authors", "year": "year", "date": "date", "day": "date", "category": "category",
    "link": "link", "url": "link", WHY: WHY, "why": WHY, "evidence": WHY, "method": "method",
    "methods": "method", "approach": "method", "data": "data", "dataset": "data", "datasets": "data",
    "benchmark": "data", "benchmarks": "data", "result": "result", "results": "result",
    "finding": "result", "findings": "result", "code": "code",
}  # fmt: skip


def kind(column: str) -> str:
    """Return what a column holds that needs no judge; empty for one that is named freely.

    >>> kind("Datasets"), kind("loss function")
    ('data', '')
    """
    return _CALLED.get(" ".join(column.casefold().split()), "")


def _sentences(record: Record) -> list[Passage]:
    return [passage for passage in record.passages if not passage.is_title]
