from django.core.management.base import BaseCommand

from catalog.services import import_feed


class Command(BaseCommand):
    help = "Import a supplier's feed, once."

    def add_arguments(self, parser):
        parser.add_argument("path", nargs="+")

    def handle(self, *args, **options):
        for path in options["path"]:
            import_feed(path)
