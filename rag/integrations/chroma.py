"""The embedding model of an index as Chroma has one, for who opens the collection with chromadb.

With it ``collection.query(query_texts=...)`` finds what `rag search` finds by nearness.
"""

from typing import Any

import numpy as np
from chromadb.api.types import Documents, EmbeddingFunction, Embeddings, Space
from chromadb.utils.embedding_functions import register_embedding_function

from rag.models.embedding import Embedding


@register_embedding_function
class PaperEmbeddingFunction(EmbeddingFunction[Documents]):
    """Embeds texts and questions with the model of an index.

    Parameters
    ----------
    model
        A folder or a name, as `Embedding.load` takes it; None: the packaged one.
    """

    def __init__(self, model: str | None = None) -> None:
        self._model = model
        self._embedding = Embedding.load(model)

    def __call__(self, input: Documents) -> Embeddings:
        """Return a unit vector for each text."""
        return list(self._embedding.encode(input))

    def embed_query(self, input: Documents) -> Embeddings:
        """Return a unit vector for each question."""
        return [np.asarray(self._embedding.encode_query(text)) for text in input]

    @staticmethod
    def name() -> str:
        """Return what Chroma knows it by."""
        return "arxiv-rag"

    @staticmethod
    def build_from_config(config: dict[str, Any]) -> "PaperEmbeddingFunction":
        """Return the one that `get_config` was called on."""
        return PaperEmbeddingFunction(config["model"])

    def get_config(self) -> dict[str, Any]:
        """Return what JSON can keep of it."""
        return {"model": self._model}

    def default_space(self) -> Space:
        """Return how vectors are compared."""
        return "cosine"

    def supported_spaces(self) -> list[Space]:
        """Return how vectors may be compared."""
        return ["cosine", "ip", "l2"]
