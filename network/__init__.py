"""Where things are: locations, the lanes between them, and the geography under both.

Examples
--------
>>> from network import Lane, Location, Network
>>> Network([Location("V1", "supplier"), Location("S1", "store")], [Lane("V1", "S1")])
<Network of 2 locations and 1 lanes>
"""

from network.build import Network
from network.errors import NetworkError
from network.lanes import Lane
from network.locations import Location
from network.synthetic import LaneTerms, generate

__all__ = ["Lane", "LaneTerms", "Location", "Network", "NetworkError", "generate"]
