"""Which kind of answer a question wants, and of a fact: which detail, in which form.

The kinds are patterns in `english.toml`, in an order; names stand in them as one sign, so that it
does not matter what they are. What matches none of them asks for papers.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from rag.core.questions import Kind, Wanted
from rag.question import english
from rag.question.names import Name

SURE, PERHAPS = "§", "¤"
"""What stands for a name, and for a run of capitals that may be one."""

BEFORE_ASKED = (
    "(?:at|by|on|in|into|over|with|for|to|from|against|under|above|below|through|of|after|before|"
    "between|beyond|during|within)"
)
"""What may stand before the word that asks: "above which"; `english.toml` has it as a class."""

_FORMS: tuple[tuple[Wanted, str], ...] = (
    ("reason", r"^why\b"),
    ("speed", r"\bhow (?:fast|quick\w*|slow)\b|\b(?:fps|frames (?:per|a) second|run ?time|latency|"
              r"throughput|inference (?:speed|time)|frame rate|speed)\b"),
    ("number", r"\bhow \w+\b|\b(?:speed-?up|accuracy|scores?|rates?|"
               r"gains?|factor|percent\w*|psnr|ssim|map|auc|iou|dice|rmse|number|range|size|errors?|"
               r"improvement|reduction|precision|recall|f1|share|fraction|cost|flops|c-index|bleu|fid|"
               r"contrast|utili[sz]ation)\b"),
    ("dataset", r"\b(?:datasets?|data sets?|benchmarks?|corpora|corpus|"
                r"(?:which|what) data|recordings)\b"),
)  # fmt: skip
_HEAD = re.compile(
    r"^(?:.*(?:[:,]|\s[-–—]) )?"
    rf"(?:{BEFORE_ASKED}\s)?"
    r"(?:how\s(?P<how>many|much|\w+)|what|which|whose)(?:\s(?:kind|sort|type)s?\sof)?"
    r"(?P<thing>(?:\s(?!(?:does|do|did|is|are|was|were|has|have|had|can|could|will|would|they|we)\b)"
    r"[^\s,?]+){0,5}?)(?=\s(?:does|do|did|is|are|was|were|has|have|had|can|could|will|would|they|we|"
    r"it|from|of|in|on|went|took|made|come|came|learn|say|make|get|got|gets)\b|[,?]|$)",
    re.IGNORECASE,
)
_OF = re.compile(
    r"^what(?:['’]s|\s(?:is|are|was|were))\s(?:the\s)?(?P<thing>.+?)(?=\s(?:of|for|in|on|at|to|that|with)\b|[?]|$)",
    re.IGNORECASE,
)
_MEASURES = {"fast": "speed", "slow": "speed", "long": "duration", "large": "size", "big": "size"}


Decide = Callable[[str, Sequence[Name]], tuple[Kind, Wanted]]
"""Tells the kind of a question that is without manner, from its names, and the form it asks for."""


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: Kind
    pattern: re.Pattern[str]
    wants: Wanted
    example: str


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(
            r["kind"],
            english.compiled(r["pattern"], behind="$"),
            r.get("wants", ""),
            r["examples"][0],
        )
        for r in english.data()["kind"]
    )


def kind(text: str, names: Sequence[Name] = ()) -> tuple[Kind, Wanted]:
    """Return the kind of a question that is without manner, and the form that a rule knows of."""
    rule = _rule(text, names)
    return (rule.kind, rule.wants) if rule else ("papers", "")


def matched(text: str, names: Sequence[Name] = ()) -> str:
    """Return the first example of the pattern that a question matches; empty: of none."""
    rule = _rule(text, names)
    return rule.example if rule else ""


def _rule(text: str, names: Sequence[Name]) -> _Rule | None:
    masked = mask(text, names)
    return next((rule for rule in _rules() if rule.pattern.match(masked)), None)


def mask(text: str, names: Sequence[Name]) -> str:
    """Return a text with a sign in the place of each name, without end marks."""
    for name in sorted(names, key=lambda n: -n.start):
        text = f"{text[: name.start]}{SURE if name.sure else PERHAPS}{text[name.end :]}"
    return text.strip(" ?!.,;:").strip()


def form(text: str) -> Wanted:
    """Return the form of the detail that a fact is.

    A dataset is asked for where the question asks for it, not where it only says of which one.
    """
    asked = asked_for(text, "")
    beginning = text[: text.find(asked) + len(asked)] if asked and asked in text else text
    for wanted, pattern in _FORMS:
        if re.search(pattern, beginning if wanted == "dataset" else text, re.IGNORECASE):
            return wanted
    return "name"


def asked_for(text: str, wants: Wanted) -> str:
    """Return the words for the detail that a fact is; empty if it names none."""
    if wants in ("code", "venue"):
        named = re.search(
            r"\b(?:conference|venue|journal|workshop|code|implementation|weights)\b", text, re.I
        )
        return named[0] if named else wants
    if found := _OF.match(text):
        return found["thing"].strip()
    if found := _HEAD.match(text):
        how = (found["how"] or "").lower()
        thing = found["thing"].strip()
        return thing if thing or how in ("many", "much") else _MEASURES.get(how, how)
    return ""
