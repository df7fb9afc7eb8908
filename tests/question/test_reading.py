"""Questions read in full, over a small index of papers on adversarial examples."""

from datetime import date

import pytest

from rag.core.filters import Filters
from rag.core.questions import Question
from rag.errors import QuestionError
from rag.library import Library
from rag.question import names
from rag.question.followups import Turn
from rag.question.reading import Asked, read
from tests.library.tiny import Tiny
from tests.question.adversarial import PAPERS

GAN, FGSM, DISTILLATION, BLACK_BOX, ROBUSTNESS, DEEPFOOL = (p.id for p in PAPERS)


@pytest.fixture(scope="module")
def attacks(tmp_path_factory):
    library = Library.create(tmp_path_factory.mktemp("attacks") / "library", Tiny())
    library.put(PAPERS, Tiny())
    return library


# -- authors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("papers by Ian Goodfellow", {GAN, FGSM, BLACK_BOX}),
        ("papers by I. Goodfellow", {GAN, FGSM, BLACK_BOX}),
        ("papers by Ian J Goodfellow", {GAN, FGSM, BLACK_BOX}),
        ("papers by Ivan Goodfellow", {BLACK_BOX}),  # "I. Goodfellow" may be he
        ("papers by goodfellow", {GAN, FGSM, BLACK_BOX}),
        ("papers by Goodfellow or Carlini", {GAN, FGSM, BLACK_BOX, ROBUSTNESS}),
        ("papers by Goodfellow and Papernot", {BLACK_BOX}),
        ("papers from Goodfellow and Papernot", {BLACK_BOX}),
        ("papers by Goodfellow but not Papernot", {GAN, FGSM}),
        ("which papers did Carlini write?", {ROBUSTNESS}),
        ("which papers has Nicholas Carlini published since 2016?", {ROBUSTNESS}),
        ("Goodfellow's papers", {GAN, FGSM, BLACK_BOX}),
        ("Show Papernot’s papers from 2015", {DISTILLATION}),
        ("papers by Mueller", {DEEPFOOL}),
        ("papers by Müller", {DEEPFOOL}),
        ("papers by Hans Muller", {DEEPFOOL}),
        ("papers by Jane Unknown", set()),
        ("papers by Bengio Shlens", set()),  # of two papers
        ("papers not by Goodfellow", {DISTILLATION, ROBUSTNESS, DEEPFOOL}),
    ],
)
def test_authors(attacks, text, found):
    asked = read(text, attacks)
    assert (asked.question.kind, asked.question.topic) == ("papers", "")
    assert asked.filters
    assert set(attacks.select(asked.filters)) == found


def test_authors_beside_a_topic(attacks):
    asked = read("papers not by Goodfellow on adversarial examples", attacks)
    assert asked.question.topic == "adversarial examples"
    assert asked.filters == Filters(not_authors=("Goodfellow",))
    assert str(asked.filters) == "not by Goodfellow"


@pytest.mark.parametrize("text", ["detection by Transformers", "papers by attention", "by the way"])
def test_what_is_no_author(attacks, text):
    assert not read(text, attacks).filters


def test_whether_authors_are_known(attacks, tmp_path):
    assert attacks.names_authors()
    assert not Library.create(tmp_path / "empty", Tiny()).names_authors()


# -- records ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "wants", "subject"),
    [
        ("who are the authors of 1406.2661?", "authors", "Generative Adversarial Nets"),
        ('who wrote "Generative Adversarial Nets"?', "authors", "Generative Adversarial Nets"),
        ("who wrote DeepFool?", "authors", "DeepFool"),
        ("when was 1406.2661 published?", "date", "Generative Adversarial Nets"),
        ("in which category is DeepFool?", "category", "DeepFool"),
        ("where is the PDF of DeepFool?", "link", "DeepFool"),
        ("which version of DeepFool is this?", "version", "DeepFool"),
    ],
)
def test_what_is_known_of_a_paper(attacks, text, wants, subject):
    question = read(text, attacks).question
    assert (question.kind, question.wants, question.subjects) == ("record", wants, (subject,))


def test_a_paper_that_is_described(attacks):
    question = read("who wrote the paper on defensive distillation?", attacks).question
    assert (question.kind, question.topic) == ("record", "defensive distillation")
    assert read("Who wrote Hamlet?", attacks).question.kind == "fact"


# -- days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("papers not older than 2016", {BLACK_BOX, ROBUSTNESS}),
        ("papers not before 2016", {BLACK_BOX, ROBUSTNESS}),
        ("papers no later than 2014", {GAN, FGSM}),
        ("papers not newer than 2014", {GAN, FGSM}),
        ("papers published in June or December 2014", {GAN, FGSM}),
        ("papers from 2014 or 2016", {GAN, FGSM, BLACK_BOX, ROBUSTNESS}),
        ("papers from 2014, 2015 and 2016", {p.id for p in PAPERS}),
        ("papers since 2015 but before 2016", {DISTILLATION, DEEPFOOL}),
        ("papers not from 2015", {GAN, FGSM, BLACK_BOX, ROBUSTNESS}),
        ("papers from June 9th to June 11th, 2014", {GAN}),
        ("papers between June 9 and June 11 2014", {GAN}),
        ("papers from 06/2014", {GAN}),
        ("papers from 2014-06", {GAN}),
        ("papers from Q4 2015", {DISTILLATION, DEEPFOOL}),
        ("papers from 2016 or later", {BLACK_BOX, ROBUSTNESS}),
        ("papers not older than six months", {ROBUSTNESS}),
        ("papers this week", {ROBUSTNESS}),
        ("no papers before 2016", {BLACK_BOX, ROBUSTNESS}),
    ],
)
def test_days(attacks, text, found):
    asked = read(text, attacks)
    expected = found if text != "papers not older than six months" else found | set()
    assert asked.question.topic == ""
    assert set(attacks.select(asked.filters)) - {BLACK_BOX if "six" in text else ""} == expected


def test_periods_that_do_not_hang_together_are_kept_apart(attacks):
    filters = read("papers from 2014 or 2016", attacks).filters
    assert filters.since is None
    assert filters.periods == (
        (date(2014, 1, 1), date(2014, 12, 31)),
        (date(2016, 1, 1), date(2016, 12, 31)),
    )
    assert str(filters) == "from 2014-01-01 to 2014-12-31 or from 2016-01-01 to 2016-12-31"
    assert Filters.from_dict(filters.to_dict()) == filters


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("the newest paper on tracking", "tracking"),
        ("recent papers on tracking", "tracking"),
        ("latest work on tracking", "tracking"),
        ("what is new in tracking", "tracking"),
        ("what is new this week", ""),
    ],
)
def test_the_newest_first(attacks, text, topic):
    question = read(text, attacks).question
    assert (question.newest, question.topic) == (True, topic)
    assert not read("papers on predicting recent frames", attacks).question.newest


# -- what is left out ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "topic", "excluded"),
    [
        ("which papers do tracking without transformers", "tracking", ("transformers",)),
        ("which papers on tracking do not use transformers", "tracking", ("transformers",)),
        ("which papers do not use GANs", "", ("GANs",)),
        ("object detection papers that are not 3D", "object detection", ("3D",)),
    ],
)
def test_things_left_out(attacks, text, topic, excluded):
    question = read(text, attacks).question
    assert (question.kind, question.topic, question.excluded) == ("papers", topic, excluded)


@pytest.mark.parametrize(
    "text",
    [
        "papers on attacks excluding DeepFool",
        "papers other than DeepFool on attacks",
        "papers on attacks, but not “DeepFool”",
        "papers on attacks without 1511.04599",
        "attacks except deepfool",
    ],
)
def test_papers_left_out(attacks, text):
    asked = read(text, attacks)
    assert (asked.question.topic, asked.question.excluded) == ("attacks", ())
    assert set(attacks.select(asked.filters)) == {p.id for p in PAPERS} - {DEEPFOOL}


# -- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "subjects"),
    [
        ("how does DeepFool work", "explain", ("DeepFool",)),
        ("What does DeepFool propose?", "explain", ("DeepFool",)),
        ("what is LoRA", "explain", ("LoRA",)),
        ("tell me more about “DeepFool”", "explain", ("DeepFool",)),
        ("compare DeepFool and LoRA", "compare", ("DeepFool", "LoRA")),
        ("LoRA vs DeepFool", "compare", ("LoRA", "DeepFool")),
        ("how do DC-SGD and Meta-Clip differ?", "compare", ("DC-SGD", "Meta-Clip")),
        (
            "compare 1406.2661 with “DeepFool”",
            "compare",
            ("Generative Adversarial Nets", "DeepFool"),
        ),
        (
            "Compare the filter that spreads blur together with noise with the light one that "
            "reads a depth map from the phone.",
            "compare",
            (
                "filter that spreads blur together with noise",
                "light one that reads a depth map from the phone",
            ),
        ),
        (
            "how does the model trained with labels differ from the one with none?",
            "compare",
            ("model trained with labels", "one with none"),
        ),
        (
            "compare the paper on X-rays with noise and the paper on ultrasound of the heart",
            "compare",
            ("X-rays with noise", "ultrasound of the heart"),
        ),
        (
            "What is the difference in what RigidBench and VGI-bench ask of a model?",
            "compare",
            ("RigidBench", "VGI-bench"),
        ),
        (
            "compare the papers on noise in X-rays with those on blur in photographs",
            "compare",
            ("noise in X-rays", "blur in photographs"),
        ),
        (
            "how do vision transformers and convnets differ on ImageNet and COCO?",
            "compare",
            ("vision transformers", "convnets"),
        ),
        (
            "compare papers on dropout with papers on batch norm",
            "compare",
            ("dropout", "batch norm"),
        ),
        ("does SAM work on medical images", "yes-no", ("SAM",)),
        ("is DeepFool better than FooNet?", "yes-no", ("DeepFool", "FooNet")),
    ],
)
def test_subjects(attacks, text, kind, subjects):
    question = read(text, attacks).question
    assert (question.kind, question.subjects) == (kind, subjects)


def test_papers_that_are_compared_are_no_filter(attacks):
    assert not read("compare 1406.2661 with “DeepFool”", attacks).filters


@pytest.mark.parametrize(
    ("text", "subject", "asked_for", "wants"),
    [
        ("How fast does DeepFool run?", "DeepFool", "speed", "speed"),
        ("how many parameters does LoFTR have?", "LoFTR", "parameters", "number"),
        ("which conference was LoFTR published at?", "LoFTR", "conference", "venue"),
        ("what learning rate was DeepFool trained with?", "DeepFool", "learning rate", "number"),
        ("on which GPU was DeepFool trained?", "DeepFool", "GPU", "name"),
        ("does DeepFool have code?", "DeepFool", "code", "code"),
        ("On which datasets was WaveFormer evaluated?", "WaveFormer", "datasets", "dataset"),
        ("why does DeepFool fail?", "DeepFool", "", "reason"),
        ("By how much does FIESTA improve the F1 score on AffWild2?", "FIESTA", "", "number"),
    ],
)
def test_facts(attacks, text, subject, asked_for, wants):
    question = read(text, attacks).question
    assert question.kind == "fact"
    assert (question.subjects, question.asked_for, question.wants) == (
        (subject,),
        asked_for,
        wants,
    )


# -- kinds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "topic"),
    [
        ("thanks", "talk", ""),
        ("is that true?", "talk", ""),
        ("how many papers are in the index?", "index", ""),
        ("how many papers are about tracking?", "count", "tracking"),
        ("how many papers since 2015?", "count", ""),
        ("what is known about video retrieval", "overview", "video retrieval"),
        ("what are the main trends in tracking?", "overview", "tracking"),
        ("lidar odometry stuff?", "papers", "lidar odometry"),
        ("has anybody worked on tracking?", "papers", "tracking"),
    ],
)
def test_kinds(attacks, text, kind, topic):
    question = read(text, attacks).question
    assert (question.kind, question.topic) == (kind, topic)


@pytest.mark.parametrize("text", ["a", "the", "AND OR NOT", "of the"])
def test_no_word_to_look_for(attacks, text):
    with pytest.raises(QuestionError, match="holds no word to look for: ask about") as caught:
        read(text, attacks)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("Welche Arbeiten verwenden Transformer zur Objektverfolgung?", True),
        ("Arbeiten über Tracking", True),
        ("quels articles utilisent des transformers pour le suivi ?", True),
        ("¿Qué artículos usan transformers?", True),
        ("quali articoli usano i transformer per il tracking", True),
        ("哪些论文使用Transformer进行跟踪", True),
        ("Какие статьи используют трансформеры?", True),
        ("which papers use transformers", False),
        ("federated learning", False),
        ("How do black holes lose mass over time?", False),
        ("do comments on articles pour in", False),
        ("Schrödinger bridges", False),
        ("“Die Kunst der Fuge und mit der” analysis", False),
        ("papers by van der Maaten", False),
        ("what is known about the Niño and La Niña", False),
    ],
)
def test_another_language(attacks, text, foreign):
    assert (read(text, attacks).question.kind == "foreign") is foreign


# -- follow-ups ------------------------------------------------------------------------------------


def after(library, question, kind, ids, text, matching=()) -> Asked:
    papers = tuple(library.get(i) for i in ids)
    return read(text, library, [Turn(question, kind, papers, 0, matching)])


@pytest.fixture
def listed(attacks):
    def ask(text):
        question = "which papers use distillation for defence"
        return after(attacks, question, "papers", (DISTILLATION, DEEPFOOL), text)

    return ask


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("and without distillation?", "papers on defence without distillation"),
        ("except DeepFool", "which papers use distillation for defence except DeepFool"),
        ("without labels?", "which papers use distillation for defence without labels"),
        ("-images", "which papers use distillation for defence -images"),
        ("no, the second one", "tell me more about “DeepFool”"),
        ("sorry, I meant the second one", "tell me more about “DeepFool”"),
        ("who are the authors of the second?", "who are the authors of “DeepFool”?"),
        ("no, papers on GANs", "papers on GANs"),
        ("thanks", ""),
        ("is that true?", ""),
    ],
)
def test_what_follows_a_list(listed, text, resolved):
    assert listed(text).resolved == resolved


def test_what_is_left_out_in_a_follow_up(listed):
    assert listed("and without distillation?").question.excluded == ("distillation",)
    assert listed("except DeepFool").filters.not_titles == (PAPERS[5].title,)
    assert listed("no fish please").question.excluded == ("fish",)


def test_them_is_all_that_matched(attacks):
    shown, rest = (DISTILLATION,), (GAN, FGSM)
    for text, kind in (
        ("which of them use GANs?", "papers"),
        ("which datasets are used?", "fact"),
        ("show me the ones about images", "papers"),
        ("compare them", "compare"),
        ("in one sentence", "overview"),
    ):
        asked = after(attacks, "papers on nets", "papers", (*shown, DEEPFOOL), text,
                      (*shown, DEEPFOOL, *rest))  # fmt: skip
        assert asked.question.kind == kind
        if kind == "compare":
            assert len(asked.question.subjects) == 4
        else:
            assert set(asked.filters.ids) == {*shown, DEEPFOOL, *rest}


def test_very_many_are_counted_and_not_named(attacks):
    many = tuple(f"2104.{n:05}" for n in range(100))
    shown = (DISTILLATION, DEEPFOOL)
    asked = after(attacks, "papers on nets", "papers", shown, "which of them use GANs?", many)
    assert asked.resolved == "which of the 100 papers found before use GANs?"
    assert asked.question.topic == "GANs"
    assert asked.filters.ids == many
    turn = Turn(asked.resolved, "papers", (attacks.get(GAN),), 0, (GAN,), asked.filters.ids)
    again = read("and with attention?", attacks, [turn])
    assert again.filters.ids == many
    assert "attention" in again.question.topic


def test_the_same_of_another_name(attacks):
    fact = "How much effectiveness does defensive distillation remove?"
    asked = after(attacks, fact, "fact", (DISTILLATION,), "What about DeepFool?")
    assert asked.resolved == "How much effectiveness does “DeepFool” remove?" or (
        asked.resolved == "How much effectiveness does DeepFool remove?"
    )
    assert asked.question.subjects == ("DeepFool",)
    assert asked.question.asked_for == "effectiveness"
    asked = after(attacks, "how does LoFTR work?", "explain", (GAN,), "and DeepFool?")
    assert asked.resolved == "how does DeepFool work?"
    asked = after(attacks, "what is LoRA", "explain", (GAN,), "and FooNet?")
    assert asked.resolved == "what is FooNet"


def test_why(attacks):
    question = "does DeepFool work on images?"
    asked = after(attacks, question, "yes-no", (DEEPFOOL,), "why?")
    assert asked.resolved == "why does DeepFool work on images?"
    assert asked.question.wants == "reason"


def test_a_link_elsewhere_is_kept():
    kept = {
        "question": "papers on kites",
        "kind": "papers",
        "citations": [
            {"id": "10.1/x", "title": "Kites", "url": "https://doi.org/10.1/x", "pdf": ""}
        ],
        "matching": ["10.1/x", "10.1/y"],
    }
    turn = Turn.from_dict(kept)
    assert turn.papers[0].url == "https://doi.org/10.1/x"
    assert turn.matching == ("10.1/x", "10.1/y")


def test_a_question_is_plain_data(attacks):
    question = read("which papers use networks for attacks", attacks).question
    assert question == Question(
        "which papers use networks for attacks",
        "papers",
        "networks for attacks",
        ("networks", "attacks"),
        ("networks", "attacks"),
    )


@pytest.mark.parametrize("name", ["4DAnyone", "3DMatch", "2DVisionNet++"])
def test_a_name_may_begin_with_a_number(name):
    [found] = names.find(f"How many GPUs were used to train {name}?", lambda _: False)[-1:]
    assert (found.text, found.sure) == (name, True)


@pytest.mark.parametrize("word", ["3DGS", "2D", "4Dness", "360"])
def test_what_begins_with_a_number_and_names_no_paper(word):
    assert not names.is_coined(word)


@pytest.mark.parametrize(
    ("text", "kind", "topic", "most", "newest"),
    [
        ("compare the two newest papers on privacy", "compare", "privacy", 2, True),
        ("please contrast the papers about data poisoning", "compare", "data poisoning", 0, False),
        ("how do the 3 latest works on robustness differ?", "compare", "robustness", 3, True),
        (
            "what is the difference between the studies on fairness?",
            "compare",
            "fairness",
            0,
            False,
        ),
        ("compare two ways of training with noise", "overview", "training with noise", 2, False),
        ("compare the two newest papers on NeRF", "compare", "NeRF", 2, True),
        ("compare papers on model stealing", "compare", "model stealing", 0, False),
        ("how do recent papers on tracking compare?", "compare", "tracking", 0, True),
    ],
)
def test_papers_are_compared_that_have_yet_to_be_found(attacks, text, kind, topic, most, newest):
    question = read(text, attacks).question
    assert (question.kind, question.subjects) == (kind, ())
    assert (question.topic, question.most, question.newest) == (topic, most, newest)


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        (
            "What is the difference between what Project 8 and Ricochet want to measure, and with "
            "what kind of detector?",
            ("Project 8", "Ricochet"),
        ),
        ("How does the search by QSHS differ from what COSI will do?", ("QSHS", "COSI")),
        ("What sets BEE apart from DeepLatent, both being agents?", ("BEE", "DeepLatent")),
        ("what sets LoFTR apart from SuperGlue", ("LoFTR", "SuperGlue")),
        ("In which respects do AToM and GAUSS differ?", ("AToM", "GAUSS")),
        ("compare the robustness of CLIP with that of ResNet", ("CLIP", "ResNet")),
        ("difference between the paper on cones and the paper on plates", ("cones", "plates")),
        ("compare supervised and unsupervised hashing", ("supervised", "unsupervised hashing")),
    ],
)
def test_what_is_compared_is_the_names(attacks, text, subjects):
    question = read(text, attacks).question
    assert (question.kind, question.subjects) == ("compare", subjects)


def test_what_there_is_by_now_is_no_filter(attacks):
    asked = read("I need measurements of today's expansion rate", attacks)
    assert not asked.filters
    assert "today" in asked.question.text
    assert read("robustness, from yesterday's announcement", attacks).filters


@pytest.mark.parametrize(
    "text",
    [
        "how do recent papers on tracking handle occlusion?",
        "how do the newest methods for dehazing deal with noise?",
        "which papers compare recent methods for dehazing?",
    ],
)
def test_what_papers_do_is_no_comparison_of_them(attacks, text):
    assert read(text, attacks).question.kind != "compare"
