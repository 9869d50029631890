"""Models: text in, unit vectors out.

In: a name, a file of vectors, or a model in memory, with ``ModelOptions``. Out: a ``Model``, whose
``embed`` turns n texts, queries or passages into (n, D) float32 rows of unit length, and which says
for the record what ran. What a model needs is imported at its first use.
"""

from alignment.models.arrays import export_texts
from alignment.models.encoders import Encoder
from alignment.models.find import load, name_of, runnable_offline
from alignment.models.model import PUBLISHED_MODEL, Model, ModelOptions
from alignment.models.packaged import EMBEDDED_MODEL
from alignment.models.prompts import Prompts

__all__ = [
    "EMBEDDED_MODEL",
    "PUBLISHED_MODEL",
    "Encoder",
    "Model",
    "ModelOptions",
    "Prompts",
    "export_texts",
    "load",
    "name_of",
    "runnable_offline",
]
