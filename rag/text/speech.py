# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""Whom a sentence of an abstract speaks of, and what kind of thing it says.

One table for the whole program: "we", "this paper" and "our method" are the paper itself; "existing
methods" and "recent work" are others; "code is available at" is service text that says nothing of
the work. Each pattern has examples and counter-examples in tests/text/test_speech.py. Names that a
paper gives to its own work are known to whoever has the paper, not here.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

SENTENCES_IN_MEMORY = 50_000
"""Sentences whose reading is kept: those of some 5,000 papers."""

PAPER = r"(?:paper|work|article|study|survey|report|letter|chapter|thesis|review|project)"
"""What a paper calls itself."""

ADVERB = r"(?:(?:\w+ly|also|first|then|further|thus|therefore|hence|instead|here|next|both)\s)*"
"""What may stand between who does something and what is done."""

PROPOSING = r"(?:propos|present|introduc|develop|design|devis)"
PROPOSED = r"(?:proposed|presented|introduced|developed|designed|devised)"
"""Verbs for what is new in a paper: how they begin, and their participles."""

_DO = (
    rf"(?:{PROPOSING}|describ|stud[iy]|investigat|address|tackl|explor|"
    r"compar|survey|review|show|provid|demonstrat|contribut|build|built|creat|collect|releas|"
    r"deriv|prov|establish|formulat|construct|analy[sz]|examin|evaluat|report|offer|appl|us|train|"
    r"extend|consider|argu|find|found|employ|leverag|combin|adopt|achiev|obtain|improv)(?:e|y|es|ies|s|ed|ied)?"
)
OWN = re.compile(
    rf"\b(?:we|our|ours|us|this {PAPER}|the (?:present|proposed|presented|resulting|introduced)"
    rf"\s\w+|the (?:authors?|paper)\b|here we)\b"
    rf"|\b(?:is|are|was|were) (?:\w+ly |also |then )?{PROPOSED}\b"
    r"|\b(?:proposes|introduces|presents|novel|called|named|dubbed)\b",
    re.IGNORECASE,
)
"""The sentence is about the paper's own work."""

PROPOSES = re.compile(
    rf"\b(?:we|(?:this|the|our) {PAPER}|i)\s{ADVERB}{_DO}\b"
    r"|\b(?:is|are|was|were) (?:\w+ly )?(?:proposed|presented|introduced|developed|studied|investigated)\b"
    r"|^(?:an?|the|two|three) [\w\s-]{3,80}? (?:is|are) (?:proposed|presented|described|derived)\b",
    re.IGNORECASE,
)
"""It says what the paper does."""

RESULT = re.compile(
    r"\b(?:experiment(?:s|al)?|results?|outperform\w*|achiev\w+|state-of-the-art|surpass\w*|"
    r"improv(?:es|ed|ing|ements?)|evaluat(?:ed|ions?)|demonstrat\w+|shows? that|find that|"
    r"accuracy|speed-?up|gains?)\b",
    re.IGNORECASE,
)
"""It tells of results."""

OTHERS = re.compile(
    r"\b(?:unlike|in contrast|(?:most |many |some )?(?:existing|previous|prior|traditional|modern|popular|"
    r"conventional|current|recent|earlier|classical|common|standard) (?:\w+[\s-]){0,3}?(?:methods?|works?|approaches|"
    r"models?|techniques?|stud(?:y|ies)|algorithms?|systems?|solutions?|literature|research|"
    r"attempts?|efforts?|advances?|progress|developments?)|has (?:recently )?become|have become|"
    r"typically|usually|commonly|generally|traditionally|researchers have)\b",
    re.IGNORECASE,
)
"""It speaks of others' work or of the field."""

BACKGROUND = re.compile(
    r"^(?:(?:however|recently|nowadays|traditionally|currently|although|while|despite|with the "
    r"(?:rapid |recent |increasing |growing )?(?:development|advances?|rise|growth|advent|progress))\b"
    r"|(?:existing|previous|prior|most|many|recent|traditional|conventional|current) )"
    r"|\b(?:is|are|remains?|has been|have been|has long been|plays?|poses?|represents?) (?:still |also |"
    r"often |very |highly |particularly |increasingly |\w+ly )?(?:an? |one of the |the )?(?:\w+ )?"
    r"(?:challeng\w+|important|crucial|essential|fundamental|critical|vital|difficult|hard|key|"
    r"open (?:problem|question)|active (?:area|field|research)\w*|popular|ubiquitous|time-consuming|"
    r"tedious|labou?r-intensive|expensive|costly|limited|(?:un|under)explored|widely (?:used|studied|"
    r"adopted)|of (?:great|major|significant) (?:importance|interest)|role|problem|bottleneck)\b"
    r"|\bsuffers? from\b|\btakes? (?:considerable|a lot of|much|significant) (?:time|effort)\b"
    r"|\b(?:attract|receiv|gain|draw)(?:s|ed|ing)? (?:\w+ ){0,3}(?:attention|interest|popularity)\b",
    re.IGNORECASE,
)
"""It motivates: what the field is like, what is hard, why it matters."""

SERVICE = re.compile(
    r"https?://|\b(?:code|source code|codes|models?|data(?:set)?s?|project (?:page|website)|demo|"
    r"videos?|supplementary \w+)\b[^.]{0,80}\b(?:(?:is|are|will be|have been|has been|can be|made) "
    r"(?:\w+ly )?(?:available|released|found|accessed|open-?sourced|public)|available at)\b"
    r"|\b(?:we|will) (?:\w+ )?(?:release|publish|open-source) (?:our|the|all) (?:\w+ )?(?:code|models?)\b",
    re.IGNORECASE,
)
"""Where code, data or a page is: no sentence says less of the work."""

LEANS = re.compile(
    r"^\W?\(?\d\)|^(?:this|these|it|they|such|both)\b(?! (?:paper|work|study|article|survey|report)\b)"
    r"|\b(?:these|those|such an?|the (?:former|latter|above)|both (?:of|are|can))\b"
    r"|\bthis(?! (?:paper|work|study|article|survey|report|end|task|problem|purpose|review|letter)\b)",
    re.IGNORECASE,
)
"""Only the sentence before explains what it is about."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What a sentence says of whom; see the patterns of the same names."""

    own: bool
    proposes: bool
    result: bool
    others: bool
    background: bool
    service: bool
    leans: bool


@lru_cache(maxsize=SENTENCES_IN_MEMORY)
def read(sentence: str) -> Speech:
    """Read a sentence of an abstract.

    A sentence that speaks of the paper itself is no background, whatever else it says.

    >>> read("We propose a tracker.").proposes, read("Tracking is a challenging task.").background
    (True, True)
    """
    proposes = bool(PROPOSES.search(sentence))
    own = proposes or bool(OWN.search(sentence))
    return Speech(
        own=own,
        proposes=proposes,
        result=bool(RESULT.search(sentence)),
        others=bool(OTHERS.search(sentence)),
        background=not own and bool(BACKGROUND.search(sentence)),
        service=bool(SERVICE.search(sentence)),
        leans=bool(LEANS.search(sentence)),
    )
