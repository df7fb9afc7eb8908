"""The papers at the command line: searched, shown, listed, exported, dropped, examined."""

import json
import shutil
from pathlib import Path

import pytest

from rag.core.papers import Paper
from rag.library import Library
from rag.models.reranker import PACKAGED
from tests.cli.running import LISTING, Run, check_refused, objects

TRACKING = "which papers use transformers for tracking"
NONSENSE = "which papers grow tomatoes in greenhouses on the moon?"


def held(path: Path) -> list[Paper]:
    return list(Library.open(path).papers())


# -- searching and showing -------------------------------------------------------------------------


FOUND = {"id", "title", "url", "score", "dense", "lexical"}


@pytest.mark.slow
def test_search_prints_one_object_a_paper(rag: Run, by_id: dict[str, Paper]) -> None:
    found = objects(rag("search", TRACKING, "--json", "-k", 7))
    assert len(found) == 7
    for match in found:
        assert set(match) == FOUND
        assert match["title"] == by_id[match["id"]].title
        assert match["url"] == by_id[match["id"]].url
    scores = [match["score"] for match in found]
    assert scores == sorted(scores, reverse=True)
    assert len({match["id"] for match in found}) == 7
    assert 7 < len(objects(rag("search", TRACKING, "--json", "-k", 5_000))) <= len(by_id)


@pytest.mark.slow
def test_search_reads_a_file_of_questions(rag: Run, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    asked = {"a": TRACKING, "b": NONSENSE}
    file.write_text("".join(json.dumps({"id": i, "question": q}) + "\n" for i, q in asked.items()))
    found = objects(rag("search", "--from", file, "--json", "-k", 3))
    assert [match["query_id"] for match in found] == [*"aaabbb"]
    assert all(set(match) == FOUND | {"query_id"} for match in found)


@pytest.mark.slow
def test_search_prints_a_table_without_escape_codes(rag: Run) -> None:
    (first, *_) = objects(rag("search", TRACKING, "--json"))
    done = rag("search", TRACKING)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert first["url"] in "".join(done.stdout.split())


def test_status_and_show(rag: Run, papers: list[Paper], library: Library) -> None:
    (facts,) = objects(rag("status", "--json"))
    assert facts["papers"] == len(papers)
    assert PACKAGED in facts["reranker"]
    assert facts["index"] == str(library.path)
    assert facts["categories"] == {"cs.CV": len(papers)}
    assert facts["first_day"] == facts["last_day"] == "2021-04-02"
    assert str(len(papers)) in rag("status").stdout
    wanted = papers[3]
    for name in (wanted.id, wanted.url, f"{wanted.pdf}v2.pdf", f"arXiv:{wanted.id}v1"):
        (shown,) = objects(rag("show", name, "--json"))
        assert shown["id"] == wanted.id
        assert (shown["title"], shown["abstract"]) == (wanted.title, wanted.abstract)
        assert (shown["url"], shown["pdf"]) == (wanted.url, wanted.pdf)
    done = rag("show", wanted.id)
    assert "\x1b" not in done.stdout
    assert wanted.abstract in " ".join(done.stdout.split())


# -- papers in and out -----------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_wanted_of_a_listing_is_read(rag: Run, snapshot: Path, tmp_path: Path) -> None:
    place = {"env": {"RAG_INDEX": str(tmp_path / "new")}}
    done = rag("index", snapshot, "--category", "cs", "--until", "2021-04-30", **place)
    assert "1 added, 0 updated, 0 unchanged, 0 refused" in done.stdout
    done = rag("index", snapshot, "--category", "math.GT", "--since", "2021-04-02", **place)
    assert "1 added" in done.stdout
    assert rag("index", snapshot, "--category", "q-bio", **place).returncode == 0
    listed = rag("list", "--sort", "id", **place)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["2104.00001", "2104.00002"]
    check_refused(rag("index", snapshot, "--since", "yesterday", **place), "yesterday")


@pytest.mark.slow
def test_the_report_has_every_paper(rag: Run, snapshot: Path, tmp_path: Path) -> None:
    place, report = {"env": {"RAG_INDEX": str(tmp_path / "new")}}, tmp_path / "report.jsonl"
    rag("index", snapshot, "--until", "2021-04-30", **place)
    done = rag("index", snapshot, "--report", report, **place)
    assert "2 added, 0 updated, 2 unchanged, 1 refused; 3 papers" in done.stdout
    rows = [json.loads(line) for line in report.read_text().splitlines()]
    assert {(row.get("id"), row["outcome"]) for row in rows} == {
        ("2104.00001", "unchanged"),
        ("2104.00002", "unchanged"),
        ("2105.00003", "added"),
        ("2105.00004", "added"),
        (None, "refused"),
    }
    assert all(row["file"] == str(snapshot) for row in rows)
    (refused,) = (row for row in rows if row["outcome"] == "refused")
    assert refused["line"] == 5
    assert refused["why"] == "no title of 2105.00005; `rag fetch 2105.00005` brings it"
    check_refused(rag("index", snapshot, "--report", tmp_path, **place), "--report", str(tmp_path))
    named = tmp_path / "named.bib"
    named.write_text("".join(
        f"@misc{{roe{n}, title={{Kites {n}}}, eprint={{2104.0019{n}}}}}\n" for n in (4, 5)
    ))  # fmt: skip
    done = rag("index", named, "--report", report, **place)
    told = "named.bib has 2 papers without abstracts; `rag fetch 2104.00194 2104.00195` brings them"
    assert done.stderr.count("2104.00194") == 1
    assert told in " ".join(done.stderr.split())
    assert len(report.read_text().splitlines()) == 2


@pytest.mark.slow
def test_papers_are_listed_exported_and_dropped(rag: Run, snapshot: Path, tmp_path: Path) -> None:
    place = {"env": {"RAG_INDEX": str(tmp_path / "new")}}
    rag("index", snapshot, **place)
    rows = objects(rag("list", "--json", **place))
    assert [row["id"] for row in rows] == ["2105.00004", "2105.00003", "2104.00002", "2104.00001"]
    assert rows[0]["withdrawn"]
    assert rows[2]["version"] == 3
    assert [row["id"] for row in objects(rag("list", "knot", "--json", **place))] == ["2104.00002"]
    table = rag("list", "--csv", "--author", "Bee", "--category", "cs.CV", **place).stdout
    assert [line.split(",")[0] for line in table.splitlines()] == ["id", "2105.00004", "2104.00001"]
    shown = rag("list", "-k", "1", **place)
    assert "withdrawn" in shown.stdout
    assert "1 of 4 papers" in shown.stderr
    check_refused(rag("list", "--sort", "colour", **place), "colour")

    exported = rag("export", **place).stdout
    (tmp_path / "export.jsonl").write_text(exported)
    other = {"env": {"RAG_INDEX": str(tmp_path / "other")}}
    assert "4 added" in rag("index", tmp_path / "export.jsonl", **other).stdout
    assert rag("export", **other).stdout == exported
    assert "4 unchanged" in rag("index", snapshot, **other).stdout
    assert "is whole" not in rag("doctor", **other).stderr

    check_refused(rag("drop", **place), "--before")
    check_refused(rag("drop", "2104.00001", "2104.99999", **place), "2104.99999", "nothing")
    assert "1 dropped; 2 papers" in rag("drop", "arXiv:2104.00001v2", **place).stderr
    assert (
        "3 dropped; 0 papers" in rag("drop", "--before", "2021-05-05", "2104.00002", **place).stderr
    )


@pytest.mark.slow
def test_an_export_that_was_tampered_with_is_refused(
    rag: Run, snapshot: Path, tmp_path: Path
) -> None:
    place = {"env": {"RAG_INDEX": str(tmp_path / "new")}}
    rag("index", snapshot, **place)
    line = rag("export", **place).stdout.splitlines()[0]
    bad = [
        line.replace("https://arxiv.org/abs", "https://example.org"),
        line.replace('"version": 1', '"version": "1"'),
        line.replace('"title": "', '"titel": "'),
        line.replace('"arxiv-rag": 1', '"arxiv-rag": 9'),
        line[:-9],
    ]
    file = tmp_path / "bad.jsonl"
    file.write_text("\n".join([line, *bad]))
    done = rag("index", file, **place)
    assert "0 added, 0 updated, 1 unchanged, 5 refused" in done.stdout
    assert done.stderr.count("not a line of `rag export`") == 5


@pytest.mark.slow
def test_doctor_finds_and_mends(rag: Run, small: Path, tmp_path: Path) -> None:
    place = {"env": {"RAG_INDEX": str(tmp_path / "new")}}
    rag("index", small, **place)
    assert "2 papers" in rag("doctor", **place).stdout
    shutil.rmtree(tmp_path / "new" / "vectors")
    done = rag("doctor", **place)
    assert done.returncode == 2
    assert "vectors are missing" in done.stdout
    assert "doctor --repair" in done.stderr
    done = rag("doctor", "--repair", **place)
    assert done.returncode == 0, done.stderr
    assert "After the repair" in done.stdout
    assert rag("doctor", **place).returncode == 0


def test_a_file_that_breaks_off_stops_no_other(rag: Run, small: Path, tmp_path: Path) -> None:
    import gzip

    broken = tmp_path / "a.md.gz"
    packed = gzip.compress(LISTING.read_bytes())
    broken.write_bytes(packed[: len(packed) // 2])
    done = rag("index", broken, small, env={"RAG_INDEX": str(tmp_path / "new")})
    assert done.returncode == 1
    assert "cut off or damaged" in done.stderr
    assert str(broken) in done.stderr
    last = LISTING.read_text().split("\n### ")[2]
    assert any(p.title in last for p in held(tmp_path / "new"))
