"""The words of a text: one word in all its spellings, with its place, for many threads."""

import sys
import threading

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.core.papers import Paper
from rag.text import words
from rag.text.words import filed, forms, name, same, stem, stems

# -- spellings -------------------------------------------------------------------------------------

ONE_WORD = """
Schrödinger, Schroedinger, Schrodinger, SCHRÖDINGER
Müller, Mueller, Muller
Ødegård, Odegard, Odegaard, Ødegaard
Poincaré, Poincare
O’Neill, O'Neill, ONeill
Muñoz, Munoz
Łukasz, Lukasz
Weiß, Weiss
re-identification, reidentification, Re-Identification, re identification x
pre-training, pretraining, Pre-training, pretrained
super-resolution, superresolution
multi-view, multiview
non-linear, nonlinear
data set, dataset, data-set, datasets
key-point, keypoint, key points
fine-tuning, finetuning, fine tuning, fine-tuned
pixel-wise, pixelwise
U-Net, UNet, u-net
x-ray, X-ray, xray, X rays
k-means, kmeans, K means
CIFAR10, CIFAR-10, CIFAR 10, cifar10
ResNet-50, ResNet50, resnet 50
YOLOv8, YOLO-v8, YOLO v8
3DGS, 3D-GS, 3D GS
ImageNet-1k, ImageNet1k
L2, L-2
real-time, real time, realtime
β-VAE, beta-VAE
LLMs, LLM, llms, LLM's, LLM’s
GANs, GAN, gans
GPUs, GPU, gpus
colour, color, colours, coloured
behaviour, behavior
neighbouring, neighboring
centre, center, centres
centred, centered
fibre, fiber
modelling, modeling, models
labelled, labeled
optimise, optimize, optimising, optimised
generalisation, generalization
visualise, visualize
summarising, summarizing
analyse, analyze, analysing
catalogue, catalog
defence, defense
artefact, artifact
grey, gray
haemorrhage, hemorrhage
paediatric, pediatric
naïve, naive
"""


@pytest.mark.parametrize("line", ONE_WORD.strip().splitlines())
def test_all_spellings_are_one_word(line: str) -> None:
    spellings = [s.strip().removesuffix(" x") for s in line.split(",")]
    if spellings[0] == "re-identification":
        spellings.pop()  # "re" stands apart only as "about"
    assert {stems(s) for s in spellings} == {stems(spellings[0])}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("noise", "noize"),
        ("four", "for"),
        ("contour", "contor"),
        ("goes", "gos"),
        ("does", "dos"),
        ("guest", "gust"),
        ("fuel", "ful"),
        ("GPS", "GP"),
        ("NMS", "nm"),
        ("resource", "source"),
        ("remote", "mote"),
        ("semi-supervised", "supervised"),
        ("self-supervised", "supervised"),
        ("acre", "acer"),
    ],
)
def test_what_are_two_words(a: str, b: str) -> None:
    assert stems(a) != stems(b)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("state-of-the-art", ["state", "of", "the", "art"]),
        ("k-nearest neighbours", ["k", "nearest", "neighbours"]),
        ("Data of sets, non - linear", ["Data", "of", "sets", "non", "linear"]),
        ("pre- and post-processing", ["pre", "and", "post-processing"]),
        ("over time, real. Time", ["over", "time", "real", "Time"]),
        ("MeanShift++ and C++", ["MeanShift++", "and", "C++"]),
        ("l’étude d'Alembert", ["étude", "Alembert"]),
        ("don't 'quote' dogs' tails", ["don't", "quote", "dogs", "tails"]),
        ("风筝论文 for 猫", ["风筝", "筝论", "论文", "for", "猫"]),
        ("Schro\u0308dinger", ["Schro\u0308dinger"]),
        ("2 x 3.5, 4-bit", ["2", "x", "3", "5", "4", "bit"]),
        ("", []),
        ("-- ' _ +", []),
    ],
)
def test_where_words_begin_and_end(text: str, found: list[str]) -> None:
    assert [word.text for word in words.words(text)] == found


@given(st.text())
@example("super resolution -non- linear x-ray O’Neill’s")
@example("super, resolution super resolution")
@example("İstanbul ŉ ß ﬁne")
def test_words_have_their_place_and_all_ways_to_read_agree(text: str) -> None:
    found = words.words(text)
    assert all(text[w.start : w.end] == w.text and w.stem == stem(w.text) for w in found)
    assert [(w.text, w.stem) for w in found] == forms(text)
    assert tuple(w.stem for w in found) == stems(text)
    assert all(w.stem for w in found)


@given(st.text(), st.text())
def test_a_stem_has_no_space_to_be_filed_by(text: str, other: str) -> None:
    assert not any(set(term) & set(" \t\n") for term in [*stems(text), *filed(other)])


# -- beside, names, forms --------------------------------------------------------------------------


def test_what_a_text_is_found_by_beside_its_words() -> None:
    assert filed("multi-view key-value 猫狗") == ["view", "keyvalu", "猫", "狗"]
    assert filed("view of a multi-view, single-view") == ["singleview"]
    assert filed("plain words") == []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Xiao-Ming Wang", "Xiaoming Wang"),
        ("Jürgen Müller", "Jurgen Mueller"),
        ("Ann O’Neill", "Ann ONeill"),
        ("Søren Ødegård", "Soren Odegard"),
    ],
)
def test_names(a: str, b: str) -> None:
    assert name(a) == name(b)


@pytest.mark.parametrize(
    ("a", "b", "are"),
    [
        ("tracking", "tracks", True),
        ("detector", "detection", True),
        ("transformer", "transformers", True),
        ("transformer", "transform", False),
        ("art", "artist", False),
        ("network", "networks", True),
        ("supervised", "unsupervised", False),
    ],
)
def test_same_word(a: str, b: str, are: bool) -> None:
    assert same(stem(a), stem(b)) is are
    assert same(stem(b), stem(a)) is are


# -- threads ---------------------------------------------------------------------------------------


def test_threads_that_stem_at_once_do_not_disturb_each_other(papers: list[Paper]) -> None:
    texts = [paper.abstract for paper in papers]
    expected = [[word.stem for word in words.words(text)] for text in texts]
    wrong: list[object] = []
    together = threading.Barrier(4)

    def read(start: int) -> None:
        together.wait()
        try:
            for n in [*range(start, len(texts)), *range(start)]:
                found = [words.stem.__wrapped__(word) for word, _ in words.forms(texts[n])]
                wrong.extend([n] if found != expected[n] else [])
        except Exception as error:
            wrong.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=read, args=(27 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert wrong == []
