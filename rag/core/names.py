"""What the names of authors are made of: given name, particles, family name, suffix; or a body.

A name stands in a `Paper` with the given name first. Nothing here knows how lists of names are
written.
"""

import re
from typing import NamedTuple

PARTICLES = frozenset(
    (
        "al bin da das de del della den der di do dos du el ibn la le ten ter van von y zu zum zur"
    ).split()
)
"""Words before a family name that belong to it."""

SUFFIX = r"(?:jr|sr|ii|iii|iv|2nd|3rd|4th)\.?"
"""What follows the name of a person who is called as a parent was; the case does not matter."""

_SUFFIX = re.compile(SUFFIX, re.IGNORECASE)
_BODY = re.compile(
    r"\b(?:collaboration|consorti(?:um|a)|team|group|project|committee|university|institut\w*"
    r"|department|laborator(?:y|ies)|labs?|research|society|association|agency|council|ministry"
    r"|foundation|cent(?:er|re)|college|network|initiative|alliance|corporation|inc|ltd|gmbh"
    r"|organi[sz]ation|investigators|authority|bureau)\b",
    re.IGNORECASE,
)


class Parts(NamedTuple):
    """The parts of a name; a body and a person of one name have a family name alone."""

    given: str
    particles: str
    family: str
    suffix: str

    @property
    def whole_family(self) -> str:
        """The family name with its particles."""
        return " ".join(filter(None, (self.particles, self.family)))


def is_suffix(word: str) -> bool:
    """Tell whether a word is Jr., III or the like."""
    return bool(_SUFFIX.fullmatch(word))


def is_body(name: str) -> bool:
    """Tell whether a name is that of several people together, or of where they work.

    >>> is_body("The Kite Consortium"), is_body("University of Kites"), is_body("Al Roe")
    (True, True, False)
    """
    return " " in name and bool(_BODY.search(name))


def parted(name: str) -> Parts:
    """Return the parts of a name.

    Particles in capitals are part of the family name: Jan Van der Berg is filed under V.

    >>> parted("Jan van der Berg")
    Parts(given='Jan', particles='van der', family='Berg', suffix='')
    >>> parted("Martin King Jr."), parted("Eva del Sol y Mar").whole_family
    (Parts(given='Martin', particles='', family='King', suffix='Jr.'), 'del Sol y Mar')
    >>> parted("ATLAS Collaboration").family, parted("Eva De la Cruz").family
    ('ATLAS Collaboration', 'De la Cruz')
    """
    words = name.split()
    if is_body(name) or len(words) < 2:
        return Parts("", "", name, "")
    suffix = words.pop() if is_suffix(words[-1]) else ""
    at = len(words) - 1
    while at > 0 and words[at - 1].lower() in PARTICLES and (at > 1 or words[0].islower()):
        joins_two = words[at - 1] == "y" and at > 2
        at -= 2 if joins_two else 1
    family = words[at:]
    own = next((n for n, w in enumerate(family) if not (w.islower() and w in PARTICLES)), 0)
    return Parts(" ".join(words[:at]), " ".join(family[:own]), " ".join(family[own:]), suffix)
