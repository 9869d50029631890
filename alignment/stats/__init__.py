"""Stats: values of concepts in, intervals, tests and power out; no word of embeddings.

In: values (C, M), a row for each concept, NaN where one is missing. Out: what the means of the M
columns are worth: their 95 % intervals, their p, and what these concepts could have shown.
"""
