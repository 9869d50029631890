"""Measure: unit vectors in, a value for every text out.

In: X (C, L, D) float32 with rows of unit length, and ``present`` (C, L) of bool. Out: values V
(C, L) of every metric, NaN where there is no text; their means come last.
"""
