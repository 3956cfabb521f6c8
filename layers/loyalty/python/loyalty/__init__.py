"""The loyalty layer: the code that all functions share."""

import gc

from loyalty.settings import in_lambda

# Initialization creates some 95,000 lasting objects, and a call hardly any cycles. Collecting after every 2,000, as is
# the default, takes a tenth of the initialization and frees next to nothing; to look at all of them once takes 30 ms.
OBJECTS_BETWEEN_COLLECTIONS = 250_000

if in_lambda():
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
