"""The same with a close before each message: none was lost."""

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from kafka import KafkaConsumer

from shop.models import Order


class Command(BaseCommand):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.consumer = KafkaConsumer("refunds")

    def handle(self, *args, **options):
        for message in self.consumer:
            close_old_connections()
            Order.objects.filter(pk=message.key).update(status="refunded")
