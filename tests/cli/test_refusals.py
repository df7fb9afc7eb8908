"""Bad input at the command line: one line with the cause, and no traceback."""

import json
import shutil
from pathlib import Path

import pytest

from rag.core.papers import Paper
from rag.errors import LibraryError
from rag.library import Library
from rag.library.disk import writing
from tests.cli.running import LISTING, Run, check_refused, objects


def held(path: Path) -> list[Paper]:
    return list(Library.open(path).papers())


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize(
    ("question", "part"),
    [("", "empty"), ("  \n\t ", "empty"), ("?!", "empty"), ("why " * 2_500, "10,000 characters")],
)
def test_bad_questions(rag: Run, command: str, question: str, part: str) -> None:
    if part.startswith("10"):
        question = question.rstrip() + "s"
        part = "9,99" if len(question) < 10_000 else part
        assert len(question) > 9_990
    check_refused(rag(command, question), part)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "holds no questions"),
        ('{"id": 1, "question": "why?"}\nnonsense\n', "line 2"),
        ('{"id": 1}\n', "line 1"),
        ('{"question": "why?"}\n', "line 1"),
        ('["id", "question"]\n', "line 1"),
        ("3\n", "line 1"),
        ('{"id": 1, "question": ""}\n', "line 1"),
        ('\n{"id": 1, "question": "' + "x" * 10_000 + '"}\n', "line 2"),
        (b"\xff\xfe", "UTF-8"),
        ("[" * 100_000, "line 1"),
    ],
)
def test_bad_files_of_questions(rag: Run, tmp_path: Path, text: str | bytes, part: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    check_refused(rag("ask", "--from", file, "--json"), part, str(file))


def test_questions_on_standard_input(rag: Run, tmp_path: Path) -> None:
    said = json.dumps({"id": "a", "question": "papers\u2028on tracking"}, ensure_ascii=False)
    done = rag("search", "--from", "-", "--json", "-k", "1", input=f"{said}\r\n\n")
    assert [row["query_id"] for row in objects(done)] == ["a"]
    check_refused(rag("ask", "--from", "-", input="nonsense"), "line 1")
    check_refused(rag("ask", "--from", "/dev/zero"), "bytes: give it in parts")


def test_bad_ways_of_asking(rag: Run, tmp_path: Path) -> None:
    check_refused(rag("ask"), "--from")
    check_refused(rag("search"), "--from")
    check_refused(rag("ask", "--from", tmp_path / "none"), "No such file")
    check_refused(rag("ask", "--from", tmp_path), "directory")
    check_refused(rag("ask", "why?", "--from", tmp_path), "--from")
    check_refused(rag("ask", "why?", "--bogus"), "--bogus")
    check_refused(rag("ask", "why?", "--skip", "-1"), "--skip")
    check_refused(rag("search", "why?", "-k", "0"), "-k")
    check_refused(rag("list", "-k", "9" * 30), "-k")
    check_refused(rag("bogus"), "bogus")
    check_refused(rag("index"), "paths")
    check_refused(rag("show", "2104.99999"), "2104.99999")


@pytest.mark.parametrize(
    "arguments", [["ask", "why?"], ["search", "why?"], ["status"], ["show", "x"]]
)
def test_a_missing_index(rag: Run, tmp_path: Path, arguments: list[str]) -> None:
    place = tmp_path / "none"
    done = rag(*arguments, env={"RAG_INDEX": str(place)})
    check_refused(done, "no index", str(place), "rag index")
    assert not place.exists()


@pytest.mark.parametrize("name", ["file", "file/below", "loop", "y" * 300, "x" * 5_000, "\udcff"])
def test_an_index_where_no_folder_can_be(rag: Run, small: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to("loop")
    place = {"RAG_INDEX": str(tmp_path / name)}
    for command in (["status"], ["index", small], ["doctor", "--repair"]):
        done = rag(*command, env=place)
        check_refused(done, "set RAG_INDEX to a folder" if name != "\udcff" else "index")
        assert "make room" not in done.stderr
        assert "doctor" not in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_a_setting_with_a_nul(rag: Run, tmp_path: Path) -> None:
    """A file can hold one, the environment cannot; a path never can."""
    file = tmp_path / "arxiv-rag" / "settings.toml"
    file.parent.mkdir()
    for name in ("index", "embedding", "llm", "reranker", "chroma"):
        file.write_text(f'{name} = "a\\u0000b"\n')
        done = rag("status", env={"XDG_CONFIG_HOME": str(tmp_path), "RAG_INDEX": ""})
        check_refused(done, f"sets {name} to 'a\\x00b'", "mend the file")
    with pytest.raises(LibraryError, match="set RAG_INDEX to a folder whose name is text"):
        Library.open(tmp_path / "a\0b")
    with pytest.raises(LibraryError, match="whose name is text"), writing(tmp_path / "a\0b"):
        pass


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (None, "does not exist"),
        pytest.param("", "is empty", marks=pytest.mark.slow),
        pytest.param(" \n", "is empty", marks=pytest.mark.slow),
        pytest.param(
            "# ArXiv cs.CV --Fri, 2 Apr 2021\n", "lists no papers", marks=pytest.mark.slow
        ),
        ("Dear reader,\nthis is a letter.\n", "in no format"),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\xff\xff", "is a picture, no listing", marks=pytest.mark.slow
        ),
    ],
)
def test_bad_listings_are_named_and_passed_over(
    rag: Run, tmp_path: Path, small: Path, text: str | bytes | None, part: str
) -> None:
    file, place = tmp_path / "bad.md", tmp_path / "new"
    whole = tmp_path / "whole.md"
    whole.write_text(small.read_text().partition("\n### 9.")[0])
    if text is None:  # a path that is not there is a slip, and told before anything is done
        done = rag("index", whole, file, env={"RAG_INDEX": str(place)})
        check_refused(done, part, str(file))
        assert not place.exists()
        return
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = rag("index", file, whole, env={"RAG_INDEX": str(place)})
    assert (done.returncode, "2 added" in done.stdout) == (1, True)
    (said,) = (line for line in done.stderr.splitlines() if str(file) in line)
    assert part in said
    assert len(said.replace(str(file), "").split()) < 60
    assert rag("index", whole, env={"RAG_INDEX": str(place)}).returncode == 0
    alone = rag("index", file, env={"RAG_INDEX": str(place)})
    assert alone.returncode == (1 if "empty" in part or "lists no" in part else 2)


def test_a_folder_is_no_listing(rag: Run, tmp_path: Path) -> None:
    check_refused(rag("index", tmp_path, env={"RAG_INDEX": str(tmp_path / "new")}), "folder")


@pytest.mark.slow
def test_a_model_that_is_none(rag: Run, tmp_path: Path) -> None:
    fake = tmp_path / "model.gguf"
    fake.write_text("not a model")
    check_refused(rag("ask", "why?", env={"RAG_LLM": str(fake)}), "no GGUF file", str(fake))
    fake.write_bytes(b"GGUF" + b"\0" * 100)
    check_refused(rag("ask", "why?", env={"RAG_LLM": str(fake)}), "is damaged", str(fake))
    fake.write_bytes(b"")
    check_refused(rag("ask", "why?", env={"RAG_LLM": str(fake)}), "no GGUF file")
    check_refused(rag("ask", "why?", env={"RAG_LLM": "/no/such.gguf"}), "/no/such.gguf")
    check_refused(rag("ask", "why?", env={"RAG_LLM": "http://127.0.0.1:9/v1"}), "does not answer")
    check_refused(rag("ask", "why?", env={"RAG_EMBEDDING": str(tmp_path)}), str(tmp_path))


@pytest.mark.slow
def test_an_index_of_another_model(rag: Run, library: Library, tmp_path: Path) -> None:
    place = tmp_path / "other"
    shutil.copytree(library.path, place)
    file = place / "identity.json"
    file.write_text(
        json.dumps(json.loads(file.read_text()) | {"model": "big-one", "fingerprint": "0"})
    )
    for arguments in (["ask", "why?"], ["search", "why?"], ["index", LISTING]):
        done = rag(*arguments, env={"RAG_INDEX": str(place)})
        check_refused(done, "big-one", "all-MiniLM-L6-v2", "RAG_EMBEDDING")
    assert len(held(place)) == len(library)


@pytest.mark.slow
def test_a_folder_that_cannot_be_written(rag: Run, small: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for place in (file, file / "library"):
        done = rag("index", small, env={"RAG_INDEX": str(place)})
        lines = [line for line in done.stderr.splitlines() if "left out" not in line]
        assert len(lines) == 1
        assert "cannot be written" in lines[0]
        assert done.returncode == 2
    assert file.read_text() == "mine"
