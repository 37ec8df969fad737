import requests
from django.conf import settings


def capture(order_id, amount):
    response = requests.post(
        f"{settings.PAYMENT_API}/captures", json={"order": order_id, "amount": str(amount)}, timeout=30
    )
    response.raise_for_status()
    return response.json()["reference"]


def pay_out(account, amount):
    requests.post(
        f"{settings.PAYMENT_API}/payouts", json={"account": account, "amount": str(amount)}, timeout=30
    ).raise_for_status()
