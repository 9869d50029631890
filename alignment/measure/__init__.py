"""Measure: unit vectors in, a value for every text out.

In: X (C, L, D) float32 with rows of unit length, and the grid of their texts; where the grid has
no text, the row of X is 0 and ``present`` (C, L) is False. Out: ``measurement.measure`` gives a
``Measurement``, values (C, L) of every metric, NaN where there is no text; means come last.

Other folders use ``measurement`` (everything), ``neighbours.retrieval`` (retrieval alone),
``metrics`` (means, gaps, distances, the score), and ``hits`` (hits and ties).
"""
