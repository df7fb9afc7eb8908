import numpy as np
import pytest

from rag.text.words import stems
from rag.write import groups as grouping
from rag.write.groups import OTHERS

SEGMENTATION = ("2104.00073", "2104.00613", "2104.00483")
TRACKING = ("2104.00324", "2104.00403", "2104.00194", "2104.00380")


@pytest.fixture(scope="module")
def group(library, embedding):
    def made(*identifiers: str, topic: str = "vision"):
        records = library.records(identifiers)
        papers = [records[i].paper for i in identifiers]
        spaces = [records[i].whole for i in identifiers]
        return grouping.grouped(papers, spaces, topic, embedding)

    return made


def test_like_papers_go_together(group):
    found = group(*SEGMENTATION, *TRACKING)
    homes = {n: g.name for g in found for n in g.members}
    assert sorted(homes) == list(range(7))
    assert len({homes[n] for n in (3, 4)}) == 1
    assert homes[3] != homes[0]
    assert all(g.name for g in found)


def test_the_largest_group_comes_first_and_the_rest_last(group):
    found = group(*TRACKING, "2104.00138", "2104.00405")
    sizes = [len(g.members) for g in found if g.name != OTHERS]
    assert sizes == sorted(sizes, reverse=True)
    assert OTHERS not in [g.name for g in found[:-1]]


def test_a_name_is_true_of_most_of_its_group(library, group):
    """A phrase of one title, near to all of them in meaning, names none of the others."""
    records = library.sample()
    space = np.stack([record.whole for record in records])
    names = 0
    for nearness in space[::9] @ space.T:
        some = [records[n] for n in np.argsort(-nearness)[:10]]
        for found in group(*(record.id for record in some), topic=""):
            papers = [some[n].paper for n in found.members]
            texts = [set(stems(f"{p.title}. {p.abstract}")) for p in papers]
            if found.name and found.name != OTHERS:
                have = sum(set(stems(found.name)) <= text for text in texts)
                assert 2 * have > len(texts), found.name
                names += 1
    assert names > 5


def test_no_group_is_named_by_the_topic(group):
    for found in group(*SEGMENTATION, *TRACKING, topic="visual tracking"):
        assert found.name.lower() not in {"tracking", "visual tracking"}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_papers_are_not_divided(group, count):
    found = group(*TRACKING[:count])
    assert [g.members for g in found] == [tuple(range(count))]
    assert found[0].name == ""
