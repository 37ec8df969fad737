"""Every conn-lint command of README.md is run in the demo project, and prints what README says it prints."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from conn_lint.cli import main
from conn_lint.config import Config, load
from conn_lint.rules import rules

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.M | re.S)
ELLIPSIS = "...\n"


def console() -> list[tuple[str, str]]:
    """The commands after ``$ `` in console blocks, and what stands below each."""
    found = []
    for language, text in BLOCKS:
        if language == "console":
            for entry in text.removeprefix("$ ").split("\n$ "):
                command, _, output = entry.partition("\n")
                found.append((command, output if output.endswith("\n") else output + "\n"))
    return found


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "shop"
    shutil.copytree(ROOT / "tests" / "projects" / "shop", copy)
    for path in copy.rglob("*.py"):
        path.write_text(re.sub(r"  # expect: .*", "", path.read_text()))
    monkeypatch.chdir(copy)
    return copy


@pytest.mark.parametrize(("command", "output"), console(), ids=[command for command, _ in console()])
def test_a_command_prints_what_the_readme_shows(
    command: str, output: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program, *arguments = shlex.split(command)
    assert program == "conn-lint"
    status = main(arguments)
    printed = capsys.readouterr()
    assert status in (0, 1), printed.err
    if output == ELLIPSIS:
        assert printed.out.strip()
    else:
        assert printed.out == output


def test_the_configuration_shown_is_one_that_loads(shop: Path) -> None:
    shown = [text for language, text in BLOCKS if language == "toml"]
    assert shown
    for text in shown:
        (shop / "pyproject.toml").write_text(text)
        config = load(str(shop), {})
        assert config != Config(str(shop))


def test_the_hook_shown_is_the_hook_there_is() -> None:
    shown = next(text for language, text in BLOCKS if language == "yaml")
    assert re.findall(r"- id: (\S+)", shown) == re.findall(
        r"- id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text()
    )


def test_every_code_named_is_a_rule() -> None:
    codes = {rule.code for rule in rules()}
    assert set(re.findall(r"\bCL\d{3}\b", README)) <= codes


def test_every_option_named_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(re.findall(r"(?<![-\w])--[a-z][a-z-]+", README)) <= known


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"`make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.M), target
