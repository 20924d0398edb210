"""Reorder rules: how much to order, given what the record says.

Examples
--------
>>> from policies.reorder import RQ, CellFacts, ReorderState
>>> rule = RQ(CellFacts.of(1), r=10, Q=20)
>>> rule.quantity(ReorderState(index=0, position=10))
20
"""

from policies.reorder.base import ALWAYS, LARGEST, NEVER, CellFacts, ReorderPolicy, ReorderState
from policies.reorder.base_stock import BaseStock
from policies.reorder.periodic import Periodic
from policies.reorder.r_q import RQ
from policies.reorder.s_s import SS

__all__ = [
    "ALWAYS",
    "LARGEST",
    "NEVER",
    "RQ",
    "SS",
    "BaseStock",
    "CellFacts",
    "Periodic",
    "ReorderPolicy",
    "ReorderState",
]
