from django.db import close_old_connections, connections


def refresh():
    close_old_connections()


class Connections:
    @staticmethod
    def drop():
        for connection in connections.all():
            connection.close()
