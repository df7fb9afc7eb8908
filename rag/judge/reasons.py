"""Why papers that are known to match do so: the sentence that shows it, for each of many papers."""

from collections.abc import Sequence
from dataclasses import replace

from rag.core.questions import Question
from rag.judge import accounts, sentences
from rag.judge.evidence import Evidence
from rag.judge.wording import Wording
from rag.library import Library
from rag.library.records import Record
from rag.models.embedding import Embedding
from rag.search import retrieval
from rag.search.retrieval import Match, sought


def find(
    question: Question,
    records: Sequence[Record],
    library: Library,
    embedding: Embedding,
) -> list[Evidence]:
    """Return for each paper the sentences that show why it matches, in the order given.

    None of a withdrawn paper, of which only the record is left.
    """
    whole = [record for record in records if record.packed]
    if not question.topic and question.kind not in ("fact", "explain", "compare"):
        found = [accounts.account(record, 1) for record in whole]
    else:
        matches = near(question, whole, embedding)
        wording = Wording(question, matches, library)
        found = [
            Evidence(
                match.record, sentences.deciding(question, match, wording, question.genres), 1.0
            )
            for match in matches
        ]
    shown = {item.paper.id: item for item in found}
    return [shown.get(record.paper.id, Evidence(record, (), 1.0)) for record in records]


def near(question: Question, records: Sequence[Record], embedding: Embedding) -> list[Match]:
    """Return papers with the nearness of their sentences to a question, and no other score."""
    query = embedding.encode_query(sought(question))
    return [
        replace(retrieval.unscored(record), cosines=record.vectors @ query) for record in records
    ]
