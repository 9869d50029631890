"""What README and docs/ say in numbers: made from the records; `make readme` writes it.

cog runs from the repository's root, and puts what a block prints below it. Functions return
Markdown. What a record lacks is left out, and said, so that a page can be made at any time.
"""

import csv
import json
from pathlib import Path

from alignment.present.cut_offs import threshold_findings
from scipy.stats import pearsonr

from alignment import InputError
from alignment.grids import describe
from alignment.present import cut_offs as cut_off_tables
from alignment.present import ranking as ranking_tables
from alignment.present import search as search_tables
from alignment.present import tables
from alignment.present import variants as variant_tables
from alignment.present.search_findings import search_findings
from alignment.present.table import Table
from alignment.present.verdicts import verdicts as sentences
from alignment.present.words import (
    MEASURES,
    language,
    listed,
    number,
    percent,
    points,
    points_interval,
    signed_points,
)
from alignment.record import COMPARISON_FILE, RESULTS_FILE
from alignment.record.comparison import RANKED_BY, ComparedModel, Comparison
from alignment.record.results import AlignmentResults
from concepts import LANGUAGES

PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))
PUBLISHED_MODEL = f"{PUBLISHED['model'].split('/')[1]}, as published"
COSTS = f"examples/cost/{COMPARISON_FILE}"
TERMS = f"examples/{RESULTS_FILE}"
GRIDS = ("published", "emoji", "territories", "languages", "currencies")
# Of docs/sentences.md: territories and udhr in twenty languages, udhr in fifteen of them
TEXTS = ("names", "sentences")
SENTENCES = (*TEXTS, "known")


def results(path=RESULTS_FILE) -> AlignmentResults:
    """Read a record of one run."""
    return AlignmentResults.from_json(path)


def comparison_file(grid: str) -> str:
    """Return where the comparison on a grid is kept."""
    return f"comparisons/{grid}/{COMPARISON_FILE}"


def table(name, path=RESULTS_FILE) -> str:
    """Return a table of `alignment.present.tables`, by its name."""
    return getattr(tables, name)(results(path)).markdown()


def what_ran() -> str:
    """Say which model the tables are of."""
    record = results()
    why = (
        f", which was used instead of `{record.provenance.requested_model}` because the hub could "
        "not be reached where these tables were made"
        if record.provenance.fallback
        else ""
    )
    return (
        f"These numbers are of **`{record.model}`** ({record.provenance.dimension} dimensions)"
        f"{why}. The column *published* is of `{PUBLISHED['model']}`."
    )


def summary() -> str:
    """Return the three means and the score, beside the published ones."""
    published = [*(PUBLISHED[f"mean_{name}"] for name in MEASURES), PUBLISHED["alignment_score"]]
    return _beside(tables.summary(results()), 1, published)


def concepts() -> str:
    """Return one row per concept, beside the published similarity."""
    found = tables.concepts(results())
    published = PUBLISHED["intra_concept_similarity"]
    return _beside(found, 2, [published[row[0]] for row in found.rows])


def findings(path=RESULTS_FILE) -> str:
    """Return the findings as a list."""
    return "\n".join(f"- {sentence}" for sentence in results(path).findings)


def finding(code) -> str:
    """Quote the finding that begins with a language's name; nothing where there is none."""
    own = (line for line in results().findings if line.startswith(language(code)))
    return next((f"> {line}" for line in own), "")


def constant_score() -> str:
    """Say what an encoder scores that gives every text the same vector, on grids of two sizes."""
    grids = " and ".join(
        f"{_constant_score(C, L):.3f} on a grid of {C} × {L}" for C, L in ((15, 8), (5, 3))
    )
    return (
        "An encoder that gives every text the same vector has an alignment score of 0.3 · 1 + "
        f"0.3 · (L−1)/(CL−1) + 0.4/C: {grids}."
    )


def score_of_nothing() -> str:
    """Say why the alignment score of this grid is not enough."""
    record = results()
    score = _constant_score(len(record.coverage.concepts), len(record.languages))
    unrelated = record.discriminability["different_concept_other_language"]
    return (
        f"The published score is not comparable between models: an encoder that gives every text "
        f"the same vector has {score:.3f} on this grid, and a model gains from a high cosine of "
        f"unrelated words (here {number(unrelated)})."
    )


def _constant_score(C: int, L: int) -> float:
    return 0.3 + 0.3 * (L - 1) / (C * L - 1) + 0.4 / C


def ranking(grid="published") -> str:
    """Return the ranking of a comparison, on the published grid with the published model below."""
    found = ranking_tables.ranking(Comparison.from_json(comparison_file(grid)))
    if grid != "published":
        return found.markdown()
    parts = (number(PUBLISHED[f"mean_{part}"]) for part in MEASURES)
    row = (PUBLISHED_MODEL, "", "", number(PUBLISHED["alignment_score"]), *parts, "")
    return found._replace(rows=[*found.rows, row]).markdown()


def verdicts(grid="published") -> str:
    """Return the sentences of a comparison, as a list."""
    said = sentences(Comparison.from_json(comparison_file(grid)))
    return "\n".join(f"- {sentence}" for sentence in said)


def across_grids() -> str:
    """Return one row per grid and model: what can be compared across grids, and what cannot."""
    rows = [
        (
            found.grid.name,
            f"{found.grid.concepts:,}",
            model.name,
            tables.estimate(model.scores["retrieval_among_10"]),
            str(model.rank),
            tables.estimate(model.scores[RANKED_BY]),
        )
        for found in _comparisons(GRIDS)
        for model in found.models
    ]
    header = (
        *("grid", "concepts", "model", "retrieval among 10 [95 % CI]"),
        *("rank", "calibrated score of this grid alone [95 % CI]"),
    )
    return Table("", header, rows).markdown() + _not_measured(GRIDS)


def language_table(code) -> str:
    """Return what sets one language apart, one row per probed grid and model."""
    grids = ("published", "emoji")
    rows = [("published", PUBLISHED_MODEL, _published_gap(code), "", "", "")]
    rows += [
        (found.grid.name, model.name, *_language_cells(model, code))
        for found in _comparisons(grids)
        for model in found.models
    ]
    header = (
        *("grid", "model", f"{language(code)}: difference in points [95 % CI]"),
        *("standing", "smallest detectable difference", "texts that fail"),
    )
    return Table("", header, rows).markdown() + _not_measured(grids)


def _language_cells(model: ComparedModel, code: str) -> tuple[str, ...]:
    own = model.diagnosis.get(code)
    if own is None:
        return "not supported by this model", "", "", ""
    low, high = own.retrieval.interval
    seen = own.retrieval.detectable
    return (
        f"{signed_points(own.retrieval.difference)} [{signed_points(low)}, {signed_points(high)}]",
        own.standing,
        "–" if seen is None else points(seen),
        f"{own.failing_count:,}",
    )


def language_forms(code) -> str:
    """Return what each form of the texts changes in a language, one row per grid and model."""
    grids = ("published", "emoji")
    models = [
        (found.grid.name, model)
        for found in _comparisons(grids)
        for model in found.models
        if model.probes
    ]
    forms = list(dict.fromkeys(form for _, model in models for form in model.probes or {}))
    rows = [
        (
            grid,
            model.name,
            *(
                tables.change(model.probes[form].get(code)) if form in model.probes else "no change"
                for form in forms
            ),
        )
        for grid, model in models
    ]
    return Table("", ("grid", "model", *forms), rows).markdown()


def names_and_sentences() -> str:
    """Return how each model does in each language, on names of territories and on sentences."""
    found = _comparisons(TEXTS)
    models = {
        model.name: [_of_model(one, model.name) for one in found] for model in found[0].models
    }
    header = ("language", *(f"{name}: {text}" for name in models for text in TEXTS))
    rows = [
        (language(code), *(_among_10(own, code) for both in models.values() for own in both))
        for code in found[0].models[0].support
    ]
    return Table("", header, rows).markdown()


def _of_model(comparison: Comparison, name: str) -> ComparedModel:
    return next(model for model in comparison.models if model.name == name)


def _among_10(model: ComparedModel, code: str) -> str:
    judged = model.support[code]
    share = percent(model.support_evidence[code].retrieval_among_10)
    return share if judged == "supported" else f"{share} {judged}"


def what_names_foretell() -> str:
    """Say for each model how its languages' retrieval on names goes with that on sentences."""
    names, sentences = _comparisons(TEXTS)
    said = []
    for model in names.models:
        other = _of_model(sentences, model.name)
        values = [
            [own.support_evidence[code].retrieval_among_10 for code in model.support]
            for own in (model, other)
        ]
        found = pearsonr(*values)
        low, high = found.confidence_interval()
        changed = [language(c) for c, own in model.support.items() if other.support[c] != own]
        said.append(
            f"- **{model.name}**: r = {found.statistic:.2f} (95 % CI {low:.2f} to {high:.2f}); "
            f"{len(changed)} of {len(values[0])} languages are judged otherwise on sentences"
            f"{': ' + listed(changed) if changed else ''}.",
        )
    return "\n".join(said)


def in_retrieval(grid) -> str:
    """Say how the two best models of a comparison differ in retrieval between two languages."""
    found = _comparison(grid)
    best = {model.name for model in found.models[:2]}
    pair = next(
        pair
        for pair in found.pairs
        if {pair.a, pair.b} == best and pair.metric == "cross_lingual_retrieval"
    )
    ends = points_interval(pair.interval)
    return f"{pair.a} minus {pair.b}: {signed_points(pair.difference)} points, {ends}"


def form(grid, model, form, code) -> str:
    """Say what a form of the texts changes in a language."""
    found = (_of_model(_comparison(grid), model).probes or {})[form][code]
    before, after = found.bare, found.bare + found.change
    ends = points_interval(found.interval)
    return f"from {percent(before)} to {percent(after)} % (of the change in points: {ends})"


def packaged_grids() -> str:
    """Return the grids that come with the package, as `--list` counts them."""
    rows = [
        ("published", str(len(results().coverage.concepts)), str(len(LANGUAGES))),
        *((name, f"{size:,}", str(codes)) for name, size, codes, _ in describe(tuple(LANGUAGES))),
    ]
    header = ("grid", f"concepts in the {len(LANGUAGES)} published languages", "languages")
    return Table("", header, rows).markdown()


def benchmark(name) -> str:
    """Return what a script of benchmarks/ wrote, or that it has not been run."""
    path = Path(f"benchmarks/{name}.md")
    if not path.exists():
        return f"*Not measured yet: `python benchmarks/{name}.py` writes this table.*"
    return path.read_text(encoding="utf-8").strip()


def costs() -> str:
    """Return what cheaper vectors cost each model of the example, a table a model."""
    found = Comparison.from_json(COSTS)
    return "\n\n".join(
        f"`{model.name}`:\n\n{variant_tables.costs_of(model.variants).markdown()}"
        for model in found.models
    )


def model_costs() -> str:
    """Return what the models of the example cost, and which of them are on the front."""
    found = Comparison.from_json(COSTS)
    return f"{ranking_tables.model_costs(found).markdown()}\n\n{sentences(found)[-1]}"


def training() -> str:
    """Return the steps of the example's training, with what its evaluator measured."""
    names = {
        "steps": "steps",
        "calibrated_alignment_score": "calibrated score",
        "calibrated_intra_concept_similarity": "calibrated similarity",
        "intra_concept_similarity": "similarity",
        "cross_lingual_retrieval": "retrieval",
        "retrieval_among_10": "among 10",
    }
    with Path("examples/training.csv").open(encoding="utf-8") as file:
        rows = [
            tuple(row[name] if name == "steps" else number(float(row[name])) for name in names)
            for row in csv.DictReader(file)
        ]
    return Table("", tuple(names.values()), rows).markdown()


def file(path, kind) -> str:
    """Return a file, set as code."""
    return f"```{kind}\n{Path(path).read_text(encoding='utf-8').rstrip()}\n```"


SEARCHES = "examples/search"  # `make results` makes them
_NOT_SEARCHED = "*Not measured yet: `make results` makes these numbers.*"


def search(name, model, *arguments) -> str:
    """Return a table of `alignment.present.search` of the worked example, by its name."""
    record = _searched(model)
    return getattr(search_tables, name)(record, *arguments).markdown() if record else _NOT_SEARCHED


def search_sentences(model) -> str:
    """Return what is found in the worked example, as a list."""
    record = _searched(model)
    said = search_findings(record) if record else [_NOT_SEARCHED]
    return "\n".join(f"- {sentence}" for sentence in said)


def search_ranking() -> str:
    """Return the ranking of the worked example's models by search, and the tests."""
    try:
        found = Comparison.from_json(f"{SEARCHES}/{COMPARISON_FILE}")
    except (InputError, OSError):
        return _NOT_SEARCHED
    said = "\n".join(f"- {line}" for line in sentences(found) if "nDCG" in line)
    return f"{search_tables.ranking(found).markdown()}\n\n{said}"


INT8 = ("published", "udhr")  # of examples/int8/, likewise


def int8_ranking() -> str:
    """Return how two implementations of one model compare, on words and on sentences."""
    found = {grid: Comparison.from_json(f"examples/int8/{grid}.json") for grid in INT8}
    rows = [
        (grid, *row[:1], *row[2:])
        for grid, own in found.items()
        for row in ranking_tables.ranking(own).rows
    ]
    header = ranking_tables.ranking(found["udhr"]).header
    lines = (f"- {grid}: {line}" for grid, own in found.items() for line in sentences(own))
    table = Table("", ("grid", *header[:1], *header[2:]), rows).markdown()
    return f"{table}\n\n" + "\n".join(lines)


def int8_languages() -> str:
    """Return in percent how often each language's texts are found among ten, by both."""
    models = {
        f"{grid}: {model.name}": model
        for grid in INT8
        for model in Comparison.from_json(f"examples/int8/{grid}.json").models
    }
    codes = next(iter(models.values())).support_evidence
    rows = [
        (
            language(code),
            *(
                f"{100 * (own.support_evidence[code].retrieval_among_10 or 0):.1f}"
                for own in models.values()
            ),
        )
        for code in codes
    ]
    return Table("", ("language", *models), rows).markdown()


THRESHOLDS = "examples/thresholds"  # likewise


def thresholds(name) -> str:
    """Return a table of `alignment.present.cut_offs` of the worked example, by its name."""
    found = _thresholds()
    return getattr(cut_off_tables, name)(found.cut_offs).markdown() if found else _NOT_SEARCHED


def threshold_sentences() -> str:
    """Return what is found in the worked example, as a list."""
    found = _thresholds()
    if not found:
        return _NOT_SEARCHED
    said = threshold_findings(found.cut_offs, found.provenance.margin)
    return "\n".join(f"- {sentence}" for sentence in said)


def passing_a_search(texts) -> str:
    """Say how many unrelated texts pass the threshold of duplicates in a search among so many."""
    found = _thresholds()
    if not found:
        return _NOT_SEARCHED
    own = found.cut_offs.recommended["duplicates"]
    share, worst = own.false.value, own.most_false
    return (
        f"From a cosine of {number(own.cosine.value)} on, {100 * share:.1f} % of unrelated texts "
        f"pass: in a search among {texts:,} texts that is {texts * share:,.0f} wrong ones for "
        f"every query, and between {language(worst.a)} and {language(worst.b)}, the worst pair, "
        f"{texts * worst.share:,.0f}."
    )


def _thresholds():
    try:
        return results(f"{THRESHOLDS}/{RESULTS_FILE}")
    except (InputError, OSError):
        return None


def _searched(model):
    try:
        return results(f"{SEARCHES}/{model}/{RESULTS_FILE}").search
    except (InputError, OSError):
        return None


def _comparisons(grids) -> list[Comparison]:
    """Read the comparisons that are there and of this version."""
    return [found for grid in grids if (found := _comparison(grid))]


def _comparison(grid: str) -> Comparison | None:
    try:
        return Comparison.from_json(comparison_file(grid))
    except (InputError, OSError):
        return None


def _not_measured(grids) -> str:
    missing = [f"`{grid}`" for grid in grids if _comparison(grid) is None]
    return f"\n\n*Not measured with this version: {listed(missing)}.*" if missing else ""


def _published_gap(code) -> str:
    """Return the difference of a language's pairs from the others, of the published numbers."""
    shares = PUBLISHED["cross_lingual_retrieval_percent_rounded_query_by_target"]
    own, others = [], []
    for a, row in shares.items():
        for b, share in row.items():
            (own if code in (a, b) else others).append(share / 100)
    return signed_points(sum(own) / len(own) - sum(others) / len(others))


def _beside(found: Table, column: int, published) -> str:
    """Return the table with the published numbers after one of its columns."""
    rows = [
        (*row[: column + 1], number(value), *row[column + 1 :])
        for row, value in zip(found.rows, published, strict=True)
    ]
    header = (*found.header[: column + 1], "published", *found.header[column + 1 :])
    return Table(found.title, header, rows).markdown()
