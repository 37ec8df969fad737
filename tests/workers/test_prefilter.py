"""Which files may matter, by their bytes."""

from __future__ import annotations

import pytest

from conn_lint.workers.prefilter import framework_words, framework_words_in


@pytest.mark.parametrize("word", framework_words())
def test_each_word_of_a_framework_is_found_with_those_in_it(word: bytes) -> None:
    data = b"x = 1\n" + word + b"\n"
    assert word in framework_words_in(data)
    assert framework_words_in(data) == {each for each in framework_words() if each in data}


def test_a_file_without_their_words() -> None:
    assert framework_words_in(b"def total(lines):\n    return sum(lines)\n") == frozenset()
