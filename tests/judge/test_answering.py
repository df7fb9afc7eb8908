"""Whether a question has an answer at all: what the papers have of each of its parts."""

from rag.judge import answering
from rag.judge.papers import decide
from tests.judge.asked import Watched, papers_on


def test_the_part_that_no_paper_has_decides(search, embedding, reranker):
    here = papers_on("tracking with transformers", "tracking", "transformers")
    gone = papers_on("tracking with watermarks", "tracking", "watermarks")
    heard, unheard = (
        answering.weakest_part(q, search(q), embedding, reranker) for q in (here, gone)
    )
    assert heard > 0 > unheard


def test_of_a_list_one_member_is_enough(search, embedding, reranker):
    listed = papers_on("tracking or watermarks", "tracking or watermarks")
    assert answering.weakest_part(listed, search(listed), embedding, reranker) > 0


def test_a_few_papers_are_read_for_each_part(search, embedding, reranker):
    question = papers_on("tracking with transformers", "tracking", "transformers")
    watched = Watched(reranker)
    answering.weakest_part(question, search(question), embedding, watched)
    assert len(watched.pairs) == 2 * answering.PART_READ
    assert {asked for asked, _ in watched.pairs} == {"tracking", "transformers"}


def test_papers_on_one_part_alone_are_no_answer(search, library, embedding, reranker):
    gone = papers_on("trackers with watermarks", "trackers", "watermarks")
    assert decide(gone, search(gone), library, embedding, reranker).count == 0
