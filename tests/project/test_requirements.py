from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import Problem, Requirement, Span
from conn_lint.project.requirements import django_of, read_requirements
from conn_lint.project.tree import Tree


def read(
    tmp_path: Path, files: dict[str, str | bytes], problems: dict[str, Problem] | None = None
) -> dict[str, Requirement]:
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_requirements(Tree(str(tmp_path)), problems)


def pinned(name: str, *version: int, at: Span) -> Requirement:
    return Requirement(name, version, None, None, at)


def test_a_pin_with_its_line(tmp_path: Path) -> None:
    found = read(tmp_path, {"requirements.txt": "# web\nDjango==4.2.1  # LTS\ndjango_rq==2.10.2\n"})
    assert found["django"] == pinned("django", 4, 2, 1, at=Span("requirements.txt", 2))
    assert found["django-rq"] == pinned("django-rq", 2, 10, 2, at=Span("requirements.txt", 3))


def test_hashes_extras_markers_and_continuation_lines(tmp_path: Path) -> None:
    text = (
        'Django[argon2, bcrypt]==4.2.1 ; python_version >= "3.8" \\\n    --hash=sha256:aaaa \\\n'
        "    --hash=sha256:bbbb\n"
        "rq>=1.15,<2\n"
    )
    found = read(tmp_path, {"requirements/base.txt": text})
    assert found["django"] == pinned("django", 4, 2, 1, at=Span("requirements/base.txt", 1))
    assert found["rq"] == Requirement("rq", None, (1, 15), (2,), Span("requirements/base.txt", 4))


def test_markers_that_exclude_each_other_leave_both_open(tmp_path: Path) -> None:
    text = "Django==1.11.29; python_version < '3'\nDjango==4.2.1; python_version >= '3'\n"
    django = django_of(read(tmp_path, {"requirements.txt": text}))
    assert django.requirement is not None
    assert django.requirement.pinned is None
    assert django.requirement.at_least((1, 11)) is True
    assert django.requirement.at_least((2,)) is None
    assert django.requirement.at_least((5,)) is False


@pytest.mark.parametrize(
    "line",
    [
        "-r other.txt",
        "--index-url https://example.org/simple",
        "-e .",
        "https://example.org/Django-4.2.tar.gz",
        "./vendored/django",
        "not a requirement",
        "# Django==4.2",
        "==4.2",
        "",
    ],
)
def test_lines_that_name_no_distribution(tmp_path: Path, line: str) -> None:
    assert read(tmp_path, {"requirements.txt": line + "\n"}) == {}


@pytest.mark.parametrize(
    "line",
    [
        "-e git+https://example.org/django.git@stable/4.2.x#egg=Django",
        "Django @ https://example.org/django.zip",
        "Django",
    ],
)
def test_a_distribution_without_a_release(tmp_path: Path, line: str) -> None:
    place = Span("requirements.txt", 1)
    assert read(tmp_path, {"requirements.txt": line})["django"] == Requirement("django", None, None, None, place)


def test_an_include_outside_the_usual_names_is_followed_once(tmp_path: Path) -> None:
    found = read(tmp_path, {"requirements.txt": "-r etc/base.pip\n", "etc/base.pip": "-r base.pip\nDjango==4.2\n"})
    assert found["django"].place == Span("etc/base.pip", 2)


def test_an_include_that_does_not_exist_or_leaves_the_tree_is_passed_over(tmp_path: Path) -> None:
    found = read(tmp_path, {"requirements.txt": "-r gone.txt\n-r ../../elsewhere.txt\nDjango==4.2\n"})
    assert list(found) == ["django"]


def test_the_utf_16_of_powershell(tmp_path: Path) -> None:
    found = read(tmp_path, {"requirements.txt": "Django==4.2.1\r\n".encode("utf-16")})
    assert found["django"].pinned == (4, 2, 1)


def test_pyproject_tables(tmp_path: Path) -> None:
    text = """[project]
name = "shop"
dependencies = [
    "django>=4.2,<5",
    "rq",
]
[project.optional-dependencies]
mysql = ["mysqlclient==2.2.4"]
test = ["django==5.1"]
[dependency-groups]
lint = ["ruff==0.12.1", {include-group = "more"}]
"""
    found = read(tmp_path, {"pyproject.toml": text})
    assert found["django"] == Requirement("django", None, (4, 2), (5,), Span("pyproject.toml", 4))
    assert found["mysqlclient"] == pinned("mysqlclient", 2, 2, 4, at=Span("pyproject.toml", 8))
    assert found["ruff"] == pinned("ruff", 0, 12, 1, at=Span("pyproject.toml", 11))


def test_poetry_tables(tmp_path: Path) -> None:
    text = """[tool.poetry.dependencies]
python = "^3.11"
Django = "^4.2.1"
rq = {version = "1.15.1", extras = ["x"]}
[tool.poetry.dependencies.celery]
version = "~5.3"
[tool.poetry.group.dev.dependencies]
django = "5.2"
"""
    found = read(tmp_path, {"pyproject.toml": text})
    assert found["django"] == Requirement("django", None, (4, 2, 1), (5,), Span("pyproject.toml", 3))
    assert found["rq"] == pinned("rq", 1, 15, 1, at=Span("pyproject.toml", 4))
    assert found["celery"] == Requirement("celery", None, (5, 3), (5, 4), Span("pyproject.toml", 5))


LOCKS = {
    "poetry.lock": '[[package]]\nname = "django"\nversion = "4.2.9"\noptional = false\n\n'
    '[package.dependencies]\nname = "1"\nversion = "9"\n\n'
    '[[package]]\ncategory = "dev"\nname = "pytest"\nversion = "8.0"\n',
    "uv.lock": 'version = 1\n\n[[package]]\nname = "django"\nversion = "4.2.9"\nsource = { registry = "x" }\n'
    'dependencies = [\n    { name = "asgiref" },\n]\n',
    "pdm.lock": '[metadata]\nversion = "4"\n\n'
    '[[package]]\nname = "django"\nversion = "4.2.9"\ngroups = ["default", "dev"]\n',
}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_beats_the_range_it_was_made_from(tmp_path: Path, name: str) -> None:
    pyproject = '[project]\ndependencies = ["django>=3.2"]\n'
    found = read(tmp_path, {"pyproject.toml": pyproject, name: LOCKS[name]})
    assert found["django"].pinned == (4, 2, 9)
    assert found["django"].place == Span(name, LOCKS[name].split("\n").index('version = "4.2.9"') + 1)


def test_pipfile_and_its_lock(tmp_path: Path) -> None:
    pipfile = '[packages]\ndjango = "~=4.2"\nrq = "*"\nhuey = "2.5"\n[dev-packages]\ndjango = "==5.0"\n'
    lock = (
        '{\n "_meta": {},\n "default": {\n  "django": {\n   "version": "==4.2.7"\n  },\n'
        '  "git": {"ref": "x"}\n }, "develop": {}\n}'
    )
    found = read(tmp_path, {"Pipfile": pipfile})
    assert found["django"] == Requirement("django", None, (4, 2), (5,), Span("Pipfile", 2))
    assert found["huey"] == Requirement("huey", None, (2, 5), (2, 6), Span("Pipfile", 4))
    found = read(tmp_path, {"Pipfile.lock": lock})
    assert found["django"] == pinned("django", 4, 2, 7, at=Span("Pipfile.lock", 4))


def test_setup_cfg(tmp_path: Path) -> None:
    text = """[metadata]
name = Django==9
[options]
install_requires =
    Django>=3.2
    # rq==1
    rq==1.15
[options.extras_require]
test =
    pytest==8
"""
    found = read(tmp_path, {"setup.cfg": text})
    assert set(found) == {"django", "rq", "pytest"}
    assert found["django"].place == Span("setup.cfg", 5)


def test_setup_py_is_read_and_not_run(tmp_path: Path) -> None:
    text = """import setuptools
raise SystemExit("never run")
REQUIRES = [
    "Django>=3.2",
    computed(),
]
setuptools.setup(install_requires=REQUIRES, tests_require=["rq==1.0"], extras_require={"mysql": ["mysqlclient==2.2"]})
"""
    found = read(tmp_path, {"setup.py": text})
    assert found["django"].place == Span("setup.py", 4)
    assert found["mysqlclient"].pinned == (2, 2)


def test_computed_requirements_of_setup_py_say_nothing(tmp_path: Path) -> None:
    text = "from setuptools import setup\nsetup(install_requires=open('requirements').read().split(), **more)\n"
    assert read(tmp_path, {"setup.py": text}) == {}


def test_conda_environment(tmp_path: Path) -> None:
    text = "name: shop\nchannels:\n  - conda-forge\ndependencies:\n  - django=4.2\n  - pip:\n      - rq==1.15.1\n"
    found = read(tmp_path, {"environment.yml": text})
    assert found["django"].at_least((4, 2)) is True
    assert found["django"].at_least((4, 3)) is False
    assert found["rq"].pinned == (1, 15, 1)


@pytest.mark.parametrize(
    "aside", ["requirements/dev.txt", "requirements-test.txt", "docs/requirements.txt", "dev-requirements.txt"]
)
def test_production_beats_development(tmp_path: Path, aside: str) -> None:
    found = read(tmp_path, {"requirements/production.txt": "Django>=3.2,<4\n", aside: "Django==5.0\n"})
    assert found["django"].place.path == "requirements/production.txt"


def test_a_compiled_file_beats_its_source(tmp_path: Path) -> None:
    found = read(tmp_path, {"requirements.in": "Django>=3.2\n", "requirements.txt": "django==4.2.3\n"})
    assert found["django"].pinned == (4, 2, 3)


def test_the_file_nearer_to_the_root_wins(tmp_path: Path) -> None:
    found = read(tmp_path, {"legacy/requirements.txt": "Django==1.8\n", "requirements.txt": "Django==4.2\n"})
    assert found["django"].pinned == (4, 2)


def test_an_unpinned_name_does_not_hide_a_pin(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"pyproject.toml": '[project]\ndependencies = ["Django"]\n', "constraints.txt": "Django==4.2\n"}
    )
    assert found["django"].place == Span("constraints.txt", 1)


@pytest.mark.parametrize("name", ["README.txt", "notes.txt", "robots.txt", "templates/base.txt", "requirements.md"])
def test_other_text_files_are_not_read(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, {name: "Django==4.2\n"}) == {}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pyproject.toml", "[project\n"),
        ("Pipfile", "[packages]\ndjango = \n"),
        ("Pipfile.lock", "{"),
        ("setup.py", "print 'Python 2'\n"),
        ("Pipfile.lock", "[" * 100_000),
    ],
)
def test_a_broken_file_is_one_problem_and_hides_no_other(tmp_path: Path, name: str, content: str) -> None:
    problems: dict[str, Problem] = {}
    found = read(tmp_path, {name: content, "requirements.txt": "Django==4.2\n"}, problems)
    assert found["django"].pinned == (4, 2)
    assert list(problems) == [name]
    assert "\n" not in problems[name].reason


def test_a_project_template_is_not_a_broken_file(tmp_path: Path) -> None:
    problems: dict[str, Problem] = {}
    read(tmp_path, {"pyproject.toml": "[project]\n{% if mysql %}\ndependencies = [{{ x }}]\n"}, problems)
    assert problems == {}


@pytest.mark.parametrize("content", ['[project]\ndependencies = "django"\n', "project = 1\n", "[tool]\npoetry = []\n"])
def test_tables_of_the_wrong_type_say_nothing(tmp_path: Path, content: str) -> None:
    problems: dict[str, Problem] = {}
    assert read(tmp_path, {"pyproject.toml": content}, problems) == {}
    assert problems == {}


def test_django_of_an_open_requirement_is_the_current_release() -> None:
    assert django_of({}).at_least(5, 2)
    assert not django_of({"django": pinned("django", 1, 5, at=Span("r.txt", 1))}).at_least(1, 6)


@pytest.mark.parametrize(("text", "version"), [("4.2", (4, 2)), ("1.5.12", (1, 5, 12)), ("v5", (5,))])
def test_django_version_given_by_hand(text: str, version: tuple[int, ...]) -> None:
    django = django_of({"django": pinned("django", 3, 2, at=Span("r.txt", 1))}, text)
    assert django.requirement is not None
    assert django.requirement.pinned == version


@pytest.mark.parametrize("text", ["", "latest", "4.x", ">=4.2", "4.2; rm"])
def test_a_bad_django_version_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match="--django-version") as refusal:
        django_of({}, text)
    assert "\n" not in str(refusal.value)


def test_trailing_zeros_do_not_matter() -> None:
    requirement = pinned("django", 4, 2, at=Span("r.txt", 1))
    assert requirement.at_least((4, 2, 0)) is True
    assert Requirement("django", None, None, (5, 0), Span("r.txt", 1)).at_least((5,)) is False
