"""Writes statistics.json: figures of scipy, statsmodels and brute force that tst_comparison holds
core/spec against.  Run with scipy 1.17 and statsmodels 0.15:  python make_statistics.py"""
import itertools
import json
import pathlib

import numpy
import scipy
import statsmodels
from scipy.stats import binom, bootstrap, norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

TABLES = [(1, 7, 1, 12), (59, 6, 16, 80), (794, 86, 150, 570), (0, 0, 0, 5), (3, 0, 4, 0),
          (20, 5, 5, 20), (700, 41, 63, 515), (12, 0, 9, 0), (0, 40, 0, 0), (5, 300, 280, 2)]


def newcombe(both, fixed, broken, neither, z=norm.ppf(0.975)):
    """Newcombe 1998, Statistics in Medicine 17, 2635, method 10; candidate minus baseline."""
    n = both + fixed + broken + neither

    def score(k):
        centre, half = k + z * z / 2, z * numpy.sqrt(k * (n - k) / n + z * z / 4)
        return (centre - half) / (n + z * z), (centre + half) / (n + z * z)

    p1, p2 = (both + fixed) / n, (both + broken) / n
    (l1, u1), (l2, u2) = score(both + fixed), score(both + broken)
    product = (both + fixed) * (broken + neither) * (both + broken) * (fixed + neither)
    odds = both * neither - fixed * broken
    if odds > 0:
        odds = max(odds - n / 2, 0)
    phi = odds / numpy.sqrt(product) if product else 0.0
    below = (p1 - l1) ** 2 - 2 * phi * (p1 - l1) * (u2 - p2) + (u2 - p2) ** 2
    above = (u1 - p1) ** 2 - 2 * phi * (u1 - p1) * (p2 - l2) + (p2 - l2) ** 2
    return [max(-1, p1 - p2 - numpy.sqrt(below)), min(1, p1 - p2 + numpy.sqrt(above))]


def paired(table):
    both, fixed, broken, neither = table
    exact = mcnemar([[both, broken], [fixed, neither]], exact=True).pvalue
    fewer, n = min(fixed, broken), fixed + broken
    mid = 1.0 if fixed == broken else exact - binom.pmf(fewer, n, 0.5)
    return {"table": table, "exact": float(exact), "mid_p": float(mid), "newcombe": newcombe(*table)}


def majority(counts, right, silent, k):
    samples = [i for i, c in enumerate(counts) for _ in range(c)] + [-1] * silent
    total = won = 0.0
    for chosen in itertools.combinations(samples, k):
        votes = [chosen.count(i) for i in range(len(counts))]
        most = max(votes, default=0)
        total += 1
        if most > 0:
            leaders = [i for i, v in enumerate(votes) if v == most]
            won += sum(right[i] for i in leaders) / len(leaders)
    return won / total


def vote(counts, right, silent):
    n = sum(counts) + silent
    return {"counts": counts, "right": right, "silent": silent,
            "maj": [majority(counts, right, silent, k) for k in range(1, n + 1)]}


def chance(n, c, k):
    """Chen et al. 2021, the product form."""
    return 1.0 if n - c < k else float(1.0 - numpy.prod(1.0 - k / numpy.arange(n - c + 1, n + 1)))


rng = numpy.random.default_rng(7)
differences = [float(x) for x in rng.choice([-1, -0.5, 0, 0, 0, 0.25, 1], size=120)]
low, high = bootstrap((differences,), numpy.mean, n_resamples=20000, method="percentile",
                      random_state=1).confidence_interval
out = {
    "made_by": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}",
    "shares": [{"right": k, "total": n,
                "wilson": proportion_confint(k, n, method="wilson"),
                "exact": proportion_confint(k, n, method="beta")}
               for k, n in [(0, 10), (7, 10), (81, 263), (744, 1319), (84, 500), (250, 250)]],
    "paired": [paired(t) for t in TABLES],
    "bootstrap": {"differences": differences, "low": float(low), "high": float(high)},
    "votes": [vote([3, 2, 1], [1, 0, 0], 2), vote([2, 2, 2], [0, 1, 0], 0),
              vote([1, 1, 1, 1, 1], [1, 0, 1, 0, 0], 1), vote([6], [1], 3), vote([4, 4], [1, 0], 1),
              vote([], [], 3), vote([1], [0], 0)],
    "pass_at_k": [{"n": n, "c": c, "k": k, "value": chance(n, c, k)}
                  for n, c, k in [(64, 3, 1), (64, 3, 8), (64, 3, 64), (200, 17, 10), (8, 8, 1),
                                  (8, 0, 8), (1000, 1, 100)]],
}
target = pathlib.Path(__file__).with_name("statistics.json")
target.write_text(json.dumps(out, indent=1) + "\n")
