"""How many of the papers that match there are by year, month, category, with code, with new data.

Counts are of all papers, shown or not. Code and data are told by what the abstracts say.
"""

from collections import Counter
from collections.abc import Sequence

from rag.judge import cells
from rag.judge.figures import is_of
from rag.library.records import Record

KINDS = ("year", "month", "category", "code", "dataset")
"""What papers are counted by."""

SAYS, SILENT = "yes", "no"
"""Under which papers are counted by code and by dataset: the abstract says that there is one."""

_NEW_DATA = "a new dataset"


def of(records: Sequence[Record]) -> dict[str, dict[str, int]]:
    """Return the counts of papers by each of `KINDS`; empty where there are no papers.

    Years and months come the newest first, categories (the primary one of each paper) the largest
    first. Papers without a year, a day or a category are not in that count.
    """
    papers = [record.paper for record in records]
    if not papers:
        return {}
    years = Counter(str(paper.appeared) for paper in papers if paper.appeared)
    months = Counter(f"{paper.listed:%Y-%m}" for paper in papers if paper.listed)
    categories = Counter(paper.categories[0] for paper in papers if paper.categories)
    code = sum(cells.code(record) is not None for record in records)
    data = sum(is_of(_NEW_DATA, record) for record in records)
    return {
        "year": dict(sorted(years.items(), reverse=True)),
        "month": dict(sorted(months.items(), reverse=True)),
        "category": dict(categories.most_common()),
        "code": {SAYS: code, SILENT: len(papers) - code},
        "dataset": {SAYS: data, SILENT: len(papers) - data},
    }
