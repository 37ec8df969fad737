"""Gearman workers: one process that waits for jobs for ever, and nothing that knows of Django."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Hook, Registrar

FRAMEWORKS = (
    Framework(
        name="gearman",
        kind="consumer",
        words=(b"gearman", b"Gearman"),
        source="python-gearman 5351771 worker.py GearmanWorker.register_task; django-gearman 5638152;"
        " django-gearman-commands a303abf GearmanWorkerBaseCommand",
        registrars=(
            Registrar(".register_task", 1, "callback_function"),
            Registrar(".register_function", 1, "func"),
            Registrar(".add_function", 1, "func"),
        ),
        decorators=("django_gearman.decorators.gearman_job", "django_gearman.gearman_job"),
        around="on_job_execute",
        hooks=(
            Hook(".GearmanWorkerBaseCommand", ("do_job",)),
            Hook(".GearmanWorker", ("on_job_execute",)),
        ),
    ),
)
