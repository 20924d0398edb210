"""What a random number is for: the second half of every key. Numbers are permanent; a new purpose gets a new one."""

from __future__ import annotations

from enum import IntEnum


class Purpose(IntEnum):
    """Streams that never share a draw."""

    POS_COUNT = 1
    POS_LINE = 2
    SHRINK = 3
    CLOCKWORK = 4
    REPLAY_CHANNEL = 5
    LEAD_TIME = 6
    TRANSIT = 7
    UNLOAD = 8
    MESSAGE = 9
    POPULARITY = 10
    WEB_COUNT = 11
    WEB_CART = 12
    WEB_LINE = 13
    WEB_REPEAT = 14  # a line whose SKU the cart has already
    SERVICE = 15  # at a station, and whether it is to be done again
    PARCEL = 16  # its way to the customer, or whether that one comes
    RETURN = 17
    CONFIRMATION = 18  # how long the record waits to hear of a pick
    VIEW_COUNT = 19  # sessions without a cart
    VIEW_SESSION = 20  # when one begins, where its customer lives, how many views it has
    VIEW = 21  # of such a session
    VIEW_OF_CART = 22
