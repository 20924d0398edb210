"""A national network out of nothing but numbers of sites: synthetic, plausible, and the same every time.

Stores go where people are, each city getting its share; centres go where they shorten the way to those
people. Every site carries the tag ``synthetic``. No random generator is involved: what must look irregular is
hashed from the seed.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from network.build import Network
from network.errors import NetworkError
from network.geography import NOT_CONTIGUOUS, City, cities, great_circle_km, nearest
from network.lanes import Lane, Transit
from network.locations import DAY, FC, HUB, STORE, SUPPLIER, Location, Point

SYNTHETIC = "synthetic"
CANDIDATES = 150  # cities that centres are placed among, unless more centres are wanted
SPREAD = 0.12  # degrees that a site lies off its city's centre at most, either way


@dataclass(frozen=True)
class LaneTerms:
    """What all lanes of one sort have in common; fields as in :class:`network.lanes.Lane`."""

    transit: Transit = DAY
    cost_per_unit: float = 0.0
    cost_per_trip: float = 0.0
    capacity_units: int | None = None
    departs: tuple[int, ...] = ()
    moq: int = 1
    pack: int = 1
    order_days: tuple[int, ...] = ()

    def lane(self, origin: str, destination: str) -> Lane:
        """Return the lane with these terms between two locations."""
        return Lane(
            origin,
            destination,
            self.transit,
            self.cost_per_unit,
            self.cost_per_trip,
            self.capacity_units,
            self.departs,
            self.moq,
            self.pack,
            self.order_days,
        )


def generate(
    *,
    stores: int | Sequence[str],
    fcs: int = 2,
    hubs: int = 0,
    suppliers: int = 10,
    countries: Sequence[str] = ("US",),
    seed: int = 0,
    store_lane: LaneTerms | None = None,
    hub_lane: LaneTerms | None = None,
    supplier_lane: LaneTerms | None = None,
    timezone: str | None = None,
) -> Network:
    """Return a synthetic network.

    Parameters
    ----------
    stores : int or sequence of str
        How many, or their ids.
    fcs, hubs, suppliers : int
        How many of each; at least one FC.
    countries : sequence of str
        Of the tables that come with the package; only ``US`` today.
    seed : int
        Moves sites within their cities, and suppliers between cities.
    store_lane : LaneTerms, optional
        Of lanes to stores; a day of transit by default.
    hub_lane : LaneTerms, optional
        Of lanes to hubs; as ``store_lane`` by default.
    supplier_lane : LaneTerms, optional
        Of lanes from suppliers to FCs; five days of transit by default.
    timezone : str, optional
        Use the cities of this time zone only.

    Returns
    -------
    Network
        Stores (S0001 …), FCs (F01 …), hubs (H01 …) and suppliers (V001 …). A store is replenished from the
        nearest hub or FC, a hub from the nearest FC, and an FC by every supplier.

    Raises
    ------
    NetworkError
        A number out of range, or a country or time zone without cities.

    Examples
    --------
    >>> net = generate(stores=500, fcs=12, hubs=45, suppliers=200)
    >>> net
    <Network of 757 locations and 2945 lanes>
    >>> net.location("F01").tags
    ('synthetic',)
    """
    counts = {"fcs": fcs, "hubs": hubs, "suppliers": suppliers}
    if isinstance(stores, int):
        counts["stores"] = stores
    for name, count in counts.items():
        lowest = 1 if name == "fcs" else 0
        if count < lowest:
            expected = f"a whole number >= {lowest}"
            raise NetworkError(("generate", name), "too few", found=count, expected=expected)
    store_ids = _numbered("S", stores, 4) if isinstance(stores, int) else list(stores)
    places = _places(countries, timezone)
    to_store = store_lane or LaneTerms(transit=DAY)
    to_hub = hub_lane or to_store
    from_supplier = supplier_lane or LaneTerms(transit=5 * DAY)

    centres = _centres(places, fcs + hubs)
    fc_sites = _sites(_numbered("F", fcs, 2), FC, centres[:fcs], seed)
    hub_sites = _sites(_numbered("H", hubs, 2), HUB, centres[fcs:], seed)
    store_sites = _sites(store_ids, STORE, _shares(places, len(store_ids)), seed)
    homes = [_drawn(places, seed, i) for i in range(suppliers)]
    supplier_sites = _sites(_numbered("V", suppliers, 3), SUPPLIER, homes, seed)

    lanes = [from_supplier.lane(v.id, f.id) for f in fc_sites for v in supplier_sites]
    lanes += [to_hub.lane(_closest(hub, fc_sites), hub.id) for hub in hub_sites]
    lanes += [to_store.lane(_closest(store, [*fc_sites, *hub_sites]), store.id) for store in store_sites]
    return Network([*store_sites, *fc_sites, *hub_sites, *supplier_sites], lanes)


def _numbered(letter: str, count: int, digits: int) -> list[str]:
    width = max(digits, len(str(count)))
    return [f"{letter}{i:0{width}d}" for i in range(1, count + 1)]


def _places(countries: Sequence[str], timezone: str | None) -> list[City]:
    found = [city for country in countries for city in cities(country) if city.state not in NOT_CONTIGUOUS]
    if timezone is not None:
        zones = sorted({city.timezone for city in found})
        found = [city for city in found if city.timezone == timezone]
        if not found:
            expected = f"one of {', '.join(zones)}"
            path = ("generate", "timezone")
            raise NetworkError(path, "no cities there", found=timezone, expected=expected)
    if not found:
        raise NetworkError(("generate", "countries"), "no country", found=list(countries), expected="US")
    return found


def _shares(places: Sequence[City], count: int) -> list[City]:
    """``count`` cities, each as often as its people ask for: the next goes to the most people per site.

    The method of Sainte-Laguë, with integer products instead of quotients; of equals, the larger city comes
    first.
    """
    queue = [_Quotient(city.population, 1, i) for i, city in enumerate(places)]
    heapq.heapify(queue)
    chosen = []
    for _ in range(count):
        best = queue[0]
        chosen.append(places[best.place])
        heapq.heapreplace(queue, _Quotient(best.people, best.divisor + 2, best.place))
    return chosen


@dataclass(frozen=True, slots=True)
class _Quotient:
    people: int
    divisor: int
    place: int

    def __lt__(self, other: _Quotient) -> bool:
        mine, theirs = self.people * other.divisor, other.people * self.divisor
        return (-mine, self.place) < (-theirs, other.place)


def _centres(places: Sequence[City], count: int) -> list[City]:
    """``count`` different cities, each where it shortens the way of most people most: the greedy p-median.

    A. A. Kuehn and M. J. Hamburger, "A heuristic program for locating warehouses", Management Science 9
    (1963). Person- kilometres are integers, so that no order of summing matters.
    """
    field = places[: max(CANDIDATES, 2 * count)]
    if count > len(field):
        raise NetworkError(
            ("generate", "fcs"), "more centres than cities", found=count, expected=f"at most {len(field)}"
        )
    away = [[round(great_circle_km(a.at, b.at)) for b in field] for a in field]
    people = [city.population for city in field]
    way = [20_000] * len(field)  # km to the nearest centre so far: none yet, half round the world
    chosen: list[int] = []

    def gain(i: int) -> int:
        return sum(p * (w - d) for p, w, d in zip(people, way, away[i], strict=True) if d < w)

    # A city's gain only shrinks as centres come: one that leads on a fresh figure needs no other to be fresh.
    queue = [(-gain(i), i, 0) for i in range(len(field))]
    heapq.heapify(queue)
    while len(chosen) < count:
        _, i, round_ = heapq.heappop(queue)
        if round_ == len(chosen):
            chosen.append(i)
            way = [min(pair) for pair in zip(way, away[i], strict=True)]
        else:
            heapq.heappush(queue, (-gain(i), i, len(chosen)))
    return [field[i] for i in chosen]


def _drawn(places: Sequence[City], seed: int, i: int) -> City:
    """A city drawn by population."""
    left = _hash(seed, "city", i) % sum(city.population for city in places)
    for city in places:
        left -= city.population
        if left < 0:
            return city
    raise AssertionError("the remainder of a division is below the divisor")


def _sites(ids: Sequence[str], kind: str, at: Sequence[City], seed: int) -> list[Location]:
    return [
        Location(
            id_,
            kind,
            _off_centre(city.at, seed, id_),
            tags=(SYNTHETIC,),
            region=city.state,
            timezone=city.timezone,
        )
        for id_, city in zip(ids, at, strict=True)
    ]


def _off_centre(at: Point, seed: int, id_: str) -> Point:
    """A point near ``at``, so that several sites of a city are not one; four decimals, some 10 m."""
    north, east = (_hash(seed, axis, id_) % 20_001 / 10_000 - 1 for axis in ("north", "east"))
    return (round(at[0] + SPREAD * north, 4), round(at[1] + SPREAD * east, 4))


def _closest(site: Location, candidates: Sequence[Location]) -> str:
    assert site.at is not None
    return nearest(site.at, [(each.id, each.at) for each in candidates if each.at is not None])


def _hash(*parts: int | str) -> int:
    """64 bits that depend on all parts: FNV-1a over their text, then mixed (the finaliser of SplitMix64)."""
    value = 0xCBF29CE484222325
    for byte in "\0".join(map(str, parts)).encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        value = (value ^ value >> shift) * factor % 2**64
    return value ^ value >> 31
