"""Environment variables of a deployment from the files that set them: ``.env``, compose files, Dockerfiles.

Read only when named (``--env-file``). A value that is filled in elsewhere (``${NAME}`` of the shell, a build argument)
is left open: a variable that is not bound is unknown, never wrong.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

MAX_BYTES = 8_000_000
"""No such file is larger; what is, is something else."""

_ENVIRONMENT = re.compile(r"(\s*)environment:\s*(?:#.*)?$")
_SERVICE = re.compile(r"""\s*["']?([\w.-]+)["']?:\s*(?:[&#].*)?$""")
_ENTRY = re.compile(r"""\s*(?:-\s+)?(["']?)([A-Za-z_][A-Za-z0-9_]*)(?:\1\s*:(?:\s+(.*))?|=(.*)|\1)$""")


def read_env_file(location: str, known: Mapping[str, str]) -> dict[str, str]:
    """The variables that a file gives; ``known`` are those that its references may use.

    ``location`` is a path; for a compose file ``PATH::SERVICE`` picks a service, else only what all services that
    set a variable agree on counts. Raises OSError, and ValueError with what is wrong.
    """
    path, _, service = location.partition("::")
    with open(path, "rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES // 1_000_000} MB")
    text = data.decode("utf-8-sig")
    name = path.replace("\\", "/").rpartition("/")[2]
    found: Mapping[str, str | None]
    if name.endswith((".yml", ".yaml")):
        found = _compose(text, service)
    elif service:
        raise ValueError("only a compose file has services")
    elif name.lower().startswith(("dockerfile", "containerfile")) or name.lower().endswith(".dockerfile"):
        found = _dockerfile(text)
    else:
        from conn_lint.project.dotenv import parse

        found = parse(text, known)
    return {variable: value for variable, value in found.items() if value is not None}


def _compose(text: str, wanted: str) -> dict[str, str | None]:
    """What ``environment:`` of the services sets; None where services differ or a value comes from elsewhere."""
    services: dict[str, dict[str, str | None]] = {}
    for service, variable, value in _environments(text.splitlines()):
        services.setdefault(service, {})[variable] = value
    if wanted:
        if wanted not in services:
            raise ValueError(f"no service {wanted!r} has an environment; there are {', '.join(services) or 'none'}")
        return services[wanted]
    found: dict[str, str | None] = {}
    for variables in services.values():
        for variable, value in variables.items():
            found[variable] = value if found.get(variable, value) == value else None
    return found


def _environments(lines: list[str]) -> Iterator[tuple[str, str, str | None]]:
    """Service, variable and value of each entry, by indentation; flow mappings and aliases give nothing."""
    service, inside, level = "", -1, 0
    for line in lines:
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip())
        if inside >= 0 and (indent > inside or (indent == inside and bare.startswith("- "))):
            entry = _ENTRY.match(line)
            if entry:
                yield service, entry[2], _scalar(entry)
            continue
        inside = -1
        if bare.partition("#")[0].strip() == "services:" and not indent:
            level = -1  # that of the line below
            continue
        level = indent if level < 0 else level
        if (environment := _ENVIRONMENT.match(line)) is not None:
            inside = len(environment[1])
        elif indent == level and (named := _SERVICE.match(line)) is not None:
            service = named[1]


def _scalar(entry: re.Match[str]) -> str | None:
    """The value of an entry, as compose interpolates it with nothing set; None where that is open."""
    if entry[3] is None and entry[4] is None:
        return None  # taken over from the shell that runs compose
    value = (entry[3] if entry[3] is not None else entry[4]).strip()
    if entry[4] is not None and entry[1]:
        value = value.removesuffix(entry[1])
    elif value[:1] in ("'", '"'):
        try:
            value = shlex.split(value, comments=True)[0]
        except (ValueError, IndexError):
            return None
    else:
        value = re.sub(r"(^|\s+)#.*", "", value)
        if value[:1] in ("&", "*", "!", "|", ">", "{", "[") or value in ("", "~", "null"):
            return None
    plain = value.replace("$$", "")
    return None if "$" in plain else value.replace("$$", "$")


def _dockerfile(text: str) -> dict[str, str | None]:
    """What ENV sets in the last stage and in the stages that it is made from."""
    stages: dict[str, dict[str, str | None]] = {}
    current: dict[str, str | None] = {}
    for line in re.sub(r"\\[ \t]*\r?\n(?:[ \t]*#.*\n)*", " ", text).splitlines():
        instruction, _, rest = line.strip().partition(" ")
        if instruction.upper() == "FROM":
            words = rest.split()
            current = dict(stages.get(words[0] if words else "", {}))
            if len(words) > 2 and words[-2].upper() == "AS":
                stages[words[-1]] = current
        elif instruction.upper() == "ENV":
            current.update(_env(rest.strip()))
    return current


def _env(text: str) -> Iterator[tuple[str, str | None]]:
    """The variables of one ENV instruction, in its old form (``NAME value``) and its new."""
    name, _, value = text.partition(" ")
    if "=" not in name:
        yield name, None if "$" in value else value.strip()
        return
    try:
        words = shlex.split(text)
    except ValueError:
        return
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            yield name, None if "$" in value else value
