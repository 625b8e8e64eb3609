"""Counter-based random numbers: every draw is a pure function of what it is for.

No state is carried along, so a draw spent in one process never shifts another, results do not depend on
the order of work, and two policies meet the same luck in every process that the policy does not touch
(common random numbers). The mixing function is the finaliser of splitmix64 (Steele, Lea & Flood 2014);
two rounds of it, with the key in between, pass the dieharder battery.
"""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np

from collabsim.model.compiled import formula, subroutine

_U = np.uint64
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_ONE, _S11, _S27, _S30, _S31, _S53 = (np.uint64(n) for n in (1, 11, 27, 30, 31, 53))
_SIXTEENTH_BIT = 2.0**-16
MOST_POISSON = 20  # a Poisson count is cut there

# One number for each process, never reused: a new process takes the next free number.
PROCESSES = (
    "TENURE", "DISPOSITION", "GRANT_START", "LEADER", "REORGANISATION", "RENEWAL", "BRIDGE", "REDEPLOY", "REPLACE",
    "LEADER_EXIT", "QUIT", "HIRE", "CONTACT", "EXPERIENCE", "CASE_CONTACT", "CASE_EXPERIENCE", "ARRIVAL", "CASE",
    "REQUEST", "TREND", "REVIEW",
)  # fmt: skip
(
    TENURE, DISPOSITION, GRANT_START, LEADER, REORGANISATION, RENEWAL, BRIDGE, REDEPLOY, REPLACE,
    LEADER_EXIT, QUIT, HIRE, CONTACT, EXPERIENCE, CASE_CONTACT, CASE_EXPERIENCE, ARRIVAL, CASE,
    REQUEST, TREND, REVIEW,
) = range(len(PROCESSES))  # fmt: skip


@formula
def mix(z):
    """Return the splitmix64 finaliser of a 64-bit word."""
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@formula
def stream(key, process, week):
    """Return the stream of one process in one week (uint64)."""
    return mix(mix(key + GOLDEN * _U(process + 1)) + GOLDEN * _U(week + 1))


@formula
def word(stream, entity, number):
    """Return 64 random bits for draw `number` of an entity."""
    return mix(mix(stream + GOLDEN * _U(entity + 1)) + GOLDEN * _U(number + 1))


@subroutine
def draw_words(stream, entities, count, number, words):
    """Draw a word for each of some entities at one go: without a branch, so that the machine does several at once."""
    for n in range(count):
        words[n] = word(stream, entities[n], number)


@formula
def part(word, n, width):
    """Return part `n` of a word that is shared out in parts of `width` bits, from the lowest."""
    return (word >> _U(n * width)) & ((_ONE << _U(width)) - _ONE)


@formula
def completed(first, width, rest):
    """Return 53 random bits, the first `width` of which are known and the others those that begin the word `rest`."""
    return (first << (_S53 - _U(width))) | (rest >> (_S11 + _U(width)))


@formula
def as_uniform(bits):
    """Return 53 random bits as a float in the open interval (0, 1)."""
    return (np.float64(bits) + 0.5) * 1.1102230246251565e-16


@formula
def falls_below(chance, first, stream, entity, number):
    """Say whether a draw that begins with these 16 bits is below `chance`; the rest (a draw of its own) seldom matters.

    That it does is asked in one comparison: two would each be guessed, and the first as often wrong as the answer.
    """
    low = np.float64(first) * _SIXTEENTH_BIT
    if abs(chance - low) <= _SIXTEENTH_BIT:
        return as_uniform(completed(first, 16, word(stream, entity, number))) < chance
    return low < chance


@formula
def uniform_of(word):
    """Return what the first 53 bits of a word say as a float in the open interval (0, 1)."""
    return as_uniform(word >> _S11)


@formula
def uniform(stream, entity, number):
    """Return a float in the open interval (0, 1)."""
    return uniform_of(word(stream, entity, number))


@formula
def pair(lower, higher):
    """Return the entity number of a pair of posts, given their ids."""
    return (lower << 32) | higher


@formula
def lower_of(pair):
    """Return the lower id of a pair."""
    return pair >> 32


@formula
def higher_of(pair):
    """Return the higher id of a pair."""
    return pair & 0xFFFFFFFF


def run_key(seed: int, row: int, replicate: int) -> np.uint64:
    """Return the key of one run.

    Parameters
    ----------
    seed : int
        The user's seed, 0 or more.
    row : int
        0 under common random numbers, so that every policy meets the same luck; otherwise the design row, for
        independent noise (never combine the two, see the page on sensitivity).
    replicate : int
    """
    with np.errstate(over="ignore"):
        key = np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]
        for part in (row, replicate):
            key = _mix_python(key + GOLDEN * _U(part + 1))
        return _U(key)


def _mix_python(z: np.uint64) -> np.uint64:
    return _U(mix.py_func(z) if hasattr(mix, "py_func") else mix(z))


# exp and log from + - * / alone: the C library's choose other instructions (and last bits) on other machines, and a
# run must give the same bits everywhere.

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_STEP_HIGH, _STEP_LOW, _PER_STEP = _LN2_HIGH / 64.0, _LN2_LOW / 64.0, 64.0 / 0.6931471805599453
_ROUND = 6755399441055744.0  # adding and taking away 1.5 * 2**52 rounds to a whole number
_SIXTY_FOURTHS = np.array([float(Decimal(2) ** (Decimal(n) / 64)) for n in range(64)])


@formula
def exp(x):
    """Return e**x to within 1 ulp: 2**(n/64) from a table, the rest by its series; 0 below -700, capped above 700."""
    bounded = max(min(x, 700.0), -700.0)
    steps = (bounded * _PER_STEP + _ROUND) - _ROUND
    r = (bounded - steps * _STEP_HIGH) - steps * _STEP_LOW
    rest = r + r * r * (0.5 + r * (1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0))))
    n = np.int64(steps)
    part = _SIXTY_FOURTHS[np.uint64(n & 63)]
    power = np.int64(((n >> 6) + 1023) << 52).view(np.float64)  # of two
    return (part + part * rest) * power if x >= -700.0 else 0.0


_SMALLEST, _LARGEST = 2.0**-1022, 1.7976931348623157e308  # normal floats
_EXPONENT = 1022  # of one half
_FRACTION, _ONE_HALF = np.int64((1 << 52) - 1), np.int64(_EXPONENT << 52)


@formula
def split(x):
    """Return a positive float as a fraction in [0.5, 1) and a power of two: from its bits, without a call."""
    if _SMALLEST <= x <= _LARGEST:
        held = np.float64(x).view(np.int64)
        fraction = np.int64((held & _FRACTION) | _ONE_HALF).view(np.float64)
        return fraction, (held >> 52) - _EXPONENT
    return math.frexp(x)


@subroutine
def exp_of_minus(values, count, powers):
    """Write down e**-x for each of some numbers: ahead, side by side, so that no draw waits for it."""
    for n in range(count):
        powers[n] = exp(-values[n])


# From the highest power down (fdlibm, e_log.c)
_LOG_SERIES = (
    1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01, 2.222219843214978396e-01,
    2.857142874366239149e-01, 3.999999999940941908e-01, 6.666666666666735130e-01,
)  # fmt: skip


@formula
def log(x):
    """Return the natural logarithm of a positive float to within 1 ulp (fdlibm's series)."""
    fraction, k = split(x)
    if fraction < 0.70710678118654752440:
        fraction *= 2.0
        k -= 1
    f = fraction - 1.0
    s = f / (2.0 + f)
    z = s * s
    r = 0.0
    for c in _LOG_SERIES:
        r = (r + c) * z
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + r) + k * _LN2_LOW)) - f)


_MIDDLE_TOP = (
    -3.969683028665376e01, 2.209460984245205e02, -2.759285104469687e02, 1.383577518672690e02, -3.066479806614716e01,
    2.506628277459239e00,
)  # fmt: skip
_MIDDLE_LOW = (
    -5.447609879822406e01, 1.615858368580409e02, -1.556989798598866e02, 6.680131188771972e01, -1.328068155288572e01,
    1.0,
)  # fmt: skip
_TAIL_TOP = (
    -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e00, -2.549732539343734e00,
    4.374664141464968e00, 2.938163982698783e00,
)  # fmt: skip
_TAIL_LOW = (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0)


@formula
def ndtri(u):
    """Return the standard normal quantile of u in (0, 1): Acklam's approximation, relative error below 1.2e-9."""
    if u < 0.02425:
        return _tail(math.sqrt(-2.0 * log(u)))
    if u > 1.0 - 0.02425:
        return -_tail(math.sqrt(-2.0 * log(1.0 - u)))
    q = u - 0.5
    r = q * q
    return q * _polynomial(_MIDDLE_TOP, r) / _polynomial(_MIDDLE_LOW, r)


@formula
def _tail(q):
    return _polynomial(_TAIL_TOP, q) / _polynomial(_TAIL_LOW, q)


@formula
def _polynomial(coefficients, x):
    """Return a polynomial, its coefficients from the highest power down."""
    value = 0.0
    for c in coefficients:
        value = value * x + c
    return value


@formula
def logistic(z):
    """Return 1 / (1 + exp(-z))."""
    return 1.0 / (1.0 + exp(-z))


@formula
def clip(x, low, high):
    """Return x held between low and high."""
    return low if x < low else (high if x > high else x)


@formula
def within_a_week(hazard):
    """Return the probability that an event of this weekly hazard happens within a week: 1 - exp(-hazard)."""
    return 1.0 - exp(-hazard)


@formula
def poisson(u, mean):
    """Return the Poisson count whose distribution function first exceeds u (at most 20): more mean, never fewer."""
    return poisson_count(u, mean, exp(-mean))


@formula
def poisson_count(u, mean, none):
    """Return the same, `none` = exp(-mean) being known: the probability of 0."""
    term = none
    total = term
    count = 0
    for n in range(1, 3):  # nearly always enough, and no branch to be guessed wrong
        count += u >= total
        term *= mean / n
        total += term
    while u >= total and count < MOST_POISSON:
        count += 1
        term *= mean / count
        total += term
    return count


@formula
def turn_of_year(thing, week):
    """Count what happens to a grant or post within a calendar year; return its turn (0 first).

    Luck that is numbered by year and turn, not by a lifetime's count, lets two histories that part for a while meet
    the same luck again.
    """
    year = week // 52
    thing["turn"] = thing["turn"] + 1 if thing["year"] == year else 0
    thing["year"] = year
    return thing["turn"]


@formula
def median_of_three(a, b, c):
    """Return the median; of three uniform draws it has the Beta(2, 2) distribution."""
    return max(min(a, b), min(max(a, b), c))
