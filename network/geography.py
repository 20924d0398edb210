"""Distances on the globe, and the cities of the table that comes with the package."""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from network.errors import NetworkError
from network.locations import Point

EARTH_KM = 6371.0088  # mean radius R1 of the IUGG
COUNTRIES = ("US",)
NOT_CONTIGUOUS = frozenset({"AK", "HI"})


@dataclass(frozen=True, slots=True)
class City:
    """A city: name, state, place, people and IANA time zone."""

    name: str
    state: str
    at: Point
    population: int
    timezone: str


def great_circle_km(a: Point, b: Point) -> float:
    """Return the distance between two points along the surface of the Earth, taken as a sphere.

    Parameters
    ----------
    a, b : (float, float)
        Latitude and longitude, degrees.

    Returns
    -------
    float
        Kilometres, rounded to the millimetre, so that the last bits of the machine's sines never show.

    Notes
    -----
    The haversine formula; R. W. Sinnott, "Virtues of the haversine", Sky and Telescope 68 (1984).

    Examples
    --------
    A quarter of the way round, and Nashville to Los Angeles:

    >>> great_circle_km((0, 0), (0, 90))
    10007.557221
    >>> round(great_circle_km((36.12, -86.67), (33.94, -118.40)), 1)
    2886.4
    """
    phi_a, phi_b = math.radians(a[0]), math.radians(b[0])
    across, along = math.radians(b[0] - a[0]), math.radians(b[1] - a[1])
    haversine = math.sin(across / 2) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(along / 2) ** 2
    return round(2 * EARTH_KM * math.asin(math.sqrt(min(1.0, haversine))), 6)


def nearest(point: Point, candidates: Iterable[tuple[str, Point]]) -> str:
    """Return the id of the candidate nearest to ``point``; of equally near ones, the first by id.

    Raises
    ------
    ValueError
        There are no candidates.

    Examples
    --------
    >>> nearest((0, 0), [("B", (0, 2)), ("C", (1, 0)), ("A", (0, 1))])
    'A'
    """
    return min((great_circle_km(point, at), id_) for id_, at in candidates)[1]


@functools.cache
def cities(country: str = "US") -> tuple[City, ...]:
    """Return the 1,000 largest cities of a country, most populous first.

    Raises
    ------
    NetworkError
        No table of that country comes with the package.

    Notes
    -----
    From GeoNames, CC BY 4.0; see ``us_cities.ATTRIBUTION.txt``.

    Examples
    --------
    >>> [city.name for city in cities()[:3]]
    ['New York City', 'Los Angeles', 'Chicago']
    """
    if country not in COUNTRIES:
        expected = f"one of {', '.join(COUNTRIES)}"
        path = ("generate", "countries")
        raise NetworkError(path, "no table of its cities", found=country, expected=expected)
    from importlib.resources import files

    text = files("network").joinpath(f"{country.lower()}_cities.csv").read_text(encoding="utf-8")
    return tuple(
        City(
            row["name"],
            row["state"],
            (float(row["lat"]), float(row["lon"])),
            int(row["population"]),
            row["timezone"],
        )
        for row in csv.DictReader(text.splitlines())
    )
