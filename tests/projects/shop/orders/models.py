from django.conf import settings
from django.db import models

from catalog.models import Product


class Order(models.Model):
    NEW, PAID, SHIPPED = "new", "paid", "shipped"

    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, default=NEW)
    placed_at = models.DateTimeField(auto_now_add=True)
    total = models.DecimalField(max_digits=10, decimal_places=2, default=0)

    def mark_paid(self):
        self.status = self.PAID
        self.save(update_fields=["status"])


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)
