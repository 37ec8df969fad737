from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.project.modules import Modules
from conn_lint.project.tree import Tree

LAYOUTS = {
    "flat": ("manage.py", "shop/__init__.py", "shop/models.py", "config/__init__.py", "config/settings.py"),
    "src": ("pyproject.toml", "src/manage.py", "src/shop/__init__.py", "src/shop/models.py", "src/config/settings.py"),
    "namespace": ("manage.py", "shop/models.py", "config/settings.py"),
    "two deep": ("backend/app/manage.py", "backend/app/shop/__init__.py", "backend/app/shop/models.py"),
    "src without manage.py": ("src/shop/__init__.py", "src/shop/models.py"),
}


def modules(tmp_path: Path, *names: str) -> Modules:
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return Modules(Tree(str(tmp_path)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_module_is_found_and_named_in_every_layout(tmp_path: Path, layout: str) -> None:
    found = modules(tmp_path, *LAYOUTS[layout])
    path = found.path_of("shop.models")
    assert path is not None
    assert path.endswith("shop/models.py")
    assert found.name_of(path) == "shop.models"


def test_a_package_is_its_init_file(tmp_path: Path) -> None:
    found = modules(tmp_path, "shop/__init__.py", "shop/jobs/__init__.py", "shop/jobs/mail.py")
    assert found.path_of("shop.jobs") == "shop/jobs/__init__.py"
    assert found.name_of("shop/jobs/__init__.py") == "shop.jobs"


@pytest.mark.parametrize(
    "dotted",
    [
        "shop.gone",
        "django.db",
        "shop.models.Order",
        "models",
        "",
        "shop..models",
        "shop/models",
        "shop:models",
        "shop.models:Order",
        "1:shop",
    ],
)
def test_names_the_tree_does_not_have(tmp_path: Path, dotted: str) -> None:
    found = modules(tmp_path, "manage.py", "shop/__init__.py", "shop/models.py")
    assert found.path_of(dotted) is None or dotted == "shop/models"


def test_the_shallower_of_two_roots_wins(tmp_path: Path) -> None:
    found = modules(tmp_path, "manage.py", "shop/__init__.py", "old/manage.py", "old/shop/__init__.py")
    assert found.path_of("shop") == "shop/__init__.py"
    assert found.name_of("old/shop/__init__.py") == "shop"


@pytest.mark.parametrize(
    ("path", "level", "module", "expected"),
    [
        ("shop/jobs/mail.py", 0, "shop.models", "shop.models"),
        ("shop/jobs/mail.py", 1, "sms", "shop.jobs.sms"),
        ("shop/jobs/mail.py", 1, "", "shop.jobs"),
        ("shop/jobs/mail.py", 2, "models", "shop.models"),
        ("shop/jobs/__init__.py", 1, "mail", "shop.jobs.mail"),
        ("shop/jobs/__init__.py", 2, "models", "shop.models"),
        ("shop/views.py", 1, "models", "shop.models"),
        ("settings.py", 1, "base", "base"),
        ("shop/views.py", 5, "models", "models"),
    ],
)
def test_relative_imports(tmp_path: Path, path: str, level: int, module: str, expected: str) -> None:
    found = modules(tmp_path, "manage.py", "settings.py", "shop/__init__.py", "shop/views.py", "shop/jobs/__init__.py")
    assert found.absolute(path, level, module) == expected


SERVICES = (
    "shop/manage.py",
    "shop/config/__init__.py",
    "shop/config/base.py",
    "billing/manage.py",
    "billing/config/__init__.py",
    "billing/config/base.py",
)


@pytest.mark.parametrize(
    ("near", "path"),
    [
        ("", "billing/config/base.py"),
        ("billing/config/live.py", "billing/config/base.py"),
        ("shop/config/live.py", "shop/config/base.py"),
        ("deploy/Procfile", "billing/config/base.py"),
    ],
)
def test_of_two_services_with_the_same_packages_each_has_its_own(tmp_path: Path, near: str, path: str) -> None:
    assert modules(tmp_path, *SERVICES).path_of("config.base", near) == path


def test_the_nearest_of_several_modules_of_one_name(tmp_path: Path) -> None:
    services = (f"services/{name}/{path}" for name in ("a", "b") for path in ("manage.py", "core/__init__.py"))
    found = modules(tmp_path, *services, "services/a/core/jobs.py", "services/b/core/jobs.py", "lib/tool/__init__.py")
    assert found.nearest("core.jobs.send", "services/a/core/worker.py") == "core.jobs.send"
    bound = found.nearest("core.jobs.send", "services/b/core/worker.py")
    assert bound.endswith(":core.jobs.send")
    assert found.path_of(bound.removesuffix(".send")) == "services/b/core/jobs.py"
    assert found.path_of(bound.replace("jobs.send", "gone")) is None
    assert found.nearest("tool.run", "services/b/core/worker.py") == "tool.run"
    assert found.nearest("django.db.connection", "services/b/core/worker.py") == "django.db.connection"


def test_a_copy_of_django_is_as_good_as_an_installed_one(tmp_path: Path) -> None:
    found = modules(tmp_path, "manage.py", "shop/__init__.py", "django/db/backends/base/base.py")
    assert found.path_of("django.db.backends.base.base") is None
    assert not found.owns("django.db")
    assert found.path_of("shop") == "shop/__init__.py"


def test_a_package_of_that_name_without_its_database_layer_is_the_projects_own(tmp_path: Path) -> None:
    found = modules(tmp_path, "manage.py", "django/__init__.py", "django/tasks.py")
    assert found.path_of("django.tasks") == "django/tasks.py"
    assert found.owns("django.tasks")
