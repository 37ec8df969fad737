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
_WHOLE = re.compile(rb"(?<=[^\w\x80-\xff])[\w\x80-\xff]+(?=[^\w\x80-\xff])")
"""An identifier of which what is around it says that it is no part of a longer one."""


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

    def having(self, identifier: bytes) -> tuple[str, ...]:
        """The files of which ``identifier`` is one, and not a part of one."""
        return tuple(self._files[number][0] for number in self._holding.get(identifier, ()))

    def _numbers(self, word: bytes) -> frozenset[int]:
        if word not in self._found:
            candidates = self._candidates(word)
            self._found[word] = frozenset(number for number in candidates if word in self._files[number][1])
        return self._found[word]

    def _candidates(self, word: bytes) -> Iterable[int]:
        """The files that have the rarest identifier of ``word``, or one that holds it where it may be a part: no other
        file can hold all of it."""
        whole = _WHOLE.findall(word)
        if whole:
            return self._holding.get(min(whole, key=self._spread), ())
        parts = _IDENTIFIER.findall(word)
        return self._with_part(min(parts, key=self._spread)) if parts else range(len(self._files))

    def _spread(self, identifier: bytes) -> int:
        return len(self._holding.get(identifier, ()))

    def _with_part(self, part: bytes) -> Iterable[int]:
        """The files that have an identifier which holds ``part``."""
        found: set[int] = set()
        at = self._vocabulary.find(part)
        while at >= 0:
            start, end = self._vocabulary.rfind(b"\n", 0, at) + 1, self._vocabulary.find(b"\n", at)
            found.update(self._holding[self._vocabulary[start:end]])
            at = self._vocabulary.find(part, end)
        return found
