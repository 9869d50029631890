"""Explain: what failed, which languages and texts it hangs on, and in which form of the text.

In: everything measured, and the vectors of the grid in other forms. Out: small frozen dataclasses,
which the record keeps as they are; what they mean is said in ``present``.
"""

# Digits of the cosine of two texts: beyond them float32 is not the same on every processor.
COSINE_DIGITS = 4
ALL = "all"  # languages together, beside each of them
