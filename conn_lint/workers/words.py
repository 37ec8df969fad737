"""Which files hold a word: they are split into their identifiers once, so that each of many words costs next to
nothing, where looking through every file for every word takes longer than anything else that is read of most trees."""

from __future__ import annotations

import re
from collections.abc import Iterable

_IDENTIFIERS = bytes(
    byte if byte >= 128 or chr(byte).isalnum() or byte == ord("_") else ord(" ") for byte in range(256)
)
"""Puts a blank in the place of every byte that is no part of an identifier."""

_IDENTIFIER = re.compile(rb"[\w\x80-\xff]+")


class Words:
    """The identifiers of files, each with the files that hold it."""

    def __init__(self, files: Iterable[tuple[str, bytes]]) -> None:
        """``files``: each path with its bytes; answers keep their order."""
        self._files = tuple(files)
        self._holding: dict[bytes, list[int]] = {}
        for number, (_, data) in enumerate(self._files):
            for identifier in set(data.translate(_IDENTIFIERS).split()):
                if identifier in self._holding:
                    self._holding[identifier].append(number)
                else:
                    self._holding[identifier] = [number]
        self._vocabulary = b"\n".join((b"", *self._holding, b""))
        self._found: dict[bytes, frozenset[int]] = {}

    def files(self, *words: bytes) -> tuple[str, ...]:
        """The files that hold one of ``words`` anywhere, as ``word in data`` says."""
        numbers = frozenset[int]().union(*map(self._numbers, words))
        return tuple(self._files[number][0] for number in sorted(numbers))

    def _numbers(self, word: bytes) -> frozenset[int]:
        if word not in self._found:
            candidates = self._candidates(word)
            self._found[word] = frozenset(number for number in candidates if word in self._files[number][1])
        return self._found[word]

    def _candidates(self, word: bytes) -> Iterable[int]:
        """The files of which an identifier holds the longest one of ``word``: no other file can hold all of it."""
        part = max(_IDENTIFIER.findall(word), key=len, default=b"")
        if not part:
            return range(len(self._files))
        found: set[int] = set()
        at = self._vocabulary.find(part)
        while at >= 0:
            start, end = self._vocabulary.rfind(b"\n", 0, at) + 1, self._vocabulary.find(b"\n", at)
            found.update(self._holding[self._vocabulary[start:end]])
            at = self._vocabulary.find(part, end)
        return found
