"""What was learned of how people ask, and for which models."""

from rag.question import learned


def test_it_is_for_the_model_that_it_was_learned_with(embedding):
    ways = embedding.encode_query, embedding.in_context, embedding.is_word
    assert learned.manner("another/model", *ways) is learned.PATTERNS
    for name in (embedding.name, f"{embedding.name}:int8"):
        assert learned.manner(name, *ways) is not learned.PATTERNS


def test_without_it_a_message_stays_as_it_is():
    text = "I am late. How many parameters does LoFTR have?"
    assert learned.PATTERNS.cut(text, "fact", ()) == text
    assert learned.PATTERNS.trim(text, "papers") == text
