"""The document with Japanese texts for people; names, types and examples stay those of the contract."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from app.kit.openapi.walk import Json, operations

Texts = Mapping[str, Mapping[str, Any]]


def translated(document: Json, texts: Texts) -> Json:
    document = deepcopy(document)
    document["info"] |= texts["about"]
    for tag in document["tags"]:
        tag["description"] = texts["tags"][tag["name"]]
    for problem in document["components"]["responses"].values():
        (content,) = problem["content"].values()
        problem["description"] = content["example"]["title"]
    for _, _, operation in operations(document):
        own = texts["operations"][operation["operationId"]]
        operation["summary"], operation["description"] = own["summary"], own["description"]
        _say(operation["responses"], texts["answers"])
        for answer in operation["responses"].values():
            for name, link in answer.get("links", {}).items():
                link["description"] = texts["operations"][name]["summary"]
        _say(
            {parameter["name"]: parameter for parameter in operation["parameters"]},
            {**texts["parameters"], **own.get("parameters", {})},
        )
    return document


def _say(parts: Mapping[str, Json], texts: Mapping[str, str]) -> None:
    for name in parts.keys() & texts.keys():
        parts[name]["description"] = texts[name]
