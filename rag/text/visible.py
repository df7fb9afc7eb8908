"""Text as it is read: without the characters that act where it is shown."""

import unicodedata

_JOINERS = "\u200c\u200d"  # invisible, but part of how some scripts and emoji are written


def visible(text: str) -> str:
    r"""Return a text without what is not read but acts: control characters, overrides of direction.

    What is left stands on one line.

    >>> visible("A\x1b[2J\u202eB\0\nC")
    'A[2JB C'
    """
    return text if text.isprintable() else " ".join("".join(filter(_visible, text)).split())


def _visible(character: str) -> bool:
    """Tell whether a character is one that is read, or a space."""
    if character.isascii():
        return character.isprintable() or character.isspace()
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"} or character in _JOINERS
