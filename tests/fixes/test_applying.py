"""Edits made, fixes that exclude each other, and files written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conn_lint.fixes.applying import applied, compatible, edited, write
from conn_lint.model import Edit, Fix, Span
from conn_lint.project.tree import Tree


def edit(line: int, column: int, end_line: int, end_column: int, content: str) -> Edit:
    return Edit(Span("a.py", line, column, end_line, end_column), content)


def fix(*edits: Edit) -> Fix:
    return Fix("safe", "do it", edits)


@given(st.lists(st.sampled_from(["x = 1", "", "y = 'ü'", "    pass"]), min_size=1), st.data())
def test_edits_take_the_place_of_what_they_span(lines: list[str], data: st.DataObject) -> None:
    newline = data.draw(st.sampled_from(["\n", "\r\n"]))
    text = newline.join(lines)
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + len(newline))
    places = sorted(
        {
            (number, data.draw(st.integers(0, len(lines[number]))))
            for number in data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=4))
        }
    )
    expected, edits = text, []
    for (line, column), (end_line, end_column) in zip(places[::2], places[1::2], strict=False):
        edits.append(edit(line + 1, column + 1, end_line + 1, end_column + 1, "<>"))
    for (line, column), (end_line, end_column) in reversed(list(zip(places[::2], places[1::2], strict=False))):
        expected = expected[: starts[line] + column] + "<>" + expected[starts[end_line] + end_column :]
    shuffled = data.draw(st.permutations(edits))
    assert edited("a.py", text.encode(), shuffled).decode() == expected


def test_two_insertions_at_one_place_keep_their_order() -> None:
    assert edited("a.py", b"c", [edit(1, 1, 1, 1, "a"), edit(1, 1, 1, 1, "b")]) == b"abc"


def test_the_end_of_the_last_line_may_be_named_as_the_start_of_the_next() -> None:
    assert edited("a.py", b"a\nb", [edit(2, 1, 3, 1, "")]) == b"a\n"


def test_fixes_that_share_an_edit_are_compatible(tmp_path: Path) -> None:
    shared = edit(1, 1, 1, 1, "import x\n")
    one, two = fix(shared, edit(2, 1, 2, 1, "x()\n")), fix(shared, edit(3, 1, 3, 1, "x()\n"))
    assert compatible([one, two]) == [one, two]
    (tmp_path / "a.py").write_text("\na\nb\n")
    assert applied([one, two], Tree(str(tmp_path))) == {"a.py": b"import x\n\nx()\na\nx()\nb\n"}


def test_fixes_that_meet_are_not() -> None:
    one, two = fix(edit(1, 1, 1, 5, "")), fix(edit(1, 3, 1, 3, "x"))
    assert compatible([one, two]) == [one]
    assert compatible([two, one]) == [two]


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("a")
    script.chmod(0o750)
    write(str(tmp_path), {"script.py": b"b"})
    assert script.read_text() == "b"
    assert stat.S_IMODE(script.stat().st_mode) == 0o750
    assert os.listdir(tmp_path) == ["script.py"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("before")

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted", "a.py")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        write(str(tmp_path), {"a.py": b"after"})
    assert (tmp_path / "a.py").read_text() == "before"
    assert os.listdir(tmp_path) == ["a.py"]
