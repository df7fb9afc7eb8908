"""A language model on a server that speaks HTTP for real."""

import math

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from rag.errors import ModelError, RagError
from rag.models import language as models
from rag.models.server import CERTAIN, UNSEEN
from tests.models.speaking import serving

MESSAGES = [
    SystemMessage("You answer in one short sentence."),
    HumanMessage("What is the capital of France?"),
    AIMessage("It is Paris."),
    HumanMessage("Which colours does the flag of Italy have?"),
]
ASKED = [HumanMessage("Is a dog an animal? Answer Yes or No.")]


@pytest.fixture(autouse=True)
def _asked_again_at_once(monkeypatch):
    """The client waits less before it asks a server again that failed."""
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)


@pytest.fixture
def server():
    with serving() as server:
        yield server


def assert_one_line(error: RagError, *words: str) -> None:
    said = str(error)
    assert "\n" not in said
    assert len(said) < 500
    for word in words:
        assert word in said


def test_a_server_is_asked(server):
    model = models.load(server.address, "secret")
    assert model.name == "big"
    assert not model.capable  # before its self-test
    assert "".join(model.say(MESSAGES, max_tokens=50)).strip() == server.text
    assert server.keys == ["Bearer secret"]
    [asked] = server.asked
    assert asked["model"] == "big"
    assert asked["temperature"] == 0
    assert asked["stream"] is True
    assert [m["role"] for m in asked["messages"]] == ["system", "user", "assistant", "user"]
    assert model.count("some words") > 0


def test_a_server_with_the_model_named(server):
    server.fault = "no models"
    model = models.load(f"{server.address}#mine")
    assert model.name == "mine"
    list(model.say(MESSAGES))
    assert server.asked[0]["model"] == "mine"


def test_how_sure_a_server_is(server):
    model = models.load(server.address)
    server.sure = lambda asked: 0.8 if "dog" in asked else 0.3
    assert model.odds(ASKED, 0, ("Yes", "No")) == pytest.approx(math.log(0.8 / 0.2))
    other = [HumanMessage("Is a stone one? Answer Yes or No.")]
    assert model.odds(other, 0, ("Yes", "No")) == pytest.approx(math.log(0.3 / 0.7))
    assert model.odds(ASKED, 0, ("Yes", "Maybe")) == pytest.approx(math.log(0.8) - UNSEEN)
    assert server.asked[0]["logprobs"] is True
    assert server.asked[0]["max_tokens" if "max_tokens" in server.asked[0] else
                           "max_completion_tokens"] < 10  # fmt: skip


def test_a_server_that_tells_no_probabilities_is_taken_at_its_word(server):
    server.fault = "no odds"
    model = models.load(server.address)
    assert model.odds(ASKED, 0, ("Yes", "No")) == CERTAIN
    server.sure = lambda asked: 0.1
    assert model.odds(ASKED, 0, ("Yes", "No")) == -CERTAIN


def test_conversations_on_a_server_come_one_after_the_other(server):
    model = models.load(server.address)
    server.text = "one two three"
    heard: list[tuple[int, str]] = []

    def said(number, piece):
        heard.append((number, piece.strip()))
        return piece.strip() != "two"

    assert [t.strip() for t in model.together([MESSAGES, ASKED], said)] == ["one two", "one two"]
    assert [n for n, word in heard if word] == [0, 0, 1, 1]
    assert model.at_once == 1


@pytest.mark.parametrize(
    ("fault", "word"), [("401", "Incorrect API key."), ("no models", "no model"), ("html", "")]
)
def test_a_server_that_is_of_no_use(server, fault, word):
    server.fault = fault
    with pytest.raises(ModelError) as caught:
        models.load(server.address)
    assert_one_line(caught.value, server.address, word)


def test_a_server_that_is_not_there():
    with serving() as server:
        address = server.address
    with pytest.raises(ModelError) as caught:
        models.load(address)
    assert_one_line(caught.value, address, "RAG_LLM")


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["500", "503", "cut", "gone"])
def test_a_server_that_fails_while_it_writes(fault):
    with serving() as server:
        model = models.load(server.address)
        server.fault = fault
        if fault == "gone":
            server.shutdown()
            server.server_close()
        with pytest.raises(ModelError) as caught:
            list(model.say(MESSAGES))
        if fault != "cut":
            with pytest.raises(ModelError):
                model.odds(ASKED, 0, ("Yes", "No"))
    assert_one_line(caught.value, "big")
