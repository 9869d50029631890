"""Prompts: what a model wants before a text, by what the text is compared with."""

import json
import re
from pathlib import Path
from typing import Any, Literal, NamedTuple

from alignment import RunError

Role = Literal["text", "query", "passage"]  # texts are compared with texts, queries with passages


class Prompts(NamedTuple):
    """What is put before a text, by its role."""

    text: str = ""
    query: str = ""
    passage: str = ""


E5_PROMPTS = Prompts("query: ", "query: ", "passage: ")
_E5 = re.compile(r"(^|[-_])e5-(small|base|large)(?!.*instruct)", re.IGNORECASE)
_STORED = ("STS", "query"), ("query",), ("document", "passage", "corpus")  # by role, best first


def stored_prompts(name: str, config: Path | None) -> Prompts:
    """Return what ``model_prompts`` reads in config_sentence_transformers.json, if there is one."""
    try:
        stored = json.loads(config.read_text(encoding="utf-8")) if config else {}
        prompts, default = stored.get("prompts") or {}, stored.get("default_prompt_name")
    except (OSError, ValueError, AttributeError, RecursionError):
        prompts, default = {}, None  # loading the model will say what is wrong with the file
    return model_prompts(name, prompts, default)


def model_prompts(name: str, prompts: dict[str, Any], default: str | None) -> Prompts:
    """Return the prompts that a sentence-transformers model stores, or those of E5's model card.

    Queries and passages have the prompts of ``encode_query`` and ``encode_document``. Texts have
    the prompt that the model names as its ``default``, or else the one stored for similarity. E5
    models are recognised by their name. Raise RunError for prompts that are not text.
    """
    by_name = isinstance(prompts, dict)
    if not (by_name and all(isinstance(text, str | None) for text in [default, *prompts.values()])):
        raise RunError(
            f"model '{name}' stores prompts that are not text by name; correct its "
            "config_sentence_transformers.json"
        )
    card = E5_PROMPTS if _E5.search(Path(name).name) else Prompts()
    by_role = [next(filter(None, map(prompts.get, names)), "") for names in _STORED]
    asked = Prompts(*(stored or usual for stored, usual in zip(by_role, card, strict=True)))
    return asked._replace(text=prompts[default] or "") if default in prompts else asked
