import time

from shop.models import Order


def main():
    while True:
        Order.objects.filter(status="paid").update(status="shipped")
        time.sleep(600)


if __name__ == "__main__":
    main()
