"""Abbreviations as texts define them, and texts with them spelt out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.papers import Paper
from rag.text.abbreviations import abbreviations, defined, definitions, expanded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("neural architecture search (NAS) is", [("NAS", "neural architecture search")]),
        ("convolutional neural networks (CNNs)", [("CNN", "convolutional neural networks")]),
        ("We use 3D Gaussian Splatting (3DGS).", [("3DGS", "3D Gaussian Splatting")]),
        ("Low-Rank Adaptation (LoRA)", [("LoRA", "Low-Rank Adaptation")]),
        ("simultaneous localization and mapping (SLAM)",
         [("SLAM", "simultaneous localization and mapping")]),
        ("a Vision Transformer (ViT)", [("ViT", "Vision Transformer")]),
        ("Neural Radiance Fields [NeRF]", [("NeRF", "Neural Radiance Fields")]),
        ("explainable artificial intelligence (XAI)",
         [("XAI", "explainable artificial intelligence")]),
        ("DETR (DEtection TRansformer) is", [("DETR", "DEtection TRansformer")]),
        ("YOLO (You Only Look Once)", [("YOLO", "You Only Look Once")]),
        ("support vector machines (SVM, see below)", [("SVM", "support vector machines")]),
        ("of the dataset (see Table)", []),
        ("in two ways (2D)", []),
        ("a totally different thing (XYZ)", []),
        ("the large one (Left) and (IV)", []),
        ("many of most used data (MVP outperforms (MOSSE)", []),
        ("()", []),
    ],
)  # fmt: skip
def test_what_a_text_defines(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.short, one.long) for one in defined(text)] == found


def test_expansions_are_stems_and_stay_apart() -> None:
    texts = ["The Segment Anything Model (SAM).", "Sharpness-aware minimisation (SAM) helps."]
    assert abbreviations(texts) == {
        "sam": {("segment", "anyth", "model"), ("sharp", "awar", "minim")}
    }
    assert expanded("does SAM work", definitions(texts)) == [
        "does Segment Anything Model work",
        "does Sharpness-aware minimisation work",
    ]


KNOWN = definitions(
    [
        "Generative adversarial networks (GANs).",
        "The generative adversarial networks (GANs).",
        "A generative adversarial network (GAN).",
        "Contrastive Language-Image Pre-training (CLIP) finds each video clip .",
        "3D Gaussian Splatting (3DGS)",
        "Gaussian splatting (GS)",
    ]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("papers on GANs", ["papers on generative adversarial networks"]),
        ("papers on gan", ["papers on generative adversarial networks"]),
        ("Generative Adversarial Network for faces", ["GAN for faces"]),
        ("a short clip", []),
        ("what is CLIP?", ["what is Contrastive Language-Image Pre-training?"]),
        ("3D Gaussian splatting in rain", ["3DGS in rain"]),
        ("low-rank adaptation (LoRA) of GANs", [
            "low-rank adaptation of GANs",
            "LoRA of GANs",
            "low-rank adaptation of generative adversarial networks",
            "LoRA of generative adversarial networks",
        ]),
        ("nothing known", []),
        ("", []),
    ],
)  # fmt: skip
def test_wordings(text: str, found: list[str]) -> None:
    made = expanded(text, KNOWN)
    assert [w.casefold() for w in made] == [w.casefold() for w in found]


def test_a_slip_beside_many_is_left_out() -> None:
    texts = [f"We use neural architecture search (NAS) {n} times." for n in range(100)]
    known = definitions([*texts, "neural assembly system (NAS)"])
    assert len(known["nas"]) == 2
    assert expanded("NAS", known) == ["neural architecture search"]


@given(st.text(alphabet="ab AB()[]-\\.,;3é", max_size=60))
def test_any_text_is_read(text: str) -> None:
    known = definitions([text, "alpha beta (AB)"])
    assert text not in expanded(text, known)
    assert all(one.short and one.long in text for one in defined(text))


def test_on_the_listing(papers: list[Paper]) -> None:
    found = abbreviations(paper.abstract for paper in papers)
    assert found["nas"] == {("neural", "architectur", "search")}
    assert ("generat", "adversari", "network") in found["gan"]
