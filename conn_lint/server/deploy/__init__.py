"""What the deployment files of a project say of its server: compose, Dockerfile, Kubernetes and Helm, Ansible,
CloudFormation, Terraform."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import ServerAnswer
from conn_lint.project.tree import Tree, Unreadable, display
from conn_lint.server.deploy.answer import answer
from conn_lint.server.deploy.source import NotRead, Source
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.files import read_given

_MARKERS = (b"wait_timeout", b"wait-timeout", b"interactive_timeout", b"interactive-timeout")
_MOUNTS = (b".cnf", b"conf.d", b"/etc/mysql")
_ENGINES = (b"mysql", b"mariadb", b"percona")


def read_deployment_file(location: str, *, root: str, alias: str | None = None) -> ServerAnswer:
    """What the deployment file ``location`` says of its server; FILE::NAME picks one of several.

    Raises ServerSourceError in one line when it cannot be read, is none that is known, sets no timeout, or tells of
    several servers with different ones.
    """
    path, _, wanted = location.partition("::")
    shown = display(path, root)
    data = read_given(path, shown)
    if not _is_deployment(shown):
        raise ServerSourceError(f"{shown}: is no compose file, Dockerfile, manifest, template or Terraform file")
    try:
        sources = list(_sources(shown, data, root))
    except NotRead as error:
        place = f"{shown}:{error.line}" if error.line else shown
        raise ServerSourceError(f"{place}: {error}") from error
    answers = [told for source in sources if (told := answer(source, root, found=False, alias=alias)) is not None]
    if not answers:
        raise ServerSourceError(f"{shown}: sets neither wait_timeout nor interactive_timeout of a server")
    names = [each.name.removesuffix(f" of {shown}") for each in answers]
    if wanted:
        if wanted not in names:
            raise ServerSourceError(f"{shown}: no server {wanted!r} in it; it has {', '.join(names)}")
        return answers[names.index(wanted)]
    if len({(each.outcome, each.wait_timeout, each.interactive_timeout) for each in answers}) > 1:
        raise ServerSourceError(
            f"{shown}: tells of several servers, so name one: {shown}::{names[0]} (or {', '.join(names[1:])})"
        )
    return answers[0]


def find_deployments(tree: Tree) -> tuple[ServerAnswer, ...]:
    """What the deployment files of ``tree`` say of servers. A file that cannot be read is passed over: nobody named
    it, and a template of Helm or Jinja is no YAML until it is rendered."""
    found: list[ServerAnswer] = []
    for path in tree.paths:
        if not _is_deployment(path) or _is_documentation(path):
            continue
        try:
            data = tree.read(path)
        except Unreadable:
            continue
        if _worth_reading(data):
            found += _answers(path, data, tree.root)
    return tuple(found)


def _answers(path: str, data: bytes, root: str) -> Iterator[ServerAnswer]:
    try:
        sources = list(_sources(path, data, root))
    except NotRead:
        return
    for source in sources:
        told = answer(source, root, found=True)
        if told is not None:
            yield told


def _is_deployment(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith((".yml", ".yaml", ".tf", ".template", ".cfn.json")) or name.startswith(
        ("Dockerfile", "Containerfile")
    )


def _is_documentation(path: str) -> bool:
    return not {"doc", "docs", "test", "tests", "fixtures", "examples"}.isdisjoint(path.split("/")[:-1])


def _worth_reading(data: bytes) -> bool:
    if any(marker in data for marker in _MARKERS):
        return True
    return any(marker in data for marker in _MOUNTS) and any(engine in data for engine in _ENGINES)


def _sources(path: str, data: bytes, root: str) -> Iterator[Source]:
    """Every source in the file ``path`` by the kind that its name and text say. Raises NotRead."""
    text = data.decode("utf-8-sig", "replace")
    name = path.rpartition("/")[2]
    if name.endswith(".tf"):
        from conn_lint.server.deploy import terraform

        yield from terraform.sources(text, path)
        return
    if name.startswith(("Dockerfile", "Containerfile")):
        from conn_lint.server.deploy import dockerfile

        yield from dockerfile.sources(text, path, root)
        return
    from conn_lint.server.deploy import cloudformation, containers, embedded
    from conn_lint.server.deploy.documents import documents

    for document in documents(text, path):
        yield from containers.sources(document, path, root)
        yield from embedded.blocks(document, path)
        yield from embedded.variables(document, path)
        yield from cloudformation.sources(document, path)
