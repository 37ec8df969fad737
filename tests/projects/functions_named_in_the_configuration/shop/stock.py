import time

from warehouse.stock import levels, reconnect


def follow():
    while True:  # expect: CL202
        print(levels())
        time.sleep(3600)  # also: CL202


def follow_afresh():
    while True:
        reconnect()
        print(levels())
        time.sleep(3600)
