"""The judge for torch, with a few numbers to be learned beside its matrices (LoRA).

What is learned goes into files of `rag.models.tuning`, under its names.
"""

import math
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.models import tuning

Batch = TypeVar("Batch")

if TYPE_CHECKING:
    import torch
    from onnx import ModelProto
    from transformers import BertForSequenceClassification

RANK = 16
LAYERS = 12


def model(kept: "ModelProto", device: str, above: int = 0) -> "BertForSequenceClassification":
    """Return the judge, of which only what is new is learned.

    Parameters
    ----------
    kept
        The graph, in int8.
    above
        Layers that stay as they are, from the lowest.
    """
    import torch
    from onnx import numpy_helper
    from torch import nn
    from transformers import BertConfig, BertForSequenceClassification

    class Beside(nn.Module):
        """A matrix as it is, and the product of two small ones beside it."""

        def __init__(self, whole: nn.Linear) -> None:
            super().__init__()
            self.whole, self.drop = whole, nn.Dropout(0.05)
            self.A = nn.Parameter(torch.randn(RANK, whole.in_features) / whole.in_features**0.5)
            self.B = nn.Parameter(torch.zeros(whole.out_features, RANK))

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            few = nn.functional.linear(self.drop(values), self.A)
            return self.whole(values) + nn.functional.linear(few, self.B)

    known = {one.name: numpy_helper.to_array(one) for one in kept.graph.initializer}
    names = tuning.matrices(kept.graph)
    tables = [f"bert.embeddings.{name}_embeddings.weight" for name in
              ("word", "position", "token_type")]  # fmt: skip
    state = {f"{name}.weight": tuning.whole(known, base).T for name, base in names.items()}
    state |= {name: tuning.whole(known, name) for name in tables}
    state |= {
        name: value for name, value in known.items() if name.endswith(("bias", "Norm.weight"))
    }
    words, width = state[tables[0]].shape
    found = BertForSequenceClassification(
        BertConfig(
            vocab_size=words,
            hidden_size=width,
            num_hidden_layers=LAYERS,
            num_labels=1,
            num_attention_heads=12,
            intermediate_size=4 * width,
        )
    )
    found.load_state_dict(
        {name: torch.tensor(np.ascontiguousarray(value)) for name, value in state.items()},
        strict=False,
    )
    found.requires_grad_(requires_grad=False)
    lower = tuple(f"bert.encoder.layer.{n}." for n in range(above))
    for name in names:
        if name != "classifier" and not name.startswith(lower):
            parent, _, last = name.rpartition(".")
            holder = found.get_submodule(parent)
            setattr(holder, last, Beside(getattr(holder, last)))
    found.classifier.requires_grad_(requires_grad=True)
    return found.to(device)


def fit(
    judge: "BertForSequenceClassification",
    batches: Iterator[Batch],
    loss_of: "Callable[[Batch], torch.Tensor]",
    steps: int,
    rate: float,
    warm_up: int,
    tell: int,
) -> None:
    """Learn from so many batches.

    Parameters
    ----------
    rate, warm_up
        The highest rate of learning, and the steps up to it; down again goes a cosine.
    tell
        Steps after which the loss is printed, each time.
    """
    import torch

    some = [one for one in judge.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(some, lr=rate, weight_decay=0.01)
    judge.train()
    for step, batch in enumerate(islice(batches, steps)):
        share = min(1.0, (step + 1) / warm_up) * (1 + math.cos(math.pi * step / steps)) / 2
        for group in optimiser.param_groups:
            group["lr"] = rate * max(share, 0.02)
        loss = loss_of(batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(some, 1.0)
        optimiser.step()
        if step % tell == 0:
            sys.stdout.write(f"step {step} of {steps}: {loss.item():.4f}\n")
            sys.stdout.flush()


def learned(judge: "BertForSequenceClassification") -> dict[str, NDArray[np.float32]]:
    """Return what was learned, by name."""
    return {
        name: one.detach().float().cpu().numpy()
        for name, one in judge.named_parameters()
        if one.requires_grad
    }
