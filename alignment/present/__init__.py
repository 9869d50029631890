"""Present: the record in, words, tables and pictures out.

The only room that holds sentences for a reader; it reads the record and nothing else.
"""
