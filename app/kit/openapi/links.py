"""From an answer to what can be done next: of a new resource its own operations, of a list reading a row."""

from app.kit.openapi.walk import Json, operations, resolved

_ROW = "/{id}"


def add(document: Json) -> None:
    schemas: Json = document["components"]["schemas"]
    known = list(operations(document))
    for path, method, operation in known:
        if created := _answer(operation, "201", "id", schemas):
            collection = path.split(_ROW)[0]
            own = [other for to, _, other in known if to.startswith(collection + _ROW)]
            created["links"] = {other["operationId"]: _link(other, "/id", created) for other in own}
        elif listed := _answer(operation, "200", "results", schemas):
            reads = [other for to, by, other in known if (to, by) == (path + _ROW, method)]
            if reads:
                listed["links"] = {read["operationId"]: _link(read, "/results/0/id", {}) for read in reads}


def _answer(operation: Json, status: str, member: str, schemas: Json) -> Json | None:
    """The answer, if it always has this member."""
    answer: Json = operation["responses"].get(status, {})
    for content in answer.get("content", {}).values():
        members = resolved(content["schema"], schemas).get("properties", {})
        if "anyOf" not in members.get(member, {"anyOf": []}):
            return answer
    return None


def _link(to: Json, pointer: str, answer: Json) -> Json:
    """With the version that was answered, where the operation asks for one."""
    parameters = {"path.id": f"$response.body#{pointer}"}
    if "ETag" in answer.get("headers", {}) and any(taken["name"] == "If-Match" for taken in to["parameters"]):
        parameters["header.If-Match"] = "$response.header.ETag"
    return {"operationId": to["operationId"], "parameters": parameters, "description": to["summary"]}
