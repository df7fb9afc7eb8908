"""Each format by a small file of its shape with invented papers, and what may be wrong in one."""

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import listings
from rag.core.identifiers import addresses, known_by
from rag.core.papers import Paper
from rag.core.publishers import papers_pdf
from rag.errors import ListingError
from rag.listings import (
    READERS,
    Refused,
    alerts,
    bibtex,
    chats,
    chinese,
    daily,
    details,
    endnote,
    exported,
    feed,
    grid,
    jats,
    jsonlines,
    mail,
    messages,
    mods,
    notes,
    oai,
    objects,
    org,
    outlined,
    outlines,
    pages,
    pasted,
    proceedings,
    pubmed,
    pubmedtext,
    reporter,
    saved,
    savedlisting,
    table,
    tagged,
    webpage,
    xmlrecords,
    yamlist,
    zotero,
)
from rag.listings.days import day, month
from rag.listings.entries import LONGEST, Entry, Wanted, chosen, papers
from tests.listings.telling import as_paper, as_refused

DATA = Path(__file__).parents[1] / "data"
FEED = '<feed xmlns="http://www.w3.org/2005/Atom">\n'

ONE, TWO = "Reading Maps with Small Networks", ("Ada Example", "Bo Sample")
LAST = "The Last One"

# File, reader, then of each paper or refusal in it: what is told by the text beside the file.
FILES: dict[str, Any] = {
    "outline.json": (outlines, [
        ("2104.00001", "Reading Maps", date(2021, 4, 2), (), ("One Name", "Another Name")),
        (44, "no abstract of The Other One; `rag fetch 2104.00002` brings it"),
    ]),
    "chat.json": (chats, [
        ("2104.00001", "Reading Maps", None, (), ()),
        (22, "1 arXiv identifier without title or abstract; `rag fetch 2104.00002` brings it"),
    ]),
    "outline.opml": (outlined, [
        ("2104.00001", ONE, None, (), TWO),
        (11, "no abstract of The Last One; `rag fetch 2104.00002` brings it"),
    ]),
    "chat.txt": (pasted, [
        ("2104.00001", "Reading Maps", None, (), ()),
        (11, "1 arXiv identifier without title or abstract; `rag fetch 2104.00002` brings it"),
    ]),
    "alert.html": (alerts, [
        ("https://journals.example.org/maps/77", "Reading Maps & Charts", date(2021, 1, 1), (),
         ("O Name", "A Name")),
        (6, "no abstract of The Other One; `rag fetch 2104.00002` brings it"),
    ]),
    "mails.mbox": (messages, [
        ("2104.00001", "Reading Maps", date(2021, 4, 2), ("cs.CV", "cs.LG"),
         ("One Name", "Another Name")),
        ("https://journals.example.org/maps/77", "Reading Maps & Charts", date(2021, 1, 1), (),
         ("O Name", "A Name")),
        (32, "no abstract of The Other One; `rag fetch 2104.00002` brings it"),
    ]),
    "reporter.md": (reporter, [
        ("2503.00001", ONE, None, (), TWO),
        (13, "no link"),
        ("https://example.org/papers/last.pdf", LAST, None, (), ("Di Pattern",)),
    ]),
    "details.md": (details, [
        ("2608.00001", "Reading Maps [with] Small Networks", date(2026, 8, 21), ("cs.CV", "cs.LG"), TWO),  # noqa: E501
        (15, "no link"),
        (20, "an abstract without a - **[Title](link)** above it"),
        ("2608.00002", LAST, date(2026, 8, 21), ("math-ph",), ("Di Pattern",)),
    ]),
    "chinese.md": (chinese, [
        ("2506.00001", ONE, None, ("cs.CV", "cs.AI"), TWO),
        (24, "no abstract"),
        (32, "not under a heading of the form #### [new 1] Title"),
        ("2406.00004", LAST, None, ("math-ph",), ("Di Pattern",)),
    ]),
    "export.jsonl": (exported, [
        ("2104.00001", ONE, date(2021, 4, 2), ("cs.CV",), TWO),
        (2, "not a line of `rag export`: abstract Field required"),
        ("https://example.org/last.pdf", LAST, None, (), ("Di Pattern",)),
    ]),
    "api.json": (objects, [
        ("2512.00001", ONE, date(2025, 12, 16), ("cs.RO", "cs.AI"), TWO),
        (17, "no abstract"),
        ("https://example.org/last.pdf", LAST, None, (), ("Di Pattern",)),
    ]),
    "others.atom": (feed, [
        ("2106.00001", "Reading Maps with p<0.05", date(2021, 6, 25), ("cs.RO",), TWO),
        (17, "no abstract"),
        ("2106.00003", "The Last One?", date(2021, 6, 25), ("math-ph",), ()),
    ]),
    "query.atom": (feed, [
        ("math/0309136", ONE, date(2003, 9, 7), ("math.GT", "cs.CG"), TWO),
        (33, "arXiv says: incorrect id format for 1234"),
    ]),
    "daily.rss": (feed, [
        ("2402.00001", ONE, date(2024, 2, 2), ("cs.CV", "cs.LG"), TWO),
        (20, "no title"),
    ]),
    "older.rss": (feed, [
        ("2106.00001", ONE, None, ("cs.CV",), TWO),
        (15, "no abstract"),
    ]),
    "records.xml": (oai, [
        ("0704.0001", ONE, date(2007, 4, 2), ("hep-ph", "cond-mat.mtrl-sci"), ("A. Example", "B. C. Sample Jr")),  # noqa: E501
        (19, "oai:arXiv.org:0704.0002 is deleted"),
        (25, "no abstract"),
    ]),
    "snapshot.jsonl": (jsonlines, [
        ("0704.0001", ONE, date(2007, 4, 2), ("hep-ph", "cs.CV"), ("A. Example", "B. C. Sample Jr")),  # noqa: E501
        (2, "not a JSON object: Unterminated string starting at"),
        (3, "no abstract"),
        ("hep-ph/0704004", LAST, date(2008, 11, 26), ("hep-ph",), ("D. Pattern",)),
    ]),
    "library.bib": (bibtex, [
        ("2104.00001", ONE, date(2021, 4, 1), ("cs.CV",), ("Ada Example", "Jörg Müster", "The Maps Team")),  # noqa: E501
        (14, "broken BibTeX: Unexpectedly reached end"),
        ("https://doi.org/10.1145/abc.17", "Elsewhere", date(2020, 5, 4), (), ()),
        ("https://example.org/a_b.pdf", "The Same Key", None, (), ()),
        (17, "no abstract"),
        ("2104.00006", LAST, None, (), ()),
    ]),
    "headed.md": (pages, [
        ("2601.00001", ONE, date(2026, 1, 15), ("cs.CV",), TWO),
        (20, "no abstract"),
        ("https://example.org/last.pdf", LAST, None, ("math-ph",), ("Di Pattern",)),
    ]),
    "jats.xml": (jats, [
        ("https://doi.org/10.1101/2026.01.15", ONE, date(2026, 1, 15), (), (*TWO, "The Maps Team")),
        (44, "no abstract"),
        ("2601.00002", LAST, date(2026, 1, 1), (), ("Di Pattern",)),
    ]),
    "mods.xml": (mods, [
        ("https://doi.org/10.1000/maps", ONE, date(2026, 1, 15), (), TWO),
        (26, "no abstract"),
        ("2601.00002", LAST, date(2026, 1, 1), (), ("Di Pattern",)),
    ]),
    "webpage.txt": (webpage, [
        ("2104.00001", ONE, date(2021, 4, 2), ("cs.CV", "cs.LG"), TWO),
        (12, "no abstract of A Paper of No Abstract; `rag fetch 2104.00002` brings it"),
        ("math-ph/0104004", LAST, date(2021, 4, 2), ("math-ph",), ("Di Pattern",)),
        ("2104.00005", "On One Line", date(2021, 4, 5), ("cs.RO",), ("Di Pattern", "Cy Model")),
    ]),
    "note.md": (notes, [("2601.00001", ONE, date(2026, 1, 15), (), TWO)]),
    "endnote.xml": (endnote, [
        ("https://doi.org/10.1000/maps", ONE, date(2026, 1, 1), (), TWO),
        (18, "no abstract"),
    ]),
    "mail.txt": (mail, [
        ("2104.00001", ONE, date(2021, 4, 2), ("cs.CV", "cs.LG"), TWO),
        (23, "no title"),
        ("math-ph/0104004", LAST, date(2021, 4, 2), ("math-ph",), ("Di Pattern",)),
    ]),
    "grid.md": (grid, [
        ("2601.00001", ONE, date(2026, 1, 15), ("cs.CV", "cs.LG"), TWO),
        (8, "3 columns instead of 6"),
        (9, "no abstract"),
        ("2512.00002", LAST, None, (), ()),
    ]),
    "zotero.rdf": (zotero, [
        ("https://doi.org/10.1000/maps", ONE, date(2026, 1, 15), (), TWO),
        (55, "no abstract"),
        ("2601.00002", LAST, date(2026, 1, 2), (), ("Di Pattern",)),
    ]),
    "pubmed.xml": (pubmed, [
        ("https://doi.org/10.1000/maps", ONE, date(2026, 1, 15), (),
         ("Ada Example", "The Map Consortium")),
        (20, "no abstract"),
        ("2601.00002", LAST, date(2025, 12, 1), (), ("Di Pattern Jr",)),
    ]),
    "records.ris": (tagged, [
        ("https://doi.org/10.1000/maps", ONE, date(2026, 1, 15), (), TWO),
        (13, "no abstract"),
        ("2601.00002", LAST, date(2026, 1, 1), (), ("Di Pattern",)),
    ]),
    "list.yaml": (yamlist, [
        ("https://doi.org/10.1000/maps", ONE, date(2026, 1, 15), (), TWO),
        (15, "no abstract"),
        ("2601.00002", LAST, date(2026, 1, 2), (), ("Di Pattern",)),
    ]),
    "outline.org": (org, [
        ("2601.00001", ONE, date(2026, 1, 15), (), TWO),
        (15, "no abstract of A Paper of No Abstract; `rag fetch 2601.00003` brings it"),
        ("2601.00002", LAST, date(2026, 1, 2), (), ("Di Pattern",)),
    ]),
    "saved.html": (saved, [("https://doi.org/10.1000/maps", ONE, date(2026, 1, 15), (), TWO)]),
    "savedlisting.html": (savedlisting, [
        ("2104.00001", ONE, date(2021, 4, 2), ("cs.CV", "cs.LG"), TWO),
        (14, "no abstract of A Paper of No Abstract; `rag fetch 2104.00002` brings it"),
    ]),
    "volume.html": (proceedings, [
        ("https://aclanthology.org/2026.maps-long.1/", ONE, date(2026, 1, 1), (), TWO),
        (1, "1 paper of the ACL Anthology without abstract; its anthology+abstracts.bib has"),
    ]),
    "pubmed.txt": (pubmedtext, [
        ("https://doi.org/10.1000/maps", ONE, date(2026, 1, 15), (), ("A Example", "B Sample")),
        (22, "no abstract"),
    ]),
    "service.xml": (xmlrecords, [
        ("https://doi.org/10.1000/maps", ONE, date(2026, 1, 15), (), TWO),
        (18, "no abstract"),
    ]),
    "table.csv": (table, [
        ("2104.00001", "Reading Maps, with Small Networks", date(2021, 4, 2), (), TWO),
        (4, "3 columns instead of 5"),
        (5, "not a row of CSV"),
        ("title:no-link-1993ab9a", "No Link", None, (), ("A",)),
        ("https://example.org/last", LAST, date(2021, 5, 1), (), ("Di Pattern",)),
    ]),
}  # fmt: skip

ABSTRACTS = {
    "outline.json": "We read maps.",
    "chat.json": "We read maps with small networks, and what they do not say of roads we say by "
    "looking at rivers and at hills.",
    "outline.opml": "We read maps with networks that are small enough for that.",
    "chat.txt": "We read maps with small networks, and what they do not say of roads we say by "
    "looking at rivers and at hills.",
    "alert.html": "We read maps with small networks, and what they …",
    "mails.mbox": "We read maps at p = 0.5. From there we go on.",
    "reporter.md": r"We read maps. It takes two lines and more than $17\times$ the care. "
    "A second paragraph ends it.",
    "details.md": "We read maps (W&C) by 14.96%.",
    "chinese.md": "We read maps. It takes two lines.",
    "export.jsonl": "We read maps.",
    "list.yaml": "We read maps. It takes two lines.",
    "outline.org": "We read maps with networks that are small enough for that. "
    "It takes two lines of text.",
    "saved.html": "We read maps. It takes two lines.",
    "savedlisting.html": "We read maps. It takes two lines.",
    "pubmed.txt": "We read maps. It takes two lines.",
    "volume.html": "We read maps. It takes two lines.",
    "service.xml": "We read maps. It takes two lines.",
    "pubmed.xml": "BACKGROUND: We read maps. RESULTS: It takes 10^2 lines.",
    "grid.md": "We read maps. | It takes two lines.",
    "zotero.rdf": "We read maps. It takes two lines.",
    "headed.md": "We read maps. It takes two lines.",
    "jats.xml": "Aim: We read maps of 10^5 towns. It takes Methods: two lines.",
    "mods.xml": "We read maps. It takes two lines.",
    "webpage.txt": "We read maps. It takes two lines.",
    "note.md": "We read maps. It takes two lines.",
    "endnote.xml": "We read maps. It takes two lines.",
    "mail.txt": "We read maps. It takes two lines.",
    "records.ris": "We read maps. It takes two lines.",
    "api.json": 'We read "maps" by +8.6%.',
    "others.atom": "We read maps on two lines.",
    "query.atom": "We read maps, $a < b$ and so on.",
    "daily.rss": "We read maps & more.",
    "older.rss": "We read maps.",
    "records.xml": "We read maps.",
    "snapshot.jsonl": "We read maps.",
    "library.bib": "We read maps with 5% less.",
    "table.csv": 'We read "maps", on two lines.',
}


def items(reader, text: str) -> list[Paper | Refused]:
    return list(papers(reader.read(io.StringIO(text), "x"), "x"))


def ids(found) -> list[str | int]:
    """The identifiers of papers and the lines of refusals."""
    return [item.id if isinstance(item, Paper) else item.line for item in found]


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_each_format(name):
    found = list(listings.read(DATA / name))
    for item, expected in zip(found, FILES[name][1], strict=True):
        if isinstance(item, Refused):
            assert item.source == str(DATA / name)
            assert (item.line, item.reason[: len(expected[1])]) == expected
            continue
        assert (item.id, item.title, item.listed, item.categories, item.authors) == expected
        if item.id.startswith("http"):
            pdf = item.id if item.id.endswith("pdf") else papers_pdf(item.id)
            assert (item.url, item.pdf) == (item.id, pdf)
        elif item.id.startswith("title:"):
            assert (item.url, item.pdf) == ("", "")
        else:
            assert item.url == f"https://arxiv.org/abs/{item.id}"
            assert item.pdf == f"https://arxiv.org/pdf/{item.id}"
    assert as_paper(found[0]).abstract == ABSTRACTS[name]


@pytest.mark.parametrize("name", FILES)
def test_one_reader_only_knows_the_format(name):
    head = (DATA / name).read_text()[:4096]
    first, *others = [reader for reader in READERS if reader.matches(head)]
    assert first is FILES[name][0]
    also = {  # they could read them too
        jsonlines: [objects], exported: [jsonlines, objects], outlines: [objects],
        chats: [objects], messages: [mail],
    }  # fmt: skip
    anyones = (xmlrecords, pages)
    assert [other for other in others if other not in anyones] == also.get(first, [])
    assert READERS[-2:] == anyones  # what reads XML and pages of any layout is asked last


def test_every_reader_has_a_file():
    assert {reader for reader, _ in FILES.values()} | {daily} == set(READERS)


@pytest.mark.parametrize("name", FILES)
def test_the_format_is_told_by_the_content(name, tmp_path):
    path = tmp_path / "listing.exe"
    text = (DATA / name).read_text()
    path.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    assert ids(listings.read(path)) == ids(listings.read(DATA / name))


# -- what may be wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_cut_off_gives_what_is_whole(name):
    reader, text = FILES[name][0], (DATA / name).read_text()
    for length in range(0, len(text), 23):
        for item in items(reader, text[:length]):
            linked = isinstance(item, Refused) or item.url or item.title == "No Link"
            assert linked
            assert isinstance(item, Refused) or (item.title and item.abstract)
            if isinstance(item, Refused):
                assert 1 <= item.line <= text.count("\n") + 1
                assert item.reason == " ".join(item.reason.split())


@pytest.mark.parametrize("name", ["query.atom", "records.xml", "daily.rss", "api.json"])
def test_what_is_cut_off_says_so(name):
    text = (DATA / name).read_text()
    at = text.index("We read") + 3
    (refused,) = items(FILES[name][0], text[:at])
    assert isinstance(refused, Refused)
    assert "broken" in refused.reason


def entry(number: int, title: str = "Title", more: str = "") -> str:
    return (
        f"<entry>\n<id>http://arxiv.org/abs/2104.0000{number}</id>\n<title>{title}</title>\n"
        f"<summary>About {number}.</summary>{more}\n</entry>\n"
    )


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("Q & A", "broken XML in line 9: xmlParseEntityRef: no name"),
        ("A &nbsp; B", "broken XML in line 9: Entity 'nbsp' not defined"),
        ("A <b> B", "broken XML in line 9: Opening and ending tag mismatch"),
        ("A \x01 B", "broken XML in line 9: PCDATA invalid Char value 1"),
        (" <i/> ", "no title"),
    ],
)
def test_an_entry_of_broken_xml_is_refused_and_the_others_go_in(title, reason):
    text = f"{FEED}{entry(1)}{entry(2, title)}{entry(3)}</feed>"
    found = items(feed, text)
    papers = [item for item in found if isinstance(item, Paper)]
    assert [(paper.id, paper.abstract) for paper in papers] == [
        ("2104.00001", "About 1."),
        ("2104.00003", "About 3."),
    ]
    refused = next(item for item in found if isinstance(item, Refused))
    assert refused.line == 7
    assert refused.reason.startswith(reason)
    on_one_line = ids(items(feed, text.replace("\n", "")))
    assert "2104.00001" in on_one_line
    assert "2104.00002" not in on_one_line


def bomb(levels: int = 12) -> str:
    declared = ['<!ENTITY a0 "ha">']
    declared += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, levels)]
    return f"<!DOCTYPE feed [{''.join(declared)}]>\n"


def test_an_entity_bomb_is_not_expanded(tmp_path):
    for hostile in (entry(2, "&a11;"), entry(2, more='<category term="&a11;"/>')):
        text = f'<?xml version="1.0"?>{bomb()}{FEED}{entry(1)}{hostile}</feed>'
        assert feed.matches(text)
        found = items(feed, text)
        assert "2104.00002" not in ids(found)
        refused = [item for item in found if isinstance(item, Refused)]
        assert refused
        assert all(len(item.reason) < 200 for item in refused)


@pytest.mark.parametrize("where", ["file://{}", "http://127.0.0.1:9/secret"])
def test_an_external_entity_is_not_fetched(tmp_path, where):
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    address = where.format(secret)
    head = f'<!DOCTYPE feed SYSTEM "{address}" [<!ENTITY x SYSTEM "{address}">]>\n'
    text = f"{head}{FEED}{entry(1)}{entry(2, '&x;')}{entry(3, more='&x;')}</feed>"
    first, *refused = items(feed, text)
    assert as_paper(first).id == "2104.00001"
    assert [as_refused(item).line for item in refused] == [8, 13]
    assert all(
        as_refused(item).reason == "&x; stands for what is not in the entry" for item in refused
    )
    assert "secret words" not in str(refused)


def test_an_error_of_the_service_is_told():
    text = (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">\n'
        '<error code="noRecordsMatch">nothing there</error></OAI-PMH>'
    )
    assert oai.matches(text)
    (refused,) = items(oai, text)
    assert as_refused(refused).reason == "the service says: noRecordsMatch nothing there"


def test_xml_that_is_no_listing(tmp_path):
    path = tmp_path / "x.xml"
    for text in ("<!DOCTYPE html><html><body><p>503</p></body></html>", "<!---->" * 900, "<a"):
        path.write_text(text)
        with pytest.raises(ListingError, match="no format known"):
            listings.read(path)


def test_text_below_a_broken_heading_stays_with_it():
    text = (DATA / "reporter.md").read_text()
    broken = text.replace("---\n# The", "The")  # its labels come a second time
    assert ids(items(reporter, broken))[:1] == ["2503.00001"]
    assert "no title" in [r.reason for r in items(reporter, broken) if isinstance(r, Refused)]
    for item in items(reporter, text.replace("---\n", "")):
        assert isinstance(item, Refused) or item.title in (ONE, LAST)
    assert as_paper(items(reporter, f"# All of them\n\n{text}")[0]).title == ONE


# -- records -------------------------------------------------------------------------------------

RECORD = {"title": "Title", "abstract": "About.", "url": "https://arxiv.org/abs/2104.00001"}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([RECORD]),
        json.dumps([RECORD], indent=1),
        json.dumps({"data": [RECORD], "next": 2}, indent=1),
        json.dumps({"next": {"x": [1]}, "Papers": [RECORD]}),
        json.dumps(RECORD, indent=2),
        json.dumps(RECORD),
        json.dumps(RECORD | {"authors": [{"name": "A"}]}),
        json.dumps({"authors": [{"name": "A"}]} | RECORD | {"notes": "x" * 5000}),
        json.dumps({"notes": "x" * 5000} | RECORD),
    ],
)
def test_json_of_many_shapes(tmp_path, text):
    path = tmp_path / "x"
    path.write_text(text)
    assert ids(listings.read(path)) == ["2104.00001"]
    other = json.dumps(RECORD | {"url": "arXiv:2104.00002"}, indent=text.count("\n") or None)
    if text.startswith("{") and '"next"' not in text:
        path.write_text(f"{text}\n{other}\n")
        assert ids(listings.read(path)) == ["2104.00001", "2104.00002"]


def test_a_broken_first_line_does_not_hide_the_format(tmp_path):
    path = tmp_path / "x"
    path.write_text('{"title": \n' + json.dumps(RECORD))
    assert ids(listings.read(path)) == [1, "2104.00001"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "not a JSON object: list instead of fields"),
        ("{oops}", "not a JSON object: Expecting property name enclosed in double quotes"),
        ("[" * 100_000, "not a JSON object: nested too deeply"),
        ('{"title": ' + "9" * 5000 + "}", "not a JSON object: Exceeds the limit"),
        (json.dumps(RECORD | {"title": {"a": 1}}), "no title"),
        (json.dumps(RECORD | {"abstract": {"a": 1}}), "no abstract"),
        (json.dumps(RECORD | {"url": "javascript:alert(1)"}), "no arXiv identifier or web"),
        (json.dumps(RECORD | {"url": "https://x.org/\ud800"}), "no arXiv identifier or web"),
        (json.dumps(RECORD | {"abstract": "a " * LONGEST}), "longer than 20,000 characters"),
        (json.dumps(RECORD | {"abstract": "x" * 1_000_000}), "longer than 20,000 characters"),
        (json.dumps(RECORD | {"abstract": "x" * 5_000_000}), "a line of more than 2,000,000"),
        (json.dumps(RECORD | {"url": "https://arxiv.org/pdf/2104.00009"}), "2104.00009 is alr"),
    ],
)
def test_a_malformed_line_is_refused_and_the_others_go_in(line, reason):
    first = json.dumps(RECORD | {"url": "2104.00009"})
    one, refused, last = items(jsonlines, f"{first}\n{line}\n{json.dumps(RECORD)}\n")
    assert ids([one, refused, last]) == ["2104.00009", 2, "2104.00001"]
    said = as_refused(refused).reason
    assert said.startswith(reason)
    assert len(said) < 200
    said.encode()
    if '"title": 99' not in line and line.startswith("{") and "oops" not in line:
        document = f"[{first},\n{line},\n{json.dumps(RECORD)}]"
        assert ids(items(objects, document)) == ids([one, refused, last])


def test_lines_are_read_one_by_one():
    taken = []

    def lines():
        for number in range(1_000_000):
            taken.append(number)
            yield json.dumps(RECORD | {"url": f"https://example.org/{number}"}) + "\n"

    reading = papers(jsonlines.read(lines(), "x"), "x")
    for _ in range(3):
        next(reading)
    assert len(taken) == 3


def test_an_xml_entry_is_there_before_the_end_of_the_text():
    def lines():
        yield FEED
        for number in range(100_000):
            yield entry(1).replace("abs/2104.00001", f"abs/2104.{number:05}")
        raise AssertionError

    assert as_paper(next(papers(feed.read(lines(), "x"), "x"))).id == "2104.00000"


def test_numbers_keep_their_digits():
    text = '{"title": "T", "abstract": "A", "id": 2104.00190, "year": 2021}\n'
    paper = as_paper(*items(jsonlines, text))
    assert (paper.id, paper.listed) == ("2104.00190", date(2021, 1, 1))
    assert ids(items(objects, f"[{text}]")) == ["2104.00190"]


@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_columns_and_their_dividers(divider):
    rows = [["ID", "Summary", "title"], ["2104.00001", '"a; b, c\td"', "T"], [], ["x", "y", "z"]]
    text = "\n".join(divider.join(row) for row in rows)
    assert table.matches(text)
    first, second = items(table, text)
    paper, refused = as_paper(first), as_refused(second)
    assert (paper.id, paper.title, paper.abstract) == ("2104.00001", "T", "a; b, c d")
    assert (refused.line, refused.reason) == (4, "no arXiv identifier or web address in x")


def test_a_table_without_the_columns_is_none():
    for head in ("title,url\n", "title,summary\n", "a,b,c\n", '"title', "title abstract url"):
        assert not table.matches(head)


def test_a_field_that_is_too_long_is_refused():
    long = "x" * 200_000
    text = f"title,abstract,url\nT,{long},2104.00001\nT,short,2104.00002\n"
    assert ids(items(table, text)) == [2, "2104.00002"]


def test_whatever_was_exported_comes_back():
    for name in FILES:
        for paper in listings.read(DATA / name):
            if isinstance(paper, Paper):
                said = {name: getattr(paper, name) for name in Paper.__slots__}
                line = json.dumps(said, default=str)
                assert items(jsonlines, line) == [replace(paper, sources=("x",))]


# -- what is the same for all --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "identifier"),
    [
        ("2104.00194", "2104.00194"),
        ("arXiv:2104.00194v2", "2104.00194"),
        ("http://arxiv.org/abs/2104.00194v1", "2104.00194"),
        ("https://arxiv.org/pdf/2104.00194v1.pdf", "2104.00194"),
        ("10.48550/arXiv.2104.00194", "2104.00194"),
        ("https://doi.org/10.48550/arXiv.2104.00194", "2104.00194"),
        ("cond-mat/0612198v1", "cond-mat/0612198"),
        (" https://example.org/a?b=c ", "https://example.org/a?b=c"),
        ("10.1145/ABC.17", "https://doi.org/10.1145/abc.17"),
        ("http://dx.doi.org/10.1145/ABC.17", "https://doi.org/10.1145/abc.17"),
        ("https://doi.org/10.1234/2104.00194", "https://doi.org/10.1234/2104.00194"),
        ("", None),
        ("p17", None),
        ("example.org/a", None),
        ("arxiv.org/abs/2104.00194", "2104.00194"),
        ("doi.org/10.1145/ABC.17", "https://doi.org/10.1145/abc.17"),
        ("https://doi.org/10.1145%2FABC.17", "https://doi.org/10.1145/abc.17"),
        ("DOI 10.1145/ABC.17.", "https://doi.org/10.1145/abc.17"),
        ("https://dl.acm.org/doi/pdf/10.1145/ABC.17?x=1", "https://doi.org/10.1145/abc.17"),
        ("https://x.org/a/10.1145/ABC.17/full", "https://doi.org/10.1145/abc.17"),
        (
            "https://journals.example.org/article/1909.12345",
            "https://journals.example.org/article/1909.12345",
        ),
        ("journals.example.org/article/1909.12345", None),
        ("https://huggingface.co/papers/2104.00194", "2104.00194"),
        ("https://www.alphaxiv.org/abs/2104.00194v2", "2104.00194"),
        ("https://notarxiv.org/abs/2104.00194", "https://notarxiv.org/abs/2104.00194"),
        ("ftp://example.org/a", None),
        ("https://example.org/a b", None),
        ("https://example.org/\u202egpj", None),
    ],
)
def test_what_a_paper_is_known_by(link, identifier):
    assert known_by(link) == identifier


def test_the_link_to_arxiv_is_chosen():
    assert chosen(["17", "https://x.org", "arXiv:2104.00001"]) == "arXiv:2104.00001"
    assert chosen(["17", "", "https://x.org"]) == "https://x.org"
    assert chosen(["", " 17 "]) == "17"
    assert chosen([]) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-06-25", date(2021, 6, 25)),
        ("2021-06-25T02:00:47.701Z", date(2021, 6, 25)),
        ("2021-06-25 02:00:47", date(2021, 6, 25)),
        ("2021/6/5", date(2021, 6, 5)),
        ("2021-06", date(2021, 6, 1)),
        ("2021", date(2021, 1, 1)),
        ("Fri, 02 Feb 2024 00:00:00 -0500", date(2024, 2, 2)),
        ("Mon, 2 Apr 2007 19:18:42 GMT", date(2007, 4, 2)),
        *[(wrong, None) for wrong in ("", "soon", "2021-13", "2021-02-30", "0000", "32 Apr 2021")],
        ("Mon, 2 Apr 99999 19:18:42 GMT", None),
    ],
)
def test_days(text, expected):
    assert day(text) == expected


def test_months():
    assert [month(name) for name in ("apr", "April", "04", "12", "13", "", "x")] == [
        *("4", "4", "04", "12", "1", "1", "1")
    ]


def test_a_paper_named_again_is_noticed_for_a_while(monkeypatch):
    monkeypatch.setattr("rag.listings.seen._REMEMBERED", 2)
    lines = [json.dumps(RECORD | {"url": f"2104.0000{n}"}) for n in (1, 2, 2, 3, 1)]
    assert ids(items(jsonlines, "\n".join(lines))) == [
        *("2104.00001", "2104.00002", 3, "2104.00003", "2104.00001")
    ]


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_whatever_is_in_a_listing_every_paper_is_whole(name, data):
    reader, text = FILES[name][0], (DATA / name).read_text()
    lines = text.splitlines(keepends=True)
    mixed = data.draw(st.lists(st.sampled_from([*lines, "{", "}", '"', "<", "&", "---\n", "\0"])))
    for item in items(reader, text[:300] + "".join(mixed)):
        if isinstance(item, Paper):
            assert item.title
            assert item.abstract
            assert known_by(item.id) == item.id
        else:
            assert item.line >= 1


# -- versions, withdrawals, what is wanted ---------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "version", "updated"),
    [
        ("snapshot.jsonl", 2, date(2007, 7, 24)),
        ("query.atom", 2, date(2004, 1, 13)),
        ("records.xml", None, date(2007, 7, 24)),
        ("daily.rss", 1, None),
        ("chinese.md", 1, None),
        ("api.json", 1, date(2025, 12, 17)),
    ],
)
def test_the_version_and_its_day_are_read(name, version, updated):
    first = next(p for p in listings.read(DATA / name) if isinstance(p, Paper))
    assert (first.version, first.updated) == (version, updated)
    assert first.sources == (f"data/{name}",)


def cleaned(**more) -> Paper | Refused:
    given = {"title": "A Title", "link": "2104.00001", "abstract": "We track."} | more
    (found,) = papers([Entry(1, **given)], "x/day.md")
    return found


@pytest.mark.parametrize(
    "said",
    [
        {"abstract": "This paper has been withdrawn by the author due to an error in Eq. 3."},
        {"abstract": "This submission has been withdrawn by arXiv administrators."},
        {"abstract": "The paper was withdrawn."},
        {"abstract": "Withdrawn."},
        {"abstract": "Paper withdrawn: see 2104.00002"},
        {"abstract": "This article is retracted."},
        {"title": "Withdrawn: A Title"},
        {"comment": "Withdrawn"},
        {"comment": "This paper has been withdrawn by\n the authors"},
        {"comment": "12 pages; paper temporarily withdrawn", "abstract": ""},
    ],
)
def test_a_paper_that_was_taken_back_is_known_as_such(said):
    assert as_paper(cleaned(**said)).withdrawn


@pytest.mark.parametrize(
    "said",
    [
        {"abstract": "We predict which drugs are withdrawn from the market."},
        {"abstract": "This paper studies withdrawn students."},
        {"abstract": "A withdrawn electrode heats the plasma."},
        {"comment": "12 pages, accepted at a conference"},
        {"comment": "The data of withdrawn patients are included"},
        {"title": "Retracted Papers in Biology: A Survey"},
    ],
)
def test_a_paper_about_withdrawals_is_not_withdrawn(said):
    assert not as_paper(cleaned(**said)).withdrawn


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (Wanted(), True),
        (Wanted(("cs.LG", "cs.CV")), True),
        (Wanted(("cs",)), True),
        (Wanted(("c",)), False),
        (Wanted(("math",)), False),
        (Wanted(since=date(2021, 4, 2), until=date(2021, 4, 2)), True),
        (Wanted(since=date(2021, 4, 3)), False),
        (Wanted(until=date(2021, 4, 1)), False),
        (Wanted(("cs",), until=date(2021, 4, 1)), False),
    ],
)
def test_what_is_wanted_is_taken(wanted, taken):
    assert (
        wanted.takes(Entry(1, "A", "2104.00001", "We.", date(2021, 4, 2), ("cs.CV", "math-ph")))
        == taken
    )
    if wanted.since or wanted.until:
        assert not wanted.takes(Entry(1, "A", "2104.00001", "We.", None, ("cs.CV",)))


def test_two_versions_in_one_file_are_both_read():
    found = list(
        papers(
            [Entry(n, "A", link, "We.") for n, link in enumerate(("2104.00001v1", "2104.00001v2"))],
            "x",
        )
    )
    assert [as_paper(p).version for p in found] == [1, 2]


@given(
    st.text(min_size=1).filter(str.strip),
    st.text(min_size=1),
    st.sampled_from([None, date(2021, 4, 2)]),
    st.lists(st.text(max_size=9), max_size=3),
    st.sampled_from([None, 1, 7]),
    st.booleans(),
)
def test_what_is_exported_is_read_back_as_it_was(title, abstract, day, names, version, withdrawn):
    one = Paper(
        "2104.00001", title, abstract, *addresses("2104.00001"), day, ("cs.CV",), tuple(names),
        version, day, withdrawn, ("a.md", "b"),
    )  # fmt: skip
    try:
        line = exported.line(one)
        line.encode()
    except UnicodeEncodeError:
        return
    assert exported.matches(line)
    (entry,) = exported.read([line + "\n"], "x")
    assert isinstance(entry, Entry)
    assert entry.kept == one
