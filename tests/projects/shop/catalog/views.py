from django.shortcuts import get_object_or_404, render

from catalog.models import Product


def product_list(request):
    return render(request, "catalog/list.html", {"products": Product.objects.on_sale()})


def product_detail(request, slug):
    return render(request, "catalog/detail.html", {"product": get_object_or_404(Product, slug=slug)})
