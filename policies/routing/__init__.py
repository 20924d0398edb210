"""Routing rules: which locations fill an order, given what the record says.

Examples
--------
>>> from policies.routing import Proximity, Question, RoutingFacts
>>> rule = Proximity(RoutingFacts.flat(), max_shipments=3)
>>> rule.choose(Question.of(units=[2], floors=[1200, 5300], stock=[[1], [8]]))
[(1, 0, 2)]
"""

from policies.routing.base import CALLBACK, Plan, Question, RoutingFacts, RoutingPolicy, Unroutable
from policies.routing.cost import Cost
from policies.routing.min_splits import MinSplits
from policies.routing.proximity import Proximity

__all__ = [
    "CALLBACK",
    "Cost",
    "MinSplits",
    "Plan",
    "Proximity",
    "Question",
    "RoutingFacts",
    "RoutingPolicy",
    "Unroutable",
]
