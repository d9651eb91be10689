"""How unlikely what was seen is by chance. Counts and shares only; exact sums over logarithms of the gamma function."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import exp, lgamma, log, log10

# Below it a float's logarithm is taken as this: nothing depends on how very unlikely something is.
LEAST = 1e-30


@lru_cache(maxsize=100_000)
def beta_binomial_tail(k: int, n: int, mean: float, spread: float) -> float:
    """P(X ≥ k) among n, each with probability `mean`, where any two of the same supplier go together with correlation `spread`.

    With `spread` 0 it is the binomial distribution. Errors: none; k ≤ 0 gives 1, k > n gives 0.
    """
    if k <= 0:
        return 1.0
    if k > n:
        return 0.0
    if mean <= 0.0:
        return 0.0
    if mean >= 1.0:
        return 1.0
    if spread <= 1e-9:
        terms = (_choose(n, i) + i * log(mean) + (n - i) * log(1 - mean) for i in range(k, n + 1))
    else:
        size = 1 / spread - 1
        a, b = mean * size, (1 - mean) * size
        whole = _beta(a, b)
        terms = (_choose(n, i) + _beta(i + a, n - i + b) - whole for i in range(k, n + 1))
    return min(1.0, sum(exp(term) for term in terms))


def poisson_tail(k: int, mean: float) -> float:
    """P(X ≥ k) where `mean` are expected."""
    if k <= 0:
        return 1.0
    if mean <= 0.0:
        return 0.0
    # Summed upward from k: no difference of two almost equal numbers.
    term, total, i = exp(k * log(mean) - mean - lgamma(k + 1)), 0.0, k
    while term > LEAST and i < k + 1000:
        total += term
        i += 1
        term *= mean / i
    return min(1.0, total)


def tens(chance: float) -> float:
    """How many factors of ten against chance: 0.001 → 3."""
    return -log10(max(chance, LEAST))


def discoveries(chances: Sequence[float], q: float) -> set[int]:
    """Which of these may be called found, so that of those found a share of at most `q` is found wrongly (Benjamini, Hochberg 1995)."""
    order = sorted(range(len(chances)), key=chances.__getitem__)
    last = 0
    for rank, index in enumerate(order, start=1):
        if chances[index] <= q * rank / len(chances):
            last = rank
    return set(order[:last])


def _choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
