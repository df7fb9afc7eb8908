"""The words of a text, read by several threads at once."""

import sys
import threading

from rag.core.papers import Paper
from rag.text import words


def test_threads_that_stem_at_once_do_not_disturb_each_other(papers: list[Paper]) -> None:
    texts = [paper.abstract for paper in papers]
    expected = [[word.stem for word in words.words(text)] for text in texts]
    wrong: list[object] = []
    together = threading.Barrier(4)

    def read(start: int) -> None:
        together.wait()
        try:
            for n in [*range(start, len(texts)), *range(start)]:
                found = [words.stem.__wrapped__(word) for word, _ in words.forms(texts[n])]
                wrong.extend([n] if found != expected[n] else [])
        except Exception as error:
            wrong.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=read, args=(27 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert wrong == []
