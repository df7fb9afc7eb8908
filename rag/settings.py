"""What a user may change, read from the environment (``RAG_INDEX``, ``RAG_LLM``, ...)."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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
    """The settings; each is an environment variable with the prefix ``RAG_``.

    Attributes
    ----------
    index
        Folder of the index.
    embedding
        Folder or hub name of a sentence-transformers model; None: the packaged one.
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
