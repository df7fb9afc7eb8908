import gzip
import os
import random
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.papers import Paper, arxiv_id
from rag.errors import ListingError
from rag.listings import READERS, Refused, check, daily, files, read
from rag.listings.entries import papers
from tests.listings.telling import as_paper

LISTING = Path(__file__).parents[2] / "index" / "listings" / "2021-04-02.cs.CV.md"
HEADINGS = LISTING.read_text().count("\n### ")
DAY = "# ArXiv cs.CV --Fri, 2 Apr 2021\n"
FIRST = "### 1.One  [ :arrow_down: ](https://arxiv.org/pdf/2104.00001.pdf)\n>  About one.\n"
LINK = "[ :arrow_down: ](https://arxiv.org/pdf/2104.00002.pdf)"
LAST = "### 9.Nine  [ :arrow_down: ](https://arxiv.org/pdf/2104.00009.pdf)\n>  About nine.\n"


@pytest.fixture(scope="module")
def listing() -> dict[str, Paper]:
    items = list(read(LISTING))
    assert all(isinstance(item, Paper) for item in items)
    return {item.id: item for item in items if isinstance(item, Paper)}


def entries(text: str) -> list[Paper | Refused]:
    return list(papers(daily.read(text.splitlines(keepends=True), "day.md"), "day.md"))


def test_all_papers_of_the_listing_are_read(listing):
    assert len(listing) == HEADINGS
    assert next(iter(listing)) == "2104.00683"
    assert list(listing)[-1] == "2104.00084"
    for identifier, paper in listing.items():
        assert arxiv_id(identifier) == identifier
        assert paper.url == f"https://arxiv.org/abs/{identifier}"
        assert paper.pdf == f"https://arxiv.org/pdf/{identifier}"
        assert paper.listed == date(2021, 4, 2)
        assert paper.categories == ("cs.CV",)
        assert paper.authors == ()
        assert len(paper.abstract) > 300
        assert "arrow_down" not in paper.title
        for text in (paper.title, paper.abstract):
            assert text == " ".join(text.split())


@pytest.mark.parametrize(
    ("identifier", "title"),
    [
        ("2104.00683", "SimPoE: Simulated Character Control for 3D Human Pose Estimation"),
        ("2104.00675", "In&Out : Diverse Image Outpainting via GAN Inversion"),
        ("2104.00563", "Latent Variable Nested Set Transformers & AutoBots"),
        ("2104.00351", "TrajeVAE -- Controllable Human Motion Generation from Trajectories"),
        ("2104.00303", "MeanShift++: Extremely Fast Mode-Seeking With Applications to Segmentation and Object Tracking"),  # noqa: E501
        ("2104.00226", "DF^2AM: Dual-level Feature Fusion and Affinity Modeling for RGB-Infrared Cross-modality Person Re-identification"),  # noqa: E501
        ("2104.00194", "TransMOT: Spatial-Temporal Graph Transformer for Multiple Object Tracking"),
        ("2104.00084", "Hierarchical Road Topology Learning for Urban Map-less Driving"),
    ],
)  # fmt: skip
def test_titles_of_the_listing(listing, identifier, title):
    assert listing[identifier].title == title


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("2104.00678", "of 3D object detection. In this paper, we present"),
        ("2104.00678", "attention mechanism in the Transformers, where the contribution"),
        ("2104.00678", "are publicly available at https://github.com/zeliu98/Group-Free-3D"),
        ("2104.00677", "up to 100 for challenging 360° scenes, it often"),
        ("2104.00619", "(e.g., miniImageNet -> CUB), we create a new high-way (~100) k-shot"),
        ("2104.00597", "available at https://github.com/researchmm/NEAS."),
        ("2104.00564", "and crop classification (LC&CC). Moreover,"),
        ("2104.00462", r"outperform $\ell_n$ loss and IoU based loss"),
        ("2104.00432", "introduce `overanchorized' models"),
        ("2104.00298", "6.8x smaller. Our training can be"),
        ("2104.00297", "demonstrate superior performance o"),
        ("2104.00169", "road gradients of both ego vehicle"),
        ("2104.00031", r"time by up to $5.8\times$ on ImageNet and $2.4\times$ on"),
        ("2104.00031", "The project website is http://netadapt.mit.edu."),
        ("2104.00138", r"coefficient of 0.876 $\pm$ 0.005; excellent"),
    ],
)
def test_abstracts_of_the_listing_are_readable(listing, identifier, words):
    assert words in listing[identifier].abstract


def test_no_markup_is_left_in_the_listing(listing):
    for paper in listing.values():
        for mark in ("<", "&amp;", "&gt;", "Â", "\\cite", "\\emph", "\\url", "this http"):
            assert mark not in paper.title + paper.abstract


@pytest.mark.parametrize(
    ("entry", "line", "reason"),
    [
        ("### 2.Title\n> A.\n", 4, "no link"),
        ("### 2.Title [ :arrow_down: ]()\n> A.\n", 4, "no link"),
        ("### 2.Title [ :arrow_down: ](https://arxiv.org/pdf/21\n> A.\n", 4, "no link"),
        (
            "### 2.Title [ :arrow_down: ](x.org/2)\n> A.\n",
            4,
            "no arXiv identifier or web address in x.org/2",
        ),
        (f"### 2. {LINK}\n> A.\n", 4, "no title"),
        (f"### 2.<br> {LINK}\n> A.\n", 4, "no title"),
        (f"### 2.Title {LINK}\n", 4, "no abstract"),
        (f"### 2.Title {LINK}\n>  \n", 4, "no abstract"),
        (f"\n### 2.Title {LINK}\nNot quoted.\n", 5, "no abstract"),
        (f"###2.Title {LINK}\n> A.\n", 4, "not a heading of the form"),
        (f"### Title {LINK}\n> A.\n", 4, "not a heading of the form"),
        (f"## 2.Title {LINK}\n> A.\n", 4, "not a heading of the form"),
        (f"2.Title {LINK}\n> A.\n", 4, "not a heading of the form"),
        ("# ArXiv cs.CV --Fri, 32 Apr 2021\n", 4, "no date like Fri, 2 Apr 2021: Fri, 32 Apr"),
        (f"{DAY}\n> A.\n", 6, "an abstract without a heading"),
        (FIRST.replace("One", "Again"), 4, "2104.00001 is already there in line 2"),
    ],
)
def test_malformed_entry_is_refused_and_the_others_go_in(entry, line, reason):
    first, refused, last = entries(DAY + FIRST + entry + LAST)
    assert isinstance(refused, Refused)
    assert (refused.source, refused.line) == ("day.md", line)
    assert refused.reason.startswith(reason)
    assert isinstance(first, Paper)
    assert (first.id, first.title, first.abstract) == ("2104.00001", "One", "About one.")
    assert isinstance(last, Paper)
    assert (last.id, last.abstract) == ("2104.00009", "About nine.")


@pytest.mark.parametrize(
    "title",
    [
        "A [x] and [ ] B",
        "[Re] Reproduction",
        "[x](y) and (z)",
        "C# and F#: # signs",
        "A -> B > C",
        "12.5 Things",
        "2021: A Survey",
        "Ends in brackets [v2]",
    ],
)
def test_titles_may_contain_marks(title):
    (paper,) = entries(f"{DAY}### 7.{title}  {LINK}\n>  > is a sign. [x](y)\n")
    assert isinstance(paper, Paper)
    assert (paper.title, paper.abstract) == (title, "> is a sign. [x](y)")


def test_abstract_on_several_lines():
    lines = ["> One", ">two", "three", "", "> four", "", "not quoted", "", "---"]
    (paper,) = entries(DAY + FIRST.splitlines()[0] + "\n" + "\n".join(lines))
    assert isinstance(paper, Paper)
    assert paper.abstract == "One two three four"


def test_a_later_day_is_in_force_from_there_on():
    text = DAY + FIRST + "# ArXiv cs.LG --Mon, 5 Apr 2021\n" + LAST
    first, last = entries(text)
    assert isinstance(first, Paper)
    assert isinstance(last, Paper)
    assert (first.listed, first.categories) == (date(2021, 4, 2), ("cs.CV",))
    assert (last.listed, last.categories) == (date(2021, 4, 5), ("cs.LG",))


def test_a_listing_without_its_first_line_has_no_day():
    assert daily.matches(FIRST)
    (paper,) = entries(FIRST)
    assert isinstance(paper, Paper)
    assert (paper.listed, paper.categories) == (None, ())


def test_file_with_byte_order_mark_and_windows_line_ends(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(("\ufeff" + (DAY + FIRST + LAST).replace("\n", "\r\n")).encode())
    papers = [item for item in read(path) if isinstance(item, Paper)]
    assert [paper.id for paper in papers] == ["2104.00001", "2104.00009"]
    assert papers[0].listed == date(2021, 4, 2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"Dear Sir,\n", "is in no format known here; the nearest are: .*; daily Markdown listing"),
        (b"\x00\x01\x02", "is not text, no listing"),
        (b"%PDF-1.5\n%\xbf\xf7\xa2\xfe\n", "is a PDF, no listing"),
        (b"PK\x03\x04\x14\x00\x00\x00\x08\x00\x8c", "is damaged or cut off"),
        (b"<?xml version='1.0' encoding='latin-1'?><rss></rss>", "lists no papers"),
        (b"<rss><channel>", "no paper that can be read .line 1: broken XML"),
        (b"[]", "lists no papers"),
        (b'{"error": "none"}', "lists no papers"),
        (b"title,abstract,url\n", "lists no papers"),
        (b"@misc{a, title={A", "no paper that can be read .line 1: broken BibTeX"),
        (DAY.encode(), "lists no papers"),
        ((DAY + "### 1.One\n> A.\n").encode(), r"no paper that can be read \(line 2: no link\)"),
        (
            b"Title,Authors,DOI\nKites,Ann Roe,10.1000/1\n",
            "titles and none of abstracts; export it",
        ),
        (b"Title,Description\nKites,About.\n", "titles and none of links"),
    ],
)
def test_file_that_is_no_listing(tmp_path, content, message):
    path = tmp_path / "x.md"
    path.write_bytes(content)
    with pytest.raises(ListingError, match=message) as error:
        list(read(path))
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_missing_file_and_folder_are_told_at_once(tmp_path):
    with pytest.raises(ListingError, match="does not exist; check the path"):
        read(tmp_path / "none.md")
    with pytest.raises(ListingError, match="is a folder; name the files in it"):
        read(tmp_path)


# -- compressed, from standard input, in folders -------------------------------------------------


def papers_of(path):
    return [entry for entry in read(path) if isinstance(entry, Paper)]


def test_a_compressed_file_is_unpacked(tmp_path):
    path = tmp_path / LISTING.name
    path.write_bytes(gzip.compress(LISTING.read_bytes()))
    found = [replace(entry, sources=()) for entry in papers_of(path)]
    assert found == [replace(entry, sources=()) for entry in papers_of(LISTING)]


def test_a_compressed_file_that_is_damaged(tmp_path):
    whole = (DAY + FIRST).encode() + random.Random(0).randbytes(300_000).hex().encode()
    packed = gzip.compress(whole)
    checked = packed[:-8] + bytes(4) + packed[-4:]
    scrambled = packed[:90_000] + bytes(50) + packed[90_050:]
    for name, content in enumerate((packed[:15], packed[:-20_000], checked, scrambled)):
        path = tmp_path / f"{name}.md.gz"
        path.write_bytes(content)
        with pytest.raises(ListingError, match="cut off or damaged; fetch it again") as error:
            list(read(path))
        assert str(error.value).startswith(str(path))
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (LISTING.read_bytes(), f"{HEADINGS}\n"),
        (gzip.compress(LISTING.read_bytes()), f"{HEADINGS}\n"),
        (b"", "standard input is empty"),
        (b"\x00\xfe\x00", "standard input is not text"),
        (b"Dear Sir,\n", "standard input is in no format known here"),
    ],
)
def test_standard_input(content, said):
    code = (
        "import pathlib; from rag import listings\n"
        "try: print(len(list(listings.read(pathlib.Path('-')))))\n"
        "except listings.ListingError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=content, capture_output=True)
    assert done.stdout.decode().startswith(said)
    assert not done.stderr


@pytest.fixture
def folder(tmp_path):
    tmp_path /= "in"
    for name in ("b.md", "a.txt", "sub/c", "sub/.hidden", ".git/d.md", ".f.md", "[e].md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(DAY + FIRST)
    (tmp_path / "sub" / "back").symlink_to(tmp_path)
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["."], ["[e].md", "a.txt", "b.md", "sub/c"]),
        (["sub", "a.txt"], ["sub/c", "a.txt"]),
        (["*.md"], ["[e].md", "b.md"]),
        (["**/c"], ["sub/c"]),
        (["../*/sub/c"], ["../{}/sub/c"]),
        (["s*"], ["sub/c"]),
        (["[ab].*"], ["a.txt", "b.md"]),
        (["[e].md"], ["[e].md"]),
        (["-", "b.md"], ["-", "b.md"]),
        (["b.md", "b.md", "missing"], ["b.md", "b.md", "missing"]),
    ],
)
def test_what_paths_stand_for(folder, monkeypatch, paths, expected):
    monkeypatch.chdir(folder)
    found = [str(file) for file in files(map(Path, paths))]
    assert found == [name.format(folder.name) for name in expected]
    absolute = [str(file) for file in files(folder / path for path in paths if path != "-")]
    assert absolute == [str(folder / name) for name in found if name != "-"]


def test_paths_that_stand_for_nothing(folder):
    with pytest.raises(ListingError, match="is a folder without files; name one that has some"):
        files([folder / "empty"])
    with pytest.raises(ListingError, match=r"\*\.json matches no files; check the pattern"):
        files([folder / "*.json"])
    with pytest.raises(ListingError, match="matches no files"):
        files([folder / "**md"])


def test_file_without_permission(tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # the tests may run as root, who may read all
    with pytest.raises(ListingError, match=r"cannot be read \(Permission denied\); check its"):
        read(tmp_path / "x.md")


def test_every_reader_names_its_format():
    assert daily in READERS
    assert len({reader.FORMAT for reader in READERS}) == len(READERS)


@given(st.lists(st.sampled_from([*DAY.split(), *FIRST.split(), *LAST.split(), "\n", " ", "#"])))
def test_whatever_is_in_a_listing_every_paper_is_whole(pieces):
    text = DAY + " ".join(pieces)
    for item in entries(text):
        if isinstance(item, Paper):
            assert item.title
            assert item.abstract
            assert arxiv_id(item.url) == item.id
        else:
            assert 1 <= item.line <= text.count("\n") + 1


def test_a_pipe_is_read_whole(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_bytes, args=(LISTING.read_bytes(),))
    check(pipe)  # takes nothing out of it
    writing.start()
    assert len([entry for entry in read(pipe) if isinstance(entry, Paper)]) == HEADINGS
    writing.join()


def test_a_name_that_is_no_text_is_a_source_all_the_same(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.md")
    path.write_bytes(LISTING.read_bytes())
    first = as_paper(next(read(path)))
    assert first.sources[0].encode().decode().endswith("\ufffd.md")


def test_files_of_one_name_are_two_sources(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "day.md").write_bytes(LISTING.read_bytes())
    found = {as_paper(next(read(path))).sources for path in files([tmp_path])}
    assert found == {("one/day.md",), ("two/day.md",)}
