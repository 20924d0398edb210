"""The columns of the tables that a routing rule reads and writes, and the numbers it answers with.

All tables hold 64-bit integers. Scores are whole numbers, so that equal is equal: metres where a rule goes by
distance, millionths of the currency where it goes by money.
"""

from __future__ import annotations

from typing import Final

# Of a line of the order: what is wanted, and what it weighs in all: on the scale, and by its volume.
UNITS: Final = 0
GRAMS: Final = 1
VOLUME_GRAMS: Final = 2

# Of a candidate, by ascending FLOOR: the least that a shipment from it scores; its row of the tariff; its number.
FLOOR: Final = 0
BAND: Final = 1
LOCATION: Final = 2

# Of what a candidate can still take on today; nothing where it is closed, past its cut-off or switched off.
ORDERS_LEFT: Final = 0
UNITS_LEFT: Final = 1

# Of a row of the plan: which candidate ships which line, and how much of it.
FROM: Final = 0
LINE: Final = 1
SHIPPED: Final = 2

# Of a rule's settings.
MAX_SHIPMENTS: Final = 0
SPLIT_PENALTY: Final = 1
SPLIT_MIN_VALUE: Final = 2
SPLIT_LINES: Final = 3
STEP_GRAMS: Final = 4

# What is answered instead of a number of rows.
NOWHERE: Final = 0  # nobody can fill it
MORE: Final = -1  # a candidate that was not looked up yet may be the right one
FULL: Final = -2  # the plan has too few rows

NO_LIMIT: Final = 2**62
"""Where there is no limit; more than any score, too."""

MILLIONTHS: Final = 1_000_000
"""Scores to one unit of the currency, for rules that go by money."""

METRES: Final = 1_000
"""Scores to one kilometre, for rules that go by distance."""

SIGNATURE: Final = (
    "int64(int64[:,::1], int64, int64, int64[:,::1], int64, int64[:,::1], int64[:,::1], int64[:,::1], "
    "int64[::1], int64[:,::1])"
)
"""The one signature of every compiled rule, as numba writes it."""
