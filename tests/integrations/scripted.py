"""A chat model that says what it is given to say, for agents in tests."""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.language_models import GenericFakeChatModel
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool


class Scripted(GenericFakeChatModel):
    """A chat model that says what it is given to say, and keeps the tools that it is bound to."""

    bound: list[Any] = []  # noqa: RUF012 - a field of the model

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable | BaseTool], **_kwargs: Any
    ) -> Runnable:
        self.bound = list(tools)
        return self
