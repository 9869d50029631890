"""Models: text in, unit vectors out.

In: the name of a model, a file of vectors, or a model in memory (of sentence-transformers, of MTEB,
or any object with ``.encode(list of str)``), with ``ModelOptions``. Out: a ``Model``, whose
``embed`` gives (n, D) float32 rows of unit length for n texts, queries or passages, and which says
what ran, for the record. What a model needs is imported at its first use, so a run of the embedded
model never pays for torch.
"""

from alignment.models.arrays import export_texts
from alignment.models.encoders import Encoder, PrecomputedVectors
from alignment.models.find import load, name_of, runnable_offline
from alignment.models.hub import available
from alignment.models.model import PUBLISHED_MODEL, Model, ModelOptions
from alignment.models.packaged import EMBEDDED_MODEL
from alignment.models.prompts import Prompts, Role

__all__ = [
    "EMBEDDED_MODEL",
    "PUBLISHED_MODEL",
    "Encoder",
    "Model",
    "ModelOptions",
    "PrecomputedVectors",
    "Prompts",
    "Role",
    "available",
    "export_texts",
    "load",
    "name_of",
    "runnable_offline",
]
