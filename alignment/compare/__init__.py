"""Compare: several models on one grid, and a run with an earlier one, the gate.

In: records. Out: a ``Comparison`` and its report, or a ``Gate`` and its report. The compared values
are those by concept or passage of the core and of every section, whatever the metric.
"""

from alignment.compare import report as report
