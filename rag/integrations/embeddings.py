"""The embedding model of an index as LangChain has one.

With it `langchain_chroma.Chroma` finds in the folder or the server of an index what `rag search`
finds by nearness. Vectors are those of `rag.models.embedding`.
"""

from langchain_core.embeddings import Embeddings

from rag.models.embedding import Embedding


class PaperEmbeddings(Embeddings):
    """Embeds texts and questions with the model of an index.

    Parameters
    ----------
    embedding
        The model; None: the packaged one.
    """

    def __init__(self, embedding: Embedding | None = None) -> None:
        self._embedding = embedding or Embedding.load()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return a unit vector for each text."""
        vectors: list[list[float]] = self._embedding.encode(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question."""
        vector: list[float] = self._embedding.encode_query(text).tolist()
        return vector
