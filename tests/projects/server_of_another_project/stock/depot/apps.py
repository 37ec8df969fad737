from django.apps import AppConfig
from django.contrib.auth.models import Group


class DepotConfig(AppConfig):
    name = "depot"

    def ready(self):
        self.groups = list(Group.objects.all())  # expect: CL216 info
