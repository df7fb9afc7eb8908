"""What a list in a phrase shares: "CT reconstruction, denoising or super-resolution".

Its members are "CT reconstruction", "CT denoising" and "CT super-resolution"; those of "object and
instance segmentation" are "object segmentation" and "instance segmentation". Who knows no grammar
has to guess: a modifier is shared by words for what is done, and a noun by what is none.
"""

import re

_COMMA_OR_WORD = re.compile(
    r"\s*(?:,\s*(?:and/or|and|or)|,|\band/or\b|\band\b|\bor\b|/)\s+|(?<=\w)/(?=\w)"
)
_HANGING = re.compile(r"(\w+)-$")
_DOING = re.compile(
    r"(?:ings?|[ts]ions?|ments?|ances?|resolutions?|synthes[ie]s|analys[ie]s|recovery|removal"
    r"|retrieval|estimates?|transfer|search|design|diagnos[ie]s)$",
    re.IGNORECASE,
)
_NO_DOING = frozenset("thing string ring king evidence learning training setting imaging".split())


def members(phrase: str) -> tuple[str, ...]:
    """Return the members of a list, each with what it shares; the phrase alone if it is no list.

    Parameters
    ----------
    phrase
        A noun phrase, not a sentence: what stands before or behind the list belongs to it.

    >>> members("CT reconstruction, denoising or super-resolution")
    ('CT reconstruction', 'CT denoising', 'CT super-resolution')
    >>> members("object and instance segmentation")
    ('object segmentation', 'instance segmentation')
    >>> members("pre- and post-processing"), members("graph transformers or CNNs")
    (('pre-processing', 'post-processing'), ('graph transformers', 'CNNs'))
    """
    parts = [part for part in _COMMA_OR_WORD.split(phrase.strip()) if part]
    if len(parts) < 2:
        return (phrase,)
    parts = _completed(parts)
    before, behind = parts[0].split()[:-1], parts[-1].split()[1:]
    singles = [part for part in parts if " " not in part]
    if before and len(singles) >= len(parts) - 1 and all(map(_is_doing, _heads(parts))):
        return (parts[0], *(" ".join([*before, part]) for part in parts[1:]))
    if behind and len(singles) == len(parts) - 1 and not any(map(_is_doing, singles)):
        return (*(" ".join([part, *behind]) for part in parts[:-1]), parts[-1])
    return tuple(parts)


def _completed(parts: list[str]) -> list[str]:
    """Give what a hyphen leaves open its end: "pre-" before "post-processing"."""
    end = next((p.partition("-")[2] for p in parts if re.search(r"\w-\w", p)), "")
    return [f"{part}{end}" if end and _HANGING.search(part) else part for part in parts]


def _heads(parts: list[str]) -> list[str]:
    return [part.split()[-1] for part in parts]


def _is_doing(word: str) -> bool:
    last = word.rpartition("-")[2]
    return bool(_DOING.search(last)) and last.lower() not in _NO_DOING
