"""Names of people as lists of authors give them, each with the given name first.

A comma stands between two people or between the two names of one; which, is told by what is on
either side of it. Nothing here knows of papers or of formats.
"""

import re
from collections.abc import Iterator, Mapping

from rag.core.names import PARTICLES, SUFFIX, is_body, is_suffix

_AFFILIATION = re.compile(r"\s*\([^()]*+\)")  # has commas of its own
_DEEPEST = 3  # brackets in brackets
_CAPITAL = "[A-ZÀ-ÖØ-ÞΑ-ΩЀ-Я]"
_INITIALS = re.compile(
    rf"(?:{_CAPITAL}\.?-?){{1,3}}|(?:(?:{_CAPITAL}\.?-?){{1,2}}[\s-]){{1,3}}{_CAPITAL}\.?"
)
_FAMILY_FIRST = re.compile(
    rf"([^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+){{0,2}}) ((?:{_CAPITAL}\.[ -]?)+)"
)
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
_FAMILY_AND_INITIALS = re.compile(
    rf"[^\W\d_][\w'’-]+(?: [^\W\d_][\w'’-]+)* [A-Z]{{1,3}}\.?(?: (?i:{SUFFIX}))?"
)
_FAMILY_THEN_INITIALS = re.compile(rf"(.+?) ([A-Z]{{1,3}})( (?i:{SUFFIX}))?")
_GIVEN = re.compile(r"[^\W\d_](?:[^\W\d_A-Z]|-[A-Z])+")
_ONE_OF_MANY = re.compile(r" \d{4}$")  # DBLP numbers those who have the same name
_EASTERN = str.maketrans("；、，", ";;,")  # noqa: RUF001 - what stands between names there
_MARK = "[*\u2020\u2021\u00a7\u00b6]"
_MARKS = re.compile(rf"(?<!{_MARK}){_MARK}++(?=\s*(?:[,;|&]|and\b|$))")
_NO_GIVEN = re.compile(  # what stands behind a name in catalogues
    r"(?:ph\.? ?d|m\.? ?d|m\.? ?sc|m\.? ?a|dr|prof)\.?|(?:b\. ?)?\d{4}(?:-(?:\d{4})?)?\.?",
    re.IGNORECASE,
)
_ONE_INITIAL = re.compile(r" [A-Z]\.?$")
_WITH_INITIAL = re.compile(rf"(?:^|[\s.]){_CAPITAL}\.")
_LINE = re.compile(rf"{_CAPITAL}[\w.'’-]*,? {_CAPITAL}[\w.'’-]*(?: [\w.'’-]+){{0,3}}")
_WITH_SUFFIX = (0, 4)  # of the parts of a name: the given and the family name
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
    >>> names("Roe, A., van der Poe, B., & King, M. L., Jr."), names("Roe, Ann, and Bob Poe")
    (['A. Roe', 'B. van der Poe', 'M. L. King Jr.'], ['Ann Roe', 'Bob Poe'])
    >>> names("Roe A, Poe BC."), names("['Ann Roe', 'Bob Poe']"), names("Ann Roe et al.")
    (['A Roe', 'BC Poe'], ['Ann Roe', 'Bob Poe'], ['Ann Roe'])
    """
    if (lines := _one_a_line(text)) is not None:
        return lines
    text = _AND_OTHERS.sub("", _NUMBER.sub("", " ".join(text.split())))
    if _OTHERS.fullmatch(text):
        return []
    if text.startswith("[{") and (told := _NAMED.findall(text)):
        return [name for each in told if (name := one("".join(each)))]
    if listed := _LIST.fullmatch(text):
        quoted = (re.sub(r"\\(.)", r"\1", "".join(each)) for each in _QUOTED.findall(listed[1]))
        return [name for each in quoted if (name := one(each))]
    text = _MARKS.sub("", text.translate(_EASTERN))
    if ";" in text or "|" in text:
        apart = [part.strip() for part in re.split(r"[;|]", text) if part.strip()]
        turned = _are_with_initials(apart) and any(map(_ONE_INITIAL.search, apart))
        return [name for part in apart if (name := by_initials(part) if turned else one(part))]
    return _between_commas([_pieces(part) for part in re.split(r",? (?:and|&) ", text)])


def _one_a_line(text: str) -> list[str] | None:
    """Return the names in a text that has each on a line of its own; None if it has not."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [*map(one, lines)] if len(lines) > 1 and all(map(_LINE.fullmatch, lines)) else None


def _pieces(part: str) -> list[tuple[str, str]]:
    """Return what commas divide, and the suffix that follows each behind another comma."""
    found = list[tuple[str, str]]()
    for piece in filter(None, map(str.strip, part.split(","))):
        kept, _, last = piece.rpartition(" ")
        if found and is_suffix(piece):
            found[-1] = found[-1][0], f" {piece}"
        else:
            found.append((kept, f" {last}") if kept and is_suffix(last) else (piece, ""))
    return found


def _between_commas(parts: list[list[tuple[str, str]]]) -> list[str]:
    """Return the names among pieces, of which "and" divides the parts."""
    parts = [part for part in parts if part]
    pieces = [piece for part in parts for piece in part]
    plain = [piece for piece, _ in pieces]
    in_pairs = len(parts) > 1 and all(len(part) % 2 == 0 for part in parts)
    if len(parts) > 1 and all(len(p) == 2 or (len(p) == 1 and is_body(p[0][0])) for p in parts):
        return [_turned(*part) for part in parts]
    if len(plain) == 2 and len(parts) == 1 and _is_one_person(*plain):
        return [_turned(*pieces)]
    if _are_with_initials(plain):
        return [f"{by_initials(name)}{suffix}" for name, suffix in pieces]
    if are_pairs(plain) or (_may_be_pairs(plain) and (in_pairs or _has_initials(plain))):
        return [_turned(*pair) for pair in zip(pieces[::2], pieces[1::2], strict=True)]
    turned = len(parts) > 1 and len(plain) > 2 and _is_turned_first(plain)
    first = [_turned(*pieces[:2])] if turned else []
    named = (f"{one(name)}{suffix}" for name, suffix in pieces[2 * len(first) :])
    return first + [name for name in named if name]


def _turned(family: tuple[str, str], given: tuple[str, str] = ("", "")) -> str:
    """Return the name of a person of which the family name, and its suffix, came first."""
    return " ".join(f"{given[0]} {family[0]}{family[1]}{given[1]}".split())


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
    return names(", ".join(pieces)) if are_pairs(pieces) else pieces


def are_pairs(pieces: list[str]) -> bool:
    """Tell whether pieces are family names and initials by turns."""
    return bool(pieces) and len(pieces) % 2 == 0 and all(map(_INITIALS.fullmatch, pieces[1::2]))


def _may_be_pairs(pieces: list[str]) -> bool:
    """Tell whether pieces may be family names and given names by turns."""
    pairs = zip(pieces[::2], pieces[1::2], strict=False)
    return len(pieces) > 2 and len(pieces) % 2 == 0 and all(_is_one_person(*p) for p in pairs)


def _has_initials(pieces: list[str]) -> bool:
    """Tell whether every other piece has a sign of what stands there: Jane A., van der Berg."""
    given = any(_WITH_INITIAL.search(piece) for piece in pieces[1::2])
    families = (piece.split()[0] for piece in pieces[::2])
    return given or any(word.islower() and word in PARTICLES for word in families)


def _is_turned_first(pieces: list[str]) -> bool:
    """Tell whether only the first person has the family name first: Doe, Jane, and Ann Roe."""
    return (
        " " not in pieces[0]
        and _is_one_person(*pieces[:2])
        and all(" " in piece for piece in pieces[2:])
    )


def _are_with_initials(pieces: list[str]) -> bool:
    """Tell whether names are as PubMed writes them: Roe A, Poe BC, and a full stop at most."""
    people = [piece for piece in pieces if not is_body(piece)]
    dotted = sum(piece.endswith(".") and not is_suffix(piece.split()[-1]) for piece in people)
    matched = all(map(_FAMILY_AND_INITIALS.fullmatch, people))
    return matched and bool(people) and len(pieces) > 1 and dotted < len(people)


def one(text: str) -> str:
    """Return the name of one person with the given name first, whichever way it is written.

    >>> one("Doe, Jane"), one("Jane Doe"), one("King, Martin, Jr.")
    ('Jane Doe', 'Jane Doe', 'Martin King Jr.')
    >>> one("Roe A.B."), one("Ann Roe 0002"), one("Roe, Ann, Ph.D."), one("Poe B., Jr.")
    ('A.B. Roe', 'Ann Roe', 'Ann Roe', 'B. Poe Jr.')
    >>> one("Collaboration, ATLAS"), one("Institute of Wind, Rain and Kites")
    ('ATLAS Collaboration', 'Institute of Wind, Rain and Kites')
    """
    text = _ONE_OF_MANY.sub("", text.strip())
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or _OTHERS.fullmatch(text):
        return ""
    if len(parts) > 1 and is_body(text):
        turned = " " not in parts[0] and is_body(f"the {parts[0]}")  # Collaboration, ATLAS
        return " ".join([*parts[1:], parts[0]]) if turned else text
    family, *given = parts
    suffixes = [*filter(is_suffix, given)]
    given = [part for part in given if part not in suffixes]
    given = given[:1] + [part for part in given[1:] if not _NO_GIVEN.fullmatch(part)]
    if given and not suffixes and is_suffix(last := given[-1].rpartition(" ")[2]):
        given[-1], suffixes = given[-1].removesuffix(last).strip(), [last]
    if not given and (found := _FAMILY_FIRST.fullmatch(family)):
        family = f"{found[2].strip()} {found[1]}"
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
            return _literal(said_whole) if whole == "literal" else one(said_whole)
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
    said_of = [next((_text(plain[n]) for n in some if plain.get(n)), "").strip() for some in parts]
    for place in _WITH_SUFFIX if not said_of[-1] else ():
        kept, _, last = said_of[place].replace(",", " ").rpartition(" ")
        if kept and is_suffix(last):
            said_of[place], said_of[-1] = kept, last
    return " ".join(" ".join(filter(None, said_of)).split())


def _literal(said: str) -> str:
    """Return the name that is to be taken as it is, as it should be: "Doe, Jane" is a person."""
    pieces = [piece for piece, _ in _pieces(said)]
    person = len(pieces) < 2 or (len(pieces) == 2 and _is_one_person(*pieces))
    return one(said) if person else said


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
    if is_body(first):
        return False
    if words[0].lower() in PARTICLES:  # Du Tran is a person, and De la Cruz is half of one
        return words[0].islower() or words[1] in PARTICLES or len(given) == 1
    return words[0] not in ("The",) and bool(_GIVEN.fullmatch(second))
