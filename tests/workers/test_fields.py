"""What the fields of a model lead to: other models, by class or by name, and their managers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

MODELS = """
    from django.conf import settings
    from django.db import models
    class Owner(models.Model):
        name = models.CharField(max_length=9)
        def remind(self):
            self.save()
        def label(self):
            return self.name.strip()
    class Check(models.Model):
        owner = models.ForeignKey({}, on_delete=models.CASCADE)
        tags = models.ManyToManyField("Owner", related_name="+")
        name = models.CharField(max_length=9)
"""

WORK = """
    import threading
    from shop.checks import Check
    def work(check: Check):
        {}
    def main(check):
        threading.Thread(target=work, args=(check,)).start()
"""


@pytest.mark.parametrize("target", ["Owner", "'Owner'", "'shop.Owner'", "to=Owner", "to='checks.Owner'"])
def test_the_method_of_a_related_row(tmp_path: Path, target: str) -> None:
    found = worker(tmp_path, WORK.format("check.owner.remind()"), checks=MODELS.format(target))
    assert found.unit.touches_orm == "yes"
    assert not worker(tmp_path, WORK.format("check.owner.label()"), checks=MODELS.format(target)).touching


def test_a_row_of_the_same_model(tmp_path: Path) -> None:
    models = MODELS.format("'self'") + "        def again(self):\n            self.save()\n"
    assert worker(tmp_path, WORK.format("check.owner.again()"), checks=models).unit.touches_orm == "yes"


@pytest.mark.parametrize(
    ("line", "queries"),
    [
        ("check.tags.count()", True),
        ("list(check.tags.all())", True),
        ("check.tags.all()", False),
        ("check.name.strip()", False),
        ("check.owner.save()", True),
    ],
)
def test_what_reading_a_field_gives(tmp_path: Path, line: str, queries: bool) -> None:
    found = worker(tmp_path, WORK.format(line), checks=MODELS.format("settings.AUTH_USER_MODEL"))
    assert bool(found.touching) == queries
