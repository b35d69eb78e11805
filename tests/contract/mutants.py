"""Changes of the contract: those that break a client, with the operation whose callers must be named, and others."""

from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
ENROLL = ("/api/v1/enrollments", "post")
APPROVE = ("/api/v1/enrollments/{id}/approval", "post")
LIST = ("/api/v1/enrollments", "get")
Change = Callable[[Document], None]


def operation(document: Document, where: tuple[str, str]) -> Document:
    found: Document = document["paths"][where[0]][where[1]]
    return found


def schema(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def parameter(document: Document, where: tuple[str, str], name: str) -> Document:
    found: Document = next(p for p in operation(document, where)["parameters"] if p["name"] == name)
    return found


def drop_path(d: Document) -> None:
    del d["paths"][APPROVE[0]]


def drop_method(d: Document) -> None:
    del d["paths"]["/api/v1/enrollments"]["post"]


def drop_answered_member(d: Document) -> None:
    del schema(d, "EnrollmentRead")["properties"]["waitlist_rank"]
    schema(d, "EnrollmentRead")["required"].remove("waitlist_rank")


def drop_sent_member(d: Document) -> None:
    del schema(d, "EnrollmentCreate")["properties"]["mode"]


def answer_less_surely(d: Document) -> None:
    schema(d, "EnrollmentRead")["required"].remove("status")


def answer_null(d: Document) -> None:
    members = schema(d, "EnrollmentRead")["properties"]
    members["status"] = {"anyOf": [members["status"], {"type": "null"}]}


def refuse_null(d: Document) -> None:
    members = schema(d, "EnrollmentCreate")["properties"]
    members["mode"] = members["mode"]["anyOf"][0]


def ask_a_new_member(d: Document) -> None:
    schema(d, "EnrollmentCreate")["properties"]["order"] = {"type": "string"}
    schema(d, "EnrollmentCreate")["required"].append("order")


def ask_a_member_always(d: Document) -> None:
    schema(d, "EnrollmentCreate")["required"].append("mode")


def narrow_vocabulary(d: Document) -> None:
    schema(d, "EnrollmentMode")["enum"].pop()


def narrow_vocabulary_behind_null(d: Document) -> None:
    schema(d, "Completion")["properties"]["status"]["anyOf"][0]["enum"].pop()


def narrow_length(d: Document) -> None:
    schema(d, "EmployeeCreate")["properties"]["name"]["maxLength"] -= 1


def narrow_length_behind_null(d: Document) -> None:
    schema(d, "Completion")["properties"]["reason"]["anyOf"][0]["maxLength"] -= 1


def change_type(d: Document) -> None:
    schema(d, "CourseSessionRead")["properties"]["capacity"]["type"] = "string"


def change_default(d: Document) -> None:
    schema(d, "CourseSessionCreate")["properties"]["needs_approval"]["default"] = False


def rename_operation(d: Document) -> None:
    operation(d, APPROVE)["operationId"] = "enrollments_accept"


def ask_a_scope(d: Document) -> None:
    for way in operation(d, APPROVE)["security"]:
        for scopes in way.values():
            scopes.append("enrollments:approve")


def close_what_was_open(d: Document) -> None:
    operation(d, ("/api/v1/auth/token", "post"))["security"] = [{"local": []}]


def drop_parameter(d: Document) -> None:
    operation(d, LIST)["parameters"].remove(parameter(d, LIST, "status"))


def ask_a_parameter(d: Document) -> None:
    parameter(d, LIST, "status")["required"] = True


def sort_by_less(d: Document) -> None:
    keys = parameter(d, LIST, "sort")["schema"]
    keys["pattern"] = keys["pattern"].replace("created_at", "updated_at")


def drop_success(d: Document) -> None:
    answers = operation(d, ENROLL)["responses"]
    answers["202"] = answers.pop("201")


def drop_header(d: Document) -> None:
    del operation(d, ENROLL)["responses"]["201"]["headers"]["Location"]


def take_another_media_type(d: Document) -> None:
    content = operation(d, ENROLL)["requestBody"]["content"]
    content["application/cbor"] = content.pop("application/json")


BREAKING: dict[Change, str] = {
    drop_path: "enrollments_approve",
    drop_method: "enrollments_enroll",
    drop_answered_member: "enrollments_enroll",
    drop_sent_member: "enrollments_enroll",
    answer_less_surely: "enrollments_enroll",
    answer_null: "enrollments_enroll",
    refuse_null: "enrollments_enroll",
    ask_a_new_member: "enrollments_enroll",
    ask_a_member_always: "enrollments_enroll",
    narrow_vocabulary: "enrollments_enroll",
    narrow_vocabulary_behind_null: "enrollments_complete",
    narrow_length: "employees_hire",
    narrow_length_behind_null: "enrollments_complete",
    change_type: "course_sessions_plan",
    change_default: "course_sessions_plan",
    rename_operation: "enrollments_approve",
    ask_a_scope: "enrollments_approve",
    close_what_was_open: "identity_sign_in",
    drop_parameter: "enrollments_list",
    ask_a_parameter: "enrollments_list",
    sort_by_less: "enrollments_list",
    drop_success: "enrollments_enroll",
    drop_header: "enrollments_enroll",
    take_another_media_type: "enrollments_enroll",
}


def add_operation(d: Document) -> None:
    d["paths"]["/api/v1/lecturers"] = {"get": {**operation(d, LIST), "operationId": "lecturers_list"}}


def answer_more(d: Document) -> None:
    schema(d, "EnrollmentRead")["properties"]["seat"] = {"type": "string"}
    schema(d, "EnrollmentRead")["required"].append("seat")


def take_more(d: Document) -> None:
    schema(d, "EnrollmentCreate")["properties"]["note"] = {"type": "string"}


def take_a_parameter_more(d: Document) -> None:
    wish = {**parameter(d, LIST, "status"), "name": "seat"}
    operation(d, LIST)["parameters"].append(wish)


def sort_by_more(d: Document) -> None:
    keys = parameter(d, LIST, "sort")["schema"]
    keys["pattern"] = keys["pattern"].replace("created_at", "created_at|decided_at")


def take_longer_names(d: Document) -> None:
    schema(d, "EmployeeCreate")["properties"]["name"]["maxLength"] += 1


def answer_within_narrower_bounds(d: Document) -> None:
    schema(d, "CourseSessionRead")["properties"]["seats_taken"]["minimum"] = 0


def add_a_way_in(d: Document) -> None:
    operation(d, APPROVE)["security"].append({"office": ["enrollments:approve"]})


def open_what_was_closed(d: Document) -> None:
    operation(d, LIST)["security"] = []


def say_it_in_other_words(d: Document) -> None:
    operation(d, APPROVE)["summary"] = "Let somebody in"


def deprecate(d: Document) -> None:
    operation(d, APPROVE)["deprecated"] = True


HARMLESS: tuple[Change, ...] = (
    add_operation,
    answer_more,
    take_more,
    take_a_parameter_more,
    sort_by_more,
    take_longer_names,
    answer_within_narrower_bounds,
    add_a_way_in,
    open_what_was_closed,
    say_it_in_other_words,
    deprecate,
)
