"""What is given to other programs comes back from them as it was."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import bibtexparser
import pytest
import rispy

from rag import listings
from rag.core.identifiers import doi_address, doi_of
from rag.core.papers import Paper, abstract_page, pdf_link
from rag.listings import exported
from rag.output import exchange, references

KEPT = Path(__file__).parents[1] / "data" / "kept"
PROGRAMS = KEPT.parent / "programs"
JOURNAL = Paper(
    "https://doi.org/10.1000/kite.77", "Kite aerodynamics: 5% of $x_1$ & more", "We measure kites.",
    "https://doi.org/10.1000/kite.77", "", date(2020, 1, 1), (),
    ("Ann Roe", "Jan van der Berg", "The Kite Collaboration"), doi="10.1000/kite.77",
    venue="Journal of Kites & Winds", year=2020, kind="article-journal",
)  # fmt: skip
BOTH = replace(
    JOURNAL, id="2001.01234", url=abstract_page("2001.01234"), pdf=pdf_link("2001.01234"),
    identifiers=(JOURNAL.id,), categories=("cs.CV",),
)  # fmt: skip
PREPRINT = Paper(
    "2104.00194", "TransMOT: Spatial-Temporal Graphs", "We track.", abstract_page("2104.00194"),
    pdf_link("2104.00194"), date(2021, 4, 2), ("cs.CV",), ("Peng Chu", "Xinyi Zhou"),
)  # fmt: skip
UNLINKED = Paper(
    "title:roe-2020-kites-in-gusty-wind-120e6ccb", "Kites in gusty wind", "We fly kites.", "", "",
    date(2020, 1, 1), (), ("Ann Roe",), year=2020,
)  # fmt: skip
PAPERS = [JOURNAL, BOTH, PREPRINT, UNLINKED]


def read(tmp_path: Path, text: str) -> list[Paper]:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    return [item for item in listings.read(path) if isinstance(item, Paper)]


def known(paper: Paper) -> dict[str, object]:
    """What each of the formats can say of a paper."""
    names = ("id", "title", "abstract", "url", "authors", "doi", "venue", "identifiers")
    return {name: getattr(paper, name) for name in names} | {"year": paper.appeared}


def csl(papers: list[Paper]) -> str:
    named = references.keys(papers)
    return json.dumps([exchange.csl(paper, named[paper.id]) for paper in papers])


def table(papers: list[Paper]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([exchange.COLUMNS, *map(exchange.row, papers)])
    return text.getvalue()


@pytest.mark.parametrize("made", [
    lambda papers: references.bibtex(papers, abstracts=True), references.ris, csl, table,
])  # fmt: skip
def test_papers_go_out_and_come_back(tmp_path: Path, made) -> None:
    assert [known(p) for p in read(tmp_path, made(PAPERS))] == [known(p) for p in PAPERS]


@pytest.mark.parametrize("made", [
    lambda papers: references.bibtex(papers, abstracts=True), references.ris, csl, table,
])  # fmt: skip
def test_what_any_program_gave_goes_out_and_comes_back(tmp_path: Path, made) -> None:
    given = {
        paper.id: paper
        for file in sorted(PROGRAMS.iterdir())
        if file.name != "right.json"
        for paper in listings.read(file)
        if isinstance(paper, Paper) and not paper.withdrawn
    }
    found = {paper.id: paper for paper in read(tmp_path, made(list(given.values())))}
    for name, paper in given.items():
        facts = known(paper)
        del facts["identifiers"]  # of several links these formats say one
        assert {fact: known(found[name])[fact] for fact in facts} == facts


@pytest.mark.parametrize("paper", PAPERS)
def test_a_note_goes_out_and_comes_back(tmp_path: Path, paper: Paper) -> None:
    note = exchange.note(paper, "key", ("reading",))
    (found,) = read(tmp_path, note)
    assert known(found) == known(paper)
    assert "tags:\n- reading\n" in note


ODD = [
    "[[7,1,3]] codes and $[[n, k]]$ codes in see [this](https://x.org)", "# heading", "* star",
    "> quotation", "1. First", "- item", "| a | b |", "Abstract algebra: we", "DOI: x", "#hashtag",
    "arXiv:2104.99999 is not ours.", "{x | y}", 'The "[MASK]" tokens [1, 2]', "null", "yes: no",
    "@home, 100% #1 & ~2^n_x", "=1+1", "--- dashes \u2014 \u201cso\u201d", "AT&T <- x > y",
    "\u738b\u5c0f\u660e", "Costs $5 and $6",
    "O(n^2) and $\\mathcal{O}(n\\log n)$", "ends with stop.",
]  # fmt: skip
NAMES = [
    "Charles de la Vallée Poussin", "María José García Márquez", "Conan O'Brien", "王小明",
    "\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432", "Madonna", "OpenAI",
    "John Smith III", "Jean le Rond d'Alembert", "World Health Organization", "Name & Co",
    "European Organization for Nuclear Research (CERN)", "Li Wei (李伟)", "X Æ A-12",
    "Anne-Marie von der Leyen", "L. da F. Costa", "Muhammad ibn Musa al-Khwarizmi",
]  # fmt: skip
SICI = "10.1175/1520-0485(1996)026<2712:teoiwu>2.0.co;2"
OTHERS = [
    replace(JOURNAL, year=None, listed=None), replace(JOURNAL, authors=()),
    replace(JOURNAL, kind="", venue=""), replace(JOURNAL, kind="book"),
    replace(JOURNAL, id=doi_address(SICI), url=doi_address(SICI), doi=SICI),
    replace(JOURNAL, authors=tuple(NAMES)),
]  # fmt: skip


@pytest.mark.parametrize("made", [
    lambda papers: references.bibtex(papers, abstracts=True), references.ris, csl, table,
    lambda papers: exchange.note(papers[0], "key"),
])  # fmt: skip
def test_odd_papers_go_out_and_come_back(tmp_path: Path, made) -> None:
    titled = [replace(JOURNAL, title=f"{odd} Kites") for odd in ODD]
    said = [replace(JOURNAL, abstract=f"{odd} We say so.") for odd in ODD]
    for paper in (*titled, *said, *OTHERS):
        assert [known(found) for found in read(tmp_path, made([paper]))] == [known(paper)]


def on_arxiv(identifier: str, title: str, **more: Any) -> Paper:
    links = abstract_page(identifier), pdf_link(identifier)
    told: dict[str, Any] = {"listed": date(2021, 4, 1), "authors": ("Jane Doe",)} | more
    return Paper(identifier, title, "We say so.", *links, **told)


def elsewhere(address: str, title: str, kind: str, venue: str = "", **more: Any) -> Paper:
    told: dict[str, Any] = {
        "listed": date(2020, 3, 4), "year": 2020, "authors": ("John Smith Jr.", "A. von Roe"),
    } | more  # fmt: skip
    doi = doi_of(address) or ""
    return Paper(address, title, "We say so.", address, "", venue=venue, kind=kind, doi=doi, **told)


PUBMED = "https://pubmed.ncbi.nlm.nih.gov/33333333/"
KINDS = [
    on_arxiv("2104.00194", "A preprint", categories=("cs.CV", "cs.LG"), year=2021),
    on_arxiv("2104.00195", "A second version", version=2, year=2021),
    on_arxiv("hep-th/9711200", "An old one", listed=date(1997, 11, 27), year=1997),
    on_arxiv("2104.00196", "In a journal as well", doi="10.1000/b.1", venue="Journal of Kites",
             year=2021, kind="article-journal", identifiers=("https://doi.org/10.1000/b.1",)),
    on_arxiv("2104.00198", "A wrong one", withdrawn=True, year=2021, categories=("cs.RO",)),
    elsewhere("https://doi.org/10.1000/j.1", "An article", "article-journal", "Journal of Kites"),
    elsewhere("https://doi.org/10.1000/j.2", "Of a year", "article-journal", "Journal of Kites",
              listed=date(2020, 1, 1)),
    elsewhere("https://doi.org/10.1000/j.3", "Of no year", "article-journal", "Journal of Kites",
              listed=None, year=None),
    elsewhere("https://doi.org/10.1145/3292500.3330925", "At a meeting", "paper-conference", "KDD"),
    elsewhere("https://doi.org/10.1007/978-3-030-00000-1_3", "In a book", "chapter", "Handbook"),
    elsewhere("https://doi.org/10.1007/978-3-030-00000-1", "A book", "book", "Springer"),
    elsewhere("https://theses.example.edu/handle/1/22", "A thesis", "thesis", "Kite University"),
    elsewhere("https://kites.example.gov/tr12", "A report", "report", "Kite Agency",
              authors=("National Kite Agency",)),
    elsewhere("https://doi.org/10.5281/zenodo.123456", "A dataset", "dataset", "Zenodo"),
    elsewhere("https://doi.org/10.5281/zenodo.123457", "More data", "dataset"),
    elsewhere("https://doi.org/10.1101/2021.01.02.425000", "Of another server", "article"),
    elsewhere("https://doi.org/10.1093/k/a", "In PubMed", "article-journal", "Sleep",
              identifiers=(PUBMED,)),
    replace(UNLINKED, listed=date(2020, 1, 1)),
]  # fmt: skip
FORMATS = {
    "bibtex": lambda papers: references.bibtex(papers, abstracts=True),
    "ris": references.ris,
    "csl": csl,
    "csv": table,
    "jsonl": lambda papers: "".join(f"{exported.line(paper)}\n" for paper in papers),
}


def whole(paper: Paper) -> Paper:
    """A paper without what tells of its file."""
    return replace(paper, sources=(), told=())


@pytest.mark.parametrize("name", FORMATS)
def test_every_kind_of_paper_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    found = [whole(paper) for paper in read(tmp_path, FORMATS[name](KINDS))]
    assert found == KINDS


def test_a_note_of_every_kind_of_paper_comes_back_as_it_was(tmp_path: Path) -> None:
    for paper in KINDS:
        (found,) = read(tmp_path, exchange.note(paper, "key"))
        assert whole(found) == paper


def test_what_was_listed_in_another_year_has_both_where_the_format_has(tmp_path: Path) -> None:
    paper = on_arxiv("2104.00197", "Printed later", year=2022, venue="Journal of Kites",
                     kind="article-journal", version=2, updated=date(2021, 8, 9))  # fmt: skip
    for name, lost in (("csl", True), ("csv", False), ("jsonl", False)):
        (found,) = read(tmp_path, FORMATS[name]([paper]))
        assert whole(found) == (replace(paper, updated=None) if lost else paper)
    for name in ("bibtex", "ris"):
        (found,) = read(tmp_path, FORMATS[name]([paper]))
        assert whole(found) == replace(paper, updated=None, listed=date(2022, 1, 1))


def test_bibtex_as_its_parser_reads_it() -> None:
    journal, both, preprint, unlinked = bibtexparser.entrypoint.parse_string(
        references.bibtex(PAPERS)
    ).entries
    fields = {f.key: f.value for f in journal.fields}
    assert journal.entry_type == "article"
    assert fields["journal"] == r"Journal of Kites \& Winds"
    assert fields["doi"] == "10.1000/kite.77"
    assert fields["url"] == "https://doi.org/10.1000/kite.77"
    assert fields["author"].endswith("{The Kite Collaboration}")
    assert not {"eprint", "archiveprefix", "primaryclass"} & fields.keys()
    assert {"eprint", "archiveprefix", "doi", "journal"} <= {f.key for f in both.fields}
    assert (preprint.entry_type, preprint.key) == ("misc", "chu2021transmot")
    assert (unlinked.entry_type, unlinked.key) == ("misc", "roe2020kites")
    assert [field.key for field in unlinked.fields] == ["title", "author", "year"]


def test_ris_as_its_parser_reads_it() -> None:
    journal, _, preprint, unlinked = rispy.loads(references.ris(PAPERS))
    assert not {"urls", "id", "doi"} & unlinked.keys()
    assert (journal["type_of_reference"], preprint["type_of_reference"]) == ("JOUR", "UNPB")
    assert (journal["doi"], journal["year"]) == ("10.1000/kite.77", "2020")
    assert journal["journal_name"] == "Journal of Kites & Winds"
    assert journal["authors"] == ["Roe, Ann", "van der Berg, Jan", "The Kite Collaboration"]


def test_what_a_reference_manager_gave_is_given_back() -> None:
    (paper,) = (p for p in listings.read(KEPT / "export.bib") if isinstance(p, Paper))
    said = references.bibtex([paper])
    assert said.startswith("@article{roe2020kite,")
    assert "eprint" not in said
    assert "  journal = {Journal of Kites}" in said


def test_zoteros_own_csl_json_comes_back(tmp_path: Path) -> None:
    (paper,) = (p for p in listings.read(KEPT / "csl-json.json") if isinstance(p, Paper))
    (item,) = json.loads(csl([paper]))
    (given,) = json.loads((KEPT / "csl-json.json").read_text())
    for name in ("type", "title", "abstract", "DOI"):
        assert item[name] == given[name]
    assert item["issued"]["date-parts"] == [[2020, 3, 4]]
    assert item["author"] == [
        {"family": "Roe", "given": "Ann"}, {"family": "van der Berg", "given": "Jan"},
        {"literal": "ATLAS Collaboration"},
    ]  # fmt: skip


def test_keys_can_be_typed_and_are_unique_and_stable() -> None:
    umlaut = replace(PREPRINT, id="2104.00001", authors=("Søren Østergård",), title="The Ångström")
    chinese = replace(PREPRINT, id="2104.00002", authors=("王小明",), title="风筝")
    again = replace(PREPRINT, id="2104.00195", title="TransMOT once more")
    papers = [PREPRINT, umlaut, chinese, again]
    named = references.keys(papers)
    assert named["2104.00001"] == "ostergard2021angstrom"
    assert len(set(named.values())) == 4
    assert references.keys(papers[::-1]) == named
    assert named[PREPRINT.id] == "chu2021transmot-10400194"
    for key in named.values():
        assert key.isascii()
        assert key.replace("-", "").isalnum()
