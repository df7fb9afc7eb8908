"""Papers that name all that was asked without being about it."""


def test_what_is_mentioned_names_all_and_does_not_match(assistant) -> None:
    answer = assistant.ask("papers on object detection")
    assert answer.matched
    assert answer.mentioned
    assert not set(answer.mentioned) & set(answer.matching)
    for record in assistant.library.records(answer.mentioned).values():
        said = f"{record.paper.title} {record.paper.abstract}".casefold()
        assert "object" in said
        assert "detect" in said


def test_every_paper_with_all_the_words_is_counted(assistant) -> None:
    answer = assistant.ask("papers on optical flow")
    both = {
        record.id
        for record in assistant.library.records(assistant.library.identifiers()).values()
        if "optical flow" in f"{record.paper.title} {record.paper.abstract}".casefold()
    }
    assert both <= {*answer.matching, *answer.mentioned}


def test_what_is_excluded_is_no_mention(assistant) -> None:
    answer = assistant.ask("papers on object detection without anchors")
    assert "2104.00432" not in {*answer.matching, *answer.mentioned}


def test_other_kinds_have_no_mentions(assistant) -> None:
    assert assistant.ask("How fast does RePOSE run?").mentioned == ()


def test_papers_are_named_by_all_words_in_any_alternative(library) -> None:
    both = library.naming([[("track",)], [("transform",), ("transformers",)]])
    assert set(library.naming([[("track",)]])) >= set(both)
    assert library.naming([]) == []
    assert library.naming([[("nosuchword",)], [("track",)]]) == []
