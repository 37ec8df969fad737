"""The words of one command line: its program and its options, as argparse, click and getopt read them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping


def program_of(words: tuple[str, ...], programs: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The first of ``programs`` among ``words``, whatever runs it (``poetry run uvicorn``, ``python -m uvicorn``,
    ``gosu celery celery``), and the words after it; empty when there is none."""
    for at, word in enumerate(words):
        name = word.rpartition("/")[2]
        if name in programs:
            while words[at + 1 : at + 2] == (name,):
                at += 1
            return name, words[at + 1 :]
    return "", ()


def options(
    words: tuple[str, ...], valued: Mapping[str, str], flags: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """Each option of ``words`` and its value, in the order in which they stand.

    ``valued`` and ``flags`` name the options by their spellings (``{"-w": "workers", "--workers": "workers"}``);
    the value of a flag is ``"true"``, and a word that is no option of these comes with an empty name.
    Understood are ``--workers 4``, ``--workers=4``, ``-w 4``, ``-w=4`` and ``-w4``.
    """
    at = 0
    while at < len(words):
        word = words[at]
        name, equals, value = word.partition("=")
        short = word[:2] if word[:2] in valued and len(word) > 2 and word[1] != "-" else ""
        if name in valued:
            if not equals:
                at += 1
                value = words[at] if at < len(words) else ""
            yield valued[name], value
        elif short:
            yield valued[short], word[2:]
        elif flags and name in flags:
            yield flags[name], value or "true"
        else:
            yield "", word
        at += 1


def option(words: tuple[str, ...], *names: str) -> str:
    """The last value that ``words`` give to the option with the spellings ``names``; empty when they do not."""
    found = ""
    for name, value in options(words, dict.fromkeys(names, "it")):
        found = value if name else found
    return found
