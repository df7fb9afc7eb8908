"""Turns: alone, in order, and nobody left behind."""

import threading
import time

import pytest

from rag.models.turns import Turns


def test_one_at_a_time_and_all_of_them():
    turns, inside, most, done = Turns(), [], [], []

    def work(name):
        for _ in range(20):
            with turns.taken(turns.draw()):
                inside.append(name)
                most.append(len(inside))
                inside.remove(name)
        done.append(name)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(done) == list(range(6))
    assert set(most) == {1}


def test_who_drew_first_comes_first():
    turns, order = Turns(), []
    first, second, third = turns.draw(), turns.draw(), turns.draw()

    def wait(number):
        with turns.taken(number):
            order.append(number)

    with turns.taken(first):
        threads = []
        for number in (third, second):
            threads.append(threading.Thread(target=wait, args=(number,)))
            threads[-1].start()
            while len(turns._waiting) < len(threads):
                time.sleep(0.005)
    for thread in threads:
        thread.join()
    assert order == [second, third]


def test_who_fails_leaves_the_turn():
    turns = Turns()
    with pytest.raises(ValueError, match="broken"), turns.taken(turns.draw()):
        raise ValueError("broken")
    with turns.taken(turns.draw()):
        pass
