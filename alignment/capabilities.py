"""The capabilities: what is measured beside the published experiment, a line for each.

Only this file names them. Whoever takes out a folder and its line has a program without it.
"""

from argparse import ArgumentParser
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from alignment import InputError
from alignment.seam import Capability, Metric, Request, Shown

LISTED = (
    "alignment.diagnosis",
    "alignment.search",
    "alignment.cost",
    "alignment.thresholds",
)


@cache
def capabilities() -> dict[str, Capability]:
    """Return {key: capability}, in the order in which they are measured and shown."""
    listed: list[Capability] = [import_module(name).CAPABILITY for name in LISTED]
    return {capability.key: capability for capability in listed}


def defaults() -> dict[str, Any]:
    """Return {keyword: default} of all options of capabilities, as their flags have them."""
    parser = ArgumentParser(add_help=False)
    for capability in capabilities().values():
        capability.add_options(parser)
    return vars(parser.parse_args([]))


def requests(options: Mapping[str, Any], data: Any) -> dict[str, Request]:
    """Return {key: request} of the capabilities that are asked for something; see ``request``.

    Raises:
        InputError: for what cannot be measured on the data, or an option of no capability.
    """
    if unknown := options.keys() - defaults().keys() - {"strict"}:
        raise InputError(f"no capability here has the option {min(unknown)}; leave it out")
    asked = {key: own.request(options, data) for key, own in capabilities().items()}
    return {key: request for key, request in asked.items() if request is not None}


def shown(results: Any) -> dict[str, Shown]:
    """Return {key: what it shows} of the sections that a record has."""
    sections = {key: getattr(results, key, None) for key in capabilities()}
    return {
        key: capabilities()[key].show(section, results)
        for key, section in sections.items()
        if section is not None
    }


def metrics() -> dict[str, Metric]:
    """Return what the metrics of all capabilities are called."""
    return {name: own for each in capabilities().values() for name, own in each.metrics.items()}


def settings(asked: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return what two runs must share, given their requests or their sections by key."""
    return {
        name: values
        for key, own in capabilities().items()
        for name, values in own.settings(asked.get(key)).items()
    }
