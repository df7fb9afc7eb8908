"""Reading a library: single papers, nearness, words, and lists."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rag.core.filters import Filters
from rag.core.papers import Paper
from rag.library import Library, Written
from rag.library.passages import passages
from rag.library.records import centroid, unpacked
from rag.models.embedding import Embedding
from rag.question.parsing import read
from rag.search.retrieval import search
from tests.library.tiny import (
    Tiny,
    check_found,
    check_whole,
    paper,
)


def test_all_papers_are_there_as_they_were_read(library: Library, papers: list[Paper]) -> None:
    assert len(library) == len(papers)
    assert list(library.papers()) == sorted(papers, key=lambda p: p.id)
    for p in papers:
        assert library.get(p.id) == p
    assert library.get("9901.00001") is None
    check_whole(library)


def test_records_come_in_the_order_asked_for(library: Library, papers: list[Paper]) -> None:
    wanted = [papers[7].id, "9901.00001", papers[3].id, papers[7].id]
    assert list(library.records(wanted)) == [papers[7].id, papers[3].id]
    assert library.records([]) == {}


def test_records_hold_the_passages_of_the_paper(
    library: Library, papers: list[Paper], embedding: Embedding
) -> None:
    records = library.records(p.id for p in papers)
    for p in papers:
        assert list(records[p.id].passages) == passages(p, embedding.fits)


def test_vectors_are_those_of_the_passages(
    library: Library, papers: list[Paper], embedding: Embedding
) -> None:
    records = list(library.records(p.id for p in papers[:5]).values())
    for record in records:
        direct = embedding.encode([p.text for p in record.passages])
        assert np.allclose(record.vectors, direct, atol=2e-3)
        assert np.allclose(np.linalg.norm(record.vectors, axis=1), 1, atol=1e-3)
        assert np.allclose(record.whole, centroid(direct), atol=1e-3)
    together = unpacked(records)
    assert np.array_equal(together, np.vstack([v for r in records for v in (r.whole, r.vectors)]))
    assert unpacked([]).shape[0] == 0


def test_every_paper_is_found_by_its_title(
    library: Library, papers: list[Paper], embedding: Embedding
) -> None:
    check_found(library, papers, embedding)


def test_nearest_is_what_all_cosines_say(
    library: Library, papers: list[Paper], embedding: Embedding
) -> None:
    records = library.records(p.id for p in papers)
    query = embedding.encode_query("object tracking with transformers")
    best = {i: float((r.vectors @ query).max()) for i, r in records.items()}
    found = library.nearest(query, 2_000)
    assert found.keys() == best.keys()
    assert all(found[i] == pytest.approx(best[i], abs=1e-3) for i in best)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    first = library.nearest(query, 3)
    assert 1 <= len(first) <= 3
    assert list(first) == list(found)[: len(first)]


def test_matching_knows_stems_and_weighs_the_title(library: Library, papers: list[Paper]) -> None:
    one, many = library.matching("tracker", 200), library.matching("TRACKERS", 200)
    assert one == many
    assert one
    assert all("track" in (p.title + p.abstract).lower() for p in papers if p.id in one)
    assert list(one.values()) == sorted(one.values(), reverse=True)
    assert library.matching("zyzzyva", 10) == {}
    assert library.matching("", 10) == {}
    assert library.matching("?!", 10) == {}
    assert len(library.matching("image", 3)) == 3


def test_matching_among_some_gives_them_the_same_scores(library: Library) -> None:
    scores = library.matching("self-supervised video", 200)
    some = list(scores)[::5]
    among = library.matching("self-supervised video", 200, among=some)
    assert among == pytest.approx({i: scores[i] for i in some})


def test_frequency_counts_papers(library: Library) -> None:
    (term,) = library.terms("Transformers transformer")
    count = library.frequency(term)
    assert 0 < count <= len(library.matching("transformer", 200))
    assert library.frequency("zyzzyva") == 0


def test_an_empty_library_finds_nothing(path: Path, embedding: Embedding) -> None:
    empty = Library.create(path, embedding)
    assert len(empty) == 0
    assert list(empty.papers()) == []
    assert empty.nearest(embedding.encode_query("tracking"), 10) == {}
    assert empty.matching("tracking", 10) == {}
    assert empty.frequency("track") == 0
    assert empty.get("2104.00001") is None
    assert search(read("which papers use transformers?"), empty, embedding) == []
    assert empty.put([], embedding) == Written()
    assert empty.drop(["2104.00001"]) == 0


# -- lists -----------------------------------------------------------------------------------------


def test_a_listing_is_sorted_filtered_and_read_page_by_page(path: Path) -> None:
    made = Library.create(path, Tiny())
    days = [None if n == 7 else date(2021, 4, 1 + n % 5) for n in range(25)]
    papers = [
        paper(n, title=f"{'zyx'[n % 3]} «Title» {n:02}", listed=days[n], authors=(f"Name{n} Bee",))
        for n in range(25)
    ]
    made.put(papers, Tiny())
    total, first = made.listing(k=10)
    assert total == 25
    rest = made.listing(skip=10, k=100)[1]
    assert {p.id for p in (*first, *rest)} == {p.id for p in papers}
    listed = [p.listed for p in (*first, *rest)]
    assert listed[-1] is None
    assert listed[:-1] == sorted((d for d in days if d), reverse=True)
    by_title = [p.title for p in made.listing(sort="title", descending=False)[1]]
    assert by_title == sorted(by_title)
    assert [p.id for p in made.listing(sort="id", descending=False, k=3)[1]] == [
        p.id for p in papers[:3]
    ]
    only = Filters(since=date(2021, 4, 3), until=date(2021, 4, 3))
    assert made.listing(filters=only)[0] == sum(d == date(2021, 4, 3) for d in days)
    assert [p.id for p in made.listing("title nam")[1]]  # words of title and author, the last begun
    assert [p.id for p in made.listing("sentence name24")[1]] == [papers[24].id]
    assert made.listing("nowhere") == (0, [])
    assert made.listing("(*.[ \\")[0] == 25  # marks are no words
    assert made.days() == (date(2021, 4, 1), date(2021, 4, 5))


def test_categories_are_counted(tiny: Library) -> None:
    tiny.put([replace(paper(n), categories=("cs.CV", "cs.AI")[:n]) for n in (1, 2)], Tiny())
    assert tiny.categories() == {"cs.CV": 2, "cs.AI": 1}
