"""What Chroma tells of a passage, beside its vector: the text, and whose it is.

Whoever opens the collection with Chroma or LangChain finds papers in it without this program. It
is made of a paper's own record, so it can be made again from there.
"""

from typing import Any

from rag.library.records import Record


def documents(record: Record) -> list[str]:
    """Return the texts of a paper's passages, in their order."""
    return [passage.text for passage in record.passages]


def metadata(record: Record) -> list[dict[str, Any]]:
    """Return what is told of each passage of a paper, in their order.

    Returns
    -------
    list of dict
        ``id``, ``title`` and ``url`` of the paper; ``start`` and ``end`` of the passage in its
        abstract, both 0 for the title. Where they are known, the day of the listing as ``listed``
        (``"2021-04-02"``) and as ``day``, a number that can be compared (``20210402``), and the
        list ``categories``.
    """
    paper = record.paper
    told: dict[str, Any] = {"id": paper.id, "title": paper.title, "url": paper.url}
    if day := paper.listed:
        told |= {"listed": day.isoformat(), "day": day.year * 10_000 + day.month * 100 + day.day}
    if paper.categories:
        told["categories"] = list(paper.categories)
    return [{**told, "start": start, "end": end} for start, end in record.spans]
