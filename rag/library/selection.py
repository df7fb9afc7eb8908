"""Filters as the words index understands them.

What passes is decided by tantivy alone. Chroma's own conditions were tried: at 20,000 papers they
took 150 to 600 ms a search, against 12 ms without one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.core.filters import Filters, Period
from rag.library import terms
from rag.text import people

if TYPE_CHECKING:
    import tantivy

_TYPED = ("text", "author")
_BEGUN = re.compile(r"\d{4}\.\d{0,5}")
_BETWEEN = 3  # words that may stand between a given name and a family name


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the names in filters stand for in a library.

    Attributes
    ----------
    titled, not_titled
        Identifiers of the papers that the titles are of.
    authored
        For each name of an author, what matches the papers.
    """

    titled: Sequence[str] = ()
    not_titled: Sequence[str] = ()
    authored: "Mapping[str, tantivy.Query]" = field(default_factory=dict)


def query(
    schema: "tantivy.Schema",
    filters: Filters,
    resolved: Resolved,
    among: Sequence[str] = (),
    withdrawn: bool = False,
) -> "tantivy.Query":
    """Return what matches the papers that pass.

    Parameters
    ----------
    schema
        Of the words index.
    filters
        May be empty: then all pass, but for the withdrawn.
    resolved
        What their titles and authors stand for.
    among
        If given, only these identifiers.
    withdrawn
        Whether withdrawn papers pass as well.
    """
    import tantivy

    by = resolved.authored
    musts: list[tantivy.Query] = []
    if filters.since or filters.until:
        musts.append(_listed(schema, (filters.since, filters.until)))
    if filters.periods:
        musts.append(any_of(_listed(schema, period) for period in filters.periods))
    if filters.categories:
        musts.append(_one_of(schema, "category", filters.categories))
    if filters.ids or filters.titles:
        musts.append(_one_of(schema, "id", (*filters.ids, *resolved.titled)))
    musts.extend(by[name] for name in filters.authors)
    if filters.any_authors:
        musts.append(any_of(by[name] for name in filters.any_authors))
    if among:
        musts.append(_one_of(schema, "id", among))
    nots = [by[name] for name in filters.not_authors]
    if filters.not_categories:
        nots.append(_one_of(schema, "category", filters.not_categories))
    if gone := (*filters.not_ids, *resolved.not_titled):
        nots.append(_one_of(schema, "id", gone))
    if not withdrawn:
        nots.append(tantivy.Query.term_query(schema, "withdrawn", 1))
    clauses = [(tantivy.Occur.Must, part) for part in musts or [tantivy.Query.all_query()]]
    clauses += [(tantivy.Occur.MustNot, part) for part in nots]
    return tantivy.Query.const_score_query(tantivy.Query.boolean_query(clauses), 0.0)


def _listed(schema: "tantivy.Schema", period: Period) -> "tantivy.Query":
    import tantivy

    first, last = (day.toordinal() if day else None for day in period)
    return tantivy.Query.range_query(schema, "listed", tantivy.FieldType.Integer, first, last)


def _one_of(schema: "tantivy.Schema", name: str, values: Sequence[str]) -> "tantivy.Query":
    import tantivy

    return tantivy.Query.term_set_query(schema, name, list(values))


def any_of(queries: "Iterable[tantivy.Query]") -> "tantivy.Query":
    """Return what matches the papers that one of some queries matches."""
    import tantivy

    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def holding(schema: "tantivy.Schema", words: Sequence[Sequence[Sequence[str]]]) -> "tantivy.Query":
    """Return what matches papers that hold all words, each in any of its alternatives.

    Parameters
    ----------
    words
        For each word its alternatives, each of terms that have to come together.
    """
    import tantivy

    def together(terms: Sequence[str]) -> tantivy.Query:
        found = (tantivy.Query.term_query(schema, "text", term) for term in terms)
        return tantivy.Query.boolean_query([(tantivy.Occur.Must, each) for each in found])

    return tantivy.Query.boolean_query(
        [(tantivy.Occur.Must, any_of(map(together, alternatives))) for alternatives in words]
    )


def both(one: "tantivy.Query", other: "tantivy.Query") -> "tantivy.Query":
    """Return what matches the papers that two queries match."""
    import tantivy

    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in (one, other)])


def named(
    schema: "tantivy.Schema", terms: Sequence[str], roots: Sequence[str] = ()
) -> "tantivy.Query":
    """Return what matches papers with all terms, the last one perhaps not yet typed to its end.

    In title, abstract or the names of the authors.

    Parameters
    ----------
    roots
        What may stand for the last term too.
    """
    import tantivy

    whole = [
        [tantivy.Query.term_query(schema, field, term) for field in _TYPED] for term in terms[:-1]
    ]
    begun = [
        [
            *(tantivy.Query.regex_query(schema, field, f"{re.escape(term)}.*") for field in _TYPED),
            *(tantivy.Query.term_query(schema, "text", root) for root in roots),
        ]
        for term in terms[-1:]
    ]
    return tantivy.Query.boolean_query(
        [
            (
                tantivy.Occur.Must,
                tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in anywhere]),
            )
            for anywhere in (*whole, *begun)
        ]
    )


def within(schema: "tantivy.Schema", categories: Sequence[str]) -> "tantivy.Query":
    """Return what matches papers that are in one of some categories."""
    return _one_of(schema, "category", categories)


def begins_identifier(text: str) -> bool:
    """Tell whether a text is an identifier of arXiv, perhaps not typed to its end."""
    return bool(_BEGUN.fullmatch(text))


def typed(
    schema: "tantivy.Schema",
    text: str,
    terms: Sequence[str],
    roots: Sequence[str],
    categories: Sequence[str],
) -> "tantivy.Query":
    """Return what matches papers by whatever was typed to find them.

    Parameters
    ----------
    text
        As it was typed; it may be the beginning of an identifier.
    terms, roots
        Of the text, see `named`.
    categories
        Those that the text names.
    """
    import tantivy

    found = [named(schema, terms, roots)]
    if categories:
        found.append(_one_of(schema, "category", categories))
    if begins_identifier(text):
        found.append(tantivy.Query.regex_query(schema, "id", f"{re.escape(text)}.*"))
    return any_of(found)


def ranked(
    schema: "tantivy.Schema",
    matching: "tantivy.Query",
    scored: "Sequence[tantivy.Query]",
    terms: Sequence[str],
) -> "tantivy.Query":
    """Return what matches the same papers as a query, those first that hold the terms best.

    Parameters
    ----------
    scored
        What scores them.
    terms
        Of the text; authors are scored by them.
    """
    import tantivy

    passing = tantivy.Query.const_score_query(matching, 0.0)
    by = [tantivy.Query.term_query(schema, "author", term) for term in terms]
    scores = [(tantivy.Occur.Should, each) for each in (*by, *scored)]
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, passing), *scores])


def author(schema: "tantivy.Schema", name: str) -> "tantivy.Query":
    """Return what matches the papers that may be by an author of that name.

    One word of a name is matched as it stands, in any of its spellings. Of several the first and
    the last have to come near each other, the first perhaps as an initial: which of these papers
    are by that author, `rag.text.people` tells.
    """
    import tantivy

    rows = (people.parts(reading) for reading in people.readings(name))
    found = [(tantivy.Occur.Should, _written(schema, words)) for words in rows if words]
    return tantivy.Query.boolean_query(found) if found else tantivy.Query.empty_query()


def _written(schema: "tantivy.Schema", words: Sequence[str]) -> "tantivy.Query":
    """Return what matches a name of these words."""
    import tantivy

    if len(words) == 1 and len(characters := terms.of_name(words[0])) > 1:
        return tantivy.Query.phrase_query(schema, "author", list(characters))
    family = _terms(words[-1])
    if len(words) == 1:
        return _one_of(schema, "author", family)
    given = f"{words[0]}.*" if len(words[0]) == 1 else "|".join([*_terms(words[0]), words[0][0]])
    near = [f"({given})", f"({'|'.join(family)})"]
    return tantivy.Query.regex_phrase_query(schema, "author", near, slop=_BETWEEN)  # type: ignore[arg-type]


def authored(schema: "tantivy.Schema") -> "tantivy.Query":
    """Return what matches the papers whose authors are known."""
    import tantivy

    return tantivy.Query.regex_query(schema, "author", ".+")


def _terms(word: str) -> list[str]:
    """Return a word of a name as it may stand in the index."""
    found = (terms.of_name(spelling) for spelling in people.spellings(word))
    return list(dict.fromkeys(term for some in found for term in some))
