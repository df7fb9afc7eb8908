"""Tags and watches, in the real file."""

import random
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rag.collections import Collections, Watch, beside
from rag.collections import rendering as shown
from rag.collections.mentions import taken_out
from rag.collections.news import Find, News, news, remember
from rag.collections.saved import ReadingList
from rag.core.papers import Paper, abstract_page, pdf_link
from rag.errors import CollectionError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def kept(tmp_path: Path) -> Collections:
    return Collections(tmp_path / "library")


def paper(number: int, title: str = "Kites") -> Paper:
    name = f"2104.{number:05}"
    return Paper(
        name, title, "About.", abstract_page(name), pdf_link(name), date(2021, 4, 2), (), ("A B",)
    )


def test_reading_makes_no_file(kept: Collections) -> None:
    assert (kept.tags(), kept.tagged("a"), kept.watches(), kept.to_dict()) == ({}, [], [], {})
    assert kept.unknown(["a"]) == ["a"]
    assert not kept.file.exists()


def test_tags(kept: Collections) -> None:
    assert kept.tag("to  read", ["b", "a"]) == 2
    assert kept.tag("to read", ["a", "c"]) == 1
    assert kept.tags() == {"to read": 3}
    assert kept.tagged("To Read") == ["a", "b", "c"]
    assert kept.tags_of("a") == ["to read"]
    assert kept.untag("to read", ["a", "x"]) == 1
    assert kept.untag("to read") == 2
    assert kept.tags() == {}


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\x1b[31m"])
def test_what_is_no_name_of_a_tag(kept: Collections, name: str) -> None:
    with pytest.raises(CollectionError, match="1 to 60 characters"):
        kept.tag(name, ["a"])


def test_watches_know_what_is_new(kept: Collections) -> None:
    first = kept.watch("kites", ["cs.CV"], known=["a", "b"])
    assert kept.watch(" kites ", ["cs.CV"]) == first
    second = kept.watch("strings", [], known=["not looked at again"])
    assert kept.watches() == [first, second] == [Watch(1, "kites", ("cs.CV",)), Watch(2, "strings")]
    assert kept.unknown(["a", "c", "b", "d"]) == ["c", "d"]
    kept.tell({1: ["c"]}, ["c", "d"])
    assert kept.unknown(["a", "b", "c", "d", "e"]) == ["e"]
    assert kept.told(1, ["c", "d"]) == {"c"}
    assert kept.watches()[0].asked is not None
    assert kept.unwatch(1)
    assert not kept.unwatch(1)
    assert kept.told(1, ["c"]) == set()


def test_all_of_it_goes_elsewhere(kept: Collections, tmp_path: Path) -> None:
    kept.tag("later", ["a"])
    kept.watch("kites", ["cs.CV"], known=["a"])
    kept.tell({1: ["b"]}, ["b"])
    other = Collections(tmp_path / "other")
    for _ in range(2):
        other.add(kept.to_dict())
        assert other.to_dict() == kept.to_dict()
    with pytest.raises(CollectionError, match="cannot be read"):
        other.add({"tags": {"new": ["a"]}, "watches": [{"question": "x"}]})
    assert other.to_dict() == kept.to_dict()


def test_it_outlives_the_index_and_bears_many_writers(kept: Collections) -> None:
    assert beside(Path("/a/library")) == Path("/a/library.collections.sqlite")
    code = (
        "import sys; from pathlib import Path; from rag.collections import Collections\n"
        "for n in range(20): Collections(Path(sys.argv[1])).tag('t', [f'{sys.argv[2]}-{n}'])"
    )
    index = str(kept.file.parent / "library")
    with ThreadPoolExecutor() as pool:
        done = pool.map(
            lambda n: subprocess.run([sys.executable, "-c", code, index, str(n)], cwd=ROOT),
            range(3),
        )
    assert all(process.returncode == 0 for process in done)
    assert kept.tags() == {"t": 60}


def test_damage_is_one_line_and_nothing_is_lost(kept: Collections) -> None:
    kept.file.write_bytes(b"not a database, " * 100)
    for read in (kept.tags, kept.watches, lambda: kept.tag("a", ["b"])):
        with pytest.raises(CollectionError, match="cannot be") as error:
            read()
        assert "\n" not in str(error.value)
    assert kept.file.read_bytes().startswith(b"not a database")


def test_flipped_bits_are_one_line_or_nothing(kept: Collections) -> None:
    kept.tag("kites", ["a", "b", "ü"])
    kept.watch("which papers fly?", ["cs.RO"], ["a"])
    kept.tell({1: ["a"]}, ["a"])
    ReadingList(kept.file.parent / "library").star(["a"])
    whole, chance, told = kept.file.read_bytes(), random.Random(7), list[str]()
    for _ in range(300):
        spoiled, place = bytearray(whole), chance.randrange(len(whole) * 8)
        spoiled[place // 8] ^= 1 << place % 8
        kept.file.write_bytes(spoiled)
        for read in (
            *(kept.tags, kept.all_tags, kept.watches, kept.to_dict),
            *(ReadingList(kept.file.parent / "library").all, lambda: kept.tag("new", ["c"])),
        ):
            try:
                read()
            except CollectionError as error:
                told.append(str(error))
    assert told
    assert all("\n" not in line for line in told)
    for before, after in ((b'["cs.RO"]', b'["cs.RO"}'), (b"+00:00", b"+99:00")):
        assert before in whole
        kept.file.write_bytes(whole.replace(before, after))
        with pytest.raises(CollectionError, match="cannot be read"):
            kept.watches()


def test_a_folder_that_is_only_read(kept: Collections) -> None:
    kept.tag("a", ["b"])
    before = kept.file.read_bytes()
    kept.file.chmod(0o444)
    kept.file.parent.chmod(0o555)
    try:
        assert Collections(kept.file.parent / "library").tagged("a") == ["b"]
    finally:
        kept.file.parent.chmod(0o755)
    assert kept.file.read_bytes() == before
    assert sqlite3.connect(kept.file).execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_what_is_new_is_told_once(kept: Collections) -> None:
    kept.watch("kites", [])
    kept.watch("strings", ["cs.CV"])
    asked = []

    def judge(question: str, papers: object, categories: object) -> list[Find]:
        asked.append((question, papers, categories))
        return [Find(paper(1), "It flies.")] if question == "kites" else []

    told = news(kept, ["2104.00001", "2104.00002"], judge)
    assert asked[1] == ("strings", ["2104.00001", "2104.00002"], ("cs.CV",))
    assert [len(each.found) for each in told] == [1, 0]
    remember(kept, told, ["2104.00001", "2104.00002"])
    assert [len(each.found) for each in news(kept, ["2104.00001"], judge)] == [0, 0]
    assert [len(each.found) for each in news(kept, ["2104.00001"], judge, again=True)] == [1, 0]
    assert news(kept, [], judge)[0] == News(kept.watches()[0], (), 0)


def test_news_as_text_markdown_and_feed() -> None:
    found = Find(paper(1, "Kites <b> & [strings]"), "It “flies” < 5.")
    told = [News(Watch(3, "kites", ("cs.CV",)), (found,), 7), News(Watch(4, "ropes"), (), 7)]
    assert "3. kites in cs.CV: 1 of 7 new papers\n   - Kites <b> & [strings]\n" in shown.text(told)
    marked = shown.markdown(told)
    assert "- [Kites \\<b\\> & \\[strings\\]](https://arxiv.org/abs/2104.00001): It" in marked
    assert marked.endswith("## ropes: 0 of 7 new papers\n")
    feed = ElementTree.fromstring(shown.atom(told))
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = feed.findall(f"{atom}entry")
    assert entry.findtext(f"{atom}title") == "Kites <b> & [strings]"
    assert "<p>It “flies” &lt; 5.</p>" in str(entry.findtext(f"{atom}content"))
    assert entry.findtext(f"{atom}id") == "urn:arxiv-rag:3:2104.00001"


@pytest.mark.parametrize(
    ("text", "rest", "names"),
    [
        ("what in my To Read is about kites?", "what is about kites?", ("to read",)),
        ("papers on kites in my to read list", "papers on kites", ("to read",)),
        ("papers from my “thesis” on kites", "papers on kites", ("thesis",)),
        ("papers in my field", "papers in my field", ()),
        ("papers in my theses", "papers in my theses", ()),
    ],
)
def test_in_my(text: str, rest: str, names: tuple[str, ...]) -> None:
    assert taken_out(text, ["thesis", "to read"]) == (rest, names)


# -- saved papers, and the file ------------------------------------------------------------------


def test_saved_papers(tmp_path: Path) -> None:
    saved = ReadingList(tmp_path / "library")
    assert (saved.all(), saved.of("a"), saved.file.exists()) == ([], None, False)
    saved.star(["a", "b"])
    saved.read(["b"])
    saved.note("b", "  Try their loss. \n")
    saved.note("c", "Without a star")
    assert set(saved.starred()) == {"a", "b"}
    of_b = saved.of("b")
    assert of_b
    assert (of_b.starred, of_b.read, of_b.note) == (True, True, "Try their loss.")
    saved.star(["a", "b"], on=False)
    assert saved.starred() == []
    assert {each.paper for each in saved.all()} == {"b", "c"}
    saved.read(["b"], on=False)
    saved.note("b", " ")
    saved.note("c", "")
    assert saved.all() == []
    with pytest.raises(CollectionError, match="5,000 characters"):
        saved.note("a", "x" * 5_001)


def test_everybody_has_their_own(tmp_path: Path) -> None:
    index = tmp_path / "library"
    ada, eve = Collections(index, "ada"), Collections(index, "eve")
    ada.tag("mine", ["a"])
    watch = ada.watch("kites", [], known=["a"])
    ReadingList(index, "ada").star(["a"])
    assert (eve.tags(), eve.watches(), eve.all_tags(), eve.to_dict()) == ({}, [], {}, {})
    assert ReadingList(index, "eve").all() == []
    assert not eve.unwatch(watch.number)
    assert eve.unknown(["a"]) == ["a"]
    assert ada.all_tags() == {"a": ["mine"]}
    other = Collections(tmp_path / "other")
    other.add(ada.to_dict())
    assert other.to_dict() == ada.to_dict()
    assert ReadingList(tmp_path / "other").starred() == ["a"]


def test_a_file_of_the_first_form_is_read_and_then_brought_up_to_date(tmp_path: Path) -> None:
    kept = Collections(tmp_path / "library")
    base = sqlite3.connect(kept.file)
    base.executescript(
        "CREATE TABLE tags (name TEXT NOT NULL, paper TEXT NOT NULL, PRIMARY KEY (name, paper)) "
        "WITHOUT ROWID;"
        "CREATE TABLE watches (number INTEGER PRIMARY KEY, question TEXT NOT NULL, "
        "categories TEXT NOT NULL, added TEXT NOT NULL, asked TEXT, UNIQUE (question, categories));"
        "CREATE TABLE known (paper TEXT PRIMARY KEY) WITHOUT ROWID;"
        "CREATE TABLE told (watch INTEGER NOT NULL REFERENCES watches ON DELETE CASCADE, "
        "paper TEXT NOT NULL, PRIMARY KEY (watch, paper)) WITHOUT ROWID;"
        "INSERT INTO tags VALUES ('later', 'a');"
        "INSERT INTO watches VALUES (7, 'kites', '[]', '2026-01-01', NULL);"
        "INSERT INTO known VALUES ('a');"
        "INSERT INTO told VALUES (7, 'b');"
        "PRAGMA user_version = 1;"
    )
    base.close()
    before = kept.file.read_bytes()
    told = kept.to_dict()
    assert told["tags"] == {"later": ["a"]}
    assert told["watches"][0]["told"] == ["b"]
    assert kept.file.read_bytes() == before
    kept.tag("later", ["c"])
    assert kept.tagged("later") == ["a", "c"]
    assert kept.told(7, ["b"]) == {"b"}
    assert kept.unwatch(7)
    assert kept.told(7, ["b"]) == set()


def test_a_file_of_a_newer_form_is_left_alone(kept: Collections) -> None:
    kept.tag("later", ["a"])
    base = sqlite3.connect(kept.file)
    base.execute("PRAGMA user_version = 99")
    base.close()
    for act in (kept.tags, lambda: kept.tag("later", ["b"])):
        with pytest.raises(CollectionError, match=r"newer version.*update arxiv-rag"):
            act()
