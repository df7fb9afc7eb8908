"""Questions that lean on earlier ones: what they are read as, and what is answered."""

import io
import json
import os
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.core.papers import Paper, abstract_page, pdf_link
from rag.errors import QuestionError
from rag.question.followups import Turn, resolve
from tests import warm

GOLD = Path(__file__).parents[1] / "gold"
MOT, TREG = "2104.00194", "2104.00403"
SECOND = "“Target Transformed Regression for Accurate Tracking”"
NAMES = f"“TransMOT” and {SECOND}"


def turn(library, question, kind="papers", *ids, skipped=0):
    return Turn(question, kind, tuple(library.get(i) for i in ids), skipped)


@pytest.fixture(scope="module")
def tracking(library):
    return turn(library, "which papers use transformers for tracking?", "papers", MOT, TREG)


@pytest.fixture(scope="module")
def fact(library):
    return turn(library, "How fast does STMTrack run?", "fact", "2104.00324")


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        # one paper of several
        ("tell me more about the second one", f"tell me more about {SECOND}"),
        ("what about [1]?", "tell me more about “TransMOT”"),
        ("and the last one?", f"tell me more about {SECOND}"),
        ("the first", "tell me more about “TransMOT”"),
        ("How fast is the second paper?", f"How fast is {SECOND}?"),
        ("Which datasets does paper 1 use?", "Which datasets does “TransMOT” use?"),
        ("compare the first and the second", f"compare {NAMES}"),
        ("does the latter use attention?", f"does {SECOND} use attention?"),
        ("what is its accuracy?", "what is “TransMOT”’s accuracy?"),
        ("more about TransMOT", "more about “TransMOT”"),
        ("and transmot?", "tell me more about “TransMOT”"),
        ("how fast is it?", "how fast is “TransMOT”?"),
        ("what datasets does it use?", "what datasets does “TransMOT” use?"),
        # all of them
        ("which of them runs in real time?", f"which of {NAMES} runs in real time?"),
        ("Which of those papers use LaSOT?", f"Which of {NAMES} use LaSOT?"),
        ("do any of these use attention?", f"do any of {NAMES} use attention?"),
        ("do they use attention?", f"do any of {NAMES} use attention?"),
        ("which ones run in real time?", f"which of {NAMES} run in real time?"),
        ("how many of them are fast", f"how many of {NAMES} are fast"),
        ("compare them", f"compare {NAMES}"),
        ("which is the fastest of them?", f"which of {NAMES} is the fastest?"),
        # what the earlier question named
        ("which papers use them for poses", "which papers use transformers for poses"),
        # another part of the earlier question
        ("and for video?", "which papers use transformers for video"),
        ("for video?", "which papers use transformers for video"),
        ("and with GANs?", "which papers use GANs for tracking"),
        ("using graph networks?", "which papers use graph networks for tracking"),
        ("what about tracking with LSTMs", "which papers use transformers for tracking with LSTMs"),
        ("how about graph transformers?", "which papers use graph transformers for tracking"),
        ("what about segmentation?", "which papers use transformers for segmentation"),
        ("and on KITTI?", "which papers use transformers for tracking on KITTI"),
        # filters
        ("only in cs.RO", "which papers use transformers for tracking in cs.RO"),
        ("are there any in cs.RO?", "which papers use transformers for tracking in cs.RO"),
        ("since 2021?", "which papers use transformers for tracking since 2021"),
        ("only those from 2021", "which papers use transformers for tracking from 2021"),
        # the next page
        ("more", "which papers use transformers for tracking?"),
        ("show me the next ones, please", "which papers use transformers for tracking?"),
    ],
)  # fmt: skip
def test_what_leans_on_a_list(library, tracking, text, resolved):
    found = resolve(text, [tracking], library)
    assert found.text == resolved
    assert found.skip == (2 if resolved == tracking.question else 0)


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("and RePOSE?", "How fast does RePOSE run?"),
        ("what about TransMOT?", "How fast does “TransMOT” run?"),
        ("and the second one?", f"How fast does {SECOND} run?"),
        ("which of them run in real time?", f"which of {NAMES} run in real time?"),
        ("Which dataset is it evaluated on?", "Which dataset is “STMTrack” evaluated on?"),
        ("what does this paper propose", "what does “STMTrack” propose"),
        ("on LaSOT?", "How fast does STMTrack run on LaSOT"),
        ("more", "tell me more about “STMTrack”"),
        ("tell me more about it", "tell me more about “STMTrack”"),
        ("which papers use it for segmentation?", "which papers use {name} for segmentation?"),
    ],
)  # fmt: skip
def test_what_leans_on_a_fact(library, tracking, fact, text, resolved):
    from rag.core.filters import short_name
    from rag.question.references import called

    name = called(fact.papers, library)
    resolved = resolved.replace("“STMTrack”", name).replace("{name}", short_name(fact.papers[0]))
    assert resolve(text, [tracking, fact], library).text == resolved


def test_filters_take_the_place_of_their_like(library):
    asked = turn(library, "papers on GANs in cs.CV since 2020?")
    for text, resolved in [
        ("in cs.RO", "papers on GANs since 2020 in cs.RO"),
        ("since April 2021?", "papers on GANs in cs.CV since April 2021"),
        ("and on transformers?", "papers on transformers in cs.CV since 2020"),
        ("what about diffusion", "papers on diffusion in cs.CV since 2020"),
    ]:
        assert resolve(text, [asked], library).text == resolved
    restricted = turn(library, f"which of {NAMES} runs in real time?", "papers", TREG)
    assert resolve("in cs.CV?", [restricted], library).text == (
        f"which papers runs in real time, of {NAMES} in cs.CV"
    )


def test_after_an_account_the_subject_is_still_known(library, tracking):
    account = turn(library, "tell me more about “TransMOT”", "overview", MOT)
    for text, resolved in [
        ("and for video?", "which papers use transformers for video"),
        ("which of them are fast?", f"which of {NAMES} are fast?"),
        ("and the second one?", f"tell me more about {SECOND}"),
        ("how fast is it?", "how fast is “TransMOT”?"),
    ]:
        assert resolve(text, [tracking, account], library).text == resolved


def test_a_detail_of_one_paper_does_not_become_the_search(library, tracking):
    detail = turn(library, f"which datasets does {SECOND} use?", "fact", TREG)
    found = resolve("and for video?", [tracking, detail], library)
    assert found.text == "which papers use transformers for video"
    assert resolve("and “TransMOT”?", [tracking, detail], library).text.startswith(
        "which datasets does “TransMOT”"
    )


def test_many_papers_are_called_by_their_identifiers(library, papers):
    ids = [p.id for p in papers[:5]]
    asked = turn(library, "papers on detection", "papers", *ids)
    said = resolve("which of them are fast?", [asked], library).text
    assert said == f"which of {', '.join(ids[:-1])} and {ids[-1]} are fast?"


STANDING = [
    "Which papers deal with attacks or robustness to them?",
    "graph neural networks or graph convolutions: which papers use them?",
    "Which papers propose a loss and evaluate it on KITTI?",
    "What does LoFTR use, and is it fast?",
    "and which papers use GANs?",
    "which is the first paper to use GANs?",
    "What are the first steps of calibration?",
    "papers on the last layer",
    "is it possible to train without labels?",
    "papers in cs.CV since 2021",
    "segmentation",
    "what is known about those millisecond radio flashes from distant galaxies?",
    "tell me about those new networks for pose",
    "more efficient transformers",
    "thanks",
    "what else is there on tracking?",
    "are there any papers in cs.RO?",
    "At how many frames per second does RePOSE run?",
    "Which methods run in real time?",
    "Give me the papers on self-driving cars",
    "show me the papers about medical imaging",
]


@pytest.mark.parametrize("text", STANDING)
def test_what_stands_alone_is_left(library, tracking, fact, text):
    for history in ([tracking], [tracking, fact], []):
        assert resolve(text, history, library).text == text


@pytest.mark.parametrize(
    "text",
    [
        "what about those released with code?",
        "what about those not on tracking?",
        "tell me about those",
        "summarize these as a table",
        "compare these six",
        "summarize these abstracts",
    ],
)
def test_what_points_back_is_read_as_that(library, tracking, text):
    assert "TransMOT" in resolve(text, [tracking], library).text


FOLLOWS = re.compile(
    r"\bof (?:these|them)\b|^which ones\b|^(?:what do|did) they\b|^find me those\b|"
    r"\bhow does it work\b",
    re.IGNORECASE,
)


@pytest.mark.slow
def test_development_questions_stand_alone(library, tracking, fact):
    lines = [
        line for file in sorted(GOLD.glob("*.*.jsonl")) for line in file.read_text().splitlines()
    ]
    found = []
    for line in lines:
        text = json.loads(line).get("question", "")
        if FOLLOWS.search(text):
            continue  # those that the answer before found
        for history in ([], [tracking, fact]):
            if (resolved := resolve(text, history, library).text) != text:
                found.append((text, resolved))
    assert found == []


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_can_follow(text):
    text = " ".join(text.split())
    paper = Paper(MOT, "TransMOT: Tracking", "", abstract_page(MOT), pdf_link(MOT))

    class Index:
        def newest(self):
            return None

        def get(self, identifier):
            return None

        def titled(self, text):
            return []

        def has_author(self, name):
            return False

        def has_word(self, word):
            return True

        def nearly(self, word, first=()):
            return ""

    asked = Turn("which papers use transformers?", "papers", (paper, paper))
    for history in ([], [asked]):
        try:
            found = resolve(text, history, Index()).text
        except QuestionError as error:  # it points to what has not been said
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert history or found == text


@pytest.mark.parametrize(
    "text",
    [
        "tell me more about the second one",
        "what about [3]?",
        "more",
        "the last one",
        "compare them",
    ],
)
def test_a_pointer_to_nothing(assistant, library, text):
    with pytest.raises(QuestionError, match="There is no earlier answer: ask about the papers"):
        assistant.ask(text)
    nothing = turn(library, "Who painted the Mona Lisa?", "fact")
    with pytest.raises(QuestionError, match=r"cites (no|a) paper"):
        assistant.ask(text, [nothing])


def test_without_history_a_question_is_asked_as_it_stands(assistant):
    for text in ("which of them runs in real time?", "how fast is it?", "and for video?"):
        answer = assistant.ask(text)
        assert (answer.question, answer.resolved) == (text, "")


def test_a_number_too_many(assistant, tracking):
    with pytest.raises(QuestionError, match="cites 2 papers, there is no “ninth one”"):
        assistant.ask("tell me more about the ninth one", [tracking])
    with pytest.raises(QuestionError, match=r"cites 2 papers, there is no “\[0\]”"):
        assistant.ask("what about [0]?", [tracking])


def test_a_conversation(assistant):
    history = [assistant.ask("which papers use transformers for tracking")]
    found = [c.paper.id for c in history[0].citations]
    assert history[0].resolved == ""

    answer = assistant.ask("which of them runs in real time?", history)
    assert answer.question == "which of them runs in real time?"
    assert answer.text.startswith("Read as: which of ")
    assert answer.searched == len(found)
    assert {c.paper.id for c in (*answer.citations,)} <= set(found)
    assert TREG in {c.paper.id for c in answer.citations}
    assert f"of {len(found)} papers named in the question match" in answer.text
    assert answer.to_markdown().startswith("Read as: ")
    history.append(answer)

    number = next(c.number for c in history[0].citations if c.paper.id == MOT)
    answer = assistant.ask(f"tell me more about [{number}]", history)
    assert [c.paper.id for c in answer.citations] == [MOT]
    assert answer.kind == "explain"
    assert 1 < len(answer.claims) <= 6
    assert "TransMOT" in answer.text
    history.append(answer)

    answer = assistant.ask("which datasets is it evaluated on?", history)
    assert [c.paper.id for c in answer.citations] == [MOT]
    assert "MOT20" in answer.text
    assert answer.to_dict()["resolved"] == "which datasets is “TransMOT” evaluated on?"
    history.append(answer)

    kept = [Turn.from_dict(json.loads(a.to_json())) for a in history]
    for text in ("more", "which of them are fast?", "and the second one?", "since 2020"):
        alike = assistant.ask(text, kept)
        assert alike.resolved == assistant.ask(text, history).resolved != ""
        afresh = assistant.ask(alike.resolved)
        assert [c.text for c in afresh.claims] == [c.text for c in alike.claims]
        assert afresh.matching == alike.matching


def test_the_next_page(assistant, monkeypatch):
    from rag import assistant as module

    monkeypatch.setattr(module, "MOST_SHOWN", 2)
    history, shown = [assistant.ask("which papers use semi-supervised learning?")], []
    while history[-1].citations:
        shown += [c.paper.id for c in history[-1].citations]
        history.append(assistant.ask("more", history))
    assert len(shown) == len(set(shown)) == history[0].matched > 2
    assert "There are no more." in history[-1].text


@pytest.mark.parametrize(
    "kept", [{}, {"question": "x"}, {"question": "x", "kind": "papers", "citations": [1]}]
)
def test_a_history_that_is_none(kept):
    with pytest.raises(QuestionError, match="give answers"):
        Turn.from_dict(kept)


# -- rag chat --------------------------------------------------------------------------------------


def chat(library, lines, tmp_path):
    return warm.run(
        [sys.executable, "-m", "rag", "chat"],
        input="\n".join(lines),
        env={**os.environ, "RAG_INDEX": str(library.path), "RAG_LLM": "none", "HOME": str(tmp_path)}
        | ({"XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))}),
    )


def test_chat(library, tmp_path):
    lines = [
        "which papers use transformers for tracking", "", "tell me more about the ninth one",
        "which of them runs in real time?", "/sources", "/bibtex", "/unknown", "/new", "/sources",
        "tell me more about the second one", "papers in cs.RO", "/quit", "How fast is STMTrack?",
    ]  # fmt: skip
    done = chat(library, lines, tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"of {len(library)} papers match." in done.stdout
    assert "Read as: which of " in done.stdout
    assert "https://arxiv.org/abs/2104.00403" in done.stdout
    assert re.search(r"@misc\{[a-z]*2021target,", done.stdout)
    assert f"The index has no papers in cs.RO ({len(library)} in all)." in done.stdout
    assert "STMTrack" not in done.stdout
    said = done.stderr.splitlines()
    assert "there is no “ninth one”" in done.stderr
    assert "There is no /unknown: " in done.stderr
    assert "Forgotten." in said
    assert "There is no answer yet." in said
    assert "There is no earlier answer: ask about the papers first." in said
    assert "Traceback" not in done.stderr


def test_stopping_an_answer_keeps_the_conversation(assistant, monkeypatch, capsys):
    from rag.cli import chat as module
    from rag.cli import terminal

    asked = []

    def stopped(assistant, question, history):
        asked.append((question, len(history)))
        if question == "stop":
            raise KeyboardInterrupt
        return assistant.ask(question, history)

    monkeypatch.setattr(terminal, "show_growing", stopped)
    monkeypatch.setattr(sys, "stdin", io.StringIO("papers on GANs\nstop\nmore about the first one"))
    module.run(assistant)
    assert asked == [("papers on GANs", 0), ("stop", 1), ("more about the first one", 1)]
    assert "Stopped." in capsys.readouterr().err


def test_any_bytes_are_a_question_and_what_was_long_ago_is_forgotten(assistant, monkeypatch):
    from rag.cli import chat as module
    from rag.cli import terminal

    asked = []

    def answered(assistant, question, history):
        asked.append((question, len(history)))
        return assistant.ask("papers on GANs", history)

    monkeypatch.setattr(module, "MOST_TURNS", 2)
    monkeypatch.setattr(terminal, "show_growing", answered)
    lines = io.TextIOWrapper(io.BytesIO(b"on \xff\xfe GANs\n\0\nthree\nfour\n"), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", lines)
    module.run(assistant)
    assert asked == [("on \ufffd\ufffd GANs", 0), ("\0", 1), ("three", 2), ("four", 2)]
