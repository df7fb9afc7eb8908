"""Papers that a file does no more than name, and names that a program has spoiled."""

import json
from pathlib import Path

import pytest

from rag import listings
from rag.core.papers import Paper
from rag.errors import ListingError
from rag.listings import Refused

FORUM = "https://openreview.net/forum?id=abcDEF123"
PROSE = """# Where kites stand

{first}

There is more to come, and wind.
"""


def read(path: Path, text: str) -> tuple[list[Paper], list[str]]:
    path.write_text(text)
    found = list(listings.read(path))
    papers = [item for item in found if isinstance(item, Paper)]
    return papers, [item.reason for item in found if isinstance(item, Refused)]


@pytest.mark.parametrize(
    "layout",
    [
        "## {title}\n{authors}\n\n[OpenReview]({link})\n\n**Abstract:** {abstract}\n",
        "## [{title}]({link})\n*{authors}*\n\n> {abstract}\n",
        "- **{title}** [[paper]]({link})\n  - {authors}\n  - {abstract}\n",
        '<ul><li><b><a href="{link}">{title}</a></b><br><i>{authors}</i><br>{abstract}</li></ul>\n',
        "| Title | Authors | Abstract | Paper |\n|---|---|---|---|\n"
        "| {title} | {authors} | {abstract} | [OpenReview]({link}) |\n",
    ],
)
@pytest.mark.parametrize("link", [FORUM, "https://openreview.net/pdf?id=abcDEF123"])
def test_a_page_may_link_to_openreview_only(tmp_path: Path, layout: str, link: str) -> None:
    told = {
        "title": "Kites That Learn to Fly in Gusts",
        "authors": "Ann Roe, Bob Poe",
        "abstract": "We teach kites to fly in gusts with a small network, twice as high.",
    }
    papers, refused = read(tmp_path / "page.md", layout.format(link=link, **told))
    assert refused == []
    assert [(p.id, p.title, p.abstract) for p in papers] == [
        (FORUM, told["title"], told["abstract"])
    ]
    assert papers[0].authors == ("Ann Roe", "Bob Poe")
    assert papers[0].pdf == "https://openreview.net/pdf?id=abcDEF123"


def test_a_page_that_only_names_papers_of_openreview_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ListingError, match=r"line 1: no abstract of Gusts as Priors for Kites"):
        read(tmp_path / "page.md", f"- [Gusts as Priors for Kites]({FORUM})\n")


@pytest.mark.parametrize(
    "first",
    [
        "The first kite that learned was arXiv:2104.00194, and soon 2105.01234 followed.",
        "As we saw in [Roe et al.](https://arxiv.org/abs/2104.00194) and in the notes of"
        " [this paper](https://arxiv.org/pdf/2105.01234v2), all depends on the wind.",
        "See https://arxiv.org/abs/2104.00194 for more. It goes beyond 2105.01234 in height.",
        "It has long been known that kites fly. " * 8 + "So say arXiv:2104.00194 and 2105.01234.",
    ],
)
def test_identifiers_in_prose_are_told_in_one_line(tmp_path: Path, first: str) -> None:
    said = (
        r"has 2 arXiv identifiers without title or abstract; "
        r"`rag fetch 2104\.00194 2105\.01234` brings them$"
    )
    with pytest.raises(ListingError, match=said):
        read(tmp_path / "notes.md", PROSE.format(first=first))


def test_a_list_of_identifiers_is_told_how_to_bring_them(tmp_path: Path) -> None:
    numbers = [f"2104.{number:05}" for number in range(100, 130)]
    with pytest.raises(ListingError, match=r"30 arXiv identifiers .*, and so the 10 others$"):
        read(tmp_path / "ids.txt", "\n".join(numbers))


EXPORT = "an export of Zotero's, OpenAlex's or PubMed's has them"
REFERENCES = [
    (
        "References\n\n[11] J. Doe. Kites in gusty wind. J. Kites, 12(2):101-110, 2021. 3\n"
        "[12] A. Author, B. Author. Title of it. In CVPR, 2021. arXiv:2104.00194\n"
        "[13] P. Chu. TransMOT. arXiv preprint arXiv:2104.00195, 2021. 4, 5\n",
        "2 arXiv identifiers .*; `rag fetch 2104.00194 2104.00195` brings them",
    ),
    (
        "[1] Peng Chu, Jiang Wang, and\nZicheng Liu. TransMOT. arXiv preprint arXiv:\n"
        "2104.00194, 2021. 1, 2\n[2] Xingyi Zhou. Points. arXiv preprint arXiv:2104.\n"
        "00195, 2020. 3\n",
        "2 arXiv identifiers .*; `rag fetch 2104.00194 2104.00195` brings them",
    ),
    (
        "[1] J. Doe. Kites. J. Kites, 2021. doi:10.1016/j.kites.2021.01.001\n"
        "[2] T. Akiba. Optuna. In KDD, 2019. https://doi.org/10.1145/3292500.3330925\n",
        f"2 DOIs without title or abstract: {EXPORT}",
    ),
    (
        "# My reading\n\n1. Doe, J., & Roe, R. (2021). Kites in wind. *Journal of Kites*, 12(2). "
        "https://doi.org/10.1016/j.kites.2021.01.001\n"
        "2. Chu, P., & You, Q. (2021). TransMOT. *arXiv preprint* arXiv:2104.00194.\n"
        "3. Zhou, X. Tracking objects as points. ECCV 2020. <https://arxiv.org/abs/2104.00195>\n",
        f"3 papers without abstracts; `rag fetch 2104.00194 2104.00195` brings 2; {EXPORT}",
    ),
    (
        '**References**\n\n\\[1\\] Doe et al., "Kites in gusty wind," in *Proc. CVPR*, 2021. '
        "[[arXiv](https://arxiv.org/abs/2104.00194)]\n"
        '\\[2\\] Roe et al., "Lines," arXiv:2104.00195, 2020.\n',
        "2 papers without abstracts; `rag fetch 2104.00194 2104.00195` brings them",
    ),
]


@pytest.mark.parametrize(("text", "said"), REFERENCES)
def test_a_list_of_references_is_told_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ListingError, match=rf"has {said}$"):
        read(tmp_path / "references.md", text)


def test_references_below_a_paper_are_told_in_one_line(tmp_path: Path) -> None:
    page = (
        "## Kites That Learn to Fly\n*Ann Roe* · [2104.00100](https://arxiv.org/abs/2104.00100)\n\n"
        "We teach kites to fly in gusts with a small network, twice as high as before.\n\n"
        f"## References\n\n{REFERENCES[3][0].partition('2. ')[2].join(['2. ', ''])}"
    )
    papers, refused = read(tmp_path / "page.md", page)
    assert [paper.id for paper in papers] == ["2104.00100"]
    assert refused == [
        "2 arXiv identifiers without title or abstract; "
        "`rag fetch 2104.00194 2104.00195` brings them"
    ]


def test_a_table_without_abstracts_is_told_how_to_bring_them(tmp_path: Path) -> None:
    with pytest.raises(ListingError, match=r"`rag fetch 2104\.00194` .* again with abstracts$"):
        read(tmp_path / "own.csv", "Title,arXiv\nKites,2104.00194\n")


def test_bibtex_without_an_abstract_is_told_how_to_bring_it(tmp_path: Path) -> None:
    with pytest.raises(ListingError, match=r"no abstract of Kites.*`rag fetch 2104\.00194`"):
        read(
            tmp_path / "a.bib",
            "@misc{roe, title={Kites}, eprint={2104.00194}, archivePrefix={arXiv}}",
        )


def test_a_mention_beside_papers_is_told_and_one_in_an_abstract_is_part_of_it(
    tmp_path: Path,
) -> None:
    page = """# Kites this week

As last week (see arXiv:2201.00002 for an overview), we start with a paper.

## Kites That Learn to Fly in Gusts
*Ann Roe, Bob Poe* · [2104.00194](https://arxiv.org/abs/2104.00194)

We teach kites to fly in gusts with a small network. It goes beyond arXiv:2001.00001 in height.
"""
    papers, refused = read(tmp_path / "page.md", page)
    assert [paper.id for paper in papers] == ["2104.00194"]
    assert papers[0].abstract.endswith("beyond arXiv:2001.00001 in height.")
    assert refused == [
        "1 arXiv identifier without title or abstract; `rag fetch 2201.00002` brings it"
    ]


@pytest.mark.parametrize("name", ["arxiv_id", "arXiv ID", "id", "eprint"])
@pytest.mark.parametrize(
    ("left", "identifier"),
    [
        ("2104.1", "2104.10000"),
        ("2104.00194", "2104.00194"),
        ("2104.0019", "2104.00190"),
        ("704.0001", "0704.0001"),
        ("1304.12", "1304.1200"),
    ],
)
def test_what_a_spreadsheet_made_a_number_is_an_identifier_again(
    tmp_path: Path, name: str, left: str, identifier: str
) -> None:
    papers, _ = read(tmp_path / "own.csv", f"{name},title,abstract\n{left},Kites,They fly.\n")
    again, _ = read(
        tmp_path / "own.csv",
        f"{name};title;abstract\n{left.replace('.', ',')};Kites;They fly.\n",
    )
    told = json.dumps([{name: float(left), "title": "Kites", "abstract": "They fly."}])
    third, _ = read(tmp_path / "own.json", told)
    assert [paper.id for paper in (*papers, *again, *third)] == [identifier] * 3


@pytest.mark.parametrize("left", ["2.10E+03", "2,1E+03", "2.104E+3"])
def test_a_paper_whose_identifier_is_lost_is_read_without_and_named(
    tmp_path: Path, left: str
) -> None:
    papers, refused = read(
        tmp_path / "own.csv", f'arxiv_id,title,abstract\n"{left}",Kites in wind,They fly.\n'
    )
    assert [(paper.title, paper.url) for paper in papers] == [("Kites in wind", "")]
    assert refused == [f"its identifier, of which a spreadsheet left {left}: correct that"]


@pytest.mark.parametrize("number", ["12.5", "2104.7", "2113.1", "3.14", "2104.123456"])
def test_a_number_that_was_no_identifier_is_made_none(tmp_path: Path, number: str) -> None:
    papers, _ = read(
        tmp_path / "own.csv", f"arxiv_id,title,abstract\n{number},Kites in wind,They fly.\n"
    )
    assert [paper.url for paper in papers] == [""]
