"""Compare: several models on one grid, and a run beside an earlier one, the gate.

In: records. Out: a ``Comparison`` and its report, or a ``Gate`` and its report. What is compared
are the values by concept or passage of the core and of every section; no metric is known by name.
"""

from alignment.compare import report as report
