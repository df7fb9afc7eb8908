"""Which of the two a reader gave: a paper, or what it refused."""

from rag.core.papers import Paper
from rag.listings import Refused


def as_paper(item: object) -> Paper:
    assert isinstance(item, Paper), item
    return item


def as_refused(item: object) -> Refused:
    assert isinstance(item, Refused), item
    return item
