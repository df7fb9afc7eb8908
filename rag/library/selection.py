"""Filters as the words index understands them.

What passes is decided by tantivy alone. Chroma's own conditions were tried: at 20,000 papers they
took 150 to 600 ms a search, against 12 ms without one.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.core.filters import Filters
from rag.library import terms

if TYPE_CHECKING:
    import tantivy

_TYPED = ("text", "author")


def query(
    schema: "tantivy.Schema",
    filters: Filters,
    titled: Sequence[str],
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
    titled
        Identifiers of the papers that the filters' titles are of.
    among
        If given, only these identifiers.
    withdrawn
        Whether withdrawn papers pass as well.
    """
    import tantivy

    parts: list[tantivy.Query] = []
    if filters.since or filters.until:
        first, last = (d.toordinal() if d else None for d in (filters.since, filters.until))
        parts.append(
            tantivy.Query.range_query(schema, "listed", tantivy.FieldType.Integer, first, last)
        )
    if filters.categories:
        parts.append(tantivy.Query.term_set_query(schema, "category", list(filters.categories)))
    if filters.ids or filters.titles:
        parts.append(tantivy.Query.term_set_query(schema, "id", [*filters.ids, *titled]))
    parts.extend(author(schema, name) for name in filters.authors)
    if among:
        parts.append(tantivy.Query.term_set_query(schema, "id", list(among)))
    musts = [(tantivy.Occur.Must, part) for part in parts or [tantivy.Query.all_query()]]
    if not withdrawn:
        gone = tantivy.Query.term_query(schema, "withdrawn", 1)
        musts.append((tantivy.Occur.MustNot, gone))
    return tantivy.Query.const_score_query(tantivy.Query.boolean_query(musts), 0.0)


def named(schema: "tantivy.Schema", terms: Sequence[str]) -> "tantivy.Query":
    """Return what matches papers with all terms, the last one perhaps not yet typed to its end.

    In title, abstract or the names of the authors.
    """
    import tantivy

    whole = [
        [tantivy.Query.term_query(schema, field, term) for field in _TYPED] for term in terms[:-1]
    ]
    begun = [
        [tantivy.Query.regex_query(schema, field, f"{re.escape(term)}.*") for field in _TYPED]
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


def author(schema: "tantivy.Schema", name: str) -> "tantivy.Query":
    """Return what matches the papers of an author: the words of the name, one after the other."""
    import tantivy

    named = terms.of_name(name)
    if not named:
        return tantivy.Query.empty_query()
    if len(named) == 1:
        return tantivy.Query.term_query(schema, "author", named[0])
    return tantivy.Query.phrase_query(schema, "author", list(named))
