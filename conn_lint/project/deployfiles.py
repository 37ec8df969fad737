"""The files that say how a project is run, one reader per format: from lines to command lines.

A reader gets the lines of a file and yields the shell command lines in it; it knows just enough of its
format for that. YAML is read by its indentation: the values wanted are plain strings and lists of them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from typing import NamedTuple

_NEVER = (".py", ".html", ".js", ".json", ".md", ".po", ".png", ".svg", ".txt")


class CommandLine(NamedTuple):
    """A command line as a shell would read it, and the lines (from 1) of its file on which it stands."""

    first: int
    last: int
    text: str


class Form(NamedTuple):
    """How to read one kind of file: worth it when it holds one of ``markers``. ``sure``: its name alone says
    that it deploys something, so that not being able to read it matters."""

    read: Callable[[list[str]], Iterator[CommandLine]]
    markers: tuple[bytes, ...]
    sure: bool = True


def form_of(path: str) -> Form | None:
    """How to read ``path``, or None when its name is not one of a deployment file."""
    if path.endswith(_NEVER):
        return None
    folder, _, name = path.rpartition("/")
    if not {"doc", "docs"}.isdisjoint(folder.split("/")):
        return None
    if name.endswith((".yml", ".yaml")):
        return Form(yaml, (b"command", b"args", b"entrypoint", b"startCommand"), sure="compose" in name)
    if name.endswith((".conf", ".ini", ".conf.j2", ".ini.j2")):
        return Form(supervisord, (b"[program:",), sure=False)
    if name.endswith((".service", ".service.j2")):
        return Form(systemd, (b"ExecStart",))
    if name.endswith((".sh", ".bash")) or (name.endswith("entrypoint") or name.startswith("entrypoint")):
        return Form(shell, (b"",), sure=False)
    if name.startswith("Procfile"):
        return Form(procfile, (b":",))
    if name.startswith(("Dockerfile", "Containerfile")) or name.endswith((".dockerfile", ".Dockerfile")):
        return Form(dockerfile, (b"CMD", b"ENTRYPOINT", b"cmd", b"entrypoint"))
    return None


def procfile(lines: list[str]) -> Iterator[CommandLine]:
    """``name: command`` per line (Heroku, foreman, honcho)."""
    for number, line in enumerate(lines, 1):
        found = re.match(r"[\w-]+:\s*(\S.*)", line)
        if found:
            yield CommandLine(number, number, found[1])


def supervisord(lines: list[str]) -> Iterator[CommandLine]:
    """``command=`` of the [program:...] sections; an indented line goes on."""
    program = False
    command: CommandLine | None = None
    for number, raw in enumerate(lines, 1):
        line = re.sub(r"(^|\s);.*", "", raw).rstrip()
        if command and line[:1].isspace():
            command = CommandLine(command.first, number, f"{command.text} {line.strip()}")
            continue
        if command and line:
            yield command
            command = None
        if line.startswith("["):
            program = line.startswith("[program:")
        elif program:
            found = re.match(r"command\s*[=:]\s*(.*)", line)
            if found:
                command = CommandLine(number, number, found[1])
    if command:
        yield command


def systemd(lines: list[str]) -> Iterator[CommandLine]:
    """ExecStart of a unit file, without the prefixes of systemd.service(5)."""
    for line in _continued(lines, comments="#;"):
        found = re.match(r"ExecStart\s*=\s*[-@:+!]*(\S.*)", line.text)
        if found:
            yield line._replace(text=found[1])


def shell(lines: list[str]) -> Iterator[CommandLine]:
    """Every line of a shell script, continuation lines joined."""
    yield from _continued(lines, comments="#")


def dockerfile(lines: list[str]) -> Iterator[CommandLine]:
    """CMD and ENTRYPOINT in both forms; an exec ENTRYPOINT is put before the CMD of its stage."""
    entry: CommandLine | None = None
    for line in _continued(lines, comments="#"):
        instruction, _, rest = line.text.partition(" ")
        listed = _flow_list(rest.strip())
        command = line._replace(text=shlex.join(listed) if listed is not None else rest)
        if instruction.upper() == "FROM":
            if entry:
                yield entry
            entry = None
        elif instruction.upper() == "ENTRYPOINT":
            entry = command
        elif instruction.upper() == "CMD":
            yield _joined(entry, command)
            entry = None
    if entry:
        yield entry


def _joined(entry: CommandLine | None, command: CommandLine) -> CommandLine:
    """The arguments in ``command`` after the program in ``entry``, the place being that of the arguments."""
    return command._replace(text=f"{entry.text} {command.text}") if entry else command


def _continued(lines: list[str], comments: str) -> Iterator[CommandLine]:
    text, first = "", 0
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if line[:1] in tuple(comments) and line:
            continue
        first = first if text else number
        text += line
        if text.endswith("\\"):
            text = text[:-1] + " "
            continue
        if text:
            yield CommandLine(first, number, text)
        text = ""
    if text.strip():
        yield CommandLine(first, len(lines), text)


_KEY = re.compile(r"""(\s*(?:-\s+)*)["']?(command|args|entrypoint|startCommand)["']?\s*:(?:\s+(.*))?$""")
_ORDER = ("startCommand", "entrypoint", "command", "args")


def yaml(lines: list[str]) -> Iterator[CommandLine]:
    """``entrypoint``, ``command`` and ``args`` of compose and Kubernetes files (``startCommand``: Render).

    The keys of one mapping make one command line, in the order in which the container runs them."""
    mapping: dict[str, CommandLine] = {}
    column = at = 0
    while at < len(lines):
        found = _KEY.match(lines[at])
        indent = len(found[1]) if found else _indent(lines[at])
        if mapping and indent is not None and (indent < column or (found and found[2] in mapping)):
            yield _whole(mapping)
            mapping = {}
        if found is None:
            at += 1
            continue
        text, last = _value(lines, at, indent or 0, (found[3] or "").strip())
        if text and (not mapping or indent == column):
            column = indent or 0
            mapping[found[2]] = CommandLine(at + 1, last + 1, text)
        at = last + 1
    if mapping:
        yield _whole(mapping)


def _whole(mapping: dict[str, CommandLine]) -> CommandLine:
    parts = [mapping[key] for key in _ORDER if key in mapping]
    return CommandLine(min(p.first for p in parts), max(p.last for p in parts), " ".join(p.text for p in parts))


def _indent(line: str) -> int | None:
    bare = line.lstrip()
    return None if not bare or bare.startswith("#") else len(line) - len(bare)


def _value(lines: list[str], at: int, column: int, inline: str) -> tuple[str, int]:
    """The command line of the value that begins on line ``at`` (from 0), and its last line."""
    last = at
    while last + 1 < len(lines) and _belongs(lines[last + 1], column):
        last += 1
    while last > at and not lines[last].strip():
        last -= 1
    below = [line.strip() for line in lines[at + 1 : last + 1] if _indent(line) is not None]
    inline = re.sub(r"^[&!]\S+\s*", "", inline)
    if inline.startswith("["):
        listed = _flow_list(" ".join([_uncommented(inline), *map(_uncommented, below)]))
        return (shlex.join(listed) if listed is not None else ""), last
    if inline[:1] in ("|", ">"):
        literal = inline.startswith("|")
        return re.sub(r"\\\s*;", " ", " ; ".join(below)) if literal else " ".join(below), last
    if inline and not inline.startswith("#"):
        return _scalar(" ".join([_uncommented(inline), *below])), last
    words = [_scalar(_uncommented(line[1:].strip())) for line in below if line.startswith("- ")]
    return shlex.join(words), last


def _belongs(line: str, column: int) -> bool:
    indent = _indent(line)
    return indent is None or indent > column or (indent == column and line.lstrip().startswith(("- ", "]")))


def _uncommented(text: str) -> str:
    return re.sub(r"\s+#.*", "", text) if text[:1] not in ("'", '"') else text


def _scalar(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        inner = text[1:-1]
        return inner.replace("''", "'") if text[0] == "'" else inner.replace('\\"', '"')
    return text


def _flow_list(text: str) -> list[str] | None:
    """The strings of ``["a", 'b', c]``, or None when ``text`` is not a whole list."""
    if not (text.startswith("[") and text.rstrip().endswith("]")):
        return None
    items = re.findall(r""""((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)'|([^\s,\[\]"'][^,\[\]]*)""", text.strip()[1:-1])
    return [double.replace('\\"', '"') or single.replace("''", "'") or plain.strip() for double, single, plain in items]
