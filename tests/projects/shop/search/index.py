import json

import requests


def put(product):
    document = {"name": product.name, "price": str(product.price), "stock": product.stock}
    requests.put(f"http://search:9200/products/_doc/{product.pk}", data=json.dumps(document), timeout=10)


def drop(product_id):
    requests.delete(f"http://search:9200/products/_doc/{product_id}", timeout=10)
