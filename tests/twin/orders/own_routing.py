"""A routing rule of somebody's own, named in scenarios by its import path."""

from __future__ import annotations

from policies.routing.base import Plan, Question, RoutingFacts, RoutingPolicy
from policies.routing.proximity import Proximity


class Nearest(RoutingPolicy):
    """Decides like ``proximity``, but is asked in Python."""

    def __init__(self, facts: RoutingFacts, max_shipments: int = 3) -> None:
        super().__init__(facts)
        self.max_shipments = max_shipments
        self.reject_cooldown = 0
        self._rule = Proximity(facts, max_shipments=max_shipments)

    def choose(self, question: Question) -> Plan:
        return self._rule.choose(question)
