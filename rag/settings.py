"""What a user may change: environment variables (``RAG_INDEX``, ``RAG_LLM``, ...), else a file.

The file is ``settings.toml`` in the user's folder for configuration; `rag model use` writes to it.
A variable that is set has the last word.
"""

import json
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from rag.errors import SettingsError, line
from rag.files import text_of


def default_index() -> Path:
    """Return where the index is if nothing is set.

    Inside a checkout (a folder with ``index/listings``) it is ``index/library`` there, otherwise
    the user's data folder.
    """
    if Path("index/listings").is_dir():
        return Path("index/library")
    from platformdirs import user_data_path

    return user_data_path("arxiv-rag") / "library"


class Settings(BaseSettings):
    """The settings; each is an environment variable with the prefix ``RAG_``, or in the file.

    Attributes
    ----------
    index
        Folder of the index.
    embedding
        Folder or hub name of a sentence-transformers model, with ``:int8`` behind it in eight bits;
        None: the packaged one.
    llm
        Path of a GGUF file, ``repo_id:filename`` on the hub, the address of an OpenAI-compatible
        server (``http://host/v1``, with ``#model`` if it serves several), or ``none`` to answer in
        quotations alone; None: the packaged one.
    reranker
        Folder or hub name of a sentence-transformers cross-encoder that judges which papers answer,
        or ``none``; None: the packaged one.
    chroma
        Address of a Chroma server that keeps the vectors (``http://host:port``); None: they are in
        the folder of the index.
    llm_key
        Key for that server, if it wants one.
    """

    model_config = SettingsConfigDict(env_prefix="RAG_", env_ignore_empty=True)

    index: Path = Field(default_factory=default_index)
    embedding: str | None = None
    llm: str | None = None
    reranker: str | None = None
    chroma: str | None = None
    llm_key: str = "none"

    @field_validator("index")
    @classmethod
    def _at_home(cls, index: Path) -> Path:
        """Read a ``~`` as a shell does, which does not see those in a file, or in quotes."""
        with suppress(RuntimeError, ValueError):  # nobody of that name has a home, or can have
            return index.expanduser()
        return index

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where the settings are looked for, the first that has one deciding."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, read(file()))


def file() -> Path:
    """Return the user's settings file, which need not exist."""
    from platformdirs import user_config_path

    return user_config_path("arxiv-rag") / "settings.toml"


def read(path: Path) -> dict[str, Any]:
    """Return what a settings file says; nothing if there is none.

    Raises
    ------
    SettingsError
        If it cannot be read, or says what is no setting.
    """
    try:
        said = tomllib.loads(text_of(path))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(
            f"The settings in {path} cannot be read ({line(error)}): mend or delete the file."
        ) from error
    for name, value in said.items():
        if name not in Settings.model_fields or not isinstance(value, str) or "\0" in value:
            known = ", ".join(Settings.model_fields)
            raise SettingsError(
                f"{path} sets {name} to {value!r}: it takes texts, for {known}; mend the file."
            )
    return said


def remember(name: str, value: str) -> Path:
    """Write one setting into the user's settings file, and leave the others; return the file.

    Raises
    ------
    SettingsError
        If the file cannot be read or written.
    """
    path = file()
    said = read(path) | {name: value}
    text = "".join(f"{key} = {json.dumps(told)}\n" for key, told in sorted(said.items()))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.new")
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise SettingsError(
            f"The settings cannot be written to {path} ({line(error)}): make it writable, or set "
            f"RAG_{name.upper()} instead."
        ) from error
    return path
