"""Text copied from arXiv's pages: what a search found, and lines that look like its headings."""

import io
from datetime import date

import pytest

from rag.listings import webpage
from rag.listings.entries import Entry

FOUND = """Showing 1\u20132 of 2 results
arXiv:2104.00001 [pdf, other] cs.CV cs.LG
{title}Kites in Wind
Authors: Ann Roe, Bob Poe
Abstract: Kites fly in wind,
showing that they hold. \u25b3 Less
Submitted 3 May, 2021; v1 submitted 31 March, 2021; originally announced April 2021.
Comments: 8 pages
arXiv:2104.00002 [pdf] physics.optics quant-ph
{title}Nets in Fog
Authors: Ann Roe
Abstract: Nets hang. \u25b3 Less
Submitted 31 March, 2021; originally announced April 2021.
"""


def entries(text: str) -> list[Entry]:
    found = webpage.read(io.StringIO(text), "page.txt")
    return [item for item in found if isinstance(item, Entry)]


@pytest.mark.parametrize("title", ["", "Title: "])
def test_what_a_search_found_is_read(title: str) -> None:
    text = FOUND.format(title=title)
    assert webpage.matches(text)
    one, two = entries(text)
    assert (one.title, one.authors) == ("Kites in Wind", ("Ann Roe", "Bob Poe"))
    assert one.abstract == "Kites fly in wind, showing that they hold."
    assert (one.listed, one.updated) == (date(2021, 3, 31), date(2021, 5, 3))
    assert (one.categories, one.comment) == (("cs.CV", "cs.LG"), "8 pages")
    assert (two.title, two.abstract, two.listed) == ("Nets in Fog", "Nets hang.", date(2021, 3, 31))
    assert (two.categories, two.updated) == (("physics.optics", "quant-ph"), None)


@pytest.mark.parametrize(
    "line",
    ["showing that they hold.", "new lists of them are short.", "links to: nothing at all.",
     "New submissions of kites are rare.", "Showing all of it is hard."],
)  # fmt: skip
def test_a_line_of_an_abstract_that_begins_like_a_heading_does_not_end_it(line: str) -> None:
    text = (
        f"[1] arXiv:2104.00001 [pdf]\nTitle: Kites\nSubjects: Vision (cs.CV)\nWe fly,\n{line}\nEnd."
    )
    (entry,) = entries(text)
    assert entry.abstract == f"We fly, {line} End."


@pytest.mark.parametrize(
    "line",
    ["Total of 108 entries", "[ showing first 25 of 108 entries ]", "Showing up to 50 entries",
     "Cross submissions (showing 2 of 2 entries)", "Links to: arXiv, form interface"],
)  # fmt: skip
def test_what_the_page_says_between_papers_ends_one(line: str) -> None:
    text = f"[1] arXiv:2104.00001\nTitle: Kites\nSubjects: Vision (cs.CV)\nWe fly.\n{line}\nMore."
    (entry,) = entries(text)
    assert entry.abstract == "We fly."


def test_no_run_of_spaces_holds_a_paper_up() -> None:
    text = f"[1] arXiv:2104.00001\nTitle: Kites\nSubjects: Vision (cs.CV)\nWe{' ' * 90_000}fly.\n"
    (entry,) = entries(text)
    assert entry.abstract == "We fly."
