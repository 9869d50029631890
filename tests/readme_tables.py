"""What README and docs/ say in numbers: made from the records; `make readme` writes it.

cog runs from the repository's root, and puts what a block prints below it. Functions return
Markdown.
"""

import csv
import json
import re
from pathlib import Path

from scipy.stats import pearsonr

from alignment.capabilities import capabilities
from alignment.compare import ranking as ranking_tables
from alignment.compare.models import ComparedModel, Comparison
from alignment.compare.report import TABLES
from alignment.compare.verdicts import verdicts as sentences
from alignment.cost import show as cost_tables
from alignment.diagnosis.show import change
from alignment.grids import describe
from alignment.record import COMPARISON_FILE, RESULTS_FILE
from alignment.record.core import RANKED_BY
from alignment.report import error_tables, tables
from alignment.report.catalogue import catalogue, table_of
from alignment.report.render import markdown
from alignment.report.table import COUNT, ESTIMATE, NUMBER, PERCENT_1, WORDS, Column, Table
from alignment.report.words import (
    MEASURES,
    language,
    listed,
    number,
    percent,
    points,
    points_interval,
    signed_points,
    with_prompt,
)
from alignment.results import AlignmentResults
from alignment.search import show as search_tables
from alignment.search.findings import search_findings
from alignment.thresholds import show as threshold_tables
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


def compared(grid: str) -> Comparison:
    """Read the comparison on a grid."""
    return Comparison.from_json(f"comparisons/{grid}/{COMPARISON_FILE}")


def table(name, path=RESULTS_FILE) -> str:
    """Return a table of a record by its name in the catalogue, or of those that are short here."""
    record = results(path)
    return markdown(_SHORT[name](record) if name in _SHORT else table_of(record, name))


def _closest_languages(record: AlignmentResults) -> Table:
    """Return the closest and the most distant language pairs."""
    pairs = (
        tables.language_pairs(record)
        .shown("brief")
        .by("centroid_distance")
        .defined("centroid_distance")
    )
    return pairs._replace(rows=[*pairs.rows[:3], *pairs.rows[3:][-3:]])


_SHORT = {
    "closest_languages": _closest_languages,
    "worst_errors": lambda record: error_tables.worst_errors(record, 10),
}


def keys(name) -> str:
    """Return what the docstring of a type of the records says of each key."""
    known = Comparison.json_schema()["$defs"] | AlignmentResults.json_schema()["$defs"]
    said = known[name]["description"].partition("Attributes:\n")[2]
    said = re.sub(r"\bNone\b", "null", said.replace("``", "`"))
    found = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)\.$", said, re.MULTILINE)
    rows = [(f"`{key}`", " ".join(own.split())) for key, own in found]
    return _table(("key", "what it is"), rows, WORDS)


def frames() -> str:
    """Return every table that ``frame`` gives: what a row is, and its columns."""
    both, probed = compared("published"), compared("published").models[0].diagnosis
    cost, record = Comparison.from_json(COSTS).models[0].cost, results()
    entries = catalogue(record) | capabilities()["diagnosis"].show(probed, record).tables
    entries |= catalogue(_searched("use-multilingual")) | catalogue(results(THRESHOLDS))
    entries |= capabilities()["cost"].show(cost, record).tables
    made = [(name, entry.make.func, entry.make()) for name, entry in entries.items()]
    made += [(make(both).key, make, make(both)) for make in (*TABLES, search_tables.ranking)]
    models = [model.name for model in both.models]
    rows = []
    for n, (name, make, table) in enumerate(made):
        columns = table.data()[0]
        names = [
            f"`{c}`" for c in columns if c not in LANGUAGES and not c.startswith(tuple(models))
        ]
        names += ["one for each language"] * bool({*columns} & {*LANGUAGES})
        names += ["two for each model"] * bool({*columns} & {*models})
        title = f"`{name}` of a comparison" if n >= len(entries) else f"`{name}`"
        rows.append((title, make.__doc__.splitlines()[0], ", ".join(names)))
    return _table(("table", "what it is", "columns"), rows, WORDS)


def what_ran() -> str:
    """Say which model the tables are of."""
    own = results().provenance
    return (
        f"These numbers are of **`{results().model}`** ({own.dimension} dimensions), which was "
        f"used instead of `{own.requested_model}` because the hub could not be reached where these "
        f"tables were made. The column *published* is of `{PUBLISHED['model']}`."
    )


def summary() -> str:
    """Return the three means and the score, beside the published ones."""
    published = [*(PUBLISHED[f"mean_{name}"] for name in MEASURES), PUBLISHED["alignment_score"]]
    return _beside(tables.summary(results()), 1, published)


def concepts() -> str:
    """Return one row per concept, beside the published similarity."""
    found = tables.concepts(results()).shown()
    published = PUBLISHED["intra_concept_similarity"]
    return _beside(found, 2, [published[row[0].concept] for row in found.rows])


def findings(path=RESULTS_FILE) -> str:
    """Return the findings as a list."""
    return _bullets(results(path).findings)


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
    found = ranking_tables.ranking(compared(grid)).shown()
    if grid != "published":
        return markdown(found)
    rows = [(with_prompt(model), *row) for model, *row in found.rows]
    parts = (PUBLISHED[f"mean_{part}"] for part in MEASURES)
    rows.append((PUBLISHED_MODEL, "", "", number(PUBLISHED["alignment_score"]), *parts, ""))
    return markdown(found._replace(columns=(Column("model"), *found.columns[1:]), rows=rows))


def verdicts(grid="published") -> str:
    """Return the sentences of a comparison, as a list."""
    return _bullets(sentences(compared(grid)))


def across_grids() -> str:
    """Return one row per grid and model: what can be compared across grids, and what cannot."""
    rows = [(found.grid, model) for found in _comparisons(GRIDS) for model in found.models]

    def score(name: str, title: str) -> Column:
        return Column(title, lambda row: row[1].scores[name], ESTIMATE)

    table = Table.of(
        "across_grids",
        "",
        rows,
        Column("grid", lambda row: row[0].name),
        Column("concepts", lambda row: row[0].concepts, COUNT),
        Column("model", lambda row: row[1].name),
        score("retrieval_among_10", "retrieval among 10"),
        Column("rank", lambda row: row[1].rank, COUNT),
        score(RANKED_BY, "calibrated score of this grid alone"),
    )
    return markdown(table)


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
    return _table(header, rows)


def _language_cells(model: ComparedModel, code: str) -> tuple[str, ...]:
    own = model.diagnosis.languages.get(code) if model.diagnosis else None
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
        (found.grid.name, model.name, model.diagnosis.forms)
        for found in _comparisons(grids)
        for model in found.models
        if model.diagnosis and model.diagnosis.forms
    ]
    forms = list(dict.fromkeys(form for *_, own in models for form in own))
    rows = [
        (*named, *(change(own[form].get(code)) if form in own else "no change" for form in forms))
        for *named, own in models
    ]
    return _table(("grid", "model", *forms), rows)


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
    return _table(header, rows)


def _of_model(comparison: Comparison, name: str) -> ComparedModel:
    return next(model for model in comparison.models if model.name == name)


def _among_10(model: ComparedModel, code: str) -> str:
    own = model.support[code]
    return percent(own.among_10) + (f" {own.verdict}" if own.verdict != "supported" else "")


def what_names_foretell() -> str:
    """Say for each model how its languages' retrieval on names goes with that on sentences."""
    names, sentences = _comparisons(TEXTS)
    said = []
    for model in names.models:
        both = model.support, _of_model(sentences, model.name).support
        values = [[own.among_10 for own in support.values()] for support in both]
        found = pearsonr(*values)
        low, high = found.confidence_interval()
        changed = [language(c) for c, own in both[0].items() if both[1][c].verdict != own.verdict]
        said.append(
            f"- **{model.name}**: r = {found.statistic:.2f} (95 % CI {low:.2f} to {high:.2f}); "
            f"{len(changed)} of {len(values[0])} languages are judged otherwise on sentences"
            f"{': ' + listed(changed) if changed else ''}."
        )
    return "\n".join(said)


def in_retrieval(grid) -> str:
    """Say how the two best models of a comparison differ in retrieval between two languages."""
    found = compared(grid)
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
    found = _of_model(compared(grid), model).diagnosis.forms[form][code]
    before, after = found.bare, found.bare + found.contrast.difference
    ends = points_interval(found.contrast.interval)
    return f"from {percent(before)} to {percent(after)} % (of the change in points: {ends})"


def packaged_grids() -> str:
    """Return the grids that come with the package, as `--list` counts them."""
    rows = [
        ("published", len(results().coverage.concepts), len(LANGUAGES)),
        *((name, size, codes) for name, size, codes, _ in describe(tuple(LANGUAGES))),
    ]
    header = ("grid", f"concepts in the {len(LANGUAGES)} published languages", "languages")
    return _table(header, rows, COUNT)


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
        f"`{model.name}`:\n\n{markdown(cost_tables.costs(model.cost))}" for model in found.models
    )


def model_costs() -> str:
    """Return what the models of the example cost, and which of them are on the front."""
    found = Comparison.from_json(COSTS)
    return f"{markdown(ranking_tables.model_costs(found))}\n\n{sentences(found)[-1]}"


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
            tuple(int(row[name]) if name == "steps" else float(row[name]) for name in names)
            for row in csv.DictReader(file)
        ]
    steps, *values = names.values()
    columns = Column(steps, kind=COUNT), *(Column(value, kind=NUMBER) for value in values)
    return markdown(Table("training", "", columns, rows))


def file(path, kind) -> str:
    """Return a file, set as code."""
    return f"```{kind}\n{Path(path).read_text(encoding='utf-8').rstrip()}\n```"


SEARCHES = "examples/search"  # `make results` makes them


def search(name, model, *arguments) -> str:
    """Return a table of `alignment.search.show` of the worked example, by its name."""
    return markdown(getattr(search_tables, name)(_searched(model).search, *arguments))


def search_sentences(model) -> str:
    """Return what is found in the worked example, as a list."""
    return _bullets(search_findings(_searched(model).search))


def _searched(model) -> AlignmentResults:
    return results(f"{SEARCHES}/{model}/{RESULTS_FILE}")


def search_ranking() -> str:
    """Return the ranking of the worked example's models by search, and the tests."""
    found = Comparison.from_json(f"{SEARCHES}/{COMPARISON_FILE}")
    said = _bullets(line for line in sentences(found) if "nDCG" in line)
    return f"{markdown(search_tables.ranking(found))}\n\n{said}"


INT8 = ("published", "udhr")  # of examples/int8/, likewise


def int8_ranking() -> str:
    """Return how two implementations of one model compare, on words and on sentences."""
    found = {grid: Comparison.from_json(f"examples/int8/{grid}.json") for grid in INT8}
    shown = {grid: ranking_tables.ranking(own).shown() for grid, own in found.items()}
    rows = [(grid, model, *row) for grid, own in shown.items() for model, _, *row in own.rows]
    model, _, *columns = shown["udhr"].columns
    table = Table("int8", "", (Column("grid"), model, *columns), rows)
    lines = (f"{grid}: {line}" for grid, own in found.items() for line in sentences(own))
    return f"{markdown(table)}\n\n{_bullets(lines)}"


def int8_languages() -> str:
    """Return in percent how often each language's texts are found among ten, by both."""
    models = {
        f"{grid}: {model.name}": model
        for grid in INT8
        for model in Comparison.from_json(f"examples/int8/{grid}.json").models
    }
    codes = next(iter(models.values())).support
    rows = [
        (language(code), *(own.support[code].among_10 for own in models.values())) for code in codes
    ]
    return _table(("language", *models), rows, PERCENT_1)


THRESHOLDS = f"examples/thresholds/{RESULTS_FILE}"  # likewise


def thresholds(name) -> str:
    """Return a table of `alignment.thresholds.show` of the worked example, by its name."""
    return markdown(getattr(threshold_tables, name)(results(THRESHOLDS).thresholds))


def threshold_sentences() -> str:
    """Return what is found in the worked example, as a list."""
    found = results(THRESHOLDS)
    return _bullets(threshold_tables.threshold_findings(found.thresholds, found.provenance.margin))


def passing_a_search(texts) -> str:
    """Say how many negatives pass the threshold of duplicates in a search among so many."""
    found = results(THRESHOLDS)
    own = found.thresholds.recommended["duplicates"]
    share, worst = own.false.value, own.most_false
    return (
        f"From a cosine of {number(own.cosine.value)} on, {100 * share:.1f} % of negatives "
        f"pass: in a search among {texts:,} texts that is {texts * share:,.0f} wrong ones for "
        f"every query, and between {language(worst.a)} and {language(worst.b)}, the worst pair, "
        f"{texts * worst.share:,.0f}."
    )


def _comparisons(grids) -> list[Comparison]:
    return [compared(grid) for grid in grids]


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
    at, own = column + 1, Column("published", kind=NUMBER)
    columns = (*found.columns[:at], own, *found.columns[at:])
    both = zip(found.rows, published, strict=True)
    rows = [(*row[:at], value, *row[at:]) for row, value in both]
    return markdown(found._replace(columns=columns, rows=rows))


def _bullets(sentences) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def _table(header, rows, kind=NUMBER) -> str:
    """Return a table whose columns after the first are of a kind; words are shown as they are."""
    columns = (Column(name, kind=kind if n else WORDS, title=name) for n, name in enumerate(header))
    return markdown(Table("", "", tuple(columns), rows))
