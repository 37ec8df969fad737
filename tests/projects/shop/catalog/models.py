from django.db import models


class ProductQuerySet(models.QuerySet):
    def on_sale(self):
        return self.filter(active=True, stock__gt=0)

    def running_low(self):
        return self.filter(active=True, stock__lt=models.F("reorder_at"))


class Supplier(models.Model):
    name = models.CharField(max_length=200)
    email = models.EmailField()


class Product(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=9, decimal_places=2)
    stock = models.IntegerField(default=0)
    reorder_at = models.IntegerField(default=5)
    active = models.BooleanField(default=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="products")

    objects = ProductQuerySet.as_manager()

    def __str__(self):
        return self.name
