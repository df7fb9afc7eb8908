"""Files as reference managers, publishers and search engines hand them out, and what is right."""

import json
from datetime import date
from pathlib import Path

import pytest

from rag import listings
from rag.core.papers import Paper
from rag.errors import EmptyListingError, ListingError
from rag.listings import Refused, escapes, people, published, records
from rag.listings.opening import encoding_of

KEPT = Path(__file__).parents[1] / "data" / "kept"
ANN, BOB = "Ann Roe", "Bob Poe"


def read(path: Path) -> list[Paper]:
    return [item for item in listings.read(path) if isinstance(item, Paper)]


def refused(path: Path) -> list[str]:
    return [item.reason for item in listings.read(path) if isinstance(item, Refused)]


def written(tmp_path: Path, text: str | bytes, name: str = "x.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# -- what was kept -------------------------------------------------------------------------------


def test_what_zotero_escaped_comes_out_as_text() -> None:
    (paper,) = read(KEPT / "zotero-bibtex-escapes.bib")
    assert paper.title == r"Fast Foo sorting in $\mathcal{O}(n \log n)$ time"
    assert paper.abstract == (
        r"We present foo sorting, which runs in $\mathcal{O}(n \log n)$ time and uses $n^2$ "
        "memory. It is in place and 12.5% faster than baz_sort, costs ~5 ms and needs a | b & c "
        "# d. Code is at https://github.com/example/foo_sort."
    )


def test_what_mendeley_escaped_comes_out_as_text() -> None:
    (paper,) = read(KEPT / "mendeley-bibtex-escapes.bib")
    assert paper.title == "Foo sorting at 100%: R&D in Österreich"
    assert "from 95% to less than 0.5%, ranks #2 of 38, needs ~25 steps under $l_2$ attacks" in (
        paper.abstract
    )
    assert paper.abstract.endswith("https://github.com/example/foo_sort_demo.")
    assert paper.authors == (
        "Ann Smith", "Bob Müller", "Carl École", "Petr Hořava", "Søren Østergaard",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "identifier", "authors", "day"),
    [
        ("ieee.csv", "https://doi.org/10.1109/x.2020.1", ("A. Roe", "B. Poe"), date(2020, 1, 1)),
        ("zotero.csv", "https://doi.org/10.1000/z1", (ANN, BOB), date(2020, 3, 4)),
        (
            "csl-json.json", "https://doi.org/10.1000/z8",
            (ANN, "Jan van der Berg", "ATLAS Collaboration"), date(2020, 3, 4),
        ),
        ("semanticscholar.json", "2001.01234", (ANN,), date(2020, 3, 4)),
        ("hf-daily-papers.json", "2401.00031", (ANN, BOB), date(2024, 1, 2)),
        ("single-author.csv", "https://doi.org/10.1000/s1", ("Jane Doe",), None),
        ("daily-ai-enhanced.md", "2601.00001", (ANN, BOB), None),
    ],
)  # fmt: skip
def test_exports(name: str, identifier: str, authors: tuple[str, ...], day: date | None) -> None:
    paper = read(KEPT / name)[0]
    assert (paper.id, paper.authors, paper.listed) == (identifier, authors, day)
    assert paper.abstract.startswith(("About kites.", "We look at kites from above"))


def test_year_venue_and_doi_are_kept() -> None:
    zotero, cited = read(KEPT / "zotero.csv")[0], read(KEPT / "export.bib")[0]
    assert (zotero.year, zotero.venue, zotero.kind) == (2020, "J. Kites", "article-journal")
    assert (cited.doi, cited.venue) == ("10.1000/kite.77", "Journal of Kites")
    assert read(KEPT / "semanticscholar.json")[0].doi == "10.1000/s2"


def test_papers_filed_under_their_identifiers() -> None:
    assert [p.id for p in read(KEPT / "dict-by-id.json")] == ["2401.00041", "2401.00042"]


def test_all_lists_of_a_document_are_read() -> None:
    found = list(listings.read(KEPT / "two-lists.json"))
    papers = [p.id for p in found if isinstance(p, Paper)]
    assert papers == ["2606.05896", "2606.24078", "2606.24712"]
    assert all(item.again for item in found if isinstance(item, Refused))
    assert read(KEPT / "two-lists.json")[0].authors[0] == "Jianxu Shangguan"


def test_a_surplus_column_is_no_harm() -> None:
    assert [p.title for p in read(KEPT / "csv-extra-column.csv")] == ["Kites", "More kites"]


def test_a_feed_with_and_without_papers() -> None:
    with pytest.raises(EmptyListingError, match="lists no papers"):
        list(listings.read(KEPT / "empty-weekend-feed.xml"))
    (paper,) = read(KEPT / "good-feed.xml")
    assert paper.title == r"Kites & $\alpha$-stable winds: a bold view"
    assert paper.authors == ("Ann Roe", "Bob Poe", "the Kite Collaboration")
    assert refused(KEPT / "good-feed.xml") == [
        "no abstract of Kites without abstract; `rag fetch 2608.10442` brings it"
    ]


IDENTITIES = [
    "https://journals.example.org/article/1909.12345",
    "https://www.example.edu/cs/0312044/kites.html",
    "https://doi.org/10.1111/j.1467-9868.2005.00503.x",
    "https://doi.org/10.1175/1520-0485(1996)026%3C2712:teoiwu%3E2.0.co;2",
    "https://doi.org/10.1007/11925941_2",
    "1706.03762",
    "1706.03763",
    "math/0309136",
    "https://hal.science/hal-02012345",
    "2007.01234",
    "2007.01235",
    "2007.01236",
    "https://pubmed.ncbi.nlm.nih.gov/31234567/",
    "https://github.com/#kites-github",
    "https://github.com/#kites-github-second",
    "https://doi.org/10.1145/3292500.3330925",
    "http://image.example.org/results",
    "https://www.example.org/kites.pdf",
]


def test_what_papers_are_known_by() -> None:
    assert [p.id for p in read(KEPT / "identities.bib")] == IDENTITIES
    (paper,) = read(KEPT / "sici-doi.bib")
    assert paper.doi == "10.1175/1520-0485(1996)026<2712:teoiwu>2.0.co;2"


def test_withdrawals() -> None:
    found = {int(p.id[-2:]) for p in read(KEPT / "withdrawn.jsonl") if p.withdrawn}
    assert found == {*range(1, 18)} - {6, 7, 10, 13}


def test_a_page_of_a_bot() -> None:
    papers = read(KEPT / "rss-bot.md")
    assert [p.id for p in papers] == ["2601.08166", "2601.08052", "2601.09083"]
    assert papers[2].categories == ("cs.LG",)
    assert papers[2].abstract.startswith("We present Speculative Rollout with Tree-Structured")
    assert len(papers[2].authors) == 8


def test_a_declared_encoding() -> None:
    (paper,) = read(KEPT / "iso-8859-1.xml")
    assert (paper.title, paper.abstract) == ("Café kites", "Über kites.")


@pytest.mark.parametrize("name", ["hex", "rot13", "punycode", "utf-16", "cp037", "no-such"])
def test_a_declared_encoding_that_cannot_be_it(tmp_path: Path, name: str) -> None:
    """What declares it was read as ASCII, so it is not what it says."""
    entry = "<entry><id>http://arxiv.org/abs/2104.00001</id><title>Kites</title><summary>Fly."
    text = f'<?xml version="1.0" encoding="{name}"?><feed xmlns="http://www.w3.org/2005/Atom">'
    (paper,) = read(written(tmp_path, f"{text}{entry}</summary></entry></feed>".encode()))
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == ("Kites", "Fly.")


# -- others of their kind ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("title,abstract,url\nCafé,Über kites.,2104.00001\n", "cp1252"),
        ("title,abstract,url\nCafé,Über kites.,2104.00001\n", "utf-16"),
        ("title,abstract,url\nCafé,Über kites.,2104.00001\n", "utf-8-sig"),
        ("title,abstract,url\nCafé,Über kites.,2104.00001\n", "utf-8"),
    ],
)
def test_encodings(tmp_path: Path, text: str, encoding: str) -> None:
    (paper,) = read(written(tmp_path, text.encode(encoding)))
    assert (paper.title, paper.abstract) == ("Café", "Über kites.")


def test_other_alphabets_are_guessed() -> None:
    russian = "Мы изучаем воздушных змеев и ветер. Это длинный текст о воздушных змеях. " * 5  # noqa: RUF001
    assert russian.encode("cp1251").decode(str(encoding_of(russian.encode("cp1251")))) == russian
    chinese = "本文研究风筝的跟踪问题，并提出一种新的变换器方法。" * 9  # noqa: RUF001
    assert chinese.encode("gb18030").decode(str(encoding_of(chinese.encode("gb18030")))) == chinese


@pytest.mark.parametrize(
    "head",
    [
        "sep=;\nTitle;Abstract;DOI\n",
        "Article Title\tAbstract\tDOI\n",
        "Scopus\nEXPORT DATE: 4 March 2020\n\nTitle|Abstract|DOI\n",
    ],
)
def test_tables_of_many_programs(tmp_path: Path, head: str) -> None:
    mark = next(mark for mark in ";\t|" if mark in head.split("\n")[-2])
    (paper,) = read(written(tmp_path, f"{head}Kites{mark}About kites.{mark}10.1000/1\n"))
    assert (paper.title, paper.doi) == ("Kites", "10.1000/1")


def test_two_exports_in_one_file(tmp_path: Path) -> None:
    text = (
        "Authors,Title,Year,DOI,Link,Abstract\n"
        '"Roe A.; Poe B.",Kites,2020,10.1000/1,,About kites.,surplus\n'
        "Title,Abstract,DOI,Author full names\n"
        'More,About more.,10.1000/2,"Roe, Ann (57190000001); Poe, Bob (57190000002)"\n'
        "About more.,10.1000/3,Broken,x,y,z\n"
    )
    found = list(listings.read(written(tmp_path, text)))
    one, two, broken = found
    assert isinstance(one, Paper)
    assert isinstance(two, Paper)
    assert (one.authors, two.authors) == (("A. Roe", "B. Poe"), (ANN, BOB))
    assert isinstance(broken, Refused)
    assert broken.reason == "6 columns instead of 4"


OPENREVIEW = {"id": "abcDEF123", "forum": "abcDEF123", "cdate": 1_583_280_000_000}
CONTENT = {"title": "Kites", "abstract": "About kites.", "authors": [ANN, BOB]}
KITES = {"title": "Kites", "abstract": "About kites."}


@pytest.mark.parametrize(
    ("document", "identifier"),
    [
        ({"notes": [OPENREVIEW | {"content": CONTENT}]}, "https://openreview.net/forum?id=abcDEF123"),
        (
            {"notes": [OPENREVIEW | {"content": {k: {"value": v} for k, v in CONTENT.items()}}]},
            "https://openreview.net/forum?id=abcDEF123",
        ),
        (
            [{"key": "K", "version": 1, "data": {
                "itemType": "journalArticle", "title": "Kites", "abstractNote": "About kites.",
                "creators": [
                    {"creatorType": "author", "firstName": "Ann", "lastName": "Roe"},
                    {"creatorType": "author", "name": "Bob Poe"},
                ],
                "DOI": "10.1000/1", "url": "https://example.org", "date": "2020-03-04"}}],
            "https://doi.org/10.1000/1",
        ),
        (
            {"meta": {"count": 1}, "results": [{
                "id": "https://openalex.org/W1", "doi": "https://doi.org/10.1000/1",
                "display_name": "Kites", "publication_date": "2020-03-04",
                "abstract_inverted_index": {"kites.": [1], "About": [0]},
                "authorships": [{"author": {"display_name": name}} for name in (ANN, BOB)],
            }]},
            "https://doi.org/10.1000/1",
        ),
        (
            {"message": {"items": [{
                "DOI": "10.1000/1", "title": ["Kites"], "abstract": "<jats:p>About kites.</jats:p>",
                "author": [{"given": "Ann", "family": "Roe"}, {"given": "Bob", "family": "Poe"}],
                "issued": {"date-parts": [[2020, 3, 4]]}, "container-title": ["J. Kites"],
            }]}},
            "https://doi.org/10.1000/1",
        ),
        ({"10.1000/1": KITES | {"authors": "Roe, Ann; Poe, Bob", "date": "2020-03-04"}},
         "https://doi.org/10.1000/1"),
    ],
)  # fmt: skip
def test_services(tmp_path: Path, document: object, identifier: str) -> None:
    (paper,) = read(written(tmp_path, json.dumps(document, indent=1)))
    assert (paper.id, paper.title, paper.abstract) == (identifier, "Kites", "About kites.")
    assert paper.authors == (ANN, BOB)
    assert paper.listed == date(2020, 3, 4)


def test_a_document_that_breaks_off_gives_what_is_whole(tmp_path: Path) -> None:
    papers = [KITES | {"url": f"2104.{n:05}"} for n in range(3)]
    text = json.dumps({"a": papers[:2], "b": papers[2:]})
    path = written(tmp_path, text[: text.index("2104.00002") + 3])
    assert [p.id for p in read(path)] == ["2104.00000", "2104.00001"]
    (broken,) = refused(path)
    assert broken.startswith("broken JSON, from here on nothing is read")


WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Roe, A
AF Roe, Ann
   Poe, Bob
TI Kites and
   winds
SO JOURNAL OF KITES
AB About kites.
DI 10.1000/1
PY 2020
ER

EF
"""
ENW = """%0 Journal Article
%T Kites and winds
%A Roe, Ann
%A Poe, Bob
%R 10.1000/1
%X About kites.
%D 2020
"""
NBIB = """PMID- 31234567
TI  - Kites and
      winds
LID - 10.1000/1 [doi]
AB  - About kites.
FAU - Roe, Ann
FAU - Poe, Bob
DP  - 2020
"""


@pytest.mark.parametrize("text", [WOS, ENW, NBIB])
def test_tagged_records(tmp_path: Path, text: str) -> None:
    (paper,) = read(written(tmp_path, text))
    assert (paper.id, paper.title) == ("https://doi.org/10.1000/1", "Kites and winds")
    assert (paper.abstract, paper.authors, paper.year) == ("About kites.", (ANN, BOB), 2020)


@pytest.mark.parametrize(
    "body",
    [
        "abstract: About kites.\n---\n# Kites\n",
        "---\n# Kites\n\n> [!abstract]\n> About kites.\n\nMine.\n",
        "---\n# Kites\n**Abstract**:: About kites.\n",
        "---\n# Kites\n### Abstract\nAbout\nkites.\n### Notes\nMine.\n",
    ],
)
def test_notes(tmp_path: Path, body: str) -> None:
    front = "---\nauthors: [Ann Roe, Bob Poe]\ndoi: 10.1000/1\nyear: 2020\n"
    (paper,) = read(written(tmp_path, front + body, "Kites.md"))
    assert (paper.title, paper.abstract) == ("Kites", "About kites.")
    assert (paper.authors, paper.year) == ((ANN, BOB), 2020)


def test_a_note_that_would_unfold_is_refused(tmp_path: Path) -> None:
    front = (
        "---\ntitle: A\nurl: https://example.org/1\na: &a [x, x]\nb: [*a, *a]\n---\nAbstract: B.\n"
    )
    with pytest.raises(ListingError, match="a reference to another part"):
        list(listings.read(written(tmp_path, front, "n.md")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"The {BERT} model at 5\%", "The BERT model at 5%"),
        (r"An $\alpha_{i}$ of {$\{x\}$}", r"An $\alpha_{i}$ of $\{x\}$"),
        (r"{\'E}cole \emph{now}", r"{\'E}cole \emph{now}"),
        (r"a\textbackslash{}b \textasciitilde{}5", r"a\b ~5"),
        ("plain", "plain"),
    ],
)
def test_escapes(text: str, expected: str) -> None:
    assert escapes.plain(text) == expected


def test_what_a_record_calls_its_fields() -> None:
    said = {
        "Item DOI": "10.1000/1",
        "Item Title": "Kites",
        "Publication Title": "J",
        "PubYear": "2020",
    }
    found = records.entry(1, said)
    assert (found.link, found.title, found.venue, found.year) == ("10.1000/1", "Kites", "J", 2020)


# -- what other programs write otherwise ----------------------------------------------------------


def test_a_table_of_web_of_science_has_bare_quotation_marks_and_its_own_numbers(
    tmp_path: Path,
) -> None:
    text = (
        "PT\tAU\tAF\tTI\tSO\tDT\tAB\tPD\tPY\tDI\tUT\n"
        'J\tRoe, A\tRoe, Ann\t"Smart" kites\tJ KITES\tProceedings Paper\tAbout kites.\tMAR\t2018\t'
        "\tWOS:000123456700001\n"
    )
    (paper,) = read(written(tmp_path, text))
    assert (paper.title, paper.kind, paper.year) == ('"Smart" kites', "paper-conference", 2018)
    assert paper.url == ("https://www.webofscience.com/wos/woscc/full-record/WOS:000123456700001")


def test_a_record_of_web_of_science_without_a_doi_is_known_by_its_number(tmp_path: Path) -> None:
    text = WOS.replace("DI 10.1000/1\nPY 2020\n", "PD MAR 4\nPY 2020\nUT WOS:000123456700001\n")
    (paper,) = read(written(tmp_path, text))
    assert paper.url.endswith("/WOS:000123456700001")
    assert paper.listed == date(2020, 3, 4)


def test_zotero_counts_its_changes_and_names_editors_and_keeps_notes(tmp_path: Path) -> None:
    people = [
        {"creatorType": "editor", "firstName": "Ed", "lastName": "Itor"},
        {"creatorType": "author", "firstName": "Ann", "lastName": "Roe"},
    ]
    item = {"itemType": "preprint", "title": "Kites", "abstractNote": "About kites."}
    told = {
        "version": 6,
        "creators": people,
        "date": "2020-03-04",
        "url": "arxiv.org/abs/2003.00001",
    }
    document = [
        {"key": "A", "version": 6, "data": item | told},
        {"key": "B", "version": 7, "data": {"itemType": "note", "note": "<p>Mine</p>"}},
        {"key": "C", "version": 8, "data": {"itemType": "attachment", "title": "Full Text PDF"}},
    ]
    (paper,) = listings.read(written(tmp_path, json.dumps(document)))
    assert isinstance(paper, Paper)
    assert (paper.version, paper.year, paper.authors, paper.kind) == (None, 2020, (ANN,), "")


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"type": "article"}, ("", "article", None)),
        ({"type": "article", "journal": "J. Kites"}, ("J. Kites", "article-journal", None)),
        ({"type": "proceedings-article", "container-title": ["Proc."],
          "issued": {"literal": "March 2018"}}, ("Proc.", "paper-conference", 2018)),
        ({"journal": {"name": "ArXiv"}, "venue": "NeurIPS", "year": 2017,
          "publicationTypes": ["JournalArticle", "Conference"]},
         ("NeurIPS", "paper-conference", 2017)),
        ({"venue": {"value": "ICLR 2024 poster"}, "venueid": {"value": "ICLR.cc/2024/Conference"},
          "forum": "abcDEF123", "version": 2, "cdate": 1_695_000_000_000},
         ("ICLR 2024 poster", "paper-conference", 2024)),
        ({"venue": "Submitted to ICLR 2024", "forum": "abcDEF123"}, ("", "", None)),
        ({"Document Identifier": "IEEE Conferences", "Publication Title": "2019 KITE"},
         ("2019 KITE", "paper-conference", None)),
    ],
)  # fmt: skip
def test_where_and_as_what_a_paper_appeared(
    tmp_path: Path, record: dict[str, object], expected: tuple[str, str, int | None]
) -> None:
    told = {"title": "Kites", "abstract": "About kites.", "url": "https://example.org/1"} | record
    (paper,) = read(written(tmp_path, json.dumps([told])))
    assert (paper.venue, paper.kind, paper.year) == expected
    assert paper.version is None


def test_a_feed_of_arxiv_tells_doi_and_journal(tmp_path: Path) -> None:
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
    entry = (
        "<entry><id>http://arxiv.org/abs/cond-mat/0207270v2</id><title>Kites</title>"
        "<summary>About kites.</summary><arxiv:doi>10.1103/PhysRevB.67.1</arxiv:doi>"
        "<arxiv:journal_ref>Phys. Rev. B 67\n (2003)</arxiv:journal_ref></entry>"
    )
    rss = (
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom"><channel><item><title>Kites</title>'
        "<link>https://arxiv.org/abs/cond-mat/0207270</link><description>About kites."
        "</description><arxiv:DOI>10.1103/PhysRevB.67.1</arxiv:DOI><arxiv:journal_reference>"
        "Phys. Rev. B 67 (2003)</arxiv:journal_reference></item></channel></rss>"
    )
    for text in (f"{head}{entry}</feed>", rss):
        (paper,) = read(written(tmp_path, text))
        assert (paper.id, paper.doi) == ("cond-mat/0207270", "10.1103/physrevb.67.1")
        assert paper.venue == "Phys. Rev. B 67 (2003)"


def test_dublin_core_is_read_too(tmp_path: Path) -> None:
    text = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header/>'
        '<metadata><o:dc xmlns:o="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Kites</dc:title>'
        "<dc:creator>Roe, Ann</dc:creator><dc:description>About kites.</dc:description>"
        "<dc:description>Comment: withdrawn by the authors</dc:description>"
        "<dc:date>2021-04-03</dc:date><dc:date>2022-01-02</dc:date>"
        "<dc:identifier>http://arxiv.org/abs/2104.01234</dc:identifier>"
        "<dc:identifier>doi:10.1000/1</dc:identifier></o:dc></metadata></record></ListRecords>"
        "</OAI-PMH>"
    )
    (paper,) = read(written(tmp_path, text))
    assert (paper.id, paper.doi, paper.authors) == ("2104.01234", "10.1000/1", (ANN,))
    assert (paper.listed, paper.updated) == (date(2021, 4, 3), date(2022, 1, 2))
    assert paper.withdrawn


def test_bibtex_of_dblp_and_jabref(tmp_path: Path) -> None:
    text = (
        "@article{a, title={Kites}, abstract={About kites.}, journal={J}, volume={1909.12345},\n"
        "author={Ann Roe 0002 and {Kite, Inc.} and others}, url={https://example.org/1}}\n"
        "@article{b, title={More}, abstract={About.}, journal={CoRR}, volume={abs/1909.12346}}\n"
        "@book{c, title={Book}, abstract={About.}, publisher={Press}, doi={10.1000/c}}\n"
    )
    one, two, book = read(written(tmp_path, text))
    assert (one.id, one.authors) == ("https://example.org/1", (ANN, "Kite, Inc."))
    assert two.id == "1909.12346"
    assert (book.kind, book.venue) == ("book", "Press")


def test_a_doi_of_ris_may_stand_in_its_kind_and_categories_in_its_keywords(tmp_path: Path) -> None:
    text = (
        "TY  - JOUR\nT1  - Kites\nN2  - About kites.\nA1  - King, Martin Jr.\nJO  - J. K.\n"
        "JF  - J. Kites\nM3  - doi: 10.1000/1\nKW  - cs.CV\nKW  - kites\nER  - \n"
    )
    (paper,) = read(written(tmp_path, text))
    assert (paper.doi, paper.venue, paper.categories) == ("10.1000/1", "J. Kites", ("cs.CV",))
    assert paper.authors == ("Martin King Jr.",)


def test_pubmed_ends_titles_with_a_full_stop_and_names_bodies(tmp_path: Path) -> None:
    text = (
        NBIB.replace("winds\n", "winds.\n").replace("2020", "2020 Mar-Apr") + "CN  - Kite Group\n"
    )
    (paper,) = read(written(tmp_path, text))
    assert (paper.title, paper.authors) == ("Kites and winds", (ANN, BOB, "Kite Group"))
    assert paper.listed == date(2020, 3, 1)


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ({"author": [{"@pid": "1", "text": "Ann Roe"}, {"text": "Bob Poe 0002"}]}, (ANN, BOB)),
        ([{"first": "Ann", "middle": [], "last": "Roe"}, {"first": "Bob", "last": "Poe"}],
         (ANN, BOB)),
        ([{"first": "Ann", "middle": ["B.", "C."], "last": "Roe", "suffix": "Jr."}],
         ("Ann B. C. Roe Jr.",)),
    ],
)  # fmt: skip
def test_authors_of_services(authors: object, expected: tuple[str, ...]) -> None:
    assert tuple(people.of(authors)) == expected


@pytest.mark.parametrize(
    "title", ["Kites (withdrawn)", "[RETRACTED] Kites", "Kites [retracted paper]"]
)
def test_a_title_may_say_that_a_paper_was_taken_back(tmp_path: Path, title: str) -> None:
    told = {"id": "2104.00001", "title": title, "abstract": "About kites."}
    (paper,) = read(written(tmp_path, json.dumps(told)))
    assert paper.withdrawn


@pytest.mark.parametrize(
    "record",
    [
        {"Publication Title": "arXiv preprint arXiv:2104.00001"},
        {"extra": "arXiv:2104.00001 [cs]"},
        {"archiveID": "arXiv:2104.00001"},
        {"FullTextURL": "https://arxiv.org/pdf/2104.00001"},
    ],
)
def test_where_arxivs_identifier_stands(tmp_path: Path, record: dict[str, str]) -> None:
    (paper,) = read(
        written(tmp_path, json.dumps([KITES | {"url": "https://example.org/1"} | record]))
    )
    assert paper.id == "2104.00001"
    assert paper.venue == ""


def test_a_note_that_was_clipped_names_its_source(tmp_path: Path) -> None:
    text = (
        "---\ntitle: Kites\nauthor: Jane Doe\nsource: https://arxiv.org/abs/2104.00001\n"
        "category: reading\n---\n## Abstract\n\nAbout kites.\n\n## Introduction\nMore.\n"
    )
    (paper,) = read(written(tmp_path, text))
    assert (paper.id, paper.abstract, paper.categories) == ("2104.00001", "About kites.", ())


def test_what_ads_writes(tmp_path: Path) -> None:
    bib = (
        '@ARTICLE{2020ApJ...900....1R,\n author = {{Roe}, Ann},\n title = "{Kites}",\n'
        " journal = {\\apj},\n year = 2020,\n doi = {10.3847/1},\n"
        ' abstract = "{Kites at {\\ensuremath{\\sim}}5 kpc.}"\n}\n'
    )
    doc = {"title": ["Kites"], "author": ["Roe, Ann"], "abstract": "Kites at \u223c5 kpc.",
           "doi": ["10.3847/1"], "pub": "The Astrophysical Journal", "pubdate": "2020-03-00",
           "doctype": "article"}  # fmt: skip
    (one,) = read(written(tmp_path, bib))
    (two,) = read(written(tmp_path, json.dumps({"response": {"docs": [doc]}})))
    assert one.abstract == two.abstract == "Kites at \u223c5 kpc."
    assert one.venue == two.venue == "The Astrophysical Journal"
    assert (one.kind, two.kind, two.listed) == (*["article-journal"] * 2, date(2020, 3, 1))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(tmp_path: Path, encoding: str) -> None:
    text = "title,abstract,url\nKites,About kites.,2104.00001\n"
    (paper,) = read(written(tmp_path, text.encode(encoding)))
    assert paper.id == "2104.00001"


def test_a_site_is_one_with_and_without_its_stroke(tmp_path: Path) -> None:
    text = "title,abstract,url\nKites,About.,https://github.com\nMore,About.,https://github.com/\n"
    ids = [p.id for p in read(written(tmp_path, text))]
    assert ids == ["https://github.com/#kites", "https://github.com/#more"]


def test_bibtex_as_people_write_it(tmp_path: Path) -> None:
    text = r"""@string{nips = "NeurIPS"}
@inproceedings{a, title={Kites}, abstract={About 3{\textmu}m for {\texteuro}5.},
  author={Ann Roe and \c{S}ahin, \u{G}. and \'{E}mile Poe}, booktitle = nips # " 2020",
  month = "7~" # jul, year = 2020, note={Preprint at \url{https://hal.science/hal-0123}.}}
@online{b, title={More}, abstract={About.}, url={https://example.org/b},
  date={2020-01-15/2020-02-01}}
"""
    one, two = read(written(tmp_path, text))
    assert one.authors == (ANN, "Ğ. Şahin", "Émile Poe")
    assert (one.id, one.venue) == ("https://hal.science/hal-0123", "NeurIPS 2020")
    assert (one.abstract, one.listed) == ("About 3\u00b5m for €5.", date(2020, 7, 7))
    assert two.listed == date(2020, 1, 15)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("13.4.2021", date(2021, 4, 13)), ("4/13/2021", date(2021, 4, 13)),
        ("13/04/2021", date(2021, 4, 13)), ("3/4/2021", None), ("Spring 2021", date(2021, 4, 1)),
        (1_618_315_200, date(2021, 4, 13)), ("2021~", date(2021, 1, 1)),
    ],
)  # fmt: skip
def test_days(said: object, expected: date | None) -> None:
    assert published.day_of(said) == expected


def test_a_review_in_openreview_is_no_paper(tmp_path: Path) -> None:
    review = {"title": {"value": "Review"}, "summary": {"value": "They look at kites."}}
    notes = [OPENREVIEW | {"content": CONTENT, "replyto": None}]
    notes += [OPENREVIEW | {"id": "r", "content": review, "replyto": "abcDEF123"}]
    (paper,) = listings.read(written(tmp_path, json.dumps({"notes": notes})))
    assert isinstance(paper, Paper)


def test_identifiers_that_say_their_kind(tmp_path: Path) -> None:
    kinds = [{"type": "eissn", "id": "1234-5678"}, {"type": "doi", "id": "10.1000/DOAJ1"}]
    told = {"bibjson": KITES | {"identifier": kinds, "link": [{"url": "https://example.org/1"}]}}
    (paper,) = read(written(tmp_path, json.dumps({"results": [told]})))
    assert paper.doi == "10.1000/doaj1"


def test_what_stands_where_nothing_is_known_is_nothing(tmp_path: Path) -> None:
    text = (
        "Authors,Title,Year,DOI,Abstract\n"
        "[No author name available],Kites,2020,10.1000/1,About kites.\n"
        '"Roe A., van der Poe B.",More,2020,10.1000/2,[No abstract available]\n'
        "nan,Third,nan,10.1000/3,About.\n"
    )
    path = written(tmp_path, text)
    assert [(p.title, p.authors) for p in read(path)] == [("Kites", ()), ("Third", ())]
    assert refused(path) == ["no abstract"]
    assert people.names("Roe A., van der Poe B.") == ["A. Roe", "B. van der Poe"]


def test_a_date_of_ris_may_say_more_behind_it(tmp_path: Path) -> None:
    text = "TY  - JOUR\nTI  - A\nAB  - B.\nPY  - 2020/05/06/Spring\nDO  - 10.1000/1\nER  - \n"
    (paper,) = read(written(tmp_path, text))
    assert (paper.listed, paper.year) == (date(2020, 5, 6), 2020)
