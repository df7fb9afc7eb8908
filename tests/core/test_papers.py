import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.papers import abstract_page, arxiv_id, pdf_link


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("2104.00194", "2104.00194"),
        ("2104.00194v12", "2104.00194"),
        ("0704.0001", "0704.0001"),
        ("1412.7878v2", "1412.7878"),
        ("1501.00001", "1501.00001"),
        ("arXiv:2104.00194v2 [cs.CV] 1 Apr 2021", "2104.00194"),
        ("ARXIV: 2104.00194", "2104.00194"),
        ("https://arxiv.org/abs/2104.00194", "2104.00194"),
        ("http://arxiv.org/pdf/2104.00194", "2104.00194"),
        ("https://arxiv.org/pdf/2104.00683.pdf", "2104.00683"),
        ("https://arxiv.org/pdf/2104.00683v3.pdf#page=2", "2104.00683"),
        ("https://arxiv.org/abs/2104.00194?context=cs", "2104.00194"),
        ("https://export.arxiv.org/html/2104.00194v1/", "2104.00194"),
        ("10.48550/arXiv.2104.00194", "2104.00194"),
        ("https://doi.org/10.48550/ARXIV.2104.00194", "2104.00194"),
        ("see (2104.00194), and 2104.00195.", "2104.00194"),
        ("2104.00194.", "2104.00194"),
        ("paper_2104.00194v1.pdf", "2104.00194"),
        ("cond-mat/0612198v1", "cond-mat/0612198"),
        ("https://arxiv.org/abs/cond-mat/0612198v1", "cond-mat/0612198"),
        ("https://arxiv.org/pdf/hep-th/9901001.pdf", "hep-th/9901001"),
        ("arXiv:math.GT/0309136", "math/0309136"),
        ("Hep-Th/9901001", "hep-th/9901001"),
        ("10.48550/arXiv.cs/0112017", "cs/0112017"),
    ],
)
def test_identifier_is_found_without_version_and_subject_class(text, identifier):
    assert arxiv_id(text) == identifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no number here",
        "12104.00194",  # inside another number
        "2104.001945",
        "3.2104.00194",
        "2104.00194.5",
        "x2104.00194",
        "2104.0019",  # five digits since 2015
        "1404.00194",  # four before
        "2113.00194",  # no thirteenth month
        "2100.00194",
        "0612.0001",  # before the new style
        "github.com/1234567",  # no archive
        "physics/061219",
        "math/06121981",
        "https://arxiv.org/list/cs.CV/recent",
    ],
)
def test_other_numbers_are_no_identifiers(text):
    assert arxiv_id(text) is None


def test_links():
    assert abstract_page("2104.00194") == "https://arxiv.org/abs/2104.00194"
    assert pdf_link("math/0309136") == "https://arxiv.org/pdf/math/0309136"


@given(st.text(max_size=60))
def test_what_is_found_is_found_again_in_its_links(text):
    identifier = arxiv_id(text)
    if identifier is not None:
        assert arxiv_id(identifier) == identifier
        assert arxiv_id(abstract_page(identifier)) == identifier
        assert arxiv_id(pdf_link(identifier)) == identifier


@given(st.from_regex(r"(2[0-9]|1[5-9])(0[1-9]|1[0-2])\.[0-9]{5}", fullmatch=True))
def test_every_form_of_an_identifier_gives_it(identifier):
    for form in (
        f"{identifier}v3",
        f"arXiv:{identifier}",
        f"10.48550/arXiv.{identifier}",
        abstract_page(identifier),
        f"{pdf_link(identifier)}.pdf",
    ):
        assert arxiv_id(form) == identifier
