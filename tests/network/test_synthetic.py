"""Synthetic national networks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from fractions import Fraction

import pytest

from network import Network, NetworkError
from network.errors import show_path
from network.geography import cities, great_circle_km
from network.locations import DAY, HOUR
from network.synthetic import SYNTHETIC, LaneTerms, _shares, generate


@pytest.fixture(scope="module")
def national() -> Network:
    return generate(stores=500, fcs=12, hubs=45, suppliers=200)


def test_numbers_and_names(national: Network) -> None:
    count = Counter(each.kind for each in national.locations)
    assert count == {"store": 500, "fc": 12, "hub": 45, "supplier": 200}
    ends = {kind: [each.id for each in national.of_kind(kind)][:: size - 1] for kind, size in count.items()}
    assert ends == {
        "store": ["S0001", "S0500"],
        "fc": ["F01", "F12"],
        "hub": ["H01", "H45"],
        "supplier": ["V001", "V200"],
    }


def test_every_site_is_labelled_and_placed(national: Network) -> None:
    states = {city.state for city in cities()} - {"AK", "HI"}
    zones = {city.timezone for city in cities()}
    for site in national.locations:
        assert SYNTHETIC in site.tags
        assert site.region in states
        assert site.timezone in zones
        assert site.at is not None
        assert 24 < site.at[0] < 50
        assert -125 < site.at[1] < -66


def test_stores_are_where_people_are(national: Network) -> None:
    states = Counter(site.region for site in national.of_kind("store"))
    assert states.most_common(2)[0][0] == "CA"
    assert states.most_common(2)[1][0] == "TX"
    # 8.8 M, 3.8 M, 8.8 M / 3 = 2.9 M, Chicago 2.7 M, Houston 2.3 M
    few = [site.region for site in generate(stores=5, fcs=1, suppliers=0).of_kind("store")]
    assert few == ["NY", "CA", "NY", "IL", "TX"]


def test_no_city_has_a_better_claim_to_a_store() -> None:
    # Sainte-Laguë: moving a store from one city to another lowers the claim that it settles.
    sites = Counter(_shares(cities(), 500))
    assert sum(sites.values()) == 500
    unmet = max(Fraction(city.population, 2 * sites[city] + 1) for city in cities())
    met = min(Fraction(city.population, 2 * n - 1) for city, n in sites.items())
    assert unmet <= met


def test_everything_is_supplied_by_the_nearest(national: Network) -> None:
    centres = [*national.of_kind("fc"), *national.of_kind("hub")]
    for kind, sources in (("store", centres), ("hub", list(national.of_kind("fc")))):
        for site in national.of_kind(kind):
            (lane,) = national.lanes_into(site.id)
            away = {each.id: great_circle_km(site.at or (0, 0), each.at or (0, 0)) for each in sources}
            assert away[lane.origin] == min(away.values())
    for fc in national.of_kind("fc"):
        assert len(national.lanes_into(fc.id)) == 200


def test_more_centres_shorten_the_way() -> None:
    def way(fcs: int) -> float:
        net = generate(stores=120, fcs=fcs, suppliers=0)
        lanes = [(net.location(lane.origin).at, net.location(lane.destination).at) for lane in net.lanes]
        return sum(great_circle_km(a or (0, 0), b or (0, 0)) for a, b in lanes)

    lengths = [way(fcs) for fcs in (1, 2, 4, 8)]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] < lengths[0] / 2


def test_the_first_centre_is_the_best_single_one() -> None:
    field = [city for city in cities() if city.state not in ("AK", "HI")][:150]
    best = min(field, key=lambda c: sum(d.population * round(great_circle_km(c.at, d.at)) for d in field))
    (fc,) = generate(stores=0, fcs=1, suppliers=0).of_kind("fc")
    assert fc.region == best.state
    assert great_circle_km(fc.at or (0, 0), best.at) < 20


def test_terms_of_the_lanes() -> None:
    to_store = LaneTerms(2 * DAY, 0.1, 40, capacity_units=4000, departs=(2 * HOUR,))
    from_supplier = LaneTerms(transit=9 * DAY, moq=24, pack=12, order_days=(1,))
    to_hub = LaneTerms(transit=3 * DAY)
    net = generate(
        stores=3,
        fcs=2,
        hubs=1,
        suppliers=2,
        store_lane=to_store,
        hub_lane=to_hub,
        supplier_lane=from_supplier,
    )
    assert [lane.transit for lane in net.lanes_into("H01")] == [3 * DAY]
    for lane in net.lanes:
        if lane.destination == "H01":
            continue
        if lane.origin.startswith("V"):
            assert (lane.transit, lane.moq, lane.pack, lane.order_days) == (9 * DAY, 24, 12, (1,))
            assert lane.departs == ()
        else:
            assert (lane.transit, lane.departs, lane.capacity_units) == (2 * DAY, (2 * HOUR,), 4000)
            assert (lane.cost_per_unit, lane.cost_per_trip, lane.moq) == (0.1, 40, 1)


def test_hubs_are_served_as_stores_are_unless_told_otherwise() -> None:
    net = generate(stores=1, fcs=1, hubs=1, store_lane=LaneTerms(transit=7))
    assert [lane.transit for lane in net.lanes_into("H01")] == [7]


def test_given_ids_and_one_time_zone() -> None:
    net = generate(stores=["309", "367", "406"], fcs=2, suppliers=1, timezone="America/New_York")
    assert [site.id for site in net.of_kind("store")] == ["309", "367", "406"]
    assert {site.timezone for site in net.locations} == {"America/New_York"}


def test_a_seed_moves_sites_a_little_and_suppliers_at_will() -> None:
    one, two = (generate(stores=20, fcs=2, suppliers=20, seed=seed) for seed in (1, 2))
    assert one == generate(stores=20, fcs=2, suppliers=20, seed=1)
    for a, b in zip(one.of_kind("store"), two.of_kind("store"), strict=True):
        assert a.at != b.at
        assert great_circle_km(a.at or (0, 0), b.at or (0, 0)) < 45
    assert [v.region for v in one.of_kind("supplier")] != [v.region for v in two.of_kind("supplier")]


def test_the_same_in_every_process() -> None:
    code = (
        "import hashlib; from network.synthetic import generate; "
        "n = generate(stores=60, fcs=3, hubs=4, seed=7); "
        "print(hashlib.sha256(repr((n.locations, n.lanes)).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "4711")
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("arguments", "path", "message"),
    [
        ({"stores": -1}, "generate.stores", "too few: found"),
        ({"stores": 1, "fcs": 0}, "generate.fcs", "too few: found 0, expected a whole number >= 1"),
        ({"stores": 1, "hubs": -2}, "generate.hubs", "too few: found -2"),
        ({"stores": 1, "suppliers": -2}, "generate.suppliers", "too few"),
        ({"stores": 1, "fcs": 5000}, "generate.fcs", "more centres than cities: found 5000"),
        ({"stores": 1, "countries": ["FR"]}, "generate.countries", "found 'FR', expected one of US"),
        ({"stores": 1, "countries": []}, "generate.countries", "no country"),
        ({"stores": 1, "timezone": "Europe/Paris"}, "generate.timezone", r".*America/Chicago"),
    ],
)
def test_bad_arguments(arguments: dict[str, object], path: str, message: str) -> None:
    with pytest.raises(NetworkError, match=message) as caught:
        generate(**arguments)  # type: ignore[arg-type]
    assert show_path(caught.value.path) == path


def test_importing_the_package_is_cheap() -> None:
    code = "import sys, network; print({'numpy', 'networkx'} & set(sys.modules))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
