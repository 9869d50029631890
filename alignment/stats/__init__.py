"""Stats: intervals, tests and power for the means of values of concepts.

In: values (C, M), a row for each concept, NaN where one is missing. Out: the 95 % intervals of the
means of the M columns, their p, and the differences that these concepts can show.
"""
