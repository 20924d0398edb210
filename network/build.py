"""A network: locations and the lanes between them, checked, indexed and ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from network.checks import find_problems
from network.errors import NetworkError, Path, nearest_name
from network.lanes import Lane
from network.locations import Location

if TYPE_CHECKING:
    import networkx as nx


class Network:
    """Where things are and how goods move between them; it does not change once built.

    Parameters
    ----------
    locations : sequence of Location
    lanes : sequence of Lane

    Attributes
    ----------
    locations, lanes : tuple
        As given.
    index : dict of str to int
        Place of each location in ``locations``, by id.

    Raises
    ------
    NetworkError
        The first fault; its ``more`` are the others (:func:`network.checks.find_problems`).

    Examples
    --------
    >>> net = Network(
    ...     [Location("V1", "supplier"), Location("F1", "fc"), Location("S1", "store")],
    ...     [Lane("V1", "F1", transit=5), Lane("F1", "S1", transit=1), Lane("V1", "S1", cost_per_unit=2.0)],
    ... )
    >>> [lane.origin for lane in net.lanes_into("S1")]
    ['F1', 'V1']
    """

    def __init__(self, locations: Iterable[Location], lanes: Iterable[Lane] = ()) -> None:
        self.locations, self.lanes = tuple(locations), tuple(lanes)
        problems = find_problems(self.locations, self.lanes)
        if problems:
            problems[0].more = tuple(problems[1:])
            raise problems[0]
        self.index = {location.id: i for i, location in enumerate(self.locations)}
        into: dict[str, list[Lane]] = {location.id: [] for location in self.locations}
        out: dict[str, list[Lane]] = {location.id: [] for location in self.locations}
        for lane in self.lanes:
            into[lane.destination].append(lane)
            out[lane.origin].append(lane)
        self._into = {id_: tuple(sorted(found, key=_cheapness)) for id_, found in into.items()}
        self._out = {id_: tuple(found) for id_, found in out.items()}

    def __repr__(self) -> str:
        return f"<Network of {len(self.locations)} locations and {len(self.lanes)} lanes>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Network):
            return NotImplemented
        return (self.locations, self.lanes) == (other.locations, other.lanes)

    __hash__ = None  # type: ignore[assignment]  # transits may be anything, hashable or not

    def location(self, id_: str) -> Location:
        """Return the location of that id; KeyError where there is none."""
        return self.locations[self.index[id_]]

    def of_kind(self, *kinds: str) -> tuple[Location, ...]:
        """Return the locations of these kinds, in the order given to the network."""
        return tuple(location for location in self.locations if location.kind in kinds)

    def lanes_into(self, id_: str) -> tuple[Lane, ...]:
        """Return the lanes into a location by cost per unit, then mean transit, then origin's id."""
        return self._into[id_]

    def lanes_out_of(self, id_: str) -> tuple[Lane, ...]:
        """Return the lanes out of a location, in the order given to the network."""
        return self._out[id_]

    def lane_for(self, id_: str, source: str | None = None, path: Path = ()) -> Lane:
        """Return the lane that replenishes a location: from ``source``, or the cheapest.

        Parameters
        ----------
        id_ : str
            The location to be replenished.
        source : str, optional
            Id of the location to order from.
        path : tuple
            Where this is asked for, for the error message.

        Raises
        ------
        NetworkError
            There is no such location, no lane into it, or none from ``source``.
        """
        if id_ not in self.index:
            near = nearest_name(id_, self.index)
            expected = "the id of a location"
            raise NetworkError(path, "unknown location", found=id_, expected=expected, nearest=near)
        lanes = self._into[id_]
        if not lanes:
            expected = f"a lane to {id_} under network.lanes, or no reorder rule for it"
            raise NetworkError(path, f"nothing supplies {id_}", found="no lane into it", expected=expected)
        if source is None:
            return lanes[0]
        for lane in lanes:
            if lane.origin == source:
                return lane
        origins = sorted(lane.origin for lane in lanes)
        raise NetworkError(
            path,
            f"no lane from the source to {id_}",
            found=source,
            expected=f"one of {', '.join(origins[:10])}{', …' if len(origins) > 10 else ''}",
            nearest=nearest_name(source, origins),
        )

    def graph(self) -> nx.DiGraph[str]:
        """Return the network as a networkx graph: ids as nodes with ``location``, edges with ``lane``."""
        import networkx as nx

        graph: nx.DiGraph[str] = nx.DiGraph()
        for location in self.locations:
            graph.add_node(location.id, location=location)
        for lane in self.lanes:
            graph.add_edge(lane.origin, lane.destination, lane=lane)
        return graph

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> Network:
        """Build a network from plain mappings, as a scenario has them once its units are read.

        Parameters
        ----------
        given : mapping
            ``locations`` and ``lanes``, sequences of mappings with the scenario's keys; see
            :mod:`network.tables`.

        Examples
        --------
        >>> Network.from_mapping({
        ...     "locations": [{"id": "V1", "kind": "supplier"}, {"id": "S1", "kind": "store"}],
        ...     "lanes": [{"from": "V1", "to": "S1", "transit": "5d", "order": {"moq": 24, "pack": 12}}],
        ... })
        <Network of 2 locations and 1 lanes>
        """
        return cls.from_tables(given.get("locations", ()), given.get("lanes", ()))

    @classmethod
    def from_tables(
        cls, locations: Sequence[Mapping[str, Any]], lanes: Sequence[Mapping[str, Any]] = ()
    ) -> Network:
        """Build a network from the rows of two tables; see :mod:`network.tables` for the columns.

        Raises
        ------
        NetworkError
            A cell that cannot be read, or a fault of the network; ``path`` names row (from 0) and column.
        """
        from network.tables import read_lanes, read_locations

        return cls(read_locations(locations), read_lanes(lanes))


def _cheapness(lane: Lane) -> tuple[float, float, str]:
    return (lane.cost_per_unit, lane.mean_transit, lane.origin)
