"""Links from a response to what can be done next: from a new resource to its own operations, from a list to a row."""

from scripts.openapi.walk import Json, operations, resolved

_ROW = "/{id}"


def add(document: Json) -> None:
    schemas: Json = document["components"]["schemas"]
    known = list(operations(document))
    for path, method, operation in known:
        if created := _response(operation, "201", "id", schemas):
            collection = path.split(_ROW)[0]
            own = [other for to, _, other in known if to.startswith(collection + _ROW)]
            created["links"] = {other["operationId"]: _link(other, "/id", created) for other in own}
        elif listed := _response(operation, "200", "results", schemas):
            reads = [other for to, by, other in known if (to, by) == (path + _ROW, method)]
            if reads:
                listed["links"] = {read["operationId"]: _link(read, "/results/0/id", {}) for read in reads}


def _response(operation: Json, status: str, member: str, schemas: Json) -> Json | None:
    """The response, if it always has this member."""
    response: Json = operation["responses"].get(status, {})
    for content in response.get("content", {}).values():
        members = resolved(content["schema"], schemas).get("properties", {})
        if "anyOf" not in members.get(member, {"anyOf": []}):
            return response
    return None


def _link(to: Json, pointer: str, response: Json) -> Json:
    """With the version of the response, where the operation takes one."""
    parameters = {"path.id": f"$response.body#{pointer}"}
    if "ETag" in response.get("headers", {}) and any(taken["name"] == "If-Match" for taken in to["parameters"]):
        parameters["header.If-Match"] = "$response.header.ETag"
    return {"operationId": to["operationId"], "parameters": parameters, "description": to["summary"]}
