from django.db import close_old_connections, transaction

from billing import gateway
from billing.models import Payment, Payout


def capture(order):
    payment, _ = Payment.objects.get_or_create(order=order)
    if payment.captured:
        return
    payment.reference = gateway.capture(order.pk, order.total)
    payment.captured = True
    payment.save()
    order.mark_paid()


def settle_open_payouts():
    for payout in Payout.objects.filter(status=Payout.OPEN):
        gateway.pay_out(payout.account, payout.amount)
        payout.status = Payout.SETTLED
        payout.save(update_fields=["status"])


def refund(payment):
    with transaction.atomic():
        payment.captured = False
        payment.save()
        close_old_connections()  # expect: CL204
        payment.order.delete()
