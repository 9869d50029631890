"""Record: everything found out, typed, and its image in JSON.

In: vectors of a grid, analysed with the rooms before this one. Out: ``AlignmentResults`` and
``Comparison``, from which alone everything is presented, and files written whole or not at all.
"""

RESULTS_FILE = "alignment_results.json"
COMPARISON_FILE = "alignment_comparison.json"
PAGE_FILE = "alignment_report.html"
