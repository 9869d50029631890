"""Report: the record in words, tables and pictures.

In: a record, and what the sections of the capabilities show of themselves. Out: findings, tables
for the console and for documents, figures, the page. Whoever imports it has records show
themselves in notebooks, ``notebook``.
"""

from alignment.report import notebook as notebook
