"""From a record with named fields to an entry: what JSON, JSON lines and CSV have in common.

Fields are known by names that are in use, however they are written (`arXiv ID`, `arxiv_id`): those
of arXiv, reference managers, publishers and search engines. When and where a paper appeared is read
by `published.py`.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from rag.core.identifiers import arxiv_id, doi_of, is_arxivs, is_category, known_by
from rag.core.origins import title_key
from rag.core.publishers import papers_page
from rag.listings import limits, linked, people, published
from rag.listings.entries import Entry, chosen
from rag.listings.fields import as_text, fields, first, plain_name
from rag.listings.text import without_stop

TITLES = (
    "title", "documenttitle", "articletitle", "papertitle", "itemtitle", "primarytitle",
    "displayname", "ti", "titles", "citationtitle",
)  # fmt: skip
ABSTRACTS = (
    "abstract", "summary", "abstractnote", "abstracttext", "abstracts", "ab", "description",
    "abstractinvertedindex", "descriptions", "summaries", "content", "contenthtml",
    "contenttext", "excerpt",
)  # fmt: skip
ABSTRACTS_OF_PAPERS = (*(name for name in ABSTRACTS if name.startswith("ab")), "summaries")
"""What else has a title and a summary or a description may be anything, unless it has a link."""

OTHER_TITLES = ("name", "label", "headline", "papername", "paper")
"""What a title is called where nothing else is, beside an abstract."""

_ELSEWHERE = {
    **dict.fromkeys(
        "titel titre título titulo titolo tytuł название 标题 题名 論文名".split(), "title"
    ),
    **dict.fromkeys(
        "zusammenfassung kurzfassung résumé resumen resumo riassunto sommario samenvatting"
        " streszczenie аннотация 摘要 要旨".split(),
        "abstract",
    ),
    **dict.fromkeys(
        "autoren autor autorin auteurs auteur autores autori autore autorzy авторы 作者"
        " 著者".split(),
        "authors",
    ),
    **dict.fromkeys("jahr année annee año ano anno jaar rok год 年份 出版年".split(), "year"),
    **dict.fromkeys("zeitschrift revue revista rivista tijdschrift журнал 期刊".split(), "journal"),
}
"""What people call the columns of their own tables in other languages."""

_INSIDE = (
    "paper", "data", "metadata", "content", "attributes", "work", "article", "item", "node", "bib",
    "citingpaper", "citedpaper",
)  # fmt: skip
_BESIDE = ("extra", "params", "custom")  # where the makers of sites put fields of their own
_ARTICLES = ("ScholarlyArticle", "Article", "CreativeWork", "Thesis", "Chapter")
_COMMENTS = ("comments", "comment")
_CATEGORIES = (
    "primarycategory", "arxivprimarycategory", "categories", "category", "subjects", "terms",
)  # fmt: skip
AUTHORS = (
    "authorsparsed", "authorfullnames", "authors", "author", "creators", "creator", "authorships",
    "authorstext", "authorlist", "authorstring", "authornames", "af", "au",
    "authfullname", "authorfullname", "authordisplayname", "contributors", "citationauthor",
)  # fmt: skip

_USUAL = (
    ("title", frozenset(TITLES), re.compile(
        r"(?!.*(?:journal|source|publication|container|book|series|short|second|tertiary|volume"
        r"|issue|sub|alt|parent|venue|conference|proceeding|job|has|translated|former|abbr))"
        r".*title(?:en|eng|english)?"
    )),
    ("abstract", frozenset(ABSTRACTS), re.compile(
        r"(?!.*(?:has|url|link|graphical|translated|lang)).*abstract(?:en|eng|english|plain)?"
    )),
    ("authors", frozenset(AUTHORS), re.compile(r"(?:all|first|full|paper|main)authors?(?:list)?")),
)  # fmt: skip

# Crossref hands out abstracts in the publishers' markup (JATS): what is raised stays so.
_JATS = re.compile(
    r"(?P<tex><jats:tex-math\b[^<>]*>[^<>]*</jats:tex-math>(?=\s*<(?:mml:)?math\b))"
    r"|(?P<heading><jats:title>\s*Abstract\s*</jats:title>)"
    r"|<(?P<title>/?)jats:title\b[^<>]*>|<(?P<raised>/?)jats:(?P<level>su[bp])\b[^<>]*>"
    r"|(?P<inline></?jats:(?:italic|bold|sc|underline|monospace|ext-link|xref|email|"
    r"(?:named|styled)-content)\b[^<>]*>)|</?jats:[^<>]*>",
    re.IGNORECASE,
)
_NO_ABSTRACT = re.compile(r"\W*no abstract(?: (?:is )?available)?\W*|nan|none|n/a", re.IGNORECASE)
_LONGEST_INVERTED = 10_000  # words of an abstract that is given by their places


def is_paper(names: Iterable[str]) -> bool:
    """Tell whether plain names are those of a paper: its title, an abstract and mostly a link."""
    found = {*names}
    found |= {*_aliases(found), *(_ELSEWHERE[name] for name in found & _ELSEWHERE.keys())}
    return has_text(found) and bool(found & {*linked.LINKS, *ABSTRACTS_OF_PAPERS})


def has_text(names: Iterable[str]) -> bool:
    """Tell whether plain names are those of a title and an abstract."""
    found = set(names)
    return bool(found & {*TITLES}) and bool(found & {*ABSTRACTS})


def _aliases(names: Collection[str]) -> dict[str, str]:
    """Return which of some plain names stand for the title, the abstract and the authors.

    Where none of the usual names is there, one that ends or begins with it is what was meant.

    >>> _aliases(["enabstract", "maintitle", "journaltitle"])
    {'title': 'maintitle', 'abstract': 'enabstract'}
    """
    found = dict[str, str]()
    for usual, known, pattern in _USUAL:
        if not known.intersection(names):
            meant = next((name for name in names if pattern.fullmatch(name)), "")
            found |= {usual: meant} if meant else {}
    return found


def unwrapped(record: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of a record under plain names, with those of the paper that it is about.

    What the services wrap a paper into (`paper`, `data`, `content`) says less than the paper does.
    What schema.org calls an article has a name for its title.
    """
    named = fields(record)
    for name in named.keys() & _ELSEWHERE.keys():
        named.setdefault(_ELSEWHERE[name], named[name])
    plain = [name for name, value in named.items() if isinstance(value, str)]
    usual = named.keys() & {*TITLES, *ABSTRACTS, *AUTHORS}
    named |= {fact: named[name] for fact, name in _aliases([*usual, *plain]).items()}
    if as_text(named.get("type")) in _ARTICLES and not named.keys() & {*TITLES}:
        named["title"] = as_text(named.get("headline")) or as_text(named.get("name"))
    if not named.keys() & {*TITLES} and named.keys() & {*ABSTRACTS_OF_PAPERS}:
        named["title"] = next((t for n in OTHER_TITLES if (t := as_text(named.get(n)))), "")
    for name in _BESIDE:
        if isinstance(beside := named.get(name), dict):
            named = {**fields(beside), **named}
    for name in _INSIDE:
        if isinstance(inner := named.get(name), dict):
            within = fields(inner)
            if within.keys() & {*TITLES}:
                return {**named, **{k: v for k, v in within.items() if v not in (None, "", [])}}
    return named


def entry(line: int, record: Mapping[str, object], key: str = "") -> Entry:
    """Return what a record says of a paper; a field that is missing or no text is empty.

    Parameters
    ----------
    key
        What the record is filed under, where it is: an identifier, if it is one.
    """
    named = unwrapped(record)
    links = list(dict.fromkeys(filter(None, linked.links(named, key))))
    authors = (tuple(filter(None, people.of(named.get(name)))) for name in AUTHORS)
    kind, venue, link = published.kind(named), published.venue(named), chosen(links)
    if plain_name(kind) == "article":  # CSL's word for what is in no journal, others' for what is
        kind = "journalarticle" if venue else "preprint"
    return Entry(
        line,
        title=_title(named),
        link=link,
        abstract=_abstract(named, link),
        listed=published.day(named),
        categories=tuple(
            category for name in _CATEGORIES for category in _categories(named.get(name))
        )
        + tuple(_tags(named.get("tags")))
        + tuple(keywords(as_text(named.get("keyword")))),
        authors=next(filter(None, authors), ()),
        updated=published.updated(named),
        comment=first(named, _COMMENTS) or _withdrawal(named),
        version=_version(named) if _has_versions(named, link) else None,
        links=tuple(links[: limits.MOST_NAMES]),
        venue=venue,
        year=published.year(named),
        kind=published.csl_kind(kind) if len(kind) < 40 else "",
        may_lack_link=bool(named.keys() & {*ABSTRACTS_OF_PAPERS}),
    )


def with_subtitle(title: str, subtitle: str) -> str:
    """Return a title and what some keep apart from it, unless it is in there already.

    >>> with_subtitle("Kites", "a View"), with_subtitle("Kites: A View", "a view")
    ('Kites: a View', 'Kites: A View')
    """
    if not title or not subtitle or title_key(subtitle) in title_key(title):
        return title
    return f"{title} {subtitle}" if title[-1] in ":?!.–—" else f"{title}: {subtitle}"


def _title(named: Mapping[str, object]) -> str:
    said = with_subtitle(first(named, TITLES), as_text(named.get("subtitle")))
    # Europe PMC ends titles with a full stop, as PubMed does.
    return without_stop(said) if named.keys() & {*linked.NUMBERS} else said


def _abstract(named: Mapping[str, object], link: str) -> str:
    of_paper = arxiv_id(link) or doi_of(link) or papers_page(link)
    for name in ABSTRACTS:
        value = named.get(name)
        if isinstance(value, dict) and name == "abstractinvertedindex":
            return _in_order(value)
        if isinstance(value, dict) and name == "content":
            continue
        if name == "excerpt" and not of_paper:  # of a page among somebody's bookmarks
            continue
        if isinstance(value, list):  # INSPIRE: those of arXiv have TeX, of publishers MathML
            value = sorted(value, key=_is_publishers)
        if (found := as_text(value) or " ".join(_paragraphs(value))) and not _NO_ABSTRACT.fullmatch(
            found
        ):
            return _JATS.sub(_marked, found)
    return ""


def _is_publishers(abstract: object) -> bool:
    said = abstract.get("source") if isinstance(abstract, dict) else "arXiv"
    return as_text(said).lower() != "arxiv"


def _paragraphs(value: object) -> Iterator[str]:
    """Yield the texts of an abstract in parts: {"h1": "Abstract", "p": "The abstract."}."""
    for part in value.values() if isinstance(value, dict) else ():
        for said in part if isinstance(part, list) else [part]:
            text = said.strip() if isinstance(said, str) else ""
            if plain_name(text) not in ("", "abstract", "summary"):
                yield text


def _marked(found: re.Match[str]) -> str:
    """Return what stands for a mark of JATS."""
    if found["level"]:
        return f"<{found['raised']}{found['level']}>"
    if found["title"] is not None:
        return f"<{found['title']}h4>"
    return "" if found["inline"] or found["tex"] else " "


def _in_order(places: Mapping[str, object]) -> str:
    """Return the text of OpenAlex's words with their places."""
    at = [
        (place, word)
        for word, where in places.items()
        for place in (where if isinstance(where, list) else ())
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(at[:_LONGEST_INVERTED]))


def _withdrawal(named: Mapping[str, object]) -> str:
    if str(named.get("withdrawn")).lower() == "true":
        return "withdrawn"
    status = as_text(named.get("status"))
    return status if status.lower() in ("withdrawn", "retracted") else ""


def is_keyword(said: str) -> bool:
    """Tell whether a keyword is a category, as `rag export` has them; "math" is a word as well."""
    return is_category(said) and ("." in said or "-" in said)


def keywords(said: str) -> Iterator[str]:
    """Yield the categories among keywords with commas between them."""
    yield from filter(is_keyword, map(str.strip, said.split(",")))


def _has_versions(named: Mapping[str, object], link: str) -> bool:
    """Tell whether a `version` is that of the paper; Zotero and OpenReview count their changes."""
    known = known_by(link[: limits.LONGEST_LINK])
    return bool(known) and is_arxivs(str(known)) and "itemtype" not in named


def _version(named: Mapping[str, object]) -> int | None:
    """Return the number of the last version, as in arXiv's metadata snapshot (`v2`)."""
    versions = named.get("versions")
    last = versions[-1] if isinstance(versions, list) and versions else named
    said = as_text(last.get("version")) if isinstance(last, dict) else ""
    found = re.fullmatch(r"v?([1-9]\d{0,3})", said)
    return int(found[1]) if found else None


def _tags(value: object) -> Iterator[str]:
    """Yield the categories among tags, as the query service and its readers have them."""
    for part in value if isinstance(value, list) else ():
        if isinstance(part, dict) and isinstance(term := part.get("term"), str):
            yield term


def _categories(value: object) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict) and as_text(part.get("@term")):  # Atom as JSON
            part = part["@term"]
        yield from (word for word in re.split(r"[\s,;|'\"\[\]]+", as_text(part)) if word)
