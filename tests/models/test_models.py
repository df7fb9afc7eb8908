"""The language model in a file: the packaged GGUF for real, alone, together and in turns."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from rag.errors import ModelError, RagError
from rag.models import language as models
from rag.models import llama, onnx

MESSAGES = [
    SystemMessage("You answer in one short sentence."),
    HumanMessage("What is the capital of France?"),
    AIMessage("It is Paris."),
    HumanMessage("Which colours does the flag of Italy have?"),
]


@pytest.fixture(scope="module")
def model():
    return models.load()


@pytest.fixture(scope="module")
def said(model):
    """What it says; that it says the same whatever was asked before has tests of its own."""
    return say(model)


def say(model, messages=MESSAGES, **options):
    return str(model.chat.invoke(messages, **{"max_tokens": 24, **options}).content)


# -- the packaged model ----------------------------------------------------------------------------


def test_what_is_known_of_the_packaged_model(model):
    assert model.name == "SmolLM2-135M-Instruct.Q4_1"
    assert not model.capable
    assert model.context == 8192
    assert 130_000_000 < model.chat.parameters < 140_000_000
    assert model.count("") == 0
    assert 3 <= model.count("Tracking with transformers.") <= 10


@pytest.mark.slow
def test_the_same_messages_give_the_same_text_whatever_was_asked_before(model):
    first = say(model)
    assert first.strip()
    say(model, [HumanMessage("Count from one to ten.")])
    assert say(model) == first
    say(model, [*MESSAGES[:3], HumanMessage("Name three rivers of Germany and of Poland.")])
    assert say(model) == first
    assert say(model) == first
    say(model, MESSAGES[:2], max_tokens=1)
    assert say(model) == first


@pytest.mark.slow
def test_a_fresh_model_gives_the_same_text(model):
    loaded = models.load()
    assert loaded is not None
    assert say(loaded) == say(model)


def test_streamed_pieces_add_up(model, said):
    pieces = [str(c.content) for c in model.chat.stream(MESSAGES, max_tokens=24)]
    assert len(pieces) > 2
    assert "".join(pieces) == said


def test_max_tokens_and_stop(model, said):
    short = say(model, max_tokens=3)
    assert said.startswith(short)
    assert model.count(short) <= 4
    word = said.split()[3]
    assert word not in say(model, stop=[word])


BEGUN = [*MESSAGES, AIMessage("The flag of Italy has the colours red,")]


def test_a_last_message_of_the_assistants_is_continued(model, said):
    text = say(model, BEGUN)
    assert text.strip()
    assert not text.lstrip().startswith("The flag of Italy has")  # it goes on, and does not repeat
    assert text != said
    assert "".join(str(c.content) for c in model.chat.stream(BEGUN, max_tokens=24)) == text


@pytest.mark.slow
def test_a_continuation_does_not_depend_on_what_was_asked_before(model):
    first = say(model, BEGUN)
    say(model)
    assert say(model, BEGUN) == first
    say(model, [*MESSAGES, AIMessage("It has three")])
    assert say(model, BEGUN) == first
    assert say(models.load(), BEGUN) == first


def test_the_fixed_part_of_a_prompt_ends_before_the_last_question(model):
    prompt, fixed = model.chat._prompt(MESSAGES)
    begun, as_fixed = model.chat._prompt(BEGUN)
    assert fixed == as_fixed > 0
    assert begun[:fixed] == prompt[:fixed]
    assert model.chat._written(BEGUN).endswith("<|im_start|>assistant\n" + str(BEGUN[-1].content))
    held = b"".join(map(model.chat._llama.piece, begun[:fixed])).decode()
    assert "It is Paris." in held
    assert "Italy" not in held


def test_an_empty_beginning_is_none(model, said):
    assert say(model, [*MESSAGES, AIMessage("")]) == said


@pytest.mark.slow
def test_two_threads_do_not_disturb_each_other(model):
    other = [*MESSAGES[:3], HumanMessage("Which language do people in Brazil speak?")]
    alone = [say(model), say(model, other)]
    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(lambda m: say(model, m), [MESSAGES, other] * 3))
    assert texts == alone * 3


OTHERS = [
    [*MESSAGES[:3], HumanMessage(f"Which {what}?")]
    for what in ("language do people in Brazil speak", "animal barks", "river flows through Rome")
]


def together(model, conversations, **options):
    said = [""] * len(conversations)

    def heard(number, piece):
        said[number] += piece
        return True

    texts = model.together(conversations, heard, **{"max_tokens": 16, **options})
    assert texts == said
    return texts


@pytest.mark.slow
def test_conversations_are_continued_together(model):
    texts = together(model, OTHERS)
    assert all(text.strip() for text in texts)
    assert len(set(texts)) == 3
    begun = [[*messages, AIMessage("The answer is")] for messages in OTHERS]
    assert not any(text.lstrip().startswith("The answer is") for text in together(model, begun))
    assert together(model, OTHERS) == texts  # whatever was asked in between
    assert together(models.load(), OTHERS) == texts


def test_what_is_said_together_stops_by_itself(model):
    pieces: list[tuple[int, str]] = []

    def enough(number, piece):
        pieces.append((number, piece))
        return number != 0

    first, *others = model.together(OTHERS, enough, max_tokens=12)
    assert first == pieces[0][1]  # one piece was enough
    assert all(len(other) > len(first) for other in others)
    word = others[0].split()[1]
    assert word not in together(model, OTHERS, stop=[word], max_tokens=12)[1]


@pytest.mark.slow
def test_streams_in_turns_are_as_alone(model):
    alone = [say(model, messages) for messages in OTHERS]
    streams = [model.chat.stream(messages, max_tokens=24) for messages in OTHERS]
    said = [""] * len(streams)
    for _ in range(30):  # a piece of each, in turns
        for number, stream in enumerate(streams):
            chunk = next(stream, None)
            said[number] += str(chunk.content) if chunk else ""
    assert said == alone


def test_the_odds_of_two_answers(model):
    asked = [SystemMessage("You answer."), HumanMessage("Is a dog an animal? Answer Yes or No.")]
    odds = model.odds(asked, 5, ("Yes", "No"))
    assert odds == pytest.approx(-model.odds(asked, 5, ("No", "Yes")))
    say(model)
    assert model.odds(asked, 5, ("Yes", "No")) == odds  # to the last bit
    begins = model.odds([*MESSAGES[:2]], 0, ("The", "Zebra"))
    assert begins > 3  # "The capital of France is"


@pytest.mark.slow
def test_a_question_among_a_stream_changes_nothing(model):
    alone = say(model)
    stream = model.chat.stream(MESSAGES, max_tokens=24)
    said = str(next(stream).content)
    model.odds(OTHERS[0], 0, ("Yes", "No"))
    together(model, OTHERS, max_tokens=3)
    assert said + "".join(str(chunk.content) for chunk in stream) == alone


def test_a_stream_that_is_dropped_lets_the_next_one_in(model):
    stream = model.chat.stream(MESSAGES, max_tokens=24)
    next(stream)
    stream.close()
    assert say(model).strip()


def test_a_prompt_that_is_too_long(model):
    with pytest.raises(ModelError, match="tokens") as caught:
        say(model, [HumanMessage("tracking " * 9000)])
    assert_one_line(caught.value)


def assert_one_line(error: RagError, *words: str) -> None:
    said = str(error)
    assert "\n" not in said
    assert len(said) < 500
    for word in words:
        assert word in said


# -- what cannot be loaded -------------------------------------------------------------------------


def test_a_missing_file():
    with pytest.raises(ModelError) as caught:
        models.load("/nowhere/model.gguf")
    assert_one_line(caught.value, "/nowhere/model.gguf", "RAG_LLM")


@pytest.mark.parametrize("content", [b"", b"GG", b"This is no model.\n" * 100, b"\x00" * 4096])
def test_a_file_that_is_no_gguf(tmp_path, content):
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        models.load(str(path))
    assert_one_line(caught.value, str(path), "no GGUF")


@pytest.mark.parametrize("size", [4, 64, 5_000, 3_000_000])
def test_a_gguf_that_is_cut_off(tmp_path, size):
    whole = models.packaged()
    path = tmp_path / "cut.gguf"
    with whole.open("rb") as file:
        path.write_bytes(file.read(size))
    with pytest.raises(ModelError) as caught:
        models.load(str(path))
    assert_one_line(caught.value, str(path), "RAG_LLM")


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError) as caught:
        models.load(str(tmp_path))
    assert_one_line(caught.value)


def test_a_hub_name_with_no_hub(monkeypatch, tmp_path):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError) as caught:
        models.load("nobody/nothing-GGUF:nothing.Q4_K_M.gguf")
    assert_one_line(caught.value, "nothing.Q4_K_M.gguf", "nobody/nothing-GGUF")


def test_a_hub_name_that_is_in_the_cache(monkeypatch, model):
    import huggingface_hub

    packaged = str(models.packaged())
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_, **__: packaged)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", None)  # called, it would raise
    assert models.file("some/repo:model.gguf") == Path(packaged)


@pytest.mark.parametrize("said", ["", "0", "-3", "٣", "²", "1e3", "99999999", "9" * 5_000])
def test_a_number_of_processors_that_there_cannot_be_is_not_believed(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", said)
    most = os.cpu_count() or 1
    assert 1 <= llama.cores() <= most
    assert 1 <= onnx.cores() <= most
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert (llama.cores(), onnx.cores()) == (1, 1)
