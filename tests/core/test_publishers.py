"""The addresses that one paper has at a place that publishes papers are one."""

import pytest

from rag.core.identifiers import addresses, known_by
from rag.core.publishers import papers_page

FORUM = "https://openreview.net/forum?id=aB-3_xyzXY"
ONE_PAPER = {
    FORUM: (
        "http://openreview.net/forum?id=aB-3_xyzXY&noteId=q1",
        "https://openreview.net/pdf?id=aB-3_xyzXY",
        "https://openreview.net/attachment?name=pdf&id=aB-3_xyzXY",
        "https://www.openreview.net/forum?id=aB-3_xyzXY#discussion",
    ),
    "https://aclanthology.org/P19-1001/": (
        "https://www.aclweb.org/anthology/P19-1001.pdf",
        "https://aclanthology.org/P19-1001.bib",
        "http://aclweb.org/anthology/P19-1001",
        "https://aclanthology.org/P19-1001v2.pdf",
    ),
    "https://aclanthology.org/2020.acl-main.12/": (
        "https://aclanthology.org/2020.acl-main.12.pdf",
        "https://www.aclweb.org/anthology/2020.acl-main.12/",
    ),
    "https://proceedings.mlr.press/v139/roe21a.html": (
        "http://proceedings.mlr.press/v139/roe21a/roe21a.pdf",
    ),
    "https://openaccess.thecvf.com/content/CVPR2021/html/Roe_Kites_CVPR_2021_paper.html": (
        "http://openaccess.thecvf.com/content/CVPR2021/papers/Roe_Kites_CVPR_2021_paper.pdf",
    ),
    "https://ieeexplore.ieee.org/document/9156677": (
        "https://ieeexplore.ieee.org/abstract/document/9156677/",
        "https://ieeexplore.ieee.org/stamp/stamp.jsp?tp=&arnumber=9156677",
        "http://ieeexplore.ieee.org/xpl/articleDetails.jsp?arnumber=09156677",
    ),
    "https://pubmed.ncbi.nlm.nih.gov/31234567/": (
        "https://www.ncbi.nlm.nih.gov/pubmed/31234567",
        "https://europepmc.org/abstract/MED/31234567",
    ),
    "https://pmc.ncbi.nlm.nih.gov/articles/PMC7000001/": (
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC7000001/pdf/a.pdf",
        "https://europepmc.org/article/PMC/PMC7000001",
    ),
    f"https://www.semanticscholar.org/paper/{'0a' * 20}": (
        f"https://www.semanticscholar.org/paper/Kites-Roe/{'0a' * 20}",
    ),
    "https://hal.science/hal-02012345": (
        "https://hal.archives-ouvertes.fr/hal-02012345v2/document",
    ),
}
SPELLINGS = [(page, other) for page, others in ONE_PAPER.items() for other in (page, *others)]


@pytest.mark.parametrize(("page", "address"), SPELLINGS)
def test_a_paper_has_one_spelling(page: str, address: str) -> None:
    assert known_by(address) == papers_page(address) == page
    url, pdf = addresses(page)
    assert url == page
    assert known_by(pdf) == page if pdf else True


@pytest.mark.parametrize(
    "address",
    [
        "https://openreview.net/group?id=ICLR.cc/2024/Conference",
        "https://openreview.net/profile?id=~Ann_Roe1",
        "https://ieeexplore.ieee.org/author/37086",
        "https://aclanthology.org/venues/acl/",
        "https://www.semanticscholar.org/author/1",
        "https://proceedings.mlr.press/v139/",
        "https://github.com/roe/openreview.net/forum?id=abcDEF123",
    ],
)
def test_what_is_no_paper_there_stays_as_it_is(address: str) -> None:
    assert papers_page(address) == ""
    assert known_by(address) == address


def test_what_has_no_further_known_address_names_a_paper_all_the_same() -> None:
    for address in (
        "https://papers.nips.cc/paper/2017/hash/3f5ee243547dee91fbd053c1c4a845aa-Abstract.html",
        "https://www.nature.com/articles/s41586-021-03819-2",
        "https://ojs.aaai.org/index.php/AAAI/article/view/16243",
    ):
        assert papers_page(address) == address
