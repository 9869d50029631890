"""The capabilities, which measure more than the published experiment, in one line each.

Only this file names them. Without a folder and its line, the program runs without that capability.
"""

from argparse import ArgumentParser
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from alignment import InputError
from alignment.seam import Capability, Metric, Request, Shown

LISTED = (
    "alignment.diagnosis",  # why a language fails
    "alignment.search",  # questions and passages
    "alignment.cost",  # cheaper vectors
    "alignment.thresholds",  # the cosine from which two texts count as translations
)


@cache
def capabilities() -> dict[str, Capability]:
    """Return {key: capability}, in the order in which they are measured and shown."""
    listed: list[Capability] = [import_module(name).CAPABILITY for name in LISTED]
    return {capability.key: capability for capability in listed}


def defaults() -> dict[str, Any]:
    """Return {keyword: default} for the options of all capabilities."""
    parser = ArgumentParser(add_help=False)
    for capability in capabilities().values():
        capability.add_options(parser)
    return vars(parser.parse_args([]))


def requests(options: Mapping[str, Any], data: Any) -> dict[str, Request]:
    """Return {key: request} for the capabilities that the options ask for.

    Raise InputError for a request that the data do not allow, or an option of no capability.
    """
    if unknown := options.keys() - defaults().keys() - {"strict"}:
        raise InputError(f"no capability here has the option {min(unknown)}; leave it out")
    made = {key: each.request(options, data) for key, each in capabilities().items()}
    return {key: request for key, request in made.items() if request is not None}


def sections(results: Any) -> dict[str, Any]:
    """Return {key: section} for the sections that a record has."""
    values = {key: getattr(results, key, None) for key in capabilities()}
    return {key: section for key, section in values.items() if section is not None}


def shown(results: Any) -> dict[str, Shown]:
    """Return {key: what the report shows} for the sections that a record has."""
    present = sections(results)
    return {key: capabilities()[key].show(present[key], results) for key in present}


def metrics() -> dict[str, Metric]:
    """Return {metric: its names} for the metrics of all capabilities."""
    return {
        name: metric for each in capabilities().values() for name, metric in each.metrics.items()
    }


def settings(asked: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the settings that compared runs must share, given {key: request or section}."""
    each = (capability.settings(asked.get(key)) for key, capability in capabilities().items())
    return {name: values for settings in each for name, values in settings.items()}
