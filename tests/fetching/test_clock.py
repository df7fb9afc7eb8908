"""A mark that was written while the clock was ahead."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rag.errors import FetchError
from rag.fetching.marks import Mark, keep, start


def test_a_clock_that_was_put_back_loses_no_papers(tmp_path: Path) -> None:
    since, now = date(2021, 4, 2), datetime.now(UTC).replace(second=0, microsecond=0)
    near = Mark(since, now + timedelta(hours=2))  # clocks differ by a little
    keep(tmp_path, "cat:cs.CV", near)
    assert start(tmp_path, "cat:cs.CV", None) == near
    keep(tmp_path, "cat:cs.CV", Mark(since, now + timedelta(days=3_000)))
    with pytest.raises(FetchError, match=r"still to come: a clock .* --since DAY") as error:
        start(tmp_path, "cat:cs.CV", None)
    assert "\n" not in str(error.value)
    again = start(tmp_path, "cat:cs.CV", date(2024, 1, 1))
    assert again == Mark(date(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC))
    keep(tmp_path, "cat:cs.CV", again)
    assert start(tmp_path, "cat:cs.CV", None) == again
