"""A rule as text for --list-rules and --explain, made of its docstring and its examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import dedent, indent

from conn_lint.model import RuleText
from conn_lint.rules.base import Example, Rule


def listing(rules: Iterable[Rule]) -> str:
    """One line per rule: code, name, highest severity."""
    return "".join(f"{rule.code}  {rule.name:<26}  {rule.severity}\n" for rule in rules)


def text_of(rule: Rule) -> RuleText:
    """The documentation of ``rule`` without its examples; the summary is its first paragraph."""
    text = dedent(rule.__doc__ or "").strip()
    _, _, body = text.partition("\n")
    return RuleText(rule.code, rule.name, rule.severity, " ".join(body.partition("\n\n")[0].split()), text)


def explanation(rule: Rule) -> str:
    """The documentation of ``rule``, then every project it reports and every one it is silent on."""
    parts = [f"# {rule.name} ({rule.code}, {rule.severity})", dedent(rule.__doc__ or "").strip()]
    parts += ["## Reported", *_examples(rule.INVALID), "## Not reported", *_examples(rule.VALID)]
    return "\n\n".join(parts) + "\n"


def _examples(examples: tuple[Example, ...]) -> Iterator[str]:
    for example in examples:
        command = " ".join(("conn-lint", *example.args))
        at = f"  reported at {', '.join(example.at)}" if example.at else ""
        yield f"### {example.title}\n$ {command}{at}"
        for path, text in example.files.items():
            if text:
                yield f"{path}\n{indent(text.rstrip(), '    ')}"
