"""Kill `rag index --ray local` at random moments, and run it again until the index is whole.

Who is killed takes turns: the command itself, a process that reads or embeds, the raylet that
starts them, and the head of the cluster. After each time every paper that was committed has to be
there still, once, with its own vectors; what goes on has to end without a traceback, and nothing
may be left running. A run that ends by itself has to have indexed everything; then the next index
is begun. The moment is counted from when there is a process that embeds; of each run in five it is
counted from the start, as the cluster can be lost before it works, too.

    python -m benchmarks.kills PAPERS.jsonl.gz [--papers 500] [--times 20] [--seed 0]
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from rag import listings
from rag.core.papers import Paper
from rag.errors import RagError
from rag.library import Library
from rag.library.disk import identity_file
from rag.models.embedding import Embedding

FILES = 5
"""Files that the papers are spread over: several are read at a time."""

LAST = 20.0
"""Seconds within which a run is killed, once it works: 500 papers take it some twenty."""

EARLY = 5
"""Of so many runs one is killed within these seconds of its start, which takes some ten."""

WORKS = "Map(Worker)"
"""What the command line of a process has in it that embeds."""

PATIENCE = 240.0
"""Seconds for a run to end: by itself, or once a part of it was killed."""

LINGERING = 180.0
"""Seconds for the rest of the cluster to end, once the command is gone: two of Ray's agents wait
a minute for a cluster that is lost."""

VICTIMS = {
    "the command": "",
    "a worker": "ray::",
    "the raylet": "raylet/raylet",
    "the head": "gcs_server",
}
"""Who is killed, and what its command line has in it."""


@dataclass
class Seen:
    """What became of the runs."""

    killed: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    whole: int = 0
    faults: list[str] = field(default_factory=list)


def main() -> None:
    """Print what was killed, and what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("papers_file", type=Path)
    parser.add_argument("--papers", type=int, default=500)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    read = (p for p in listings.read(given.papers_file) if isinstance(p, Paper))
    papers = list(islice(read, given.papers))
    seen, chance, embedding = Seen(), random.Random(given.seed), Embedding.load()
    with tempfile.TemporaryDirectory() as folder:
        files, number, there = _files(papers, Path(folder)), 1, set[str]()
        while seen.killed.total() < given.times:
            index = Path(folder, f"library{number}")
            turn = seen.killed.total()
            victim, early = list(VICTIMS)[turn % len(VICTIMS)], turn % EARLY == EARLY - 1
            status = _run(index, files, victim, chance.uniform(0.0, LAST), early, seen)
            there = _looked_at(index, embedding, papers, there, status == 0, seen)
            if status == 0:
                seen.whole, number, there = seen.whole + 1, number + 1, set()
        index = Path(folder, f"library{number}")
        status = _run(index, files, None, 0.0, False, seen)
        _looked_at(index, embedding, papers, there, True, seen)
        seen.whole += status == 0
    print(f"killed {seen.killed.total()} times: {dict(seen.killed)}")
    print(f"the runs ended: {dict(seen.ended)}")
    print(f"indexes that became whole: {seen.whole}; faults: {len(seen.faults)}")
    for fault in seen.faults:
        print(f"  ! {fault}")
    sys.exit(1 if seen.faults else 0)


def _files(papers: Sequence[Paper], folder: Path) -> list[Path]:
    """Write papers to files, as the readers take them."""
    files = [folder / f"part{n}.jsonl" for n in range(FILES)]
    for n, file in enumerate(files):
        rows = (json.dumps(paper.to_dict()) + "\n" for paper in papers[n::FILES])
        file.write_text("".join(rows), encoding="utf-8")
    return files


def _run(
    index: Path, files: Sequence[Path], victim: str | None, after: float, early: bool, seen: Seen
) -> int | None:
    """Index the files, and kill somebody meanwhile; return the status, None where it was killed.

    Parameters
    ----------
    victim
        Whom, of `VICTIMS`; None: nobody.
    after
        Seconds after which it is killed, or as soon as there is such a process.
    early
        Whether they are counted from the start, and not from when the run works.
    """
    said = index.with_suffix(".txt")
    with said.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "rag", "index", "--ray", "local", *map(str, files)],
            env={**os.environ, "RAG_INDEX": str(index)},
            stdout=errors,
            stderr=errors,
        )
    began, family, own = time.monotonic(), {process.pid}, victim is not None
    works = early
    while process.poll() is None:
        family |= _descendants(family)
        if not works and _matching(family, WORKS):
            works, began = True, time.monotonic()
        spent = time.monotonic() - began
        due = own and works and spent >= after
        if due and victim is not None and (pid := _found(family, victim)):
            own = False
            seen.killed[victim] += 1
            when = "of its start" if early else "of work"
            print(f"{index.name}: {victim} is killed after {spent:.1f} s {when}", flush=True)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            began = time.monotonic()
        elif spent > PATIENCE:
            seen.faults.append(f"{victim}: the run went on for {PATIENCE:.0f} s")
            process.kill()
        time.sleep(0.1)
    _gone(family - {process.pid}, f"{victim}", seen)
    text = said.read_text(encoding="utf-8", errors="replace")
    status = process.returncode if process.returncode >= 0 else None
    seen.ended["killed" if status is None else f"status {status}"] += 1
    if "Traceback" in text or (status is None and (own or victim != "the command")):
        seen.faults.append(f"{victim}: status {process.returncode}: {text[-2000:]}")
    if status and not text.strip():
        seen.faults.append(f"{victim}: status {status} without a word")
    elif status:
        print(f"  it says: {text.strip().splitlines()[-1]}", flush=True)
    return status


def _looked_at(
    index: Path,
    embedding: Embedding,
    papers: Sequence[Paper],
    before: set[str],
    is_done: bool,
    seen: Seen,
) -> set[str]:
    """Compare an index with what is to be in it; return the papers that it has."""
    if not identity_file(index).exists() and not before:
        return set()
    try:
        library = Library.open(index, embedding)
        ids = [paper.id for paper in library.papers()]
        found = library.examine(embedding)
    except RagError as error:
        seen.faults.append(f"{index.name}: {error}")
        return before
    there, wanted = set(ids), {paper.id for paper in papers}
    print(f"  {len(ids)} papers are there", flush=True)
    wrong = (found.files, found.unreadable, found.spoiled, found.missing, found.differing)
    for fault, is_so in (
        ("papers are lost", not before <= there),
        ("papers are there twice", len(there) < len(ids)),
        ("there are papers that were not read", not there <= wanted),
        ("what a finished run has read is not all", is_done and there != wanted),
        ("a finished run leaves an index that is not whole", is_done and not found.is_whole),
        (f"it is damaged: {found.lines()}", any(wrong) or bool(found.closed)),
    ):
        if is_so:
            seen.faults.append(f"{index.name}: {fault}")
    return there


def _processes() -> dict[int, tuple[int, str]]:
    """Return of each process its parent and its command line."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()[1:]]
    return {int(row[0]): (int(row[1]), row[-1]) for row in rows}


def _descendants(family: set[int]) -> set[int]:
    """Return those that are alive of a family, and what they have started."""
    processes = _processes()
    found, more = family & processes.keys(), True
    while more:
        more = {pid for pid, (parent, _) in processes.items() if parent in found} - found != set()
        found |= {pid for pid, (parent, _) in processes.items() if parent in found}
    return found


def _found(family: set[int], victim: str) -> int | None:
    """Return the process of a family that is to be killed, if it is there."""
    matching = _matching(family, VICTIMS[victim])
    return matching[-1 if VICTIMS[victim] else 0] if matching else None


def _matching(family: set[int], words: str) -> list[int]:
    """Return the processes of a family that have words in their command lines, the eldest first."""
    processes = _processes()
    return [pid for pid in sorted(family) if pid in processes and words in processes[pid][1]]


def _gone(family: set[int], victim: str, seen: Seen) -> None:
    """See that what a run has started ends with it; end what does not."""
    ends = time.monotonic() + LINGERING
    while (left := family & _alive()) and time.monotonic() < ends:
        time.sleep(0.2)
    if left:
        seen.faults.append(f"{victim} was killed: {len(left)} processes went on")
    for pid in left:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _alive() -> set[int]:
    return {pid for pid, (_, command) in _processes().items() if "<defunct>" not in command}


if __name__ == "__main__":
    main()
