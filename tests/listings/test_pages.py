"""Pages as people publish them, each in another layout; what is right was noted beforehand."""

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import listings
from rag.core.identifiers import known_by
from rag.core.papers import Paper
from rag.errors import ListingError
from rag.listings import Refused, bylines, limits, pages
from rag.listings.entries import Entry
from rag.listings.text import clean
from tests.listings.telling import as_paper, as_refused

PAGES = Path(__file__).parents[1] / "data" / "pages"
RIGHT: dict[str, list[dict[str, Any]]] = json.loads((PAGES / "right.json").read_text())
WITH_ABSTRACTS = [name for name in RIGHT if all(paper["abstract"] for paper in RIGHT[name])]
ONLY_NAMED = [name for name in RIGHT if not any(paper["abstract"] for paper in RIGHT[name])]


def entries(text: str) -> list[Entry]:
    found = pages.read(io.StringIO(text), "page.md")
    return [item for item in found if isinstance(item, Entry)]


def said(entry: Entry) -> dict[str, Any]:
    return {
        "id": known_by(entry.link),
        "title": clean(entry.title),
        "authors": list(map(clean, entry.authors)),
        "date": entry.listed.isoformat() if entry.listed else None,
        "abstract": clean(entry.abstract),
    }


@pytest.mark.parametrize("name", RIGHT)
def test_a_page_of_any_layout_is_read(name: str) -> None:
    assert list(map(said, entries((PAGES / name).read_text()))) == RIGHT[name]


@pytest.mark.parametrize("name", WITH_ABSTRACTS)
def test_its_papers_come_out_of_the_file(name: str) -> None:
    found = [as_paper(item) for item in listings.read(PAGES / name)]
    assert [(paper.id, paper.title, paper.abstract) for paper in found] == [
        (paper["id"], paper["title"], paper["abstract"]) for paper in RIGHT[name]
    ]


@pytest.mark.parametrize("name", ONLY_NAMED)
def test_what_is_only_named_says_how_to_bring_it(name: str) -> None:
    found = list[Refused]()
    with pytest.raises(
        ListingError, match=r"(?:no paper that can be read|papers without) .*`rag fetch \d{4}"
    ):
        found.extend(map(as_refused, listings.read(PAGES / name)))
    named = [refused.reason for refused in found if refused.reason.startswith("no abstract of")]
    assert named == [
        f"no abstract of {paper['title']}; `rag fetch {paper['id']}` brings it"
        for paper in RIGHT[name]
    ]


def test_every_page_has_its_values() -> None:
    assert {path.name for path in PAGES.iterdir()} == {*RIGHT, "right.json"}
    assert {*WITH_ABSTRACTS, *ONLY_NAMED} == {*RIGHT}


def test_a_page_that_begins_with_much_else(tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    contents = "".join(f"- [Section {n}](#section-{n})\n" for n in range(3000))
    path.write_text(f"# Papers\n\n{contents}\n{(PAGES / 'headings.md').read_text()}")
    found = [item.id for item in listings.read(path) if isinstance(item, Paper)]
    assert found == [paper["id"] for paper in RIGHT["headings.md"]]


def test_a_paper_in_the_contents_and_below_is_one() -> None:
    text = (
        "# Papers of 2 May 2025\n\n"
        "- [Kites in Wind](https://arxiv.org/abs/2505.00001)\n"
        "- [Nets in Fog](https://arxiv.org/abs/2505.00002)\n\n"
        "### [Kites in Wind](https://arxiv.org/abs/2505.00001)\n**Abstract:** Kites fly.\n\n"
        "### [Nets in Fog](https://arxiv.org/abs/2505.00002)\n**Abstract:** Nets hang.\n"
    )
    assert [(e.title, e.abstract, e.listed) for e in entries(text)] == [
        ("Kites in Wind", "Kites fly.", date(2025, 5, 2)),
        ("Nets in Fog", "Nets hang.", date(2025, 5, 2)),
    ]


def test_a_paper_named_in_an_abstract_is_no_paper_of_the_page() -> None:
    text = (
        "## [Kites in Wind](https://arxiv.org/abs/2505.00001)\n\n"
        "**Abstract:** We fly kites as in arXiv:1706.03762, and with\n"
        "[others](https://arxiv.org/abs/1810.04805) in rain. They hold.\n\n"
        "## [Nets in Fog](https://arxiv.org/abs/2505.00002)\n\n**Abstract:** Nets hang.\n"
    )
    assert [known_by(entry.link) for entry in entries(text)] == ["2505.00001", "2505.00002"]
    assert entries(text)[0].abstract.endswith("in rain. They hold.")


def test_a_section_between_papers_belongs_to_neither() -> None:
    text = (
        "- **Kites in Wind** [[pdf]](https://arxiv.org/abs/2505.00001)\n\n"
        "## License\n\nThis list is in the public domain, as far as the law lets it be.\n"
    )
    (entry,) = entries(text)
    assert (entry.title, entry.abstract) == ("Kites in Wind", "")


@pytest.mark.parametrize(
    "text",
    [
        "# A tool\n\nInstall it with pip. It fetches papers.\n\n- fast\n- small\n",
        "Dear Sir,\n\nI read arXiv:2104.00194 with pleasure.\n",
        "See [the paper](https://example.org) for more.\n",
        "name,score\n- a,1\n",
    ],
)
def test_a_text_that_lists_no_papers_is_no_page(text: str) -> None:
    assert not pages.matches(text)


@given(st.lists(st.sampled_from(["#", "|", "- ", "**", "[a b](", "](", "https://arxiv.org/abs/2505.00001", ")", "\n", " ", "Abstract:", "<a href=", ">", "|-|-|", "Ann Roe, Bo Poe", "We fly.", "`"])))  # fmt: skip # noqa: E501
def test_whatever_a_page_says_its_lines_are_named(pieces: list[str]) -> None:
    text = "".join(pieces)
    for entry in entries(text):
        assert 1 <= entry.line <= text.count("\n") + 1
        assert "\n" not in entry.title + entry.abstract


@pytest.mark.parametrize("piece", ["*", "[", "<a href=x>", "<!--", "[[a](", "A, ", "\u2b06", "| ", "[a] -"])  # fmt: skip # noqa: E501
def test_no_line_of_marks_holds_a_page_up(piece: str) -> None:
    line = piece * (30_000 // len(piece))
    text = f"- **Kites in Wind** [[pdf]](https://arxiv.org/abs/2505.00001)\n\n{line}\n"
    assert known_by(entries(text)[0].link) == "2505.00001"


def address(number: int) -> str:
    return f"https://arxiv.org/abs/2505.{number:05}"


@pytest.mark.parametrize("block", ["<li>{}</li>", "<p>{}</p>", "<h3>{}</h3>", "<tr><td>{}</td></tr>"])  # fmt: skip # noqa: E501
def test_a_page_may_be_one_line(block: str) -> None:
    papers = (f'<a href="{address(n)}">Kites in Wind {n}</a>' for n in range(1, 2001))
    text = f"<html><body><ul>{''.join(map(block.format, papers))}</ul></body></html>"
    found = [*pages.read(io.StringIO(text), "page.html")]
    assert [known_by(item.link) for item in found if isinstance(item, Entry)] == [
        f"2505.{n:05}" for n in range(1, 2001)
    ]
    assert len(found) == 2000


def test_the_rest_of_a_line_that_is_too_long_is_refused() -> None:
    text = f"- [Kites in Wind]({address(1)})\n\n- [Nets in Fog]({address(2)}) {'mist ' * 9000}\n"
    refused, *found = pages.read(io.StringIO(text), "page.md")
    assert as_refused(refused).line == 3
    assert "more than 40,000 characters" in as_refused(refused).reason
    assert len(found) == 2


NOTE = "It hangs them where the fog is thick and counts what they hold " * 4


@pytest.mark.parametrize(
    "written",
    [
        "- [{title}]({address}) - {note}\n",
        "| [{title}]({address}) | {note} |\n",
        "<tr><td><a href='{address}'>{title}</a></td><td>{note}</td></tr>\n",
        "- {note} [{title}]({address})\n",
    ],
)
def test_a_long_note_behind_one_of_the_titles_loses_no_paper(written: str) -> None:
    titles, notes = ("Kites in Wind", "Nets in Fog", "Boats in Ice"), ("Short.", NOTE, "Short.")
    rows = [
        written.format(title=title, address=address(n), note=note)
        for n, (title, note) in enumerate(zip(titles, notes, strict=True), 1)
    ]
    head = "| Paper | Note |\n|---|---|\n" if written.startswith("|") else ""
    assert [entry.title for entry in entries(head + "".join(rows))] == [*titles]


def test_a_link_of_a_long_item_that_is_no_title_is_refused_by_its_line() -> None:
    text = f"- [Kites in Wind]({address(1)})\n- {NOTE} [pdf]({address(2)}) {NOTE}\n"
    _, refused = pages.read(io.StringIO(text), "page.md")
    assert as_refused(refused).line == 2
    assert "`rag fetch 2505.00002`" in as_refused(refused).reason


def test_papers_that_share_an_item_are_each_read() -> None:
    text = (
        f"- [Kites in Wind]({address(1)}), [Nets in Fog]({address(2)})\n"
        f"- [Boats in Ice]({address(3)})\n"
    )
    assert [(entry.title, entry.line) for entry in entries(text)] == [
        ("Kites in Wind", 1), ("Nets in Fog", 1), ("Boats in Ice", 2),
    ]  # fmt: skip


def test_a_second_paper_in_an_item_is_refused_if_it_is_named_nowhere_else() -> None:
    text = (
        f"- [Kites in Wind]({address(1)}) goes beyond [Nets in Fog]({address(2)})\n"
        f"- [Boats in Ice]({address(3)}) goes beyond [Kites in Wind]({address(1)})\n"
    )
    one, three, refused = pages.read(io.StringIO(text), "page.md")
    assert [item.title for item in (one, three) if isinstance(item, Entry)] == [
        "Kites in Wind", "Boats in Ice",
    ]  # fmt: skip
    assert (as_refused(refused).line, "2505.00002" in as_refused(refused).reason) == (1, True)


def test_what_follows_the_papers_under_a_heading_is_no_abstract() -> None:
    prose = "Run the script in this folder and it will fetch all of the papers for you.\n"
    text = (
        f"# Papers\n\n## [Kites in Wind]({address(1)})\n\n## [Nets in Fog]({address(2)})\n\n"
        f"## Install the tool\n\n{prose}"
    )
    assert [entry.abstract for entry in entries(text)] == ["", ""]


def test_links_to_what_is_no_paper_make_no_page_of_papers() -> None:
    text = "# A tool\n\n- [Reading the Manual](https://example.org/manual)\n- [Asking](https://a.org/q)\n"
    assert not pages.matches(text)
    assert pages.matches(f"{text}- [Kites in Wind]({address(1)})\n")
    assert pages.matches(f"{text}- [Kites in Wind](https://doi.org/10.1000/1)\n")


def test_what_a_label_says_again_and_again_is_bounded() -> None:
    text = f"## [Kites in Wind]({address(1)})\n" + "**Comments:** 8 pages of kites\n" * 10_000
    (entry,) = entries(text)
    assert limits.LONGEST_TEXT < len(entry.comment) < limits.LONGEST_TEXT + 100


def test_a_line_of_very_many_names_is_read() -> None:
    named = ", ".join(["Ann Roe"] * 20_000)
    assert bylines.run_of_names(f"2024-05-17, Bo Poe, Paper:, {named}, Code:") == named


@pytest.mark.parametrize("end", ["arXiv:2505.{:05}.", "[arXiv](https://arxiv.org/abs/2505.{:05})"])
def test_a_reference_may_have_many_authors(end: str) -> None:
    text = "".join(
        f"- {', '.join(['Ann Roe'] * count)}. Kites in Wind. 2025. {end.format(count)}\n"
        for count in (3, 40, 2)
    )
    found = [*pages.read(io.StringIO(text), "page.md")]
    assert [known_by(item.link) for item in found if isinstance(item, Entry)] == [
        "2505.00003", "2505.00040", "2505.00002",
    ]  # fmt: skip
