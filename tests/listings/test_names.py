"""One person, however a source writes the name; and out again as each format has it."""

import csv
import io
import json
from pathlib import Path

import pytest

from rag import listings
from rag.core.papers import Paper
from rag.listings import people
from rag.output import exchange, references
from tests.listings.telling import as_paper

FULL = (
    "Jane Doe", "A. B. van der Berg", "John Smith Jr.", "María García-López",
    "The Kite Consortium",
)  # fmt: skip
SHORT = ("J Doe", "AB van der Berg", "J Smith Jr", "M García-López", "Kite Study Group")
LINK = "https://doi.org/10.1000/kites.1"
ABSTRACT = "We fly kites in gusty wind."
FAMILY_FIRST = (
    "Doe, Jane", "van der Berg, A. B.", "Smith, John, Jr.", "García-López, María",
    "The Kite Consortium",
)  # fmt: skip
INITIALS_LAST = (
    "Doe J", "van der Berg AB", "Smith J Jr", "García-López M", "Kite Study Group",
)  # fmt: skip
IN_PARTS = [
    {"family": "Doe", "given": "Jane"},
    {"family": "Berg", "given": "A. B.", "non-dropping-particle": "van der"},
    {"family": "Smith", "given": "John", "suffix": "Jr.", "comma-suffix": True},
    {"family": "García-López", "given": "María"},
    {"literal": "The Kite Consortium"},
]


def item(authors: list[object]) -> str:
    said = {"type": "article-journal", "title": "Kites", "abstract": ABSTRACT, "DOI": LINK}
    return json.dumps([{**said, "author": authors}])


def row(authors: str) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(
        [["Title", "Authors", "Abstract", "DOI"], ["Kites", authors, ABSTRACT, LINK]]
    )
    return text.getvalue()


def tagged(begin: str, tag: str, names: tuple[str, ...], rest: str) -> str:
    return begin + "".join(f"{tag}{name}\n" for name in names) + rest


def bibtex(authors: str) -> str:
    said = f"title = {{Kites}}, abstract = {{{ABSTRACT}}}, doi = {{{LINK}}}"
    return f"@article{{k,\n  {said},\n  author = {{{authors}}}\n}}\n"


def marked(of_one: str, around: str, of_record: str) -> str:
    each = "".join(of_one.format(name) for name in FAMILY_FIRST)
    return of_record.format(around.format(each))


ENDNOTE = (
    "<xml><records><record><ref-type name='Journal Article'>17</ref-type>{}<titles><title>Kites"
    f"</title></titles><electronic-resource-num>{LINK}</electronic-resource-num><abstract>{ABSTRACT}"
    "</abstract></record></records></xml>"
)
DUBLIN = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Kites</dc:title>{}'
    f"<dc:description>{ABSTRACT}</dc:description><dc:identifier>{LINK}</dc:identifier></oai_dc:dc>"
)
RECORDS = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header>'
    "<identifier>oai:kites.org:1</identifier></header><metadata>{}</metadata></record>"
    "</ListRecords></OAI-PMH>"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (tagged("TY  - JOUR\nTI  - Kites\n", "AU  - ", FAMILY_FIRST,
                f"AB  - {ABSTRACT}\nDO  - {LINK}\nER  - \n"), FULL),
        (tagged("%0 Journal Article\n%T Kites\n", "%A ", FAMILY_FIRST,
                f"%X {ABSTRACT}\n%R {LINK}\n"), FULL),
        (tagged("PMID- 1\nTI  - Kites.\n", "FAU - ", FAMILY_FIRST,
                f"AB  - {ABSTRACT}\nLID - 10.1000/kites.1 [doi]\n"), FULL),
        (item(list(IN_PARTS)), FULL),
        (item([{"name": name} for name in FAMILY_FIRST]), FULL),
        (item([*FAMILY_FIRST]), FULL),
        (item([{"family": "Doe", "given": "Jane"}, {"family": "van der Berg", "given": "A. B."},
               {"family": "Smith", "given": "John, Jr."}, *IN_PARTS[3:]]), FULL),
        (row("; ".join(FAMILY_FIRST)), FULL),
        (row(", ".join(FULL)), FULL),
        (row(f"{', '.join(FULL[:-1])} and {FULL[-1]}"), FULL),
        (row(" and ".join(FAMILY_FIRST)), FULL),
        (row(", ".join(INITIALS_LAST)), SHORT),
        (row("; ".join(INITIALS_LAST)), SHORT),
        (bibtex(" and ".join([*FAMILY_FIRST[:2], "Smith, Jr., John", FAMILY_FIRST[3],
                              "{The Kite Consortium}"])), FULL),
        (bibtex("{Doe}, Jane and {van der Berg}, A.~B. and {Smith}, John, Jr. and "
                r"{Garc{\'\i}a-L{\'o}pez}, Mar{\'\i}a and {{The Kite Consortium}}"), FULL),
        (marked("<author>{}</author>", "<contributors><authors>{}</authors></contributors>",
                ENDNOTE), FULL),
        (RECORDS.format(marked("<dc:creator>{}</dc:creator>", "{}", DUBLIN)), FULL),
    ],
)  # fmt: skip
def test_a_person_is_one_however_a_source_writes_it(
    tmp_path: Path, text: str, expected: tuple[str, ...]
) -> None:
    path = tmp_path / "source"
    path.write_text(text)
    (paper,) = listings.read(path)
    assert as_paper(paper).authors == expected


def test_names_go_out_as_the_formats_have_them() -> None:
    paper = Paper("x", "Kites", ABSTRACT, LINK, "", authors=FULL)
    assert [line[6:] for line in references.ris([paper]).split("\n") if line[:2] == "AU"] == [
        *FAMILY_FIRST
    ]
    assert exchange.csl(paper, "k")["author"] == [
        {"family": "Doe", "given": "Jane"},
        {"family": "van der Berg", "given": "A. B."},
        {"family": "Smith", "given": "John", "suffix": "Jr."},
        {"family": "García-López", "given": "María"},
        {"literal": "The Kite Consortium"},
    ]
    assert (
        "{Jane Doe and van der Berg, A. B. and Smith, Jr., John and "
        "María García-López and {The Kite Consortium}}"
    ) in references.bibtex([paper])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Doe, Jane", ["Jane Doe"]),
        ("Jane Doe", ["Jane Doe"]),
        ("Jane Doe, John Roe", ["Jane Doe", "John Roe"]),
        ("Doe, J., Roe, A. B.", ["J. Doe", "A. B. Roe"]),
        ("van der Berg, Jan", ["Jan van der Berg"]),
        ("Doe, Jane and Roe, Ann", ["Jane Doe", "Ann Roe"]),
        ("Doe, Jane; Roe, Ann", ["Jane Doe", "Ann Roe"]),
        ("Doe, Jane;", ["Jane Doe"]),
        ("Jane Doe & Ann Roe", ["Jane Doe", "Ann Roe"]),
        ("Roe A.; Poe B.", ["A. Roe", "B. Poe"]),
        ("", []),
        ("Kaiming He, Bo Li", ["Kaiming He", "Bo Li"]),
        ("A Roe, B Poe", ["A Roe", "B Poe"]),
        ("李明, 王芳", ["李明", "王芳"]),
        ("García Márquez, Gabriel", ["Gabriel García Márquez"]),
        ("Jane Doe, OpenAI", ["Jane Doe", "OpenAI"]),
        ("Doe, J.-P.", ["J.-P. Doe"]),
        ("Doe, J. P., Roe, A.", ["J. P. Doe", "A. Roe"]),
        ("Doe J, Roe AB", ["J Doe", "AB Roe"]),
        ("""['Jane Doe', "Seán O'Brien"]""", ["Jane Doe", "Seán O'Brien"]),
        ("Jane Doe, Jr., Ann Roe et al.", ["Jane Doe Jr.", "Ann Roe"]),
        ("Doe, J., van der Berg, A. B., & Smith, J., Jr.",
         ["J. Doe", "A. B. van der Berg", "J. Smith Jr."]),
        ("Smith, John, III", ["John Smith III"]),
        ("Smith, Jr., John and Doe, Jane", ["John Smith Jr.", "Jane Doe"]),
        ("Doe, Jane, Roe, Richard and Poe, Ann", ["Jane Doe", "Richard Roe", "Ann Poe"]),
        ("Doe, Jane, Richard Roe, and Ann Poe", ["Jane Doe", "Richard Roe", "Ann Poe"]),
        ("Doe J.; van der Berg A.B.; Smith J., Jr.",
         ["J. Doe", "A.B. van der Berg", "J. Smith Jr."]),
        ("Doe, Jane A., Roe, Richard", ["Jane A. Doe", "Richard Roe"]),
        ("Doe, Jane*; Roe, R.\u2020", ["Jane Doe", "R. Roe"]),
        ("Ann Roe\nBob Poe", ["Ann Roe", "Bob Poe"]),
        ("Ann Roe, Bob\nPoe", ["Ann Roe", "Bob Poe"]),
        ("王伟\uff1b李娜", ["王伟", "李娜"]),
        ("Жуков Ж.Д., Шилов Д.Ж.", ["Ж.Д. Жуков", "Д.Ж. Шилов"]),
        ("Vaswani, Shazeer, Parmar, Jones", ["Vaswani", "Shazeer", "Parmar", "Jones"]),
    ],
)  # fmt: skip
def test_people(text: str, expected: list[str]) -> None:
    assert people.names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kite Consortium,", "Kite Consortium"),
        ("Smith Jr., John", "John Smith Jr."),
        ("Smith, John, 3rd", "John Smith 3rd"),
        ("Smith, John, Jr., M.D.", "John Smith Jr."),
        ("Doe, Jane, 1980-", "Jane Doe"),
        ("Department of Kites, Wind and Rain", "Department of Kites, Wind and Rain"),
        ("Collaboration, Planck", "Planck Collaboration"),
        ("Berg, A. B. van der", "A. B. van der Berg"),
    ],
)
def test_one_person(text: str, expected: str) -> None:
    assert people.one(text) == expected
