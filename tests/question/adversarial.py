"""A small index of papers on adversarial examples: titles and authors that are known by name."""

from datetime import date

from rag.core.papers import Paper, abstract_page, pdf_link


def _made(
    identifier: str, title: str, abstract: str, day: date, *authors: str, category: str = "cs.LG"
) -> Paper:
    page, pdf = abstract_page(identifier), pdf_link(identifier)
    return Paper(identifier, title, abstract, page, pdf, day, (category,), authors)


PAPERS = (
    _made(
        "1406.2661",
        "Generative Adversarial Nets",
        "We propose a framework in which two networks play a game. It needs no Markov chains.",
        date(2014, 6, 10),
        "Ian J. Goodfellow",
        "Yoshua Bengio",
        category="stat.ML",
    ),
    _made(
        "1412.6572",
        "Explaining and Harnessing Adversarial Examples",
        "We argue that the linear nature of networks explains adversarial examples.",
        date(2014, 12, 20),
        "Ian Goodfellow",
        "Jonathon Shlens",
    ),
    _made(
        "1511.04508",
        "Distillation as a Defense to Adversarial Perturbations against Deep Neural Networks",
        "Defensive distillation reduces the effectiveness of adversarial samples from 95% to 0.5%.",
        date(2015, 11, 14),
        "Nicolas Papernot",
        "Patrick McDaniel",
    ),
    _made(
        "1602.02697",
        "Practical Black-Box Attacks against Machine Learning",
        "We attack a remotely hosted network whose weights are not known.",
        date(2016, 2, 8),
        "Nicolas Papernot",
        "I. Goodfellow",
    ),
    _made(
        "1608.04644",
        "Towards Evaluating the Robustness of Neural Networks",
        "We show that defensive distillation does not increase the robustness of networks.",
        date(2016, 8, 16),
        "Nicholas Carlini",
        "David Wagner",
    ),
    _made(
        "1511.04599",
        "DeepFool: a simple and accurate method to fool deep neural networks",
        "We propose DeepFool, which computes perturbations that fool networks.",
        date(2015, 11, 14),
        "Seyed-Mohsen Moosavi-Dezfooli",
        "Hans Müller",
        category="cs.CV",
    ),
)
