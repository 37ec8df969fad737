"""Queries under other names than those of models and querysets: forms, serializers, sessions, libraries."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.workers.trees import Reading, units_of

HEAD = """\
import queue
import post_office.mail
from actstream import action
from django import forms
from django.contrib.auth.models import User
from django.contrib.sessions.backends.cache import SessionStore as CachedSession
from django.contrib.sessions.backends.db import SessionStore
from guardian.shortcuts import assign_perm
from keras.models import Sequential
from oauth2_provider.models import AccessToken
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, TokenAuthentication
from rest_framework_simplejwt.authentication import JWTAuthentication, JWTStatelessUserAuthentication
from shop.models import Order

class OrderForm(forms.ModelForm):
    class Meta:
        model = Order

class Search(forms.Form):
    def save(self):
        return None

class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order

class Plain(serializers.Serializer):
    def create(self, data):
        return Order.objects.create(**data)

class Silent(serializers.Serializer):
    def update(self, instance, data):
        return instance

class Logged(OrderSerializer):
    def save(self, **kwargs):
        print("saves")
        return super().save(**kwargs)

class Unsaved(OrderSerializer):
    def save(self, **kwargs):
        return None

class Tokens(TokenAuthentication):
    def authenticate(self, request):
        return super().authenticate(request) or (None, None)

class Nobody(BaseAuthentication):
    def authenticate(self, request):
        return super().authenticate(request)

class Rows:
    def __iter__(self):
        return iter(Order.objects.all())

class Each:
    def __iter__(self):
        for each in Order.objects.all():
            yield each

class Stepping:
    def __iter__(self):
        return self
    def __next__(self):
        return Order.objects.first()

class Names:
    def __iter__(self):
        return iter(["a", "b"])
"""


def turn(root: Path, body: str) -> Reading:
    """A loop that takes from a queue and then does ``body``."""
    work = "def work(x=None):\n    while True:\n        item = queue.Queue().get()\n" + indent(dedent(body), " " * 8)
    settings = "INSTALLED_APPS = ['django.contrib.auth', 'oauth2_provider', 'rest_framework']\n"
    return units_of(root, {"shop/worker.py": f"{HEAD}\n{work}\n", "settings.py": settings})


USES = [
    "OrderForm(item).save()",
    "form = OrderForm(item)\nif form.is_valid(): form.save()",
    "OrderSerializer(data=item).save()",
    "Plain(data=item).save()",
    "Logged(data=item).save()",
    "x = OrderSerializer(Order.objects.all(), many=True).data",
    "SessionStore(item).save()",
    "SessionStore(item).get('user')",
    "User(username=item).save()",
    "AccessToken(token=item).save()",
    "assign_perm('shop.add_order', item)",
    "user, token = Tokens().authenticate(item)",
    "x = JWTAuthentication().get_user(item)",
    "action.send(item, verb='ships')",
    "post_office.mail.send('a@example.com')",
    "for each in Rows(): print(each)",
    "for each in Each(): print(each)",
    "for each in Stepping(): break",
    "x = [each for each in Each()]",
]

USES_NOTHING = [
    "OrderForm(item).save(commit=False)",
    "OrderForm(item)",
    "Search(item).save()",
    "Nobody().authenticate(item)",
    "JWTStatelessUserAuthentication().get_user(item)",
    "JWTAuthentication().get_validated_token(item)",
    "Silent(data=item).save()",
    "Unsaved(data=item).save()",
    "OrderSerializer(item).data",
    "CachedSession(item).save()",
    "Sequential(item).save('model.keras')",
    "User(username=item)",
    "for each in Names(): print(each)",
]


@pytest.mark.parametrize("body", USES)
def test_uses_the_database(tmp_path: Path, body: str) -> None:
    assert "yes" in [unit.touches_orm for unit in turn(tmp_path, body).units if unit.function == "work"]


@pytest.mark.parametrize("body", USES_NOTHING)
def test_does_not_use_the_database(tmp_path: Path, body: str) -> None:
    assert {unit.touches_orm for unit in turn(tmp_path, body).units} == {"no"}


DATABASE = '"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "x"'
REDIS = '"BACKEND": "django.core.cache.backends.redis.RedisCache"'
LOCAL = '"BACKEND": "django.core.cache.backends.locmem.LocMemCache"'


@pytest.mark.parametrize(
    ("call", "settings", "uses"),
    [
        ("cache.set('a', item)", {"settings.py": f'CACHES = {{"default": {{{DATABASE}}}}}'}, True),
        ("cache.get_or_set('a', item)", {"settings.py": f'CACHES = {{"default": {{{DATABASE}}}}}'}, True),
        ("caches['slow'].get('a')", {"settings.py": f'CACHES = {{"slow": {{{DATABASE}}}}}'}, True),
        ("caches['fast'].get('a')", {"settings.py": f'CACHES = {{"slow": {{{DATABASE}}}}}'}, False),
        ("cache.get('a')", {"settings.py": f'CACHES = {{"slow": {{{DATABASE}}}}}'}, False),
        ("cache.key_func('a')", {"settings.py": f'CACHES = {{"default": {{{DATABASE}}}}}'}, False),
        ("cache.get('a')", {"settings.py": f'CACHES = {{"default": {{{REDIS}}}}}'}, False),
        ("cache.get('a')", {}, False),
        (
            "cache.get('a')",
            {
                "settings.py": f'CACHES = {{"default": {{{DATABASE}}}}}',
                "live.py": f'CACHES = {{"default": {{{REDIS}}}}}',
            },
            False,
        ),
        (
            "cache.get('a')",
            {
                "settings.py": f'CACHES = {{"default": {{{DATABASE}}}}}',
                "dev.py": f'CACHES = {{"default": {{{LOCAL}}}}}',
            },
            True,
        ),
    ],
)
def test_a_cache_that_is_kept_in_the_database(tmp_path: Path, call: str, settings: dict[str, str], uses: bool) -> None:
    head = "import queue\nfrom django.core.cache import cache, caches\n\ndef work():\n    while True:\n"
    text = f"{head}        item = queue.Queue().get()\n        {call}\n"
    assert bool(units_of(tmp_path, {"shop/worker.py": text} | settings).touching) is uses


@pytest.mark.parametrize(
    ("source", "touches"),
    [
        ("Ticket.objects.due()", "yes"),
        ("Ticket.objects.due(3)", "yes"),
        ("Ticket.desk.due()", "no"),  # no manager
        ("due(Ticket.objects)", "no"),
    ],
)
def test_the_rows_that_a_manager_of_the_project_yields(tmp_path: Path, source: str, touches: str) -> None:
    text = f"""
        import threading
        from django.db import models
        from other import due

        class Tickets(models.Manager):
            def due(self, days=1):
                return [each for each in self.filter(days=days) if each.open]

        class Ticket(models.Model):
            objects = Tickets()

            def close(self):
                self.save()

        class Closing(threading.Thread):
            def __init__(self, ticket):
                super().__init__()
                self.ticket = ticket

            def run(self):
                self.ticket.close()

        def view(request):
            for ticket in {source}:
                Closing(ticket).start()
        """
    (unit,) = units_of(tmp_path, {"shop/tickets.py": text}).units
    assert (unit.function, unit.touches_orm) == ("Closing.run", touches)
