import gearman
from django.conf import settings
from django.core.management.base import BaseCommand

from search import tasks


class Command(BaseCommand):
    help = "Keep the search index up to date."

    def handle(self, *args, **options):
        worker = gearman.GearmanWorker(settings.GEARMAN_SERVERS)
        worker.register_task("search.reindex_product", tasks.reindex_product)
        worker.register_task("search.reindex_supplier", tasks.reindex_supplier)
        worker.register_task("search.drop_product", tasks.drop_product)
        worker.work()
