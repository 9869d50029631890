"""Explain: what failed, which languages and texts it hangs on, and in which form of the text.

In: everything measured, and the vectors of the grid in other forms. Out: small frozen Structs,
which the record keeps as they are; what they mean is said in ``present``.
"""

ALL = "all"  # languages together, beside each of them
