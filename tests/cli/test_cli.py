"""The command `rag` in processes of its own: what it prints, and that no error is a traceback."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rag.core.answers import Answer
from rag.core.papers import Paper
from rag.library import Library
from rag.models.embedding import Embedding
from rag.models.reranker import PACKAGED
from tests.cli.running import LISTING, ROOT, Here, Run, check_refused, objects, settings

TRACKING = "which papers use transformers for tracking"
NONSENSE = "which papers grow tomatoes in greenhouses on the moon?"
HEAVY = ("torch", "chromadb", "tantivy", "langchain_core", "llama_cpp", "onnxruntime", "numpy")


def held(path: Path) -> list[Paper]:
    return list(Library.open(path).papers())


# -- what it costs to start ----------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["nonsense"]])
def test_nothing_heavy_is_imported_for_help(arguments: list[str]) -> None:
    code = f"""
import resource, sys
from rag.cli import main
sys.argv = ["rag", *{arguments}]
try:
    main()
except SystemExit:
    pass
print([m for m in {HEAVY} if m in sys.modules])
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"{{used.ru_utime + used.ru_stime:.2f}} s of processor time", file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    print(" ".join(arguments), done.stderr.splitlines()[-1])  # noqa: T201
    assert done.stdout.splitlines()[-1] == "[]", done.stdout


def test_help_names_the_commands_and_settings(rag: Run) -> None:
    done = rag("--help")
    assert done.returncode == 0
    for word in ("ask", "chat", "search", "index", "status", "show", "RAG_INDEX", "RAG_LLM"):
        assert word in done.stdout
    assert done.stderr == ""


# -- asking --------------------------------------------------------------------------------------


def check_answer(answer: dict[str, Any], by_id: dict[str, Paper]) -> None:
    """The JSON that others build on."""
    read = Answer.from_dict(answer)
    assert read.to_dict() == {name: value for name, value in answer.items() if name != "id"}
    assert answer["abstained"] is (answer["matched"] == 0)
    assert answer["total"] == len(by_id)
    assert isinstance(answer["filters"], dict)
    assert set(answer["seconds"]) == {"evidence", "writing", "total"}
    for n, citation in enumerate(answer["citations"], start=1):
        paper = by_id[citation["id"]]
        assert citation == {
            **{"number": n, "id": paper.id, "title": paper.title},
            **{"url": paper.url, "pdf": paper.pdf},
        }
    for claim in answer["claims"]:
        assert set(claim) == {"text", "citations", "support", "group", "quotes"}
        assert claim["support"] in {"quote", "paraphrase"}
        assert claim["citations"]
        assert claim["quotes"]
        assert set(claim["citations"]) <= {c["number"] for c in answer["citations"]}
        for quote in claim["quotes"]:
            assert set(quote) == {"paper_id", "start", "end", "text"}
            if quote["end"]:
                abstract = by_id[quote["paper_id"]].abstract
                assert abstract[quote["start"] : quote["end"]] == quote["text"]
    for near in answer["near_misses"]:
        assert set(near) == {"id", "title", "url", "pdf", "covers", "lacks"}
        assert all(near[k] == getattr(by_id[near["id"]], k) for k in ("id", "title", "url"))


@pytest.fixture
def by_id(papers: list[Paper]) -> dict[str, Paper]:
    return {p.id: p for p in papers}


@pytest.fixture(scope="module")
def tracking(rag: Run) -> dict[str, Any]:
    """The answer to `TRACKING`, asked once."""
    (answer,) = objects(done := rag("ask", TRACKING, "--json"))
    assert done.stderr == ""
    return answer


def test_ask_prints_one_object(tracking: dict[str, Any], by_id: dict[str, Paper]) -> None:
    answer = tracking
    assert "id" not in answer
    check_answer(answer, by_id)
    assert answer["question"] == TRACKING
    assert answer["kind"] == "papers"
    assert answer["matched"] == len(answer["citations"]) > 1
    assert answer["models"] == {
        "embedding": "all-MiniLM-L6-v2", "reranker": PACKAGED, "llm": None,
    }  # fmt: skip
    assert answer["index"]["papers"] == len(by_id)


@pytest.mark.slow
def test_ask_answers_a_file_of_questions(rag: Run, by_id: dict[str, Paper], tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    asked = [("q1", TRACKING), ("two", NONSENSE), ("q1", TRACKING), ("ünï", "What is TransMOT?")]
    lines = [json.dumps({"id": i, "question": q, "more": 1}) for i, q in asked]
    file.write_text("\n\n".join(lines) + "\n")
    answers = objects(rag("ask", "--from", file, "--json"))
    assert [(a["id"], a["question"]) for a in answers] == asked
    for answer in answers:
        check_answer(answer, by_id)
    first, nothing, again, _ = answers
    assert nothing["abstained"]
    assert nothing["claims"] == nothing["citations"] == []
    assert nothing["near_misses"]
    assert first | {"seconds": 0} == again | {"seconds": 0}


def test_ask_prints_text_without_escape_codes(rag: Run, tracking: dict[str, Any]) -> None:
    answer = tracking
    done = rag("ask", TRACKING)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr
    assert f"{answer['matched']} of {answer['total']} papers" in done.stdout
    for citation in answer["citations"]:
        assert citation["title"] in " ".join(done.stdout.split())
        assert citation["url"] in done.stdout


def test_ask_prints_markdown_and_bibtex(here: Here, tracking: dict[str, Any]) -> None:
    answer = tracking
    markdown, bibtex = here("ask", TRACKING, "--markdown"), here("ask", TRACKING, "--bibtex")
    assert bibtex.count("@misc{") == len(answer["citations"])
    for citation in answer["citations"]:
        assert f"]({citation['url']})" in markdown
        assert citation["id"] in bibtex


def test_skip_gives_the_next_page(here: Here, tracking: dict[str, Any]) -> None:
    whole, rest = tracking, json.loads(here("ask", TRACKING, "--json", "--skip", 1))
    assert rest["matched"] == whole["matched"]
    assert [c["id"] for c in rest["citations"]] == [c["id"] for c in whole["citations"]][1:]
    assert here("ask", TRACKING, "--skip", 5_000)


@pytest.mark.parametrize(
    "question",
    ["compare LoFTR and TransMOT", "when was LoFTR published?", "thanks!", "how does LoFTR work?"],
)
def test_every_manner_of_answer_is_printed(
    here: Here, by_id: dict[str, Paper], question: str
) -> None:
    read = Answer.from_dict(json.loads(here("ask", question, "--json")))
    assert not read.abstained
    printed = " ".join(here("ask", question).split())
    for citation in read.citations:
        assert by_id[citation.paper.id].url in printed


@pytest.mark.slow
def test_without_the_judge_everything_works_and_the_status_says_so(rag: Run) -> None:
    without = {"env": {"RAG_RERANKER": "none"}}
    (answer,) = objects(rag("ask", TRACKING, "--json", **without))
    assert answer["models"]["reranker"] is None
    assert answer["claims"]
    (facts,) = objects(rag("status", "--json", **without))
    assert facts["reranker"] == "none"
    assert PACKAGED not in rag("status", **without).stdout
    assert PACKAGED in rag("status").stdout


# -- searching and showing -----------------------------------------------------------------------

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


# -- indexing ------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A listing of three papers, of which one is malformed."""
    head, *entries = LISTING.read_text().split("\n### ")
    file = tmp_path / "small.md"
    broken = "9.A paper of no link\n>  An abstract."
    file.write_text("\n### ".join([head, *entries[:2], broken]))
    return file


def test_index_says_what_changed_and_what_was_refused(
    rag: Run, small: Path, tmp_path: Path
) -> None:
    place = {"env": {"RAG_INDEX": str(tmp_path / "new")}}
    done = rag("index", small, **place)
    assert done.returncode == 1, done.stderr
    assert "2 added, 0 updated, 0 unchanged, 1 refused; 2 papers" in done.stdout
    line = next(n for n, t in enumerate(small.read_text().splitlines(), 1) if "no link" in t)
    assert f"{small}, line {line}: left out, no link" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    again = rag("index", small, small, **place)
    assert again.returncode == 1
    assert "0 added, 0 updated" in again.stdout
    assert len(held(tmp_path / "new")) == 2


# -- bad input -----------------------------------------------------------------------------------


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
    ],
)
def test_bad_files_of_questions(rag: Run, tmp_path: Path, text: str | bytes, part: str) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    check_refused(rag("ask", "--from", file, "--json"), part, str(file))


def test_bad_ways_of_asking(rag: Run, tmp_path: Path) -> None:
    check_refused(rag("ask"), "--from")
    check_refused(rag("search"), "--from")
    check_refused(rag("ask", "--from", tmp_path / "none"), "No such file")
    check_refused(rag("ask", "--from", tmp_path), "directory")
    check_refused(rag("ask", "why?", "--from", tmp_path), "--from")
    check_refused(rag("ask", "why?", "--bogus"), "--bogus")
    check_refused(rag("ask", "why?", "--skip", "-1"), "--skip")
    check_refused(rag("search", "why?", "-k", "0"), "-k")
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


# -- interruptions -------------------------------------------------------------------------------


def interrupted(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=60)
    return process.returncode, out, said


def start(*arguments: object, code: str = "", **env: str) -> "subprocess.Popen[str]":
    """Start the command; the code is run first, in the same process."""
    run = f"import sys\n{code}\nsys.argv[0] = 'rag'\nfrom rag.cli import main\nmain()"
    return subprocess.Popen(
        [sys.executable, "-c", run, *map(str, arguments)],
        cwd=ROOT,
        env=settings(**env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# Stops at the second batch of texts, tells so, and waits there to be interrupted.
WAIT_IN_PUT = """
import time
from rag.library import writing
from rag.models.embedding import Embedding
writing.PAPERS_PER_COMMIT = 1
encode, calls = Embedding.encode, []
def wait(self, texts):
    calls.append(0)
    if len(calls) == 2:
        print("here", flush=True)
        time.sleep(60)
    return encode(self, texts)
Embedding.encode = wait
"""
WAIT_IN_ASK = """
import time
from rag.models.embedding import Embedding
def wait(self, text):
    print("here", flush=True)
    time.sleep(60)
Embedding.encode_query = wait
"""


def check_interrupted(status: int, said: str) -> None:
    assert status == 130
    lines = [line for line in said.splitlines() if "left out" not in line]
    assert len(lines) == 1, said
    assert lines[0].startswith("rag: Interrupted")


@pytest.mark.slow
def test_ctrl_c_while_indexing(small: Path, tmp_path: Path, embedding: Embedding, rag: Run) -> None:
    place = tmp_path / "new"
    process = start("index", small, code=WAIT_IN_PUT, RAG_INDEX=str(place))
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    status, _, said = interrupted(process)
    check_interrupted(status, said)
    (kept,) = held(place)  # the first batch, whole
    opened = Library.open(place, embedding)
    assert next(iter(opened.nearest(embedding.encode_query(kept.title), 5))) == kept.id
    done = rag("index", small, env={"RAG_INDEX": str(place)})
    assert "1 added, 0 updated, 1 unchanged" in done.stdout


@pytest.mark.slow
def test_ctrl_c_while_asking(library: Library, papers: list[Paper]) -> None:
    process = start("ask", TRACKING, code=WAIT_IN_ASK, RAG_INDEX=str(library.path))
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"
    status, out, said = interrupted(process)
    check_interrupted(status, said)
    assert out == ""
    assert len(library) == len(papers)


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.5, 1.0, 1.5])
def test_ctrl_c_at_any_time(library: Library, after: float) -> None:
    started = "import os; os.write(1, b'started\\n')"
    code = f"from rag.cli import main as _; {started}"
    process = start("ask", TRACKING, code=code, RAG_INDEX=str(library.path), RAG_LLM="")
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    time.sleep(after)
    status, _, said = interrupted(process)
    assert "Traceback" not in said
    if status:  # it may have been quicker
        check_interrupted(status, said)


# -- where the output goes -----------------------------------------------------------------------


@pytest.mark.slow
def test_a_reader_that_stops_early(library: Library) -> None:
    for command in ("search", "ask"):
        line = f"'{sys.executable}' -m rag {command} '{TRACKING}' --json -k 100 | head -c 20"
        done = subprocess.run(
            ["sh", "-c", line.replace(" -k 100", " -k 100" if command == "search" else "")],
            cwd=ROOT,
            env=settings(RAG_INDEX=str(library.path), RAG_RERANKER="none"),
            capture_output=True,
            text=True,
        )
        assert len(done.stdout) == 20
        assert done.stderr == ""


@pytest.mark.slow
def test_words_that_the_output_cannot_write_are_no_traceback(rag: Run) -> None:
    plain = {"env": {"PYTHONIOENCODING": "ascii", "RAG_RERANKER": "none"}}
    done = rag("ask", TRACKING, **plain)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    (answer,) = objects(rag("ask", TRACKING, "--json", **plain))
    assert answer["claims"]


# -- papers in and out ---------------------------------------------------------------------------


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """Lines like those of arXiv's metadata snapshot: versions, categories, a withdrawal."""
    file = tmp_path / "snapshot.jsonl"
    rows = [
        ("2104.00001", "cs.CV cs.AI", "Thu, 1 Apr 2021", "v1", "We track objects.", ""),
        ("2104.00002", "math.GT", "Fri, 2 Apr 2021", "v3", "We knot knots.", ""),
        ("2105.00003", "cs.LG", "Mon, 3 May 2021", "v1", "We learn to learn.", ""),
        ("2105.00004", "cs.CV", "Tue, 4 May 2021", "v2", "We err.", "Withdrawn: an error"),
    ]
    lines = [
        {
            "id": name,
            "title": f"Title of {name}",
            "abstract": abstract,
            "categories": categories,
            "authors": "Ada Bee",
            "comments": comment,
            "versions": [{"version": version, "created": f"{day} 10:00:00 GMT"}],
        }
        for name, categories, day, version, abstract, comment in rows
    ]
    file.write_text("\n".join(map(json.dumps, [*lines, {"id": "2105.00005"}])) + "\n")
    return file


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
    assert (refused["line"], refused["why"]) == (5, "no title")
    check_refused(rag("index", snapshot, "--report", tmp_path, **place), "--report", str(tmp_path))


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
