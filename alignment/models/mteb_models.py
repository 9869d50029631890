"""MTEB's models, which encode texts with the prompts and the weights for one of MTEB's tasks."""

from typing import Any

from alignment.models.encoders import Function, LazyEncoder
from alignment.models.model import Model, require
from alignment.models.prompts import Prompts

_TASKS = {  # role: MTEB's task, which side of it, and the names that it gives its texts
    "text": ("Tatoeba", None, ("text",)),
    "query": ("BelebeleRetrieval", "query", ("text", "query")),
    "passage": ("BelebeleRetrieval", "document", ("text", "body")),
}
_UNNAMED = ("no_model_name/available", "no_revision_available")
_BATCH = 32  # texts at once inside the model, as MTEB has it


def take_mteb(model: Any, name: str) -> Model:
    """Return a model of MTEB's, which puts its prompts itself; its vectors are never kept."""
    require("mteb", "mteb", name)
    revision = metadata(model, "revision")
    fingerprint = revision and f"revision:{revision}"  # the weights may have changed since
    packages = "mteb", "sentence-transformers", "transformers", "torch"
    prompts = Prompts(*(_prompt(model, role) for role in _TASKS))
    encoder = LazyEncoder(lambda: _function(model), movable=False)
    return Model(name, encoder, fingerprint, packages, prompts, routed=True, keep=False)


def metadata(model: object, field: str) -> str | None:
    """Return the "name" or the "revision" in MTEB's metadata of a model, or None."""
    value = getattr(getattr(model, "mteb_model_meta", None), field, None)
    return None if not value or value in _UNNAMED else str(value)


def _function(model: Any) -> Function:
    from datasets import Dataset
    from torch.utils.data import DataLoader

    def encode(texts: list[str], _: str, role: str) -> Any:  # the model puts the prompt
        rows = Dataset.from_dict(dict.fromkeys(_TASKS[role][2], texts))
        options = {"hf_split": "test", "hf_subset": "default", "show_progress_bar": False}
        loader = DataLoader(rows, batch_size=_BATCH)
        return model.encode(loader, batch_size=_BATCH, **_task(role), **options)

    return encode


def _task(role: str) -> dict[str, Any]:
    from mteb import get_task
    from mteb.types import PromptType

    name, side, _ = _TASKS[role]
    return {"task_metadata": get_task(name).metadata, "prompt_type": side and PromptType(side)}


def _prompt(model: Any, role: str) -> str:
    """Return what the model puts before a text, for the record; "" where it does not show it."""
    prompts = getattr(model, "model_prompts", None)
    choose = getattr(model, "get_prompt_name", None)
    return prompts.get(choose(**_task(role)), "") if prompts and choose else ""
