"""A paper that nothing links to is cited by its title and where it was kept, and by no link."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from langchain_core.documents import Document

from rag import Answer, Assistant
from rag.collections import Watch, rendering
from rag.collections.news import Find, News
from rag.core.papers import Paper
from rag.library import Library, described
from rag.listings import read
from rag.models.embedding import Embedding
from rag.models.reranker import Reranker
from rag.output import terminal, text
from rag.output.table import to_markdown
from ui import sources, tools
from ui.line import Line
from ui.programs import Programs

KITES, STRINGS = "Kites in gusty wind", "The strain of kite strings"
ROWS = f"""Title,Authors,Year,Abstract
{KITES},"Roe, Ann",2020,"We measure how kites fly in gusty wind. Lift grows by 12 % with a tail."
{STRINGS},"Poe, Bob",2021,"We measure how kites fly in gusty wind by the strain of their strings."
"""
LINKED = re.compile(r"\]\(|https?:|\blink\b|title:")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def unlinked(folder: Path, embedding: Embedding, packaged_judge: Reranker) -> Assistant:
    (folder / "own.csv").write_text(ROWS)
    papers = [item for item in read(folder / "own.csv") if isinstance(item, Paper)]
    library = Library.create(folder / "library", embedding)
    library.put(papers, embedding)
    return Assistant(library, embedding, None, packaged_judge)


@pytest.fixture(scope="module")
def answer(unlinked: Assistant) -> Answer:
    found = unlinked.ask("which papers measure how kites fly in gusty wind?")
    assert KITES in {citation.paper.title for citation in found.citations}
    return found


def test_in_text_markdown_and_at_a_terminal(
    answer: Answer, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = f"(in {folder.name}/own.csv)"
    assert f"[1] {answer.citations[0].paper.title}  {place}" in text.with_sources(answer)
    assert f"\n[1] {answer.citations[0].paper.title} {place}  \n" in answer.to_markdown()
    terminal.show_answer(answer)
    printed = capsys.readouterr().out
    assert " ".join(printed.split()).count(place) == 2  # and the near miss
    for said in (text.with_sources(answer), answer.to_markdown(), printed):
        assert not LINKED.search(said)


def test_as_json_and_back(answer: Answer) -> None:
    kept = answer.to_dict()
    for cited, citation in zip(kept["citations"], answer.citations, strict=True):
        assert (cited["url"], cited["pdf"]) == ("", "")
        assert cited["sources"] == list(citation.paper.sources)
    assert Answer.from_dict(kept).to_markdown() == answer.to_markdown()


def test_as_references(answer: Answer) -> None:
    for said in (answer.to_bibtex(), answer.to_ris()):
        assert KITES in said
        assert not LINKED.search(said)
        assert "UR  -" not in said


def test_as_a_table(unlinked: Assistant, answer: Answer) -> None:
    said = to_markdown(unlinked.table(answer))
    assert "\\[1\\]" in said
    assert not LINKED.search(said)


def test_in_news(answer: Answer) -> None:
    finds = tuple(Find(citation.paper, "It flies.") for citation in answer.citations)
    told = [News(Watch(1, "kites"), finds, 2)]
    feed = rendering.atom(told)
    assert '<link href="https://arxiv.org/"/>' in feed.split("<entry>")[0]
    assert "<link" not in feed.split("<entry>", 1)[1]
    assert f"- {KITES} (in " in rendering.markdown(told)
    for said in (rendering.text(told), rendering.markdown(told)):
        assert not LINKED.search(said)


def test_in_chroma_and_langchain(unlinked: Assistant) -> None:
    (document,) = unlinked.as_retriever(k=1).invoke("kites in gusty wind with a tail")
    assert isinstance(document, Document)
    assert (document.metadata["title"], document.metadata["url"]) == (KITES, "")
    (record,) = unlinked.library.records([document.metadata["id"]]).values()
    assert {told["url"] for told in described.metadata(record)} == {""}


def test_on_the_page(answer: Answer, folder: Path) -> None:
    place = f"in {folder.name}/own.csv"
    lines = [sources.byline(citation.paper) for citation in answer.citations]
    for said in (*sources.cards(answer, "t"), *lines):
        assert said.count(place) == 1
        assert "href" not in said


def test_to_a_model_that_asks(unlinked: Assistant, folder: Path) -> None:
    server = tools.served(Programs(unlinked, Line()))

    def told(name: str, **given: str) -> Any:
        with ThreadPoolExecutor(1) as thread:  # a browser's loop may be running in this one
            said = thread.submit(asyncio.run, server.call_tool(name, given)).result()
        return said[1] if isinstance(said, tuple) else said

    asked = told("ask", question="which papers measure how kites fly in gusty wind?")["papers"]
    own, known = told("paper", identifier=asked[0]["id"]), {"identifier": asked[0]["id"]}
    near = told("similar", **known)["result"]
    found = told("search", question="kites")["result"]
    nearest = told("ask", question="which papers train a robot to fly kites indoors?")["nearest"]
    assert near
    assert found
    assert nearest
    for paper in (*asked, own, *near, *found, *nearest):
        assert (paper["url"], paper["sources"]) == ("", [f"{folder.name}/own.csv"])


def test_its_link_is_not_known(unlinked: Assistant) -> None:
    found = unlinked.ask(f"what is the link of “{KITES}”?")
    assert found.claims
    assert not LINKED.search(found.text.replace("link", "", 1))
