"""Lists of papers without abstracts are told in one line: of whose they are, and what to do."""

import json
import re
from pathlib import Path

import pytest

from rag import listings
from rag.errors import ListingError
from rag.listings import Refused
from tests.listings.telling import as_refused

CVF = """<html><head><title>CVPR 2021 Open Access Repository</title></head><body><dl>
<dt class="ptitle"><br><a href="/content/x/html/Doe_Kites_CVPR_2021_paper.html">Kites</a></dt>
<dd><input type="hidden" name="query_author" value="Jane Doe"></dd>
<dd>[<a href="/content/CVPR2021/papers/Doe_Kites_CVPR_2021_paper.pdf">pdf</a>]
[<a href="http://arxiv.org/abs/2104.00194">arXiv</a>]<div class="bibref">@InProceedings{Doe_2021,
    author = {Doe, Jane}, title = {Kites}, month = {June}, year = {2021} }</div></dd>
<dt class="ptitle"><br><a href="/content/CVPR2021/html/Roe_Wind_CVPR_2021_paper.html">Wind</a></dt>
<dd>[<a href="/content/CVPR2021/papers/Roe_Wind_CVPR_2021_paper.pdf">pdf</a>]</dd>
</dl></body></html>
"""
PMLR = """<html><head><title>Volume 139 | The Proceedings of Machine Learning Research</title>
</head><body>{}</body></html>
""".format(
    "".join(
        f"""<div class="paper">
  <p class="title">Kites That Learn {n}</p>
  <p class="details"><span class="authors">Jane Doe,&nbsp;Richard Roe</span></p>
  <p class="links">[<a href="https://proceedings.mlr.press/v139/doe21{n}.html">abs</a>]</p></div>
"""
        for n in "abc"
    )
)
NEURIPS = """<html><body><ul class="paper-list">
<li><a title="paper title" href="https://papers.nips.cc/paper/2021/hash/1-Abstract.html">Kites</a>
<i>Jane Doe, Richard Roe</i></li></ul></body></html>
"""
HIT = {
    "authors": {"author": [{"@pid": "1/1", "text": "Jane Doe 0001"}]}, "title": "Kites.",
    "venue": "CoRR", "year": "2021", "ee": "https://arxiv.org/abs/2104.00194",
    "url": "https://dblp.org/rec/journals/corr/abs-2104-00194",
}  # fmt: skip
OTHER = HIT | {"title": "Wind.", "ee": "https://doi.org/10.1000/1", "doi": "10.1000/1"}
DBLP = json.dumps({"result": {"hits": {"hit": [{"info": HIT}, {"info": OTHER}]}}}, indent=1)
DBLP_XML = """<?xml version="1.0"?><!DOCTYPE dblp SYSTEM "https://dblp.org/dtd/dblp.dtd"><dblp>
<article key="journals/corr/abs-2104-00194"><author>Jane Doe</author><title>Kites.</title>
<ee>https://arxiv.org/abs/2104.00194</ee></article></dblp>
"""
BIBTEX = "".join(
    f"@misc{{roe{n}, title={{Kites {n}}}, eprint={{2104.0019{n}}}, archivePrefix={{arXiv}}}}\n"
    for n in (1, 2)
)
PAGE = "the page of each has it, saved from the web"
NONE = "DBLP has none, an export of Semantic Scholar's or OpenAlex's has them"


@pytest.mark.parametrize(
    ("text", "said", "each"),
    [
        (CVF, f"2 papers of CVF without abstracts; `rag fetch 2104.00194` brings 1; {PAGE}", 1),
        (PMLR, f"3 papers of PMLR without abstracts; {PAGE}", 1),
        (NEURIPS, f"1 paper of NeurIPS without abstract; {PAGE}", 1),
        (DBLP, f"2 papers of DBLP without abstracts; `rag fetch 2104.00194` brings 1; {NONE}", 2),
        (DBLP_XML, "1 arXiv identifier without title or abstract; `rag fetch 2104.00194` brings it;"
                   f" {NONE}", 0),
        (BIBTEX, "2 papers without abstracts; `rag fetch 2104.00191 2104.00192` brings them", 2),
    ],
)  # fmt: skip
def test_a_list_without_abstracts_is_told_in_one_line(
    tmp_path: Path, text: str, said: str, each: int
) -> None:
    path, found = tmp_path / "list", list[Refused]()
    path.write_text(text)
    with pytest.raises(ListingError, match=f"list has {re.escape(said)}$"):
        found.extend(map(as_refused, listings.read(path)))
    assert len(found) == each
    assert all(refused.grouped for refused in found)
