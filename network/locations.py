"""Places that hold stock, and those it comes from."""

from __future__ import annotations

from dataclasses import dataclass

STORE, FC, HUB, SUPPLIER = "store", "fc", "hub", "supplier"
KINDS = (STORE, FC, HUB, SUPPLIER)

SECOND = 1_000_000  # µs
HOUR = 3600 * SECOND
DAY = 24 * HOUR

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Location:
    """A store, fulfilment centre, hub or supplier.

    Attributes
    ----------
    id : str
        Unique in its network.
    kind : str
        One of ``KINDS``.
    at : (float, float) or None
        Latitude and longitude, degrees.
    open : (int, int) or None
        Opening hours, µs of the local day; the end is exclusive, and before the start where they span
        midnight. None: always.
    cut_off : int or None
        Time of the local day, in µs, up to which an order ships the same day. None: any.
    tags : tuple of str
        Words to select it by.
    region : str or None
        For reports.
    timezone : str or None
        IANA name; None: the scenario's.

    Examples
    --------
    >>> Location("S1", "store", at=(39.10, -84.51), open=(8 * HOUR, 22 * HOUR)).is_internal
    True
    """

    id: str
    kind: str
    at: Point | None = None
    open: tuple[int, int] | None = None
    cut_off: int | None = None
    tags: tuple[str, ...] = ()
    region: str | None = None
    timezone: str | None = None

    @property
    def is_internal(self) -> bool:
        """Whether its stock is ours: it is not a supplier."""
        return self.kind != SUPPLIER
