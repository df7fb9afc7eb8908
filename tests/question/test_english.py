"""The words and patterns of `english.toml`: every example there is read as it says."""

import pytest

from rag.question import english, excluded, frames, kinds

FRAMES = english.data()["frame"]
KINDS = english.data()["kind"]
EXCLUSIONS = english.data()["exclusion"]


def _of(rules, name):
    return [(rule, example) for rule in rules for example in rule[name]]


@pytest.mark.parametrize(("frame", "example"), _of(FRAMES, "examples"))
def test_a_frame_covers_its_examples(frame, example):
    pattern = english.compiled(frame["pattern"])
    head, _, rest = example.partition("|")
    if frame["at"] in ("start", "link"):
        found = pattern.match(f"{head}{rest} ")
        assert found
        assert f"{head}{rest} "[: found.end()].strip() == head.strip()
    else:
        assert pattern.fullmatch(head)


@pytest.mark.parametrize(("frame", "example"), _of(FRAMES, "against"))
def test_a_frame_covers_nothing_else(frame, example):
    pattern = english.compiled(frame["pattern"])
    ahead = frame["at"] in ("start", "link")
    assert not (pattern.match(example) if ahead else pattern.fullmatch(example))


@pytest.mark.parametrize(("rule", "example"), _of(KINDS, "examples"))
def test_a_kind_has_its_examples(rule, example):
    kind, wants = kinds.kind(example)
    assert kind == rule["kind"]
    assert wants == rule.get("wants", wants)


@pytest.mark.parametrize(("rule", "example"), _of(KINDS, "against"))
def test_a_kind_has_nothing_else(rule, example):
    pattern = english.compiled(rule["pattern"], behind="$")
    assert not pattern.match(kinds.mask(example, []))


@pytest.mark.parametrize("case", EXCLUSIONS, ids=lambda case: case["text"])
def test_what_is_left_out(case):
    rest, things = excluded.split(case["text"])
    assert rest == case.get("rest", case["text"])
    assert list(things) == case.get("excluded", [])


def test_idioms_have_no_terms():
    for idiom in english.phrases("words", "idioms"):
        assert frames.content(f"robots {idiom} boxes") == ["robots", "boxes"]
