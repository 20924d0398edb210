"""A routing rule in plain Python decides in the lane as the compiled one does, and the whole run is the same."""

from __future__ import annotations

from typing import Any

import scenarios
from policies.routing import Plan as Sendings
from policies.routing import Proximity, Question, RoutingFacts
from tests.twin.web_scenes import SCARCE
from twin.kpis.compute import compute
from twin.kpis.orders import NODE_FIELDS, ORDER_FIELDS
from twin.simulate import build, simulate


class Nearest:
    """Decides as ``proximity`` does: the nearest that has everything, else as its plain form says."""

    def __init__(self, facts: RoutingFacts, *, max_shipments: int = 3) -> None:
        self._otherwise = Proximity(facts, max_shipments=max_shipments)
        self.asked = 0

    def choose(self, question: Question) -> Sendings:
        """Return who ships what."""
        for candidate in range(question.n_candidates):
            if question.whole(candidate):
                return question.all_from(candidate)
        return self._otherwise.choose(question)


def _run(rule: str) -> tuple[Any, dict[Any, float], Any]:
    plan = build(scenarios.loads(SCARCE, sets=["variants=", f"policies.routing={{use: '{rule}', max_shipments: 3}}"]))
    done = simulate(plan, 1, folder=None)
    rows = compute(done.ledger, plan.labels, plan.rates, timezone=plan.scenario.time.timezone)
    return done, rows.to_arrow(variant="base", replication=1).to_pydict(), done.ledger.web


def test_a_rule_by_import_path_decides_as_the_compiled_one() -> None:
    compiled, kpis, web = _run("proximity")
    plain, same_kpis, same_web = _run("tests.twin.test_plain_routing:Nearest")
    total = dict(zip(ORDER_FIELDS, web.orders.sum(axis=0).tolist(), strict=True))
    at_nodes = dict(zip(NODE_FIELDS, web.nodes.sum(axis=(0, 1)).tolist(), strict=True))
    assert total["split"] > 1 and at_nodes["rejects"] > 5 and total["backordered"] > 5  # it is put to the test
    assert plain.decisions_digest == compiled.decisions_digest
    assert plain.events_digest == compiled.events_digest
    assert same_kpis == kpis
    assert (same_web.orders == web.orders).all() and (same_web.node_money == web.node_money).all()
