"""What the stories in Python share: a counter, and waiting for it."""

import time

COUNT = "i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done"


def above(last, container, number):
    """Waits until the counter, whose last number `last` tells, has passed a number."""
    for _ in range(200):
        if last(container) > number:
            return
        time.sleep(0.1)
    raise AssertionError(f"{container.name} stands at {last(container)}, not above {number}")
