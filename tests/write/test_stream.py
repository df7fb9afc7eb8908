"""From what a model says to sentences with numbers, in pieces of any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from rag.write import stream


def cut(text: str, size: int = 5) -> list[tuple[str, tuple[int, ...]]]:
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return [(said.text, said.numbers) for said in stream.said(pieces)]


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It tracks [1]. It sees [3].", [("It tracks.", (1,)), ("It sees.", (3,))]),
        ("It tracks. [1] It sees. [2]", [("It tracks.", (1,)), ("It sees.", (2,))]),
        ("It tracks.[1] It sees.[2]", [("It tracks.", (1,)), ("It sees.", (2,))]),
        ("It tracks [1][2].", [("It tracks.", (1, 2))]),
        ("It tracks [1, 3], [4].", [("It tracks.", (1, 3, 4))]),
        ("It tracks [2-4].", [("It tracks.", (2, 3, 4))]),
        ("1. It tracks [1].\n2. It sees [2].", [("It tracks.", (1,)), ("It sees.", (2,))]),
        ("- It tracks [1]\n- It sees [2]", [("It tracks.", (1,)), ("It sees.", (2,))]),
        ("## Answer\n**It** tracks `well` [1].", [("It tracks well.", (1,))]),
        ("<think>It may track [1]. Or not.</think>\nIt tracks [2].", [("It tracks.", (2,))]),
        ("<think>It may track [1]. Or it may", []),
        ('```json\n{"a": 1}\n```\nIt tracks [1].', [("It tracks.", (1,))]),
        ('<tool_call>{"name": "f"}</tool_call>', []),
        ('{"name": "search", "arguments": {"q": "x"}}', []),
        ("See http://evil.example/x [1]. [x](y) [2].", []),
        ("It tracks [1]. It sees and it nev", [("It tracks.", (1,))]),
        ("It tracks [1]. It tracks [1]. It tracks [1]. It sees [2].", [("It tracks.", (1,))]),
        ("It runs at 37.5 FPS on e.g. MOT17 [1].", [("It runs at 37.5 FPS on e.g. MOT17.", (1,))]),
        ("It tracks [99].", [("It tracks.", (99,))]),
        ("It tracks.", [("It tracks.", ())]),
        ("", []),
        ("[1][2]", []),
        ("tracking " * 400, []),
    ],
)
def test_sentences(text, expected, size):
    found = [said for said in cut(text, size) if said[0] != "Answer."]
    assert found == expected


def test_parts_have_their_own_numbers():
    [said] = stream.said(["A is fast and small [1], while B is large [2]."])
    assert said.text == "A is fast and small, while B is large."
    assert said.parts == (("A is fast and small", (1,)), ("while B is large", (2,)))


def test_a_sentence_comes_before_the_stream_has_ended():
    told = []

    def pieces():
        for piece in ("It tracks [1].", " It", " sees [2].", " Both are new"):
            told.append(piece)
            yield piece

    first = next(iter(stream.said(pieces())))
    assert first.text == "It tracks."
    assert len(told) < 4


@given(some.text(alphabet="ab .[]12<>/think`\n-*{", max_size=80), some.integers(1, 9))
def test_any_text_can_be_read(text, size):
    for said, numbers in cut(text, size):
        assert said.strip()
        assert all(number >= 0 for number in numbers)
