"""Tables and documents of office programs, and archives that are none or hold too much."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from rag import listings
from rag.core.papers import Paper
from rag.errors import ListingError
from rag.listings import office

TARGET = '<Relationship Id="r1" Target="{}"/>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
BOOK = {
    "xl/workbook.xml": '<workbook xmlns:r="r"><sheet name="a" r:id="r1"/></workbook>',
    "xl/_rels/workbook.xml.rels": f"<a>{TARGET.format('worksheets/sheet1.xml')}</a>",
}
EXPANDING = '<!DOCTYPE a [<!ENTITY x SYSTEM "/etc/hosts">]>'
LONG = "kite " * 200_000


def packed(parts: Mapping[str, str]) -> io.BytesIO:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    held.seek(0)
    return held


def sheet(rows: str, **more: str) -> io.BytesIO:
    told = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return packed({**BOOK, "xl/worksheets/sheet1.xml": told, **more})


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ('<c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="C1"><v>2104.0019400000001</v></c>',
         "a,,2104.00194"),
        ('<c t="str"><v>made</v></c><c t="e"><v>#REF!</v></c><c t="b"><v>1</v></c>', "made,,1"),
        ('<c t="s"><v>7</v></c><c t="s"><v>x</v></c><c><v>1e999</v></c><c><v>2021</v></c>',
         ",,inf,2021"),
        ('<c r="ZZZ1"><v>1</v></c><c r="A1"><v>2</v></c>', "2"),
        ("<c/><c><v>a\nb</v></c>", ",a b"),
    ],
)  # fmt: skip
def test_cells_are_read_as_they_are_shown(cells: str, said: str) -> None:
    assert office.text(sheet(f"<row>{cells}</row>"), "a.xlsx") == f"{said}\n"


def test_marks_of_a_document_are_those_of_markdown() -> None:
    body = (
        "<w:p><w:pPr><w:pStyle w:val='Heading2'/></w:pPr><w:r><w:t>A Title</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>Bold</w:t></w:r>"
        "<w:r><w:rPr><w:b/></w:rPr><w:t> too </w:t></w:r><w:hyperlink r:id='r1'><w:r><w:t>arXiv"
        "</w:t></w:r></w:hyperlink></w:p>"
        '<w:p><w:r><w:instrText> HYPERLINK "https://kites.org/" </w:instrText></w:r><w:r>'
        "<w:t>kites</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r><w:r><w:t>.</w:t></w:r>"
        "</w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a|b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    parts = {
        "word/document.xml": f"<w:a xmlns:w='w' xmlns:r='r'><w:body>{body}</w:body></w:a>",
        "word/_rels/document.xml.rels": TARGET.format("https://arxiv.org/abs/2104.00194"),
    }
    text = office.text(packed(parts), "a.docx")
    assert [line for line in text.split("\n") if line] == [
        "## A Title",
        "- **Bold too** [arXiv](https://arxiv.org/abs/2104.00194)",
        "[kites](https://kites.org/).",
        "| a\\|b |",
        "| --- |",
    ]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (packed({"a.txt": "kites"}), "is an archive, no listing"),
        (packed({"word/document.xml": "<w:document><w:p>"}), "is damaged or cut off"),
        (io.BytesIO(packed({"word/document.xml": "<a/>"}).getvalue()[:60]), "is damaged or cut"),
        (packed({"word/document.xml": f"<a>{' ' * 30_000_000}</a>"}), "unpacks to far more"),
        (
            sheet(
                "<row>" + '<c t="s"><v>0</v></c>' * 300 + "</row>",
                **{"xl/sharedStrings.xml": f"<sst><si><t>{LONG}</t></si></sst>"},
            ),
            "unpacks to far more",
        ),
        (
            packed({"word/document.xml": f"{EXPANDING}<a>&x;</a>"}),
            "",
        ),
        (
            packed({
                "content.xml": f'<o:d xmlns:o="{OFFICE}"><o:spreadsheet><o:table><o:table-row '
                'o:number-rows-repeated="9999999"><o:table-cell '
                'o:number-columns-repeated="99999999"/>'
                "</o:table-row></o:table></o:spreadsheet></o:d>"
            }),
            "",
        ),
    ],
)  # fmt: skip
def test_what_is_no_document_or_holds_too_much_is_said_in_a_line(
    held: io.BytesIO, said: str
) -> None:
    if not said:
        assert office.text(held, "a.docx") == ""
        return
    with pytest.raises(ListingError, match=said):
        office.text(held, "a.docx")


def test_only_the_sheets_of_papers_are_read(tmp_path: Path) -> None:
    rows = [
        ("sheet1", "<row><c t='str'><v>Item</v></c><c t='str'><v>Price</v></c></row>"),
        ("sheet2", "".join(
            "<row>" + "".join(f"<c t='str'><v>{cell}</v></c>" for cell in row) + "</row>"
            for row in [("Title", "Abstract", "URL"), ("Kites", "They fly.", "arXiv:2104.00194")]
        )),
    ]  # fmt: skip
    parts = {
        "xl/workbook.xml": '<a xmlns:r="r"><sheet r:id="sheet1"/><sheet r:id="sheet2"/></a>',
        "xl/_rels/workbook.xml.rels": "<a>"
        + "".join(f'<Relationship Id="{n}" Target="/xl/{n}.xml"/>' for n, _ in rows)
        + "</a>",
        **{f"xl/{name}.xml": f"<a>{told}</a>" for name, told in rows},
    }
    (tmp_path / "kept").write_bytes(packed(parts).getvalue())
    (one,) = listings.read(tmp_path / "kept")
    assert isinstance(one, Paper)
    assert (one.id, one.title) == ("2104.00194", "Kites")
