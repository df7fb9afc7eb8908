"""Writing to a library: what is embedded, what is replaced, and what is told of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rag.core.filters import Filters
from rag.core.papers import Paper, scrubbed
from rag.library import Library, Outcome, Written
from rag.models.embedding import Embedding
from rag.question.parsing import read
from rag.search.retrieval import search
from tests.library.tiny import (
    Counting,
    Tiny,
    check_found,
    check_whole,
    paper,
    vector_ids,
)


def test_the_same_papers_again_change_and_embed_nothing(
    copied: Library, papers: list[Paper], embedding: Embedding
) -> None:
    before = vector_ids(copied)
    counting = Counting(embedding)
    assert copied.put(papers, counting) == Written(unchanged=len(papers))
    assert copied.put(papers[::-1], counting) == Written(unchanged=len(papers))
    assert counting.texts == 0
    assert vector_ids(copied) == before


def test_only_what_is_new_is_embedded(
    copied: Library, papers: list[Paper], embedding: Embedding
) -> None:
    counting = Counting(embedding)
    new = paper(1, "A single sentence.")
    assert copied.put([*papers, new], counting) == Written(added=1, unchanged=len(papers))
    assert counting.texts == 2
    assert copied.get(new.id) == new
    check_whole(copied)


def test_an_updated_abstract_replaces_the_old_one(
    copied: Library, papers: list[Paper], embedding: Embedding
) -> None:
    old, counting = papers[0], Counting(embedding)
    new = replace(old, abstract="We breed zyzzyvas. They are weevils of South America.")
    old_names = copied.records([old.id])[old.id].names
    assert copied.put([new], counting) == Written(updated=1)
    assert counting.texts == 3
    assert len(copied) == len(papers)
    assert copied.get(old.id) == new
    assert list(copied.matching("zyzzyva", 5)) == [old.id]
    assert next(iter(copied.nearest(embedding.encode_query("breeding weevils"), 5))) == old.id
    assert not set(old_names) & set(vector_ids(copied))
    check_whole(copied)


def test_new_metadata_is_kept_without_embedding_anything(tiny: Library) -> None:
    counting = Counting(Tiny())
    new = replace(paper(2), listed=date(2021, 4, 2), categories=("cs.CV",), authors=("A. Uthor",))
    assert tiny.put([paper(1), new], counting) == Written(updated=1, unchanged=1)
    assert counting.texts == 0
    assert tiny.get(new.id) == new
    assert tiny.select(Filters(categories=("cs.CV",))) == [new.id]
    check_whole(tiny)


def test_two_papers_with_the_same_text_are_two(tiny: Library) -> None:
    one, two = paper(11, title="Twins"), paper(12, title="Twins")
    assert tiny.put([one, two], Tiny()) == Written(added=2)
    assert set(tiny.matching("twins", 5)) == {one.id, two.id}
    nearest = list(tiny.nearest(Tiny().encode_query("Twins"), 2))
    assert sorted(nearest) == [one.id, two.id]
    assert tiny.drop([one.id]) == 1
    assert list(tiny.nearest(Tiny().encode_query("Twins"), 1)) == [two.id]
    check_whole(tiny)


def test_a_paper_twice_in_one_run_is_written_once(tiny: Library) -> None:
    later = replace(paper(21), abstract="The later text counts.")
    tiny.put([paper(21), later], Tiny())
    assert tiny.get(later.id) == later
    assert len(tiny) == 4
    check_whole(tiny)


def test_dropped_papers_are_gone(tiny: Library) -> None:
    assert tiny.drop([paper(1).id, "9901.00001", paper(3).id, paper(3).id]) == 2
    assert [p.id for p in tiny.papers()] == [paper(2).id]
    assert tiny.get(paper(1).id) is None
    assert list(tiny.nearest(Tiny().encode_query(paper(1).title), 9)) == [paper(2).id]
    assert tiny.matching("number 1", 5).keys() == {paper(2).id}
    check_whole(tiny)
    assert tiny.put([paper(1)], Tiny()) == Written(added=1)
    check_found(tiny, [paper(1)], Tiny())


def test_a_paper_without_an_abstract_has_its_title(tiny: Library) -> None:
    assert tiny.put([paper(31, "")], Tiny()) == Written(added=1)
    assert [p.is_title for p in tiny.records([paper(31).id])[paper(31).id].passages] == [True]
    check_found(tiny, [paper(31)], Tiny())
    check_whole(tiny)


@pytest.mark.slow
def test_unicode_and_very_long_words_are_kept(path: Path, embedding: Embedding) -> None:
    odd = [
        paper(
            1, "Über naïve Modelle: 视觉跟踪 مرحبا 🙂 ﬁne ` \u200b \x7f 𝓍². Ende.", title="Ünïcödé"
        ),
        paper(2, "x" * 50_000, title="A word of fifty thousand letters"),
        paper(3, "Well-" * 2_000 + ". " + "no space,but,commas," * 500),
        paper(4, "\ufdfa" * 300, title="‮ right to left"),  # eighteen letters each when folded
    ]
    made = Library.create(path, embedding)
    assert made.put(odd, embedding) == Written(added=4)
    assert [made.get(p.id) for p in odd] == [scrubbed(p) for p in odd]
    for record in made.records(p.id for p in odd).values():
        assert all(embedding.fits(passage.text) for passage in record.passages)
    assert list(made.matching("unicode", 5)) == [odd[0].id]  # accents do not count
    assert made.put(odd, embedding) == Written(unchanged=4)
    check_whole(made)


@pytest.mark.slow
def test_more_passages_than_chroma_takes_at_once(path: Path) -> None:
    long = [paper(n, " ".join(f"Sentence {i} of {n}." for i in range(45))) for n in range(130)]
    made = Library.create(path, Tiny())
    assert made.put(long, Tiny()) == Written(added=130)
    records = made.records(p.id for p in long)
    assert sum(len(r.passages) for r in records.values()) == 130 * 46 > 5_461
    check_whole(made)
    check_found(made, long[::40], Tiny())
    changed = [replace(p, categories=("cs.LG",)) for p in long]
    assert made.put(changed, Tiny()) == Written(updated=130)
    assert made.put([replace(p, abstract="Now short.") for p in long], Tiny()).updated == 130
    check_whole(made)


def test_what_it_writes_itself_makes_it_open_nothing_anew(tiny: Library) -> None:
    vectors = tiny.store().vectors
    for number in (4, 5):
        tiny.put([paper(number)], Tiny())
        assert tiny.store().vectors is vectors
    assert len(tiny) == 5
    check_whole(tiny)


def test_progress_is_told_batch_by_batch(path: Path) -> None:
    told: list[Sequence[Outcome]] = []
    many = [paper(n) for n in range(450)]
    assert Library.create(path, Tiny()).put(iter(many), Tiny(), told.append).added == 450
    assert [o for some in told for o in some] == [Outcome(p.id, "added") for p in many]
    assert len(told) > 1


# -- versions, sources, withdrawals ----------------------------------------------------------------


def test_what_became_of_each_paper_is_told(tiny: Library) -> None:
    told: list[Outcome] = []
    first = replace(paper(1), version=2, sources=("b",))
    tiny.put([paper(4), first, replace(first, abstract="Older.", version=1)], Tiny(), told.extend)
    tiny.put([replace(first, abstract="Newer.", version=3)], Tiny(), told.extend)
    assert told == [
        Outcome(paper(4).id, "added"),
        Outcome(first.id, "updated", "more is known of it"),
        Outcome(first.id, "unchanged", "an older version than is kept"),
        Outcome(first.id, "updated", "new text"),
    ]
    check_whole(tiny)


def test_a_paper_of_two_sources_is_one_and_remembers_both(tiny: Library) -> None:
    one = replace(paper(8), authors=("A. Bee",), sources=("one.md",))
    two = replace(paper(8), categories=("cs.CV",), sources=("two.json",))
    counting = Counting(Tiny())
    assert tiny.put([one], counting) == Written(added=1)
    texts = counting.texts
    assert tiny.put([two], counting) == Written(updated=1)
    assert tiny.put([one, two], counting) == Written(unchanged=2)
    assert counting.texts == texts
    (kept,) = (record.paper for record in tiny.records([one.id]).values())
    assert replace(kept, told=()) == replace(
        one, categories=("cs.CV",), sources=("one.md", "two.json")
    )
    assert {*kept.told} == {one, two}


def test_a_withdrawn_paper_is_kept_and_never_found(tiny: Library) -> None:
    gone = replace(paper(2), abstract="Withdrawn.", version=2, withdrawn=True)
    assert tiny.put([gone], Tiny()) == Written(updated=1)
    kept = tiny.get(gone.id)
    assert kept is not None
    assert kept.withdrawn
    assert len(tiny) == 2
    assert gone.id not in tiny.nearest(Tiny().encode_query(gone.title), 9)
    assert gone.id not in tiny.matching("paper number 2 withdrawn", 9)
    assert gone.id not in tiny.select(Filters(ids=(gone.id,)))
    assert gone.id not in tiny.identifiers()
    assert tiny.count(Filters()) == 2
    assert gone.id not in {m.paper.id for m in search(read("Paper number 2"), tiny, Tiny())}
    assert tiny.listing()[0] == 3
    check_whole(tiny)
    back = replace(paper(2), version=3)
    assert tiny.put([back], Tiny()) == Written(updated=1)
    assert gone.id in tiny.nearest(Tiny().encode_query(gone.title), 9)
    check_whole(tiny)


@pytest.mark.parametrize(
    "link",
    ["javascript:x", "data:text/html,x", "https://x.org/\n1", 'https://x.org/"a="x', "file:///etc"],
)
def test_what_acts_does_not_come_in(tiny: Library, link: str) -> None:
    """Not by way of Python either: what reads the index may show all that it says."""
    acting = "A\n \x1b[2J\u202eB\0"
    one = Paper(
        "2105.00001", acting, f"{acting}. More.", link, link, categories=(acting,),
        authors=(acting,), sources=(acting,), doi=acting, venue=acting, kind=acting,
        identifiers=(acting,),
    )  # fmt: skip
    put = replace(one, told=(one, replace(one, version=2)))
    tiny.put([put], Tiny())
    kept = Library.open(tiny.path, Tiny()).get("2105.00001")
    assert kept is not None
    plain = "A [2JB"
    assert (kept.title, kept.abstract, kept.url, kept.pdf) == (plain, f"{plain}. More.", "", "")
    for name in ("categories", "authors", "sources", "identifiers"):
        assert getattr(kept, name) == (plain,)
    assert (kept.doi, kept.venue, kept.kind) == (plain, plain, plain)
    assert {(one.title, one.url) for one in kept.told} <= {(plain, "")}
