"""One spelling for each word: without accents and apostrophes, and American.

"Poincaré" is "poincare", "O’Neill" is "oneill", "colour" is "color", "optimise" is "optimize" and
"LLMs" is "llm". `without_umlauts` brings "Schroedinger" and "Schrodinger" together. What comes out
is for comparing and not meant to be read: "influence" becomes "influnce", which is no other word.
It knows single words and no text; where a word begins and ends is for `rag.text.words` to say.
"""

import re
import unicodedata

_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe",
        "\u0131": "i", "ħ": "h", "ŋ": "n", "\u00ad": "", "'": "", "’": "",
        "\u02bc": "", "\u2018": "",
    }
)  # fmt: skip
_MARKS = re.compile(r"[\u0300-\u036f]")
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho
        sigma tau upsilon phi chi psi omega""".split(),
        strict=True,
    )
)  # "β-VAE" is "beta-VAE"

# "ae" for "ä" and the like: between consonants, and not in an ending ("goes", "fuel").
_UMLAUT = re.compile(r"(?<=[bcdfghjklmnprstvwxz])([aou])e(?=[bcdfghjklmnpqrstvwxz][a-z])")
_AT_THE_START = re.compile(r"^([ou])e(?=[bcdfghjklmnpqrstvwxz][a-z]{3})")  # Oezdemir
_RING = re.compile(r"aa(?=rd|rh|l[a-z])")  # Ødegaard, Aarhus, Aalborg
_NO_UMLAUT = frozenset("guest guess".split())  # "gust" and "gus" are other words

_PLURALS = re.compile(r"\w[A-Z]s$")  # GPUs, ViTs
_SMALL_PLURALS = re.compile(
    r"(?:[b-df-hj-np-tv-xz]{2,}[b-df-hj-np-rtv-xz]|[b-df-hj-np-tv-xz]pu)s"
)  # cnns, not gps

# Roots of "colour" and the like; "contour", "tour" and "hour" are no such words.
_OUR = """arm behavi cand clam col demean endeav fav ferv flav harb hon hum lab misbehavi neighb od
    parl ranc rig rum sav savi splend tum val vap vig""".split()
# What stands before -ise where Americans write -ize: not in "noise", "precise" or "supervise".
_IZE = """al ant apt ar ard dom eg en er ern et etr hes ic id il it lin mat min nim nom og ogn ol
    on or ot phas rin tem tim tom un vat xim""".split()
_RE = "cent|met|lit|fib|theat|calib|spect|lust|somb|meag|tit|maneuv|sab|och"  # centre, metre...

_LOGUE = r"(?<=(?:ata|dia|ana|ono|omo)log)"
_AMERICAN = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (rf"^((?:dis|mis|un|re|multi|tri|bi)?(?:{'|'.join(_OUR)})o)u(?=r)", r"\1"),
        (rf"(?<=.)((?:{'|'.join(_IZE)})i)s(?=(?:e|es|ed|er|ers|ing|able)$)", r"\1z"),
        (r"(?<=[^v]i)s(?=ation(?:s|al|ally)?$)", "z"),
        (r"(?<=(?:nal|ral|tal)y)s(?=(?:e|ed|er|ers|ing|able)$)", "z"),
        (rf"({_RE})re(?=s?$|less$)", r"\1er"),
        (rf"({_RE})red$", r"\1ered"),
        (r"(?<=cent)r(?=ing$)", "er"),
        (rf"{_LOGUE}u(?=ed$|ing$)|{_LOGUE}ue(?=s?$)", ""),
        (r"^(of|de)fenc(?=es?$|eless$)", r"\1fens"),
        (r"^licenc(?=es?$|ed$|ing$)", "licens"),
        (r"^practis(?=e[sdr]?$|ing$)", "practic"),
        (r"^(fuel|duel|dial)l(?=ed$|ing$)", r"\1"),
        (r"^grey", "gray"),
        (r"^programme(?=s?$)", "program"),
        (r"^aluminium", "aluminum"),
        (r"^sceptic", "skeptic"),
        (r"^mould", "mold"),
        (r"^artefact", "artifact"),
        (r"^sulph", "sulf"),
        (r"^disc(?=s?$)", "disk"),
        (r"^aeroplane", "airplane"),
        (r"^(judg|acknowledg|ag)e(?=ments?$|ing$)", r"\1"),
        (r"^(learn|burn)t$", r"\1"),
        (r"^((?:to|after|back|for|up|down|in|out)ward)s$", r"\1"),
        # ae and oe from Greek
        (r"^(p|orthop|encyclop)aed", r"\1ed"),
        (r"(an|isch|ox|leuk|ur|ptic|glyc)aem(?=i)", r"\1em"),
        (r"^haem", "hem"),
        (r"^anaesth", "anesth"),
        (r"^aesthet", "esthet"),
        (r"^(gyn|arch|f|c)ae(?=c|o|s)", r"\1e"),
        (r"^oe(?=dem|soph|str)", "e"),
        (r"^foet", "fet"),
        (r"rrhoea", "rrhea"),
        (r"^manoeuv", "maneuv"),
    )
)
_MAY_BE_BRITISH = re.compile(
    r"our|is[aei]|ys[ei]|re(?:s|d|less)?$|ring$|logu|fenc|licen|practis|ll(?:ed|ing)$|^grey|mme"
    r"|nium|^scep|^mou|^art|^sul|^disc|^aero|ge|nt$|ards$|ae|oe"
)  # few words are looked at closely


def spelled(word: str) -> str:
    """Return a word in its one spelling, in lower case; of plurals only acronyms lose their ending.

    >>> [spelled(word) for word in ("Ødegård", "O’Neill", "modelling", "colours", "GANs")]
    ['odegard', 'oneill', 'modelling', 'colors', 'gan']
    """
    if _PLURALS.search(word):
        word = word[:-1]
    plain = word.lower()
    if not plain.isascii():
        plain = _GREEK.get(plain, plain).translate(_LETTERS)
        plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    plain = plain.replace("'", "")
    if _SMALL_PLURALS.fullmatch(plain):
        plain = plain[:-1]
    if _MAY_BE_BRITISH.search(plain):
        for british, american in _AMERICAN:
            plain = british.sub(american, plain)
    return plain


def without_umlauts(plain: str) -> str:
    """Return a spelling, or the stem of one, with one letter for what stands for ä, ö, ü or å.

    >>> without_umlauts("schroedinger"), without_umlauts("mueller"), without_umlauts("goes")
    ('schrodinger', 'muller', 'goes')
    """
    if plain in _NO_UMLAUT:
        return plain
    return _RING.sub("a", _UMLAUT.sub(r"\1", _AT_THE_START.sub(r"\1", plain)))
