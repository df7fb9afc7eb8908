# ruff: noqa: E501 - the patterns read best with what belongs together on a line
"""Details that a sentence can only tell by certain words: hardware, money, training, measures.

"What graphics card was it running on?" is not answered by "running at 10 FPS", however near the
two are. Each kind of detail has the words that ask for it, and those of which a sentence that tells
it holds one. What is asked for by no such words is for the judge alone.
"""

import re

_DETAILS: tuple[tuple[str, str], ...] = (
    # asked by, and told by
    (r"gpus?|tpus?|graphics? cards?|video cards?|hardware|(?:kind|type|model) of (?:machine|computer|card|chip)|which (?:machine|computer|card|chip|processor)s?",
     r"gpus?|tpus?|cpus?|fpgas?|cards?|nvidia|rtx|gtx|tesla|[avhtp]100s?|a\d0g?|titan|jetson|raspberry|hardware|processors?|chips?|cores?|machines?|laptops?|desktops?|workstations?|servers?|clusters?|snapdragon|phones?|devices?"),
    (r"fund(?:ed|s|ing|ers?)?|paid (?:for|by)|who paid|grants?|sponsor\w*|financ\w+",
     r"fund\w*|grants?|sponsor\w*|support(?:ed)? by|financ\w+|paid|foundation|council|money|agency"),
    (r"learning rates?|step sizes?", r"learning[- ]rates?|step[- ]sizes?|lr|\d(?:\.\d+)?e-\d|10\^\{?-\d"),
    (r"batch[- ]sizes?", r"batch\w*"),
    (r"epochs?", r"epochs?"),
    (r"(?:which|what|name of the|the) optimi[sz]er", r"optimi[sz]\w+|adamw?|sgd|lion|rmsprop|muon"),
    (r"(?:how (?:many|few)|number of|count of) (?:[\w-]+ ){0,2}?(?:parameters?|weights|params)",
     r"parameters?|params|weights|million|billion|\d+(?:\.\d+)? ?[mbk]\b"),
    (r"(?:how (?:many|few)|number of) (?:[\w-]+ ){0,2}?layers", r"layers?|deep|depth|blocks?"),
    (r"licen[cs]es?|licensed", r"licen[cs]\w+|creative commons|cc[- ]by\w*|apache|mit|gpl\w*"),
    (r"(?:how much|what|which) (?:did it |does it )?(?:\w+ )?(?:cost|price)s?\b(?! function)", r"costs?|priced?|prices|dollars?|usd|eur\w*|\$|€|£|cheap\w*|cents?"),
    (r"rmse", r"rmse|root[- ]mean"),
    (r"(?:what|which) dice|dice (?:score|coefficient)", r"dice|dsc"),
    (r"bleu", r"bleu"),
    (r"\bfid\b", r"fid|fr[eé]chet"),
    (r"psnr", r"psnr|db"),
    (r"f1(?:[- ]score)?", r"f1|f-?score|f-?measure"),
)  # fmt: skip


def lacking(asked: str, told: str) -> bool:
    """Tell whether a question asks for a detail of which a sentence says nothing.

    >>> lacking("What graphics card was it run on?", "It runs in real time at around 10 FPS.")
    True
    >>> lacking("What graphics card was it run on?", "It runs at 10 FPS on an RTX 3090.")
    False
    >>> lacking("Which dataset is it tested on?", "It is fast.")
    False
    """
    return any(
        re.search(rf"\b(?:{question})", asked, re.IGNORECASE)
        and not re.search(rf"(?<![A-Za-z])(?:{sentence})(?![A-Za-z])", told, re.IGNORECASE)
        for question, sentence in _DETAILS
    )
