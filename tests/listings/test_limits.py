"""Files that are made to take memory or time: each is refused by name, and little of both is used.

Each is read in a process of its own, whose largest size is measured.
"""

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag import listings
from rag.core.papers import Paper
from rag.listings import Refused, limits
from tests import warm

MOST = 500_000_000  # bytes above the start, whatever is read

READ = """
import json, resource, sys
from pathlib import Path
from rag import listings
from rag.core.papers import Paper
from rag.errors import RagError
from rag.listings.text import clean
import ftfy, bs4, bibtexparser, lxml.etree, rispy, yaml
clean("<b>a</b>")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
ids, reasons, error = [], [], ""
try:
    for item in listings.read(Path(sys.argv[1])):
        if isinstance(item, Paper): ids.append(item.id)
        elif len(reasons) < 3: reasons.append(item.reason)
except RagError as said:
    error = str(said)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([ids, reasons, error, (after - before) * 1024]))
"""

GOOD = {"title": "Kites", "abstract": "About kites.", "url": "2104.00001"}
MB = 1_000_000


def lines(*texts: str) -> Iterator[bytes]:
    yield from (text.encode() for text in texts)


def packed_zeros() -> Iterator[bytes]:
    yield gzip.compress(b'[{"title": "A", "abstract": "' + b"a" * 200 * MB, 6)


def packed_papers() -> Iterator[bytes]:
    lines = "".join(json.dumps(GOOD | {"url": f"2104.{n:05}"}) + "\n" for n in range(1_000))
    yield gzip.compress(lines.encode() + (b" " * 1_000 + b"\n") * 200_000, 6)


def blank_lines() -> Iterator[bytes]:
    yield json.dumps(GOOD).encode() + b"\n" * 20 * MB


def one_line() -> Iterator[bytes]:
    yield b'{"title": "A", "abstract": "'
    for _ in range(60):
        yield b"a" * MB
    yield b'"}\n' + json.dumps(GOOD).encode()


def many_in_one_line() -> Iterator[bytes]:
    yield b"[" + json.dumps(GOOD).encode()
    for _ in range(60):
        yield b", {}" * (MB // 4)
    yield b"]"


def nested() -> Iterator[bytes]:
    yield b'{"a": ' * 4 * MB


def openings() -> Iterator[bytes]:
    yield b"@a{b,\n" * 8 * MB


def one_opening() -> Iterator[bytes]:
    yield b"@a{b, title={" + b"@a{" * 16 * MB + b"\n@misc{c, title={Kites}, "
    yield b"abstract={About.}, eprint={2104.00001}}\n"


def authors() -> Iterator[bytes]:
    yield json.dumps(GOOD | {"authors": [{"name": "A"}] * 100_000}).encode() + b"\n"
    yield json.dumps(GOOD).encode()


def a_million_authors() -> Iterator[bytes]:
    yield json.dumps(GOOD | {"authors": [{"name": "A"}] * MB}).encode() + b"\n"
    yield json.dumps(GOOD).encode()


def keys() -> Iterator[bytes]:
    yield json.dumps(GOOD | {f"k{n}": n for n in range(100_000)}).encode() + b"\n"
    yield json.dumps(GOOD).encode()


def quotation() -> Iterator[bytes]:
    yield b'title,abstract,url\n"Kites,"'
    for _ in range(20):
        yield b"a,b,c\n" * (MB // 6)


def xml_authors() -> Iterator[bytes]:
    yield b"<feed><entry><title>A</title>"
    for _ in range(60):
        yield b"<author><name>A</name></author>" * (MB // 31)
    yield b"</entry></feed>"


def xml_text() -> Iterator[bytes]:
    yield b"<feed><entry><title>"
    for _ in range(60):
        yield b"a" * MB
    yield b"</title></entry></feed>"


def xml_depth() -> Iterator[bytes]:
    yield b"<feed><entry>" + b"<a>" * 10 * MB


def heading() -> Iterator[bytes]:
    yield b"# ArXiv cs.CV --Fri, 2 Apr 2021\n### 1.A [ :arrow_down: ](https://arxiv.org/pdf/2104.00002)\n"
    for _ in range(20):
        yield b"> aaaaaaaaaaaa\n" * (MB // 15)


def ris() -> Iterator[bytes]:
    yield b"TY  - JOUR\n" + b"AU  - Roe, Ann\n" * MB


def front_matter() -> Iterator[bytes]:
    yield b"---\ntitle: A\nurl: https://example.org/1\n" + b"a: [b]\n" * 4 * MB


LONG = pytest.mark.slow


@pytest.mark.parametrize(
    ("made", "kept", "said"),
    [
        pytest.param(
            packed_zeros, 0, "a value of more than 2,000,000 characters", marks=pytest.mark.slow
        ),
        pytest.param(
            packed_papers, 1_000, "unpacks to more than 100 times its size", marks=pytest.mark.slow
        ),
        (one_line, 1, "a line of more than 2,000,000 characters"),
        (many_in_one_line, 1, "more than 20,000 entries in a row are no papers"),
        (blank_lines, 1, "more than 20,000 blank lines in a row"),
        (nested, 0, "nested"),
        pytest.param(openings, 0, "broken BibTeX", marks=LONG),
        (one_opening, 1, "longer than 20,000 characters"),
        (authors, 1, "more than 10,000 authors"),
        (a_million_authors, 1, "a line of more than 2,000,000 characters"),
        (keys, 1, "more than 1,000 fields"),
        pytest.param(
            quotation, 1, "not a row of CSV", marks=LONG
        ),  # a paper of no link, again and again
        (xml_authors, 0, "longer than"),
        (xml_text, 0, "longer than"),
        (xml_depth, 0, "longer than"),
        pytest.param(heading, 0, "longer than 20,000 characters", marks=LONG),
        (ris, 0, "longer than 20,000 characters"),
        pytest.param(front_matter, 0, "front matter that does not end", marks=LONG),
    ],
)
def test_what_is_over_a_limit_is_refused_by_name(
    tmp_path: Path, made: Callable[[], Iterator[bytes]], kept: int, said: str
) -> None:
    path = tmp_path / "bomb"
    with path.open("wb") as file:
        file.writelines(made())
    done = warm.run([sys.executable, "-c", READ, path])
    path.unlink()
    assert done.returncode == 0, done.stderr
    ids, reasons, error, grown = json.loads(done.stdout)
    assert len(ids) == kept
    assert any(said in text for text in [*reasons, error]), (reasons, error)
    assert grown < MOST


def test_a_limit_stops_no_other_file(tmp_path: Path) -> None:
    big = json.dumps(GOOD | {"categories": ["cs.CV"] * (limits.MOST_NAMES + 1)})
    long = json.dumps(GOOD | {"journal": "J" * (limits.LONGEST_FIELD + 1)})
    path = tmp_path / "x.jsonl"
    path.write_text("\n".join([big, long, json.dumps(GOOD)]))
    one, two, paper = listings.read(path)
    assert isinstance(one, Refused)
    assert isinstance(two, Refused)
    assert (one.reason, two.reason) == (
        "more than 200 categories",
        "a name or another field of more than 2,000 characters",
    )
    assert isinstance(paper, Paper)


ACTING = "A\x1b[31mB\x00\u202eC\x07\u2066D\u200b\x9b\u061cE\r\nF"


@pytest.mark.parametrize("name", ["jsonl", "exported", "csv", "bib", "ris", "note"])
def test_no_reader_lets_through_what_acts(tmp_path: Path, name: str) -> None:
    acting = ACTING.replace("\r\n", " ")
    record = {
        "title": acting, "abstract": acting, "url": "2104.00001", "authors": [acting],
        "categories": ["cs.CV\u202e"], "journal": acting,
    }  # fmt: skip
    paper = Paper(
        "2104.00001", ACTING, ACTING, "https://arxiv.org/abs/2104.00001",
        "https://arxiv.org/pdf/2104.00001", None, (f"cs{ACTING}",), (ACTING,), sources=(ACTING,),
        doi=f"10.1/{ACTING}", venue=ACTING, kind=ACTING, identifiers=(ACTING,),
    )  # fmt: skip
    yaml_safe = (
        acting.replace("[31m", "")
        .replace("\x00", "")
        .replace("\x1b", "")
        .replace("\x07", "")
        .replace("\x9b", "")
    )
    texts = {
        "jsonl": json.dumps(record),
        "exported": json.dumps({"arxiv-rag": 1} | paper.to_dict()),
        "csv": f"title,abstract,url,authors\n{acting},{acting},2104.00001,{acting}\n".replace(
            "\0", ""
        ),
        "bib": f"@article{{a,title={{{acting}}},abstract={{{acting}}},author={{{acting}}},"
        f"journal={{{acting}}},eprint={{2104.00001}}}}".replace("\0", ""),
        "ris": f"TY  - JOUR\nTI  - {acting}\nAB  - {acting}\nAU  - {acting}\nJO  - {acting}\n"
        "UR  - https://arxiv.org/abs/2104.00001\nER  - \n".replace("\0", ""),
        "note": f"---\ntitle: {yaml_safe}\nauthors: [{yaml_safe}]\nurl: 2104.00001\n---\n"
        f"## Abstract\n{acting}\n".replace("\0", ""),
    }
    path = tmp_path / f"a\u202e.{name}"
    path.write_text(texts[name], encoding="utf-8")
    (found,) = (item for item in listings.read(path) if isinstance(item, Paper))
    said = json.dumps(found.to_dict(), ensure_ascii=False)
    assert found.title.replace("[31m", "").replace(" ", "").startswith("ABCD")
    assert said.isprintable()
    assert "\\u00" not in said
