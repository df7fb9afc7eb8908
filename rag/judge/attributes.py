# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""Details that a sentence can only tell by certain words: hardware, money, training, measures.

"What graphics card was it running on?" is not answered by "running at 10 FPS", however near the
two are. Each kind of detail has the words for it, and those of which a sentence that tells it holds
one. What is asked for by no such words is for the judge alone; only what is asked for counts, not
what else the question names ("how fast is it on a GPU?").
"""

import re

from rag.core.questions import Question

_DETAILS: tuple[tuple[str, str], ...] = (
    # asked for, and told by
    (r"gpus?|tpus?|gpus? or tpus?|(?:graphics?|video) cards?|(?:gpu|tpu) (?:model|type|hour)s?|(?:computing )?hardware",
     r"gpus?|tpus?|cpus?|fpgas?|cards?|nvidia|rtx|gtx|tesla|[avhtp]100s?|a\d0g?|titan|jetson|raspberry|hardware|processors?|chips?|cores?|machines?|laptops?|desktops?|workstations?|servers?|clusters?|snapdragon|phones?|devices?"),
    (r"learning rates?|step sizes?", r"learning[- ]rates?|step[- ]sizes?|lr|\d(?:\.\d+)?e-\d|10\^\{?-\d"),
    (r"batch[- ]sizes?", r"batch\w*"),
    (r"optimi[sz]er", r"optimi[sz]\w+|adamw?|sgd|lion|rmsprop|muon"),
    (r"layers?", r"layers?|deep|depth|blocks?"),
    (r"licen[cs]es?", r"licen[cs]\w+|creative commons|cc[- ]by\w*|apache|mit|gpl\w*"),
    (r"funders?|funding(?: agency)?|grants?|sponsors?", r"fund\w*|grants?|sponsor\w*|support(?:ed)? by|financ\w+|foundation|council|agency"),
    (r"rmse", r"rmse|root[- ]mean"),
    (r"dice(?: scores?| coefficients?)?", r"dice|dsc"),
    (r"bleu(?: scores?)?", r"bleu"),
    (r"fid(?: scores?)?", r"fid|fr[eé]chet"),
    (r"psnr(?: gains?| values?)?", r"psnr|db"),
)  # fmt: skip
_COUNTED = (
    r"parameters?|params|weights",
    r"parameters?|params|weights|million|billion|\d+(?:\.\d+)? ?[mbk]\b",
)
_PAID = (
    r"(?:.*[,:] )?who (?:has |had )?(?:paid|funded|financed|sponsored)\b",
    r"fund\w*|grants?|sponsor\w*|support(?:ed)? by|financ\w+|paid|foundation|council|agency",
)


def lacking(question: Question, told: str) -> bool:
    """Tell whether a question asks for a detail of which a sentence says nothing.

    >>> asked = Question("Which GPU does it run on?", "fact", "it run on", asked_for="GPU")
    >>> lacking(asked, "It runs in real time at 10 FPS."), lacking(asked, "It runs on an RTX 3090.")
    (True, False)
    """
    owed = [sentence for detail, sentence in _DETAILS if _is(question.asked_for, detail)]
    if question.wants == "number" and _is(question.asked_for, _COUNTED[0]):
        owed.append(_COUNTED[1])
    if re.match(_PAID[0], question.text, re.IGNORECASE):
        owed.append(_PAID[1])
    return any(
        not re.search(rf"(?<![A-Za-z])(?:{sentence})(?![A-Za-z])", told, re.IGNORECASE)
        for sentence in owed
    )


def _is(asked: str, detail: str) -> bool:
    return bool(re.fullmatch(rf"(?:the |its )?(?:{detail})", asked, re.IGNORECASE))
