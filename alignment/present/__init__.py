"""Present: the record in words, tables and pictures; the only room that forms sentences.

In: an ``AlignmentResults`` or a ``Comparison``, and nothing else. Out: findings, verdicts, tables
for the console and for documents, figures. Whoever imports it has records show themselves in
notebooks, ``notebook``.
"""

from alignment.present import notebook as notebook
