"""Messages to the staff, sent without keeping the customer waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.core.mail import mail_managers

from common.db import released_connections
from notifications.models import Message

pool = ThreadPoolExecutor(max_workers=2)


def tell_staff(text):
    message = Message.objects.create(text=text)
    pool.submit(send, message.pk)
    threading.Thread(target=prune, daemon=True).start()


def send(message_id):  # expect: CL203 error
    message = Message.objects.get(pk=message_id)
    mail_managers("Shop", message.text)
    message.sent = True
    message.save()


def prune():
    with released_connections():
        Message.objects.filter(sent=True).delete()
