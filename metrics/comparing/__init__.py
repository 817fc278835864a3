"""Two snapshots side by side: what of a change is data, what is policy, and what is method.

    A as it holds ── A by today's code ── A's data with B's policy ── B by today's code ── B as it holds
                 method               policy                      data                 method

Each step is recomputed, so the parts add up to the whole change exactly.
"""

from metrics.comparing.differences import compare_cells, compare_filings, compare_parameters
from metrics.comparing.recomputing import CompareError
from metrics.comparing.splitting import Comparison, compare_snapshots

__all__ = [
    "CompareError", "Comparison", "compare_cells", "compare_filings", "compare_parameters", "compare_snapshots",
]
