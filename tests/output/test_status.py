"""The status as rows."""

from rag.library import Library
from rag.library.status import status
from rag.output.status import CATEGORIES_SHOWN, LABELS, rows


def test_each_thing_known_is_a_row(library: Library) -> None:
    found = status(library, "a judge", "none", 8192)
    shown = dict(rows(found))
    assert list(shown) == [LABELS[name] for name in found]
    assert shown["Papers"] == str(len(library))
    assert shown["Categories"] == f"cs.CV {len(library)}"
    assert shown["Its context, in tokens"] == "8,192"
    assert "tantivy " in shown["Versions"]


def test_what_is_not_known_is_left_out(library: Library) -> None:
    assert "Its context, in tokens" not in dict(rows(status(library, "none", "none")))


def test_of_many_categories_the_first_are_named() -> None:
    counts = {f"cs.{n}": 1_000 for n in range(CATEGORIES_SHOWN + 3)}
    [(_, shown)] = rows({"categories": counts})
    assert shown.startswith("cs.0 1,000, cs.1 1,000")
    assert shown.endswith(" and 3 more")
