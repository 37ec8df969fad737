from django.apps import AppConfig
from django.contrib.auth.models import Group


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self):
        self.groups = list(Group.objects.all())  # expect: CL216 error
