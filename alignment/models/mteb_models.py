"""MTEB's models: objects that take texts as MTEB's tasks hand them over, with the task's metadata.

Texts are encoded as MTEB does it for one of its own tasks, so a model puts the prompts and chooses
the weights that it has for tasks of that kind.
"""

from typing import Any

from alignment.models.encoders import Function, LazyEncoder
from alignment.models.model import Model, require
from alignment.models.prompts import Prompts

_AS_OF = {  # role: MTEB's task, which side of it, and what that calls its texts
    "text": ("Tatoeba", None, ()),
    "query": ("BelebeleRetrieval", "query", ("query",)),
    "passage": ("BelebeleRetrieval", "document", ("body",)),
}
_PACKAGES = ("mteb", "sentence-transformers", "transformers", "torch")
_UNNAMED = ("no_model_name/available", "no_revision_available")
_BATCH = 32  # texts at once inside the model, as MTEB has it


def is_mteb(model: object) -> bool:
    """Whether it is an object of MTEB's protocol; mteb is not imported to find out."""
    return hasattr(model, "mteb_model_meta")


def mteb_name(model: object) -> str | None:
    """Return what its metadata call a model, or None."""
    return _of_meta(model, "name")


def take_mteb(model: Any, name: str) -> Model:
    """Return a model of MTEB's, which puts prompts of its own; its vectors are never kept.

    Raises:
        RunError: where mteb is not installed.
    """
    require("mteb", "mteb", name)
    revision = _of_meta(model, "revision")
    return Model(
        name,
        LazyEncoder(lambda: _function(model), movable=False),
        revision and f"revision:{revision}",  # which an object may have moved away from
        _PACKAGES,
        Prompts(*(_prompt(model, role) for role in _AS_OF)),
        routed=True,
        keep=False,
    )


def _of_meta(model: object, what: str) -> str | None:
    value = getattr(getattr(model, "mteb_model_meta", None), what, None)
    return None if not value or value in _UNNAMED else str(value)


def _function(model: Any) -> Function:
    from datasets import Dataset
    from torch.utils.data import DataLoader

    def encode(texts: list[str], _: str, role: str) -> Any:  # the prompt is put by the model
        names = ("text", *_AS_OF[role][2])
        return model.encode(
            DataLoader(Dataset.from_dict(dict.fromkeys(names, texts)), batch_size=_BATCH),
            **_task(role),
            hf_split="test",
            hf_subset="default",
            batch_size=_BATCH,
            show_progress_bar=False,
        )

    return encode


def _task(role: str) -> dict[str, Any]:
    from mteb import get_task
    from mteb.types import PromptType

    task, side, _ = _AS_OF[role]
    return {
        "task_metadata": get_task(task).metadata,
        "prompt_type": PromptType(side) if side else None,
    }


def _prompt(model: Any, role: str) -> str:
    """Return what the model puts before a text, for the record; "" where it does not show it."""
    stored = getattr(model, "model_prompts", None)
    choose = getattr(model, "get_prompt_name", None)
    return stored.get(choose(**_task(role)), "") if stored and choose else ""
