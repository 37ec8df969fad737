from django.contrib import admin
from django.urls import path

from catalog import views as catalog
from orders import views as orders

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", catalog.product_list, name="product-list"),
    path("product/<slug:slug>/", catalog.product_detail, name="product-detail"),
    path("checkout/<int:order_id>/", orders.checkout, name="checkout"),
]
