from django.db import models


class Order(models.Model):
    status = models.CharField(max_length=10, default="new")
    total = models.DecimalField(max_digits=10, decimal_places=2)
