from django.db import models


class Order(models.Model):
    shipped = models.BooleanField(default=False)
