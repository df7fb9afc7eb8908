"""Counts of the papers that match."""

from rag.judge import counts


def test_counts_are_of_all_papers(library) -> None:
    records = list(library.records(library.identifiers()).values())
    counted = counts.of(records)
    assert set(counted) == set(counts.KINDS)
    assert sum(counted["year"].values()) == sum(counted["month"].values()) == len(records)
    for name in ("code", "dataset"):
        assert sum(counted[name].values()) == len(records)
        assert 0 < counted[name][counts.SAYS] < len(records)
    assert counts.of([]) == {}
