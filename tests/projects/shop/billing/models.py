from django.db import models

from orders.models import Order


class Payment(models.Model):
    order = models.OneToOneField(Order, on_delete=models.PROTECT)
    reference = models.CharField(max_length=64, blank=True)
    captured = models.BooleanField(default=False)


class Payout(models.Model):
    OPEN, SETTLED = "open", "settled"

    account = models.CharField(max_length=34)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    status = models.CharField(max_length=10, default=OPEN)
