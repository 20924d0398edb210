"""A supplier's terms: whole packs, and not fewer than the minimum."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.kernel import kernel


@kernel
def fit(quantity: int, pack: int, moq: int) -> int:
    """The rule itself, for arguments known to be valid and a quantity above 0."""
    least = max(quantity, moq)
    return pack if least <= pack else -(-least // pack) * pack  # most lines are for one pack, and to divide is slow


def round_to_terms(quantity: int, pack: int = 1, moq: int = 1) -> int:
    """Return the quantity to order so that the supplier accepts it.

    Parameters
    ----------
    quantity : int
        What the rule wants, in units, >= 0.
    pack : int
        Units in a pack, >= 1; only whole packs are sold.
    moq : int
        Minimum order quantity in units, >= 0.

    Returns
    -------
    int
        0 for 0; otherwise at least ``moq``, up to the next multiple of ``pack``.

    Raises
    ------
    ValueError
        A negative quantity or minimum, or a pack below 1.

    Examples
    --------
    >>> [round_to_terms(q, pack=12, moq=30) for q in (0, 1, 36, 37)]
    [0, 36, 36, 48]
    """
    _check(quantity, pack, moq)
    return 0 if quantity == 0 else fit(quantity, pack, moq)


def round_all_to_terms(quantities: ArrayLike, pack: ArrayLike = 1, moq: ArrayLike = 1) -> NDArray[np.int64]:
    """Return the same for arrays, broadcast against each other.

    Examples
    --------
    >>> round_all_to_terms([0, 1, 36, 37], pack=12, moq=[30, 30, 30, 60]).tolist()
    [0, 36, 36, 60]
    """
    wanted, packs, least = (np.asarray(x, np.int64) for x in (quantities, pack, moq))
    if wanted.size:
        _check(int(wanted.min()), int(packs.min()), int(least.min()))
    rounded = -(-np.maximum(wanted, least) // packs) * packs
    return np.where(wanted == 0, 0, rounded)


def _check(quantity: int, pack: int, moq: int) -> None:
    if quantity < 0:
        raise ValueError(f"quantity(={quantity}) must be >= 0")
    if pack < 1:
        raise ValueError(f"pack(={pack}) must be >= 1")
    if moq < 0:
        raise ValueError(f"moq(={moq}) must be >= 0")
