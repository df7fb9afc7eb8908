"""The figures that tell whether a paper matches."""

import numpy as np
import pytest

from rag.judge import answering, figures
from rag.judge.calibration import regressions
from rag.judge.trees import fitted
from rag.judge.wording import Wording
from tests.judge.asked import STMTRACK, TRANSMOT, Watched, papers_on

QUESTION = papers_on("transformers for tracking", "transformers", "tracking")


@pytest.fixture(scope="module")
def matches(search):
    return search(QUESTION)


@pytest.fixture(scope="module")
def wording(matches, library):
    return Wording(QUESTION, matches, library)


@pytest.fixture(scope="module")
def scored(matches, wording, library, embedding):
    return figures.scores(QUESTION, matches, wording, embedding, library.sample())


def test_the_figures_are_those_that_are_weighed(scored, matches, wording):
    weighed, trees = regressions(), fitted("matching")
    assert set(weighed["scores"].names) <= set(scored)
    judged = figures.judged(scored, figures.Judged({}, {}), 5)
    assert set(trees.names) <= set(judged)
    assert all(values.shape == (5,) for values in judged.values())
    for named, fit, names in (
        (scored, weighed["scores"], weighed["answerable_scores"].names),
        (judged, trees, fitted("answerable").names),
    ):
        answerable = answering.of_question(QUESTION, named, fit.logits(named), wording)
        assert set(names) <= set(answerable)
        assert all(values.shape == (1,) for values in answerable.values())
    assert all(values.shape == (len(matches),) for values in scored.values())


def test_a_figure_is_also_given_against_the_rivals(scored):
    judged = figures.judged(scored, figures.Judged({}, {}), 30)
    order = np.argsort(-judged["near"], kind="stable")
    assert judged["near_place"][order].tolist() == [n / 30 for n in range(30)]
    assert judged["near_below_best"][order[0]] == 0
    assert len(set(judged["judge_place"])) == 1  # it read nothing, and all are equal
    fifth = judged["near"][order[4]] - judged["near"][order[0]]
    assert judged["near_fifth"] == pytest.approx(np.full(30, fifth))
    assert judged["near_deviation"].mean() == pytest.approx(0, abs=1e-6)


def test_what_is_about_it_has_the_higher_figures(scored, matches):
    place = {m.paper.id: n for n, m in enumerate(matches)}
    for name in ("near", "near_z", "words", "bm25"):
        values = scored[name]
        assert np.isfinite(values).all()
        assert values[place[TRANSMOT]] > np.median(values)
    assert scored["bm25"].max() == pytest.approx(1.0)
    assert (scored["genre"] == 0).all()  # none is asked for


def test_a_paper_that_lacks_a_part_is_told(scored, matches):
    place = {m.paper.id: n for n, m in enumerate(matches)}
    assert scored["lacks_part"][place[TRANSMOT]] == 0  # transformers and tracking
    assert scored["lacks_part"][place[STMTRACK]] == 1  # no transformers
    assert 0 < scored["lacks_part_if_brief"][place[STMTRACK]] < 1
    assert (scored["parts_if_brief"] > 0.9).all()  # three words


def test_the_terms_of_what_is_meant_are_looked_for(library, embedding, search):
    """The everyday words stand in no abstract; their term does."""
    question = papers_on("cars that drive themselves")
    found = search(question)
    wording = Wording(question, found, library)
    named = figures.scores(question, found, wording, embedding, library.sample())
    best = int(named["term_near_z"].argmax())
    assert "autonomous driving" in found[best].paper.abstract.lower()
    assert named["term_words"][best] > 0
    assert named["clear"][0] == named["clear_and_held"][0] > 0
    nothing = papers_on("what was reported on Tuesday by somebody else")
    named = figures.scores(nothing, found, wording, embedding, library.sample())
    assert all((named[name] == 0).all() for name in figures.SENSES)


def test_a_genre_that_is_asked_for(library, embedding, search):
    question = papers_on(
        "dataset", text="which papers introduce a new dataset?", genres=("a new dataset",)
    )
    found = search(question)
    parts = (Wording(question, found, library), embedding, library.sample())
    genre = figures.scores(question, found, *parts)["genre"]
    of = {m.paper.id: value for m, value in zip(found, genre, strict=True)}
    assert of["2104.00340"] == 1.0
    assert of[TRANSMOT] == -1.0


def test_the_judge_reads_a_sentence_of_each_and_the_best_in_whole(matches, embedding, reranker):
    watched = Watched(reranker)
    said = figures.read(QUESTION, matches[:30], embedding, watched)
    assert set(said.logits) == set(range(30))
    for position, logits in said.logits.items():
        assert set(logits) == {figures.nearest(matches[position])[0]}
        [sentence] = logits.values()
        assert said.best(position) == max(sentence, said.wholes.get(position, sentence))
    heard = {n: max(logits.values()) for n, logits in said.logits.items()}
    says = sum(logit >= figures.READ_ON for logit in heard.values())
    assert 0 < len(said.wholes) == min(figures.READ_WHOLE, says)
    assert min(heard[n] for n in said.wholes) >= figures.READ_ON
    left = [heard[n] for n in heard if n not in said.wholes and heard[n] >= figures.READ_ON]
    assert max(left, default=figures.UNREAD) <= min(heard[n] for n in said.wholes)
    assert said.best(99) == figures.UNREAD
    assert all(": " in text for _, text in watched.pairs)  # the title tells what "it" is
    assert all(len(pair) == 2 and pair[0] == QUESTION.topic for pair in watched.pairs)


def test_the_best_of_sentence_and_whole_counts(matches, embedding, reranker):
    """What is asked may stand in several sentences, or in one beside much else."""
    said = figures.read(QUESTION, matches, embedding, reranker)
    sentence = {n: max(said.logits[n].values()) for n in said.wholes}
    assert all(said.best(n) == max(sentence[n], said.wholes[n]) for n in sentence)
    assert any(said.wholes[n] > sentence[n] for n in sentence)
    assert any(said.wholes[n] < sentence[n] for n in sentence)


def test_where_the_first_papers_say_nothing_the_rest_is_not_read(matches, embedding, reranker):
    watched = Watched(reranker)
    said = figures.read(papers_on("sourdough bread"), matches, embedding, watched)
    assert len(watched.pairs) == figures.READ_FIRST
    assert said.best(figures.READ_FIRST) == figures.UNREAD
    assert max(map(said.best, range(figures.JUDGED))) < figures.READ_ON


def test_the_judge_tells_what_answers_from_what_does_not(matches, embedding, reranker):
    said = figures.read(QUESTION, matches, embedding, reranker)
    best = {m.paper.id: said.best(n) for n, m in enumerate(matches[: figures.JUDGED])}
    assert best[TRANSMOT] > best[STMTRACK]


def test_a_paper_without_an_abstract_is_read_by_its_title(embedding, reranker):
    from tests.judge.asked import matched, record

    bare = matched(record("Tracking with transformers", "", embedding), "tracking", embedding)
    assert figures.nearest(bare) == [0]
    assert figures.sentence(bare.record, 0) == "Tracking with transformers"
    said = figures.read(QUESTION, [bare], embedding, reranker)
    assert said.wholes == {0: said.logits[0][0]}


def test_one_member_of_a_list_is_enough(embedding, library, search, reranker):
    question = papers_on("pose estimation or melanoma")
    found = search(question)
    scored = figures.scores(
        question, found, Wording(question, found, library), embedding, library.sample()
    )
    of = {m.paper.id: value for m, value in zip(found, scored["part_words"], strict=True)}
    assert of["2104.00633"] > of[STMTRACK]
    watched = Watched(reranker)
    figures.read(question, found, embedding, watched)
    assert {text for text, _ in watched.pairs} > {question.topic}
    assert len(watched.pairs) <= 2 * figures.JUDGED + figures.READ_WHOLE


def test_an_empty_sample():
    assert figures.best_and_whole([], np.zeros((2, 4), np.float32))[0].shape == (1, 2)


def test_the_bi_encoder_reads_titles_and_nearest_sentences(matches, scored, embedding, reranker):
    said = figures.read(QUESTION, matches[:25], embedding, reranker)
    assert set(said.cosines) == set(said.logits)
    judged = figures.judged(scored, said, 30)
    titles = {m.paper.id: value for m, value in zip(matches, judged["title"], strict=False)}
    assert titles[TRANSMOT] > titles[STMTRACK] > min(titles.values())
    assert judged["title_below_best"].max() == 0
    assert (judged["says"][25:] == judged["says"].min()).all()  # not read: no nearer than any
