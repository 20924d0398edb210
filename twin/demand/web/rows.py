"""What a cart is, and what is wanted in it."""

from __future__ import annotations

import numpy as np

MOST_LINES = 1_000  # of a cart that is drawn
DELIVERED = -1  # in the place of a pickup location: the order is to be delivered

# A cart, in order of key; it becomes an order where it is checked out.
CART = np.dtype(
    [
        ("key", np.int64),  # the session asks for its hold
        ("number", np.int64),  # permanent, of the cart and of its order: 1, 2, 3 … in order of (time, stream, index) over the run
        ("checkout", np.int64),  # µs at which it pays; NEVER where it is abandoned
        ("cancel", np.int64),  # µs at which the customer cancels the order; NEVER where not
        ("first", np.int32),  # first of its lines
        ("lines", np.int16),
        ("zone", np.int16),
        ("pickup", np.int16),  # location number, or DELIVERED
        ("stream", np.int16),  # index of demand.web
        ("luck", np.uint32),  # a keyed draw for whoever needs one about the cart
    ],
    align=True,
)

# A line of a cart; no SKU comes twice in one.
WANTED = np.dtype([("sku", np.int32), ("units", np.int32)], align=True)
