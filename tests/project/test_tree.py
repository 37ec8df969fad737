from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from conn_lint.project.tree import MAX_SOURCE_BYTES, Tree, Unreadable, display


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")


def git(root: Path, *arguments: str, **environment: str) -> None:
    identity = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    subprocess.run(
        ["git", *arguments], cwd=root, check=True, capture_output=True, env=os.environ | identity | environment
    )


def test_every_file_outside_git(tmp_path: Path) -> None:
    touch(tmp_path, "manage.py", "shop/models.py", "etc/my.cnf")
    assert Tree(str(tmp_path)).paths == ("etc/my.cnf", "manage.py", "shop/models.py")


@pytest.mark.parametrize(
    "aside",
    [
        ".hidden/a.py",
        "node_modules/a/b.py",
        "venv/lib/a.py",
        "build/lib/a.py",
        "shop/__pycache__/a.py",
        "env/site-packages/a.py",
    ],
)
def test_other_peoples_files_are_left_out_outside_git(tmp_path: Path, aside: str) -> None:
    touch(tmp_path, "shop/models.py", aside)
    assert Tree(str(tmp_path)).paths == ("shop/models.py",)


def test_a_virtual_environment_of_any_name_is_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "a.py", "python311/pyvenv.cfg", "python311/lib/django/db.py")
    assert Tree(str(tmp_path)).paths == ("a.py",)


def test_a_hidden_file_of_the_project_is_read(tmp_path: Path) -> None:
    touch(tmp_path, ".env", "a.py")
    assert ".env" in Tree(str(tmp_path)).paths


def test_tracked_and_staged_files_inside_git(tmp_path: Path) -> None:
    touch(tmp_path, "tracked.py", "staged.py", "scratch.py", "build/tracked.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "tracked.py", "build/tracked.py")
    git(tmp_path, "commit", "-qm", "x")
    git(tmp_path, "add", "staged.py")
    assert Tree(str(tmp_path)).paths == ("build/tracked.py", "staged.py", "tracked.py")


def test_a_folder_of_a_git_tree(tmp_path: Path) -> None:
    touch(tmp_path, "other.py", "backend/manage.py", "backend/scratch.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "other.py", "backend/manage.py")
    assert Tree(str(tmp_path / "backend")).paths == ("manage.py",)


def test_a_tracked_file_that_was_removed_is_no_file(tmp_path: Path) -> None:
    touch(tmp_path, "a.py", "b.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    (tmp_path / "b.py").unlink()
    assert Tree(str(tmp_path)).paths == ("a.py",)


def test_vendored_folders_are_left_out_even_where_git_tracks_them(tmp_path: Path) -> None:
    touch(tmp_path, "a.py", "node_modules/b.py", "lib/site-packages/c.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-f", ".")
    assert Tree(str(tmp_path)).paths == ("a.py",)


def test_what_was_installed_into_the_tree_is_left_out(tmp_path: Path) -> None:
    touch(tmp_path, "hook/app.py", "hook/requests/__init__.py", "hook/requests/own.py", "requests/__init__.py")
    record = tmp_path / "hook/requests-2.22.0.dist-info/RECORD"
    record.parent.mkdir()
    record.write_text("requests/__init__.py,sha256=abc,4\nrequests-2.22.0.dist-info/RECORD,,\n")
    assert Tree(str(tmp_path)).paths == ("hook/app.py", "hook/requests/own.py", "requests/__init__.py")


def test_the_index_that_git_names_is_the_one_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.py", "b.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.py")
    other = str(tmp_path / ".git" / "other-index")
    git(tmp_path, "add", "a.py", "b.py", GIT_INDEX_FILE=other)
    assert Tree(str(tmp_path)).paths == ("a.py",)
    monkeypatch.setenv("GIT_INDEX_FILE", other)
    assert Tree(str(tmp_path)).paths == ("a.py", "b.py")


def test_a_folder_that_git_ignores_is_read_as_files(tmp_path: Path) -> None:
    touch(tmp_path, ".gitignore", "copy/a.py")
    (tmp_path / ".gitignore").write_text("copy/\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".gitignore")
    assert Tree(str(tmp_path / "copy")).paths == ("a.py",)


def test_a_fresh_repository_is_read_as_files(tmp_path: Path) -> None:
    touch(tmp_path, "a.py")
    git(tmp_path, "init", "-q")
    assert Tree(str(tmp_path)).paths == ("a.py",)


def test_without_git_the_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path, "a.py", "b.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.py")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Tree(str(tmp_path)).paths == ("a.py", "b.py")


def test_names_that_are_not_ascii_and_names_with_newlines(tmp_path: Path) -> None:
    touch(tmp_path, "žluť/日本.py", "a\nb.py")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    assert set(Tree(str(tmp_path)).paths) == {"žluť/日本.py", "a\nb.py"}


def test_symlink_loops_end(tmp_path: Path) -> None:
    touch(tmp_path, "shop/a.py")
    (tmp_path / "shop" / "again").symlink_to(tmp_path)
    (tmp_path / "itself.py").symlink_to("itself.py")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    assert Tree(str(tmp_path)).paths == ("shop/a.py",)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    assert Tree(str(tmp_path)).paths == ("shop/a.py",)


def test_a_symlink_to_a_file_is_a_file(tmp_path: Path) -> None:
    touch(tmp_path, "settings/production.py")
    (tmp_path / "local_settings.py").symlink_to("settings/production.py")
    tree = Tree(str(tmp_path))
    assert tree.read("local_settings.py") == b"x = 1\n"


def test_excluded_by_pattern_or_folder(tmp_path: Path) -> None:
    touch(tmp_path, "a.py", "legacy/b.py", "shop/legacy.py", "shop/c_generated.py")
    paths = Tree(str(tmp_path), ("legacy/", "*_generated.py")).paths
    assert paths == ("a.py", "shop/legacy.py")


def test_a_file_is_read_once(tmp_path: Path) -> None:
    touch(tmp_path, "a.py")
    tree = Tree(str(tmp_path))
    first = tree.read("a.py")
    (tmp_path / "a.py").write_text("changed")
    assert tree.read("a.py") is first


def test_a_file_that_is_gone_is_unreadable(tmp_path: Path) -> None:
    touch(tmp_path, "a.py")
    tree = Tree(str(tmp_path))
    (tmp_path / "a.py").unlink()
    with pytest.raises(Unreadable, match=r"a\.py:1: cannot be read: No such file"):
        tree.read("a.py")


def test_a_huge_file_is_unreadable_without_being_read_whole(tmp_path: Path) -> None:
    with open(tmp_path / "data.py", "wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(Unreadable, match=r"data\.py:1: is larger than 8 MB"):
        Tree(str(tmp_path)).read("data.py")
    with open(tmp_path / "data.py", "wb") as file:
        file.truncate(MAX_SOURCE_BYTES)
    assert len(Tree(str(tmp_path)).read("data.py")) == MAX_SOURCE_BYTES


def test_paths_are_shown_relative_to_the_tree_and_absolute_outside(tmp_path: Path) -> None:
    root = str(tmp_path / "project")
    assert display(f"{root}/etc/my.cnf", root) == "etc/my.cnf"
    assert display(f"{root}/../my.cnf", root) == str(tmp_path / "my.cnf")
    assert display(f"{root}-two/my.cnf", root) == f"{root}-two/my.cnf"


def test_a_folder_that_cannot_be_read_is_said_and_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "a.py", "shop/b.py")
    scandir = os.scandir

    def refuse(folder: str) -> object:
        if folder.endswith("shop/"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    tree = Tree(str(tmp_path))
    assert tree.paths == ("a.py",)
    assert [(str(problem.span), problem.reason) for problem in tree.problems] == [
        ("shop:1", "cannot be read: Permission denied")
    ]
