"""Names of people as lists of authors give them, each with the given name first.

A comma stands between two people or between the two names of one; which, is told by what is on
either side of it. Nothing here knows of papers or of formats.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

_AFFILIATION = re.compile(r"\s*\([^()]*+\)")  # has commas of its own
_DEEPEST = 3  # brackets in brackets
_PARTICLES = (
    "al bin da das de del della der den di do dos du el la le ibn ten ter van von y zu zum zur"
).split()
_CAPITAL = "[A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я]"
_INITIALS = re.compile(
    rf"(?:{_CAPITAL}\.?-?){{1,3}}|(?:(?:{_CAPITAL}\.?-?){{1,2}}[\s-]){{1,3}}{_CAPITAL}\.?"
)
_FAMILY_FIRST = re.compile(r"([^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+){0,2}) ((?:[A-Z]\.[ -]?)+)")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_NUMBER = re.compile(r"\s*\((?:\d{6,}|[\d-]{15,})\)")  # Scopus and ORCID number their authors
# What stands where a name would; Scopus and Python write some of them.
_OTHERS = re.compile(
    r"(?:et al\.?|others|nan|none|null|n/a|\[no author (?:name|id)s? available\])", re.IGNORECASE
)
_AND_OTHERS = re.compile(r"[,;]? (?:and |& )?et al\.?$", re.IGNORECASE)
_LIST = re.compile(r"\[(.*)\]")  # as programs in Python write one into a table
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
# A list of objects, as pandas writes it: [{'name': 'Ann Roe'}]
_NAMED = re.compile(
    r"['\"](?:name|fullname|full_name|display_name)['\"]\s*:\s*(?:'([^']*)'|\"([^\"]*)\")"
)
_FAMILY_AND_INITIALS = re.compile(r"[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)* [A-Z]{1,3}\.?")
_FAMILY_THEN_INITIALS = re.compile(r"(.+) ([A-Z]{1,3})( (?:Jr|Sr|\d\w\w))?")
_GIVEN = re.compile(r"[^\W\d_](?:[^\W\d_A-Z]|-[A-Z])+")
_ONE_OF_MANY = re.compile(r" \d{4}$")  # DBLP numbers those who have the same name
_ET_AL = re.compile(r",?\s*\bet\.? ?al\b\.*", re.IGNORECASE)
_NAME = re.compile(
    r"(?:(?:[A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я][\w.'’-]*|al|bin|da|das|de|del|della|den|der|di|dos|du|el|la|le|ibn|ten|ter|"
    r"van|von|y|zu|Jr\.?|Sr\.?|d'[A-Z]\w+)(?:\s+|$)){1,6}"
)
_NO_NAMES = re.compile(
    r"\b(?:Best|Oral|Spotlight|Highlight|Award|Paper|Poster|Workshop|Conference|Journal|Proceedings"
    r"|University|Institute|College|Laborator(?:y|ies)|Labs?|Research|Official|Code|Project|Page"
    r"|Survey|New|Updated|Accepted|Nature|Science|Transactions|Letters|arXiv|Learning|Vision)\b"
)
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;&]|\band\b)\s*")
_AROUND_NAMES = " |·•,:;-–—"
_NO_AUTHORS = (
    "editor", "serieseditor", "translator", "contributor", "bookauthor", "reviewedauthor",
    "commenter", "recipient", "castmember",
)  # fmt: skip


def is_others(name: str) -> bool:
    """Tell whether what stands among names is no name: et al., none.

    >>> is_others("et al."), is_others("Al")
    (True, False)
    """
    return bool(_OTHERS.fullmatch(name))


def without_affiliations(text: str) -> str:
    """Return a list of authors without what stands in brackets behind their names.

    >>> without_affiliations("Ann Roe (1), Bob Poe (2) ((1) MIT, (2) ETH)")
    'Ann Roe, Bob Poe'
    """
    for _ in range(_DEEPEST):
        text = _AFFILIATION.sub("", text)
    return text


def names(text: str) -> list[str]:
    """Return the names in a text, each with the given name first.

    >>> names("A. Bee, C. Dee and E. Eff"), names("Bee, A. and Dee, C."), names("A Bee; C Dee")
    (['A. Bee', 'C. Dee', 'E. Eff'], ['A. Bee', 'C. Dee'], ['A Bee', 'C Dee'])
    >>> names("Doe, Jane"), names("van der Berg, Jan"), names("Roe, A., Poe, B.")
    (['Jane Doe'], ['Jan van der Berg'], ['A. Roe', 'B. Poe'])
    >>> names("Ada Bee, Cy Dee"), names("Roe, Ann; King, Martin, Jr."), names("King, Martin, Jr")
    (['Ada Bee', 'Cy Dee'], ['Ann Roe', 'Martin King Jr.'], ['Martin King Jr'])
    >>> names("Du Tran, Heng Wang"), names("Van der Berg, Jan"), names("De la Cruz, Ana Eva")
    (['Du Tran', 'Heng Wang'], ['Jan Van der Berg'], ['Ana Eva De la Cruz'])
    >>> names("Ana de la Cruz, Eva Lopez")
    ['Ana de la Cruz', 'Eva Lopez']
    >>> names("Roe A, Poe BC."), names("['Ann Roe', 'Bob Poe']"), names("Ann Roe et al.")
    (['A Roe', 'BC Poe'], ['Ann Roe', 'Bob Poe'], ['Ann Roe'])
    """
    text = _AND_OTHERS.sub("", _NUMBER.sub("", " ".join(text.split())))
    if _OTHERS.fullmatch(text):
        return []
    if text.startswith("[{") and (told := _NAMED.findall(text)):
        return [name for each in told if (name := one("".join(each)))]
    if listed := _LIST.fullmatch(text):
        quoted = (re.sub(r"\\(.)", r"\1", "".join(each)) for each in _QUOTED.findall(listed[1]))
        return [name for each in quoted if (name := one(each))]
    if ";" in text or "|" in text:
        apart = [part.strip() for part in re.split(r"[;|]", text) if part.strip()]
        turned = _are_with_initials(apart) and any(re.search(r" [A-Z]\.?$", p) for p in apart)
        return [name for part in apart if (name := _turned(part) if turned else one(part))]
    parts = [part for part in re.split(r",? (?:and|&) ", text) if part.strip()]
    if len(parts) > 1 and all(part.count(",") == 1 for part in parts):
        return [one(part) for part in parts]
    pieces = [piece.strip() for part in parts for piece in part.split(",") if piece.strip()]
    plain = [piece for piece in pieces if not _SUFFIX.fullmatch(piece)]
    if len(plain) == 2 < len(pieces) and len(parts) == 1 and _is_one_person(*plain):
        return [one(text)]
    if _are_with_initials(pieces):
        return [*map(_turned, pieces)]
    if len(pieces) == 2 and len(parts) == 1 and _is_one_person(*pieces):
        return [one(text)]
    if _are_pairs(pieces):
        return [
            f"{given} {family}" for family, given in zip(pieces[::2], pieces[1::2], strict=True)
        ]
    return _with_suffixes(pieces)


def _turned(name: str) -> str:
    """Return a name as PubMed writes it (Roe AB) with the initials first."""
    return " ".join(reversed(name.strip(".").rsplit(" ", 1)))


def by_initials(name: str) -> str:
    """Return the name of a person of a list in which all are written as PubMed writes them.

    >>> by_initials("Roe AB"), by_initials("van der Berg J Jr"), by_initials("The Kite Group")
    ('AB Roe', 'J van der Berg Jr', 'The Kite Group')
    """
    name = name.strip().rstrip(".")
    found = _FAMILY_THEN_INITIALS.fullmatch(name)
    return f"{found[2]} {found[1]}{found[3] or ''}" if found else name


def one_by_one(text: str) -> list[str]:
    """Return the names in a text in which a comma always stands between two people.

    Unless initials follow each other name, which no person is called.

    >>> one_by_one("Ann Roe, Madonna"), one_by_one("Roe, A. B., Poe, C.")
    (['Ann Roe', 'Madonna'], ['A. B. Roe', 'C. Poe'])
    """
    pieces = [piece.strip() for piece in without_affiliations(text).split(",")]
    return names(", ".join(pieces)) if _are_pairs(pieces) else pieces


def _are_pairs(pieces: list[str]) -> bool:
    """Tell whether pieces are family names and initials by turns."""
    return bool(pieces) and len(pieces) % 2 == 0 and all(map(_INITIALS.fullmatch, pieces[1::2]))


def _are_with_initials(pieces: list[str]) -> bool:
    """Tell whether names are as PubMed writes them: Roe A, Poe BC, and a full stop at most."""
    dotted = sum(piece.endswith(".") for piece in pieces)
    matched = all(map(_FAMILY_AND_INITIALS.fullmatch, pieces))
    return matched and len(pieces) > 1 and dotted < len(pieces)


def _with_suffixes(pieces: list[str]) -> list[str]:
    found = list[str]()
    for piece in pieces:
        if found and _SUFFIX.fullmatch(piece):
            found[-1] += f" {piece}"
        elif name := one(piece):
            found.append(name)
    return found


def one(text: str) -> str:
    """Return the name of one person with the given name first, whichever way it is written.

    >>> one("Doe, Jane"), one("Jane Doe"), one("King, Martin, Jr.")
    ('Jane Doe', 'Jane Doe', 'Martin King Jr.')
    >>> one("Roe A.B."), one("Ann Roe 0002")
    ('A.B. Roe', 'Ann Roe')
    """
    text = _ONE_OF_MANY.sub("", text.strip())
    if turned := _FAMILY_FIRST.fullmatch(text):
        return f"{turned[2]} {turned[1]}"
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or _OTHERS.fullmatch(text):
        return ""
    family, *given = parts
    suffixes = [part for part in given if _SUFFIX.fullmatch(part)]
    given = [part for part in given if part not in suffixes]
    if given and not suffixes and _SUFFIX.fullmatch(last := given[-1].rpartition(" ")[2]):
        given[-1], suffixes = given[-1].removesuffix(last).strip(), [last]
    return " ".join([*given, family, *suffixes])


def structured(said: Mapping[str, object]) -> str:
    """Return the name that an object with its parts says, as CSL and the services write them."""
    plain = {re.sub(r"[\W_]", "", k.lower()): v for k, v in said.items() if isinstance(k, str)}
    if str(plain.get("creatortype", "")).lower() in _NO_AUTHORS:
        return ""
    wholes = (
        "literal",
        "creatorname",
        "displayname",
        "fullname",
        "name",
        "authorname",
        "authname",
        "text",
    )
    in_parts = (plain.get("firstname") and plain.get("lastname")) or plain.get("familyname")
    for whole in (*wholes, "collectivename") if not in_parts else ():
        if (found := plain.get(whole)) and (said_whole := _text(found).strip()):
            return one(said_whole)
    for within in ("author", "person", "creator", "personname", "persname"):
        if isinstance(found := plain.get(within), dict):
            return structured(found)
        if isinstance(found, str) and len(plain) == 1:  # Springer: {"creator": "Roe, Ann"}
            return one(found)
    parts = (
        ("given", "givenname", "firstname", "forename", "forenames", "first"),
        ("middle", "middlename"),
        ("droppingparticle",),
        ("nondroppingparticle", "prefix"),
        ("family", "familyname", "lastname", "keyname", "surname", "last"),
        ("suffix",),
    )
    said_of = (next((_text(plain[n]) for n in some if plain.get(n)), "") for some in parts)
    return " ".join(" ".join(part for part in said_of if part.strip()).split())


def _text(value: object) -> str:
    if isinstance(value, dict):  # XML whose element has a type
        return str(value.get("value") or "")
    return " ".join(map(_text, value)) if isinstance(value, list) else str(value)


def of(value: object) -> Iterator[str]:
    """Yield the names in any value that a record has for its authors."""
    if isinstance(value, str):
        yield from names(value)
    elif isinstance(value, dict):
        nested = [v for v in value.values() if isinstance(v, list | dict)]
        found = structured(value)
        if found:
            yield found
        else:
            for inner in nested:
                yield from of(inner)
    for author in value if isinstance(value, list) else ():
        if isinstance(author, dict):
            yield structured(author)
        elif isinstance(author, list):  # family name, given name, suffix, affiliations
            family, given, suffix = (
                *(a if isinstance(a, str) else "" for a in author[:3]),
                "",
                "",
                "",
            )[:3]
            yield " ".join(filter(None, (given, family, suffix)))
        elif isinstance(author, str) and value == [author]:
            yield from names(author)
        elif isinstance(author, str):
            yield one(author) if author.count(",") else author


def _is_one_person(first: str, second: str) -> bool:
    """Tell whether the comma between two pieces stands within the name of one person."""
    words, given = first.split(), second.split()
    if first.upper() == first.lower() and len(first) > 1:  # Chinese: a whole name
        return False
    if len(words) == 1 or _INITIALS.fullmatch(second):
        return len(given) <= 3
    if words[0].lower() in _PARTICLES:  # Du Tran is a person, and De la Cruz is half of one
        return words[0].islower() or words[1] in _PARTICLES or len(given) == 1
    return words[0] not in ("The",) and bool(_GIVEN.fullmatch(second))


def without_others(text: str) -> str:
    """Return a list of names without what stands for the rest of them, wherever that is.

    >>> without_others("Ann Roe et.al.")
    'Ann Roe'
    """
    return _ET_AL.sub("", text)


def run_of_names(text: str) -> str:
    """Return the longest list of names among what commas divide.

    >>> run_of_names("2024-05-17, Ann Roe, Bob Poe et al., Paper:")
    'Ann Roe, Bob Poe'
    """
    parts = [
        re.sub(r"^(?:by|and)\b", "", part.strip(_AROUND_NAMES)).strip(_AROUND_NAMES)
        for part in without_others(text).split(",")
    ]
    runs = groupby(parts, lambda part: len(part.split()) > 1 and are_names(part))
    named = [[*run] for are_all, run in runs if are_all]
    longest = max(named, key=len, default=[])
    return ", ".join(longest)


def are_names(text: str) -> bool:
    """Tell whether a text is a list of names: a few words each, in capitals, and most of them full.

    >>> are_names("Ann Roe, B. van der Poe and Cy Doe"), are_names("Best Paper"), are_names("A map")
    (True, False, False)
    """
    text = without_others(text).strip(" ,;")
    parts = [part for part in _BETWEEN_NAMES.split(text) if part]
    if len(parts) > 1 and _are_pairs(parts):  # Roe, A., Poe, B.
        return all(map(_NAME.fullmatch, parts[::2]))
    if not parts or any(not _NAME.fullmatch(part) for part in parts):
        return False
    if _NO_NAMES.search(text):
        return False
    full = sum(1 for part in parts if len(part.split()) > 1)
    return full * 2 > len(parts) and all(len(part.split()) <= 5 for part in parts) and not (
        len(parts) == 1 and len(text.split()) > 4
    )  # fmt: skip
