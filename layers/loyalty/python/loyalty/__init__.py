"""The loyalty layer: what every function of the backend shares."""

import gc

from loyalty.settings import in_lambda

# A start makes some 70,000 objects that stay, and a call hardly any cycles. To look for garbage after every 2,000, as
# is usual, takes an eighth of the start and finds next to none.
OBJECTS_BETWEEN_COLLECTIONS = 100_000

if in_lambda():
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
