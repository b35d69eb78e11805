"""The document with its descriptions in Japanese; names, types and examples stay the same."""

from collections.abc import Mapping
from copy import deepcopy

from scripts.openapi.walk import Json, Texts, operations


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
        _describe(operation["responses"], texts["responses"])
        for response in operation["responses"].values():
            for name, link in response.get("links", {}).items():
                link["description"] = texts["operations"][name]["summary"]
        _describe(
            {parameter["name"]: parameter for parameter in operation["parameters"]},
            {**texts["parameters"], **own.get("parameters", {})},
        )
    return document


def _describe(parts: Mapping[str, Json], texts: Mapping[str, str]) -> None:
    for name in parts.keys() & texts.keys():
        parts[name]["description"] = texts[name]
