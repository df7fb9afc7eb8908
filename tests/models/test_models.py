"""The language model: the packaged GGUF for real, and a server that speaks HTTP for real."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from rag.assistant import Assistant
from rag.errors import ModelError, RagError
from rag.models import language as models

MESSAGES = [
    SystemMessage("You answer in one short sentence."),
    HumanMessage("What is the capital of France?"),
    AIMessage("It is Paris."),
    HumanMessage("Which colours does the flag of Italy have?"),
]


@pytest.fixture(scope="module")
def model(assistant_with_model):
    return assistant_with_model.model


def say(model, messages=MESSAGES, **options):
    return str(model.chat.invoke(messages, **{"max_tokens": 24, **options}).content)


# -- the packaged model ----------------------------------------------------------------------------


def test_what_is_known_of_the_packaged_model(model):
    assert model.name == "SmolLM2-135M-Instruct.Q4_1"
    assert not model.capable
    assert model.takes_grammar
    assert model.context == 8192
    assert 130_000_000 < model.chat.parameters < 140_000_000
    assert model.count("") == 0
    assert 3 <= model.count("Tracking with transformers.") <= 10


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


def test_a_fresh_model_gives_the_same_text(model):
    loaded = models.load()
    assert loaded is not None
    assert say(loaded) == say(model)


def test_streamed_pieces_add_up(model):
    pieces = [str(c.content) for c in model.chat.stream(MESSAGES, max_tokens=24)]
    assert len(pieces) > 2
    assert "".join(pieces) == say(model)


def test_max_tokens_and_stop(model):
    text = say(model)
    short = say(model, max_tokens=3)
    assert text.startswith(short)
    assert model.count(short) <= 4
    word = text.split()[3]
    assert word not in say(model, stop=[word])


def test_a_grammar_binds(model):
    assert say(model, grammar='root ::= "red" | "green"') in {"red", "green"}
    digits = say(model, grammar="root ::= [0-9] [0-9] [0-9]")
    assert len(digits) == 3
    assert digits.isdigit()


BEGUN = [*MESSAGES, AIMessage("The flag of Italy has the colours red,")]


def test_a_last_message_of_the_assistants_is_continued(model):
    text = say(model, BEGUN)
    assert text.strip()
    assert not text.lstrip().startswith("The flag of Italy has")  # it goes on, and does not repeat
    assert text != say(model)
    assert "".join(str(c.content) for c in model.chat.stream(BEGUN, max_tokens=24)) == text


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
    text = model.chat._llama.detokenize(begun, special=True).decode()
    assert text.endswith("<|im_start|>assistant\n" + str(BEGUN[-1].content))
    held = model.chat._llama.detokenize(begun[:fixed], special=True).decode()
    assert "It is Paris." in held
    assert "Italy" not in held


def test_an_empty_beginning_is_none(model):
    assert say(model, [*MESSAGES, AIMessage("")]) == say(model)


def test_two_threads_do_not_disturb_each_other(model):
    other = [*MESSAGES[:3], HumanMessage("Which language do people in Brazil speak?")]
    alone = [say(model), say(model, other)]
    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(lambda m: say(model, m), [MESSAGES, other] * 3))
    assert texts == alone * 3


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
    whole = models._packaged()
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

    packaged = str(models._packaged())
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_, **__: packaged)
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", None)  # called, it would raise
    assert models._file("some/repo:model.gguf") == Path(packaged)


# -- a server --------------------------------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """Speaks as much of OpenAI's protocol as is needed; `fault` says what goes wrong."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Speaking)
        self.fault = ""
        self.text = "TransMOT leverages powerful graph transformers [1]."
        self.asked: list[dict] = []
        self.keys: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Speaking(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        self.server.keys.append(self.headers.get("Authorization", ""))
        if self.server.fault == "401":
            self.answer(401, {"error": {"message": "Incorrect API key.\nGet another."}})
        elif self.server.fault == "html":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>Welcome</html>")
        else:
            known = [] if self.server.fault == "no models" else [{"id": "big", "object": "model"}]
            self.answer(200, {"object": "list", "data": known})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))
        if self.server.fault.startswith("5"):
            self.answer(int(self.server.fault), {"error": {"message": "out of\nmemory"}})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if self.server.fault == "cut":
            self.send_header("Content-Length", "100000")  # more than will come
        self.end_headers()
        for n, word in enumerate(self.server.text.split(" ")):
            if self.server.fault == "cut" and n == 3:
                self.wfile.write(b'data: {"id": "x", "object": "chat.com')
                return
            piece = {"index": 0, "delta": {"role": "assistant", "content": word + " "}}
            self.event({"choices": [piece]})
        self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")

    def event(self, body: dict) -> None:
        whole = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "big"} | body
        self.wfile.write(b"data: " + json.dumps(whole).encode() + b"\n\n")
        self.wfile.flush()


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def server():
    with serving() as server:
        yield server


def test_a_server_is_asked(server):
    model = models.load(server.address, "secret")
    assert model is not None
    assert model.name == "big"
    assert model.capable
    assert not model.takes_grammar
    text = "".join(str(c.content) for c in model.chat.stream(MESSAGES, max_tokens=50))
    assert text.strip() == server.text
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
    assert model is not None
    assert model.name == "mine"
    list(model.chat.stream(MESSAGES))
    assert server.asked[0]["model"] == "mine"


def test_a_server_writes_an_answer(server, library, embedding):
    question = "which papers use transformers for tracking"
    plain = Assistant(library, embedding, None).ask(question)
    [number] = [c.number for c in plain.citations if c.paper.id == "2104.00194"]
    [quoted] = [c.text for c in plain.claims if c.citations == (number,)]
    true = (
        "TransMOT leverages powerful graph transformers"
        if "leverages powerful" in quoted
        else "TransMOT models the interactions of a large number of objects"
    )
    server.text = f"{true} [{number}]."
    answer = Assistant(library, embedding, models.load(server.address)).ask(question)
    assert answer.models["llm"] == "big"
    [claim] = [c for c in answer.claims if c.support == "paraphrase"]
    assert claim.text == f"{true}."
    assert claim.citations == (number,)
    assert len(answer.claims) == plain.matched


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


@pytest.mark.parametrize("fault", ["500", "503", "cut", "gone"])
def test_a_server_that_fails_while_it_writes(library, embedding, fault):
    with serving() as server:
        model = models.load(server.address)
        server.fault = fault
        assistant = Assistant(library, embedding, model)
        if fault == "gone":
            server.shutdown()
            server.server_close()
        with pytest.raises(ModelError) as caught:
            assistant.ask("which papers use transformers for tracking")
    assert_one_line(caught.value, "big")


def test_a_failing_server_is_not_asked_where_nothing_matches(server, library, embedding):
    model = models.load(server.address)
    server.fault = "500"
    answer = Assistant(library, embedding, model).ask("Who won the 2018 football World Cup?")
    assert answer.abstained
    assert not server.asked


def test_a_server_is_watched_while_it_writes(server, library, embedding):
    seen: list[str] = []
    assistant = Assistant(library, embedding, models.load(server.address))
    assistant.ask("which papers use transformers for tracking", watch=seen.append)
    assert seen[0].strip() == "TransMOT"
    assert seen[1].strip() == "TransMOT leverages"
