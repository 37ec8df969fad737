"""Tasks of the gearman worker."""

import json

from catalog.models import Product
from common.db import fresh_connections
from search import index


def reindex_product(worker, job):  # expect: CL201 error
    product = Product.objects.get(pk=json.loads(job.data)["product"])
    index.put(product)
    return "ok"


@fresh_connections
def reindex_supplier(worker, job):
    for product in Product.objects.filter(supplier_id=json.loads(job.data)["supplier"]):
        index.put(product)
    return "ok"


def drop_product(worker, job):
    index.drop(json.loads(job.data)["product"])
    return "ok"
