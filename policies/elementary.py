"""Exponential, logarithm and the normal distribution, with the same bits on every processor.

The ``exp``, ``log`` and ``pow`` of numpy and of the C library give other last bits on other processors, and a
decision that hangs on one would differ between machines. These are built from additions, multiplications,
divisions, square roots and exact scalings by powers of two only, all of which IEEE 754 fixes to the bit. Each
is plain Python and compiles (see :mod:`policies.kernel`); the two forms agree exactly.
"""

from __future__ import annotations

import math

from policies.kernel import kernel

# ln 2 in two parts: the first has 32 bits, so that k * LN2_HIGH is exact for every exponent k that a double
# can have.
LN2_HIGH = 0.6931471803691238
LN2_LOW = 1.9082149292705877e-10
INVERSE_LN2 = 1.4426950408889634
HALF_ROOT = 0.7071067811865476  # sqrt(1/2)

EXP_MAX = 709.782712893384  # above: more than a double holds
EXP_MIN = -745.1332191019412  # below: less than half the smallest one


@kernel
def exp(x: float) -> float:
    """Return e to the power of ``x``.

    Parameters
    ----------
    x : float
        Any double; infinities and nan behave as in IEEE 754.

    Returns
    -------
    float
        Within two units in the last place; 0.0 and ``inf`` beyond the range of a double, never an error.

    Notes
    -----
    x = k ln 2 + r with |r| <= ln(2)/2, then the Taylor series of e^r to degree 13 (remainder below 5e-18).

    Examples
    --------
    >>> exp(0.0), exp(-800.0), exp(800.0)
    (1.0, 0.0, inf)
    >>> round(exp(1.0), 14)
    2.71828182845905
    """
    if x != x:
        return x
    if x > EXP_MAX:
        return math.inf
    if x < EXP_MIN:
        return 0.0
    k = math.floor(x * INVERSE_LN2 + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    s = 1.0 / 6227020800.0
    s = s * r + 1.0 / 479001600.0
    s = s * r + 1.0 / 39916800.0
    s = s * r + 1.0 / 3628800.0
    s = s * r + 1.0 / 362880.0
    s = s * r + 1.0 / 40320.0
    s = s * r + 1.0 / 5040.0
    s = s * r + 1.0 / 720.0
    s = s * r + 1.0 / 120.0
    s = s * r + 1.0 / 24.0
    s = s * r + 1.0 / 6.0
    s = s * r + 0.5
    return math.ldexp(1.0 + (r + r * r * s), k)


@kernel
def _log_ratio(s: float) -> float:
    """ln((1 + s) / (1 - s)) - 2 s for |s| <= 0.172: the series 2 (s^3/3 + s^5/5 + ...), cut below 1e-18."""
    z = s * s
    t = 1.0 / 23.0
    t = t * z + 1.0 / 21.0
    t = t * z + 1.0 / 19.0
    t = t * z + 1.0 / 17.0
    t = t * z + 1.0 / 15.0
    t = t * z + 1.0 / 13.0
    t = t * z + 1.0 / 11.0
    t = t * z + 1.0 / 9.0
    t = t * z + 1.0 / 7.0
    t = t * z + 0.2
    t = t * z + 1.0 / 3.0
    return 2.0 * s * z * t


@kernel
def log(x: float) -> float:
    """Return the natural logarithm of ``x``.

    Parameters
    ----------
    x : float
        Any double.

    Returns
    -------
    float
        Within a few units in the last place; ``-inf`` at 0 and nan below (where ``math.log`` raises).

    Notes
    -----
    x = 2^e m with m in [sqrt(1/2), sqrt(2)), and ln m = 2 artanh((m - 1) / (m + 1)).

    Examples
    --------
    >>> log(1.0), log(0.0)
    (0.0, -inf)
    >>> round(log(10.0), 14)
    2.30258509299405
    """
    if x != x or x == math.inf:
        return x
    if x <= 0.0:
        return -math.inf if x == 0.0 else math.nan
    m, e = math.frexp(x)
    if m < HALF_ROOT:
        m = 2.0 * m
        e = e - 1
    f = m - 1.0
    s = f / (2.0 + f)
    return e * LN2_HIGH + (2.0 * s + (_log_ratio(s) + e * LN2_LOW))


@kernel
def log1p(x: float) -> float:
    """Return ln(1 + x), exact to a few units in the last place also where ``x`` is tiny.

    Examples
    --------
    >>> log1p(1e-300)
    1e-300
    >>> round(log1p(1.0), 14)
    0.69314718055995
    """
    if -0.25 < x < 0.4:
        s = x / (2.0 + x)
        return 2.0 * s + _log_ratio(s)
    return log(1.0 + x)


@kernel
def power(x: float, y: float) -> float:
    """Return ``x`` to the power of ``y`` for x > 0, as exp(y ln x).

    Notes
    -----
    The relative error grows with the size of the exponent: about |y ln x| units in the last place.

    Examples
    --------
    >>> round(power(2.0, 0.5), 12)
    1.414213562373
    """
    return exp(y * log(x))


@kernel
def normal_tail(x: float) -> float:
    """Return P(Z > x) of the standard normal for x >= 0, with full relative accuracy far into the tail.

    Notes
    -----
    exp(-x^2/2) times Mills' ratio over sqrt(2 pi). (1 + 2x) e^(x^2/2) P(Z > x) is smooth in t = (x - 5)/(x +
    5) over [-1, 1) and summed as a Chebyshev series, an idea of Schonfelder (Mathematics of Computation 32,
    1978). The 26 coefficients were computed with 40 digits as the cosine transform at 60 nodes; the first one
    left out is below 2e-18.

    Examples
    --------
    >>> normal_tail(0.0)
    0.5
    >>> round(normal_tail(1.6448536269514722), 12)
    0.05
    """
    if not x <= 39.0:
        return 0.0 if x > 39.0 else x
    t = 2.0 * (x - 5.0) / (x + 5.0)
    b2 = 8.7462480162316863e-18
    b1 = t * b2 + 3.0126978659729572e-18
    b2, b1 = b1, t * b1 - b2 - 1.9676170123032256e-16
    b2, b1 = b1, t * b1 - b2 - 2.0914359662913347e-16
    b2, b1 = b1, t * b1 - b2 + 4.6152252428334062e-15
    b2, b1 = b1, t * b1 - b2 + 6.5431338148107025e-15
    b2, b1 = b1, t * b1 - b2 - 1.1686906841734209e-13
    b2, b1 = b1, t * b1 - b2 - 1.4807141411029586e-13
    b2, b1 = b1, t * b1 - b2 + 3.2407908943954394e-12
    b2, b1 = b1, t * b1 - b2 + 1.4612590097237544e-12
    b2, b1 = b1, t * b1 - b2 - 9.6286839986849744e-11
    b2, b1 = b1, t * b1 - b2 + 1.1456473507904821e-10
    b2, b1 = b1, t * b1 - b2 + 2.8104318273562100e-9
    b2, b1 = b1, t * b1 - b2 - 1.1553886707699580e-8
    b2, b1 = b1, t * b1 - b2 - 5.8775410168944325e-8
    b2, b1 = b1, t * b1 - b2 + 6.8353039272316402e-7
    b2, b1 = b1, t * b1 - b2 - 1.3227167712039978e-6
    b2, b1 = b1, t * b1 - b2 - 2.0421856389885824e-5
    b2, b1 = b1, t * b1 - b2 + 2.3214934246683034e-4
    b2, b1 = b1, t * b1 - b2 - 1.4177562191435087e-3
    b2, b1 = b1, t * b1 - b2 + 6.1861718637088099e-3
    b2, b1 = b1, t * b1 - b2 - 2.0644868408320345e-2
    b2, b1 = b1, t * b1 - b2 + 5.2866735102837549e-2
    b2, b1 = b1, t * b1 - b2 - 9.7167964587483958e-2
    b2, b1 = b1, t * b1 - b2 + 8.9658602867327526e-2
    smooth = 0.5 * (t * b1) - b2 + 0.76819261938038010
    # x^2/2 in two parts, the first exact, or its rounding would be magnified by the exponential.
    head = math.floor(16.0 * x) / 16.0
    rest = x - head
    return exp(-0.5 * head * head) * exp(-rest * (head + 0.5 * rest)) * smooth / (1.0 + 2.0 * x)


@kernel
def normal_cdf(x: float) -> float:
    """Return P(Z <= x) of the standard normal.

    Examples
    --------
    >>> normal_cdf(0.0)
    0.5
    >>> round(normal_cdf(1.959963984540054), 12)
    0.975
    """
    if x < 0.0:
        return normal_tail(-x)
    return 1.0 - normal_tail(x)


@kernel
def normal_density(x: float) -> float:
    """Return the density of the standard normal at ``x``.

    Examples
    --------
    >>> round(normal_density(0.0), 12)
    0.398942280401
    """
    return 0.3989422804014327 * exp(-0.5 * x * x)


@kernel
def normal_quantile(p: float) -> float:
    """Return z with P(Z <= z) = p for the standard normal.

    Parameters
    ----------
    p : float
        Probability in [0, 1]; 0 and 1 give the infinities, anything else nan.

    Notes
    -----
    Algorithm AS 241 (PPND16) of M. J. Wichura, "The percentage points of the normal distribution", Applied
    Statistics 37 (1988): rational approximations of degree 7 in three ranges, relative accuracy about 1e-16.

    Examples
    --------
    >>> normal_quantile(0.5)
    0.0
    >>> round(normal_quantile(0.95), 12)
    1.644853626951
    """
    q = p - 0.5
    if math.fabs(q) <= 0.425:
        r = 0.180625 - q * q
        above = 2509.0809287301226727
        above = above * r + 33430.575583588128105
        above = above * r + 67265.770927008700853
        above = above * r + 45921.953931549871457
        above = above * r + 13731.693765509461125
        above = above * r + 1971.5909503065514427
        above = above * r + 133.14166789178437745
        above = above * r + 3.387132872796366608
        below = 5226.495278852854561
        below = below * r + 28729.085735721942674
        below = below * r + 39307.89580009271061
        below = below * r + 21213.794301586595867
        below = below * r + 5394.1960214247511077
        below = below * r + 687.1870074920579083
        below = below * r + 42.313330701600911252
        return q * above / (below * r + 1.0)
    tail = p if q < 0.0 else 1.0 - p
    if not tail > 0.0:
        if tail == 0.0:
            return -math.inf if q < 0.0 else math.inf
        return math.nan
    r = math.sqrt(-log(tail))
    if r <= 5.0:
        r = r - 1.6
        above = 7.7454501427834140764e-4
        above = above * r + 0.0227238449892691845833
        above = above * r + 0.24178072517745061177
        above = above * r + 1.27045825245236838258
        above = above * r + 3.64784832476320460504
        above = above * r + 5.7694972214606914055
        above = above * r + 4.6303378461565452959
        above = above * r + 1.42343711074968357734
        below = 1.05075007164441684324e-9
        below = below * r + 5.475938084995344946e-4
        below = below * r + 0.0151986665636164571966
        below = below * r + 0.14810397642748007459
        below = below * r + 0.68976733498510000455
        below = below * r + 1.6763848301838038494
        below = below * r + 2.05319162663775882187
    else:
        r = r - 5.0
        above = 2.01033439929228813265e-7
        above = above * r + 2.71155556874348757815e-5
        above = above * r + 0.0012426609473880784386
        above = above * r + 0.026532189526576123093
        above = above * r + 0.29656057182850489123
        above = above * r + 1.7848265399172913358
        above = above * r + 5.4637849111641143699
        above = above * r + 6.6579046435011037772
        below = 2.04426310338993978564e-15
        below = below * r + 1.4215117583164458887e-7
        below = below * r + 1.8463183175100546818e-5
        below = below * r + 7.868691311456132591e-4
        below = below * r + 0.0148753612908506148525
        below = below * r + 0.13692988092273580531
        below = below * r + 0.59983220655588793769
    z = above / (below * r + 1.0)
    return -z if q < 0.0 else z
