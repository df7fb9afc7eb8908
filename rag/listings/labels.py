"""What labels announce, in the words of those who make pages of papers, and what is said behind."""

import re
from collections.abc import Sequence

from rag.listings import limits
from rag.listings.fields import plain_name
from rag.listings.marks import Line, without_links

Facts = dict[str, str]
"""What is told of a paper, under the names of the facts."""

_NAMES = {
    "title": "title papertitle name 标题 题目 论文标题 论文题目 英文标题 原标题",
    "authors": "authors author authorlist listofauthors writtenby by 作者 论文作者 作者列表",
    "abstract": "abstract abstractoriginal originalabstract fullabstract abstracten 摘要 论文摘要"
    " 英文摘要 原文摘要 摘要原文",
    "summary": "summary tldr tl dr papersummary shortsummary description",
    "listed": "date published publisheddate publishdate publicationdate publishedon submitted"
    " submitteddate submissiondate submittedon posted postedon released day year 日期 发布日期"
    " 发布时间 发表日期 提交日期 提交时间 时间 发布",
    "updated": "updated lastupdated updatedate updateddate updatedon 更新日期 更新时间",
    "categories": "category categories maincategory primarycategory subjects subject subjectareas"
    " primarysubject arxivcategories fields 分类 类别 学科",
    "link": "arxivid arxiv id paperid arxivnumber arxivlink arxivurl paper paperlink paperurl link"
    " links url doi pdf pdflink pdfurl pdfs abs abslink abspage source html read fulltext 链接"
    " 论文链接 论文地址 原文链接 地址 论文 网址",
    "comment": "comment comments 备注 评论",
    "venue": "venue journal journalref conference publishedin publication publicationtitle"
    " booktitle 会议 期刊",
}  # fmt: skip
_MEANT = {name: fact for fact, names in _NAMES.items() for name in names.split()}


def meaning(label: str) -> str:
    """Return which fact a label announces; empty if none that is known.

    >>> meaning("Author(s)"), meaning("论文链接"), meaning("Motivation")
    ('authors', 'link', '')
    """
    return _MEANT.get(plain_name(label), "")


_LONGEST = 30  # characters of a line that says only what comes below it
_ABOVE = ("abstract", "summary", "authors", "categories", "comment")
_DROPPED = "dropped"
_ONLY_ADDRESS = re.compile(r"[*_]*https?://\S+")


def labelled(lines: Sequence[Line]) -> tuple[Facts, list[Line]]:
    """Return what is said behind labels, and the lines with blank ones where that stood.

    What stands behind a label in bold that is not known is none of the facts and left out too.
    """
    reading = _Reading()
    rest = [
        Line(line.number, "", "") if reading.takes(line, first=not at) else line
        for at, line in enumerate(lines)
    ]
    return reading.facts, rest


class _Reading:
    """The facts so far, and the one whose text may go on in the next line."""

    def __init__(self) -> None:
        self.facts = Facts()
        self._under = ""
        self._label = ""  # the last one that was read

    def takes(self, line: Line, first: bool) -> bool:
        """Tell whether a line has a label, or belongs to the fact of the label above it."""
        if meant := self._meant(line):
            self._begin(meant, line)
            return True
        if not line.kind:
            self._under = "" if self.facts.get(self._under) else self._under
            return False
        if self._goes_on(line):
            if self._under != _DROPPED:
                self._add(line.text)
            return True
        self._under = ""
        return line.marked and not first

    def _meant(self, line: Line) -> str:
        if line.name:
            meant = meaning(line.name)
            one_word = line.value and line.value.count(" ") < 1
            return "" if meant == "title" and one_word and not line.marked else meant
        bare = line.text.strip("*_`#:\uff1a ")
        meant = meaning(bare) if len(bare) < _LONGEST else ""
        return meant if meant in _ABOVE else ""

    def _begin(self, meant: str, line: Line) -> None:
        value = line.value if line.name else ""
        if meant in ("abstract", "summary", "authors", "title") and self.facts.get(meant):
            again = meant == "authors" and line.marked and meant == self._label
            self._under = meant if again else _DROPPED
            if again:  # one author a row
                self._add(f"; {value}")
            return
        self._under = self._label = meant
        self._add(value)

    def _add(self, text: str) -> None:
        """Add to what is said under the label, up to more than any paper may have."""
        said = self.facts.get(self._under, "")
        if len(said) <= limits.LONGEST_TEXT:
            self.facts[self._under] = f"{said} {text}".strip()

    def _goes_on(self, line: Line) -> bool:
        """Tell whether a line belongs to what was said under a label."""
        said = self.facts.get(self._under, "")
        if not self._under or line.marked or line.kind.startswith(("h", "rule")):
            return False
        if said and self._under not in ("abstract", "summary"):
            return False
        if line.name and _ONLY_ADDRESS.fullmatch(line.value):
            return False
        apart = line.kind in ("bold", "row") or (line.kind.startswith("li") and line.name)
        return bool(without_links(line.text).strip(" |·•,/()[]")) and not (said and apart)
