"""Lists whose members share a noun or what stands before it."""

import pytest

from rag.text.lists import members


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("CT reconstruction, denoising or super-resolution",
         "CT reconstruction | CT denoising | CT super-resolution"),
        ("CT reconstruction/denoising", "CT reconstruction | CT denoising"),
        ("medical image segmentation, classification, and registration",
         "medical image segmentation | medical image classification | medical image registration"),
        ("object and instance segmentation", "object segmentation | instance segmentation"),
        ("2D or 3D object detection", "2D object detection | 3D object detection"),
        ("CT or MRI reconstruction", "CT reconstruction | MRI reconstruction"),
        ("pre- and post-processing", "pre-processing | post-processing"),
        ("short- and long-term memory", "short-term memory | long-term memory"),
        ("tracking and instance segmentation", "tracking | instance segmentation"),
        ("graph transformers or CNNs", "graph transformers | CNNs"),
        ("optical flow and tracking", "optical flow | tracking"),
        ("image segmentation and depth estimation", "image segmentation | depth estimation"),
        ("cats and dogs", "cats | dogs"),
        ("object tracking", "object tracking"),
        ("", ""),
    ],
)  # fmt: skip
def test_members(phrase: str, found: str) -> None:
    assert " | ".join(members(phrase)) == found
