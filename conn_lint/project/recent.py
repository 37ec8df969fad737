"""Python newer than the running one as older versions read it, in the same lines and nearly the same columns.

Type parameters (3.12, PEP 695) are blanked, ``type A = b`` becomes ``A: b``, exceptions without parentheses
(3.14, PEP 758) get them in the place of a space, and ``except*`` (3.11) loses its star. What else is new, as
f-strings that hold their own quotes (3.12), is left to libcst, which takes ten times as long and more.
"""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.project.python2 import Token, tokens_of


def as_older(text: str) -> str:
    """``text`` with what is new replaced, of the same length; equal when there is nothing to replace."""
    tokens = tokens_of(text)
    out = list(text)
    for index, token in enumerate(tokens[:-2]):
        following, after = tokens[index + 1 : index + 3]
        if token.text in ("def", "class") and following.kind == "name" and after.text == "[":
            _blank_brackets(tokens, index + 2, out)
        elif token.first and token.text == "type" and following.kind == "name" and after.text in ("=", "["):
            if after.text == "[":
                _blank_brackets(tokens, index + 2, out)
            end = following.start + len(following.text)
            out[token.start : end] = following.text.ljust(end - token.start)
            level = token.depth
            equals = next((each for each in _rest(tokens, index) if each.text == "=" and each.depth == level), None)
            if equals:
                out[equals.start] = ":"
        elif token.first and token.text == "except":
            if following.text == "*":
                out[following.start] = " "
            _parenthesise(tokens, index + 1 + (following.text == "*"), out)
    return "".join(out)


def _blank_brackets(tokens: list[Token], opening: int, out: list[str]) -> None:
    bracket = tokens[opening]
    for token in _rest(tokens, opening):
        if token.text == "]" and token.depth == bracket.depth:
            inside = out[bracket.start : token.start + 1]
            out[bracket.start : token.start + 1] = (char if char in "\r\n" else " " for char in inside)
            return


def _parenthesise(tokens: list[Token], first: int, out: list[str]) -> None:
    """``except A, B:`` becomes ``except(A,B) :`` where there are spaces to take the places of the brackets."""
    level = tokens[first].depth
    commas: list[int] = []
    for token in _rest(tokens, first - 1):
        if token.depth == level and (token.kind == "newline" or token.text in (":", "as")):
            opening = tokens[first].start - 1
            closing = token.start - 1
            if token.text != ":" or not commas or out[opening] != " " or out[commas[0] + 1] != " ":
                return
            out[opening] = "("
            out[commas[0] + 1 : closing + 1] = [*out[commas[0] + 2 : closing + 1], ")"]
            return
        if token.depth == level and token.text == ",":
            commas.append(token.start)


def _rest(tokens: list[Token], index: int) -> Iterator[Token]:
    """The tokens behind that at ``index``."""
    for position in range(index + 1, len(tokens)):
        yield tokens[position]
