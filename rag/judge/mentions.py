"""Papers that name all that was asked without being about it.

A paper that holds every word of a question, in title or abstract and in any of its forms, is a
mention at least. All papers of the index are asked, not the candidates alone: a count is a claim.
"""

from collections.abc import Sequence

from rag.core.filters import Filters
from rag.core.questions import Question
from rag.judge.evidence import Findings
from rag.judge.excluding import does
from rag.judge.reasons import near
from rag.judge.wording import Wording
from rag.library import Library
from rag.models.embedding import Embedding
from rag.search.retrieval import Match


def find(
    question: Question,
    filters: Filters,
    matches: Sequence[Match],
    found: Findings,
    library: Library,
    embedding: Embedding,
    only: bool = False,
) -> tuple[str, ...]:
    """Return the identifiers of the papers that only mention what was asked.

    Parameters
    ----------
    matches
        The candidates.
    found
        What is about it, and in which order the candidates come; the rest is behind them, the
        newest first.
    only
        Whether candidates alone count: for those that lack the genre asked for do not.
    """
    words = Wording(question, matches, library).alternatives()
    about = {item.paper.id for item in found.matched}
    named = [name for name in library.naming(words, filters) if name not in about]
    place = {name: n for n, name in enumerate(found.order)}
    if only:
        named = [name for name in named if name in place]
    named.sort(key=lambda name: place.get(name, len(place)))
    if question.excluded and named:
        records = [record for record in library.records(named).values() if record.packed]
        some = near(question, records, embedding)
        gone = does(question.excluded, some, len(some), embedding, None, library.sample())
        named = [match.paper.id for n, match in enumerate(some) if n not in gone]
    return tuple(named)
