"""The policy file agrees with the city's text."""

import pytest

from app.seed.source import policy, requirements

# From the city's text, R25-R31: percentages in the printed order of the options.
PRINTED = {
    "dx_understanding": {
        "理解している": 5, "概ね理解している": 48, "聞いたことはあるが、よくわからない": 42, "聞いたことがない": 5,
    },
    "city_dx_progress": {"普通": 41, "やや遅れている": 35, "遅れている": 21},
    "lost_question_1": {"あまりそう思わない": 55, "そう思わない": 21},
    "efficiency_awareness": {"まあそう思う": 53, "あまりそう思わない": 33, "そう思わない": 5},
    "unit_people_and_skills": {"あまりそう思わない": 46, "そう思わない": 14},
    "learning": {
        "必要性は感じるが、どうすればよいかわからない": 56,
        "学習意欲があり、今後、学習するつもりである": 20,
        "学習意欲があり、既に学習している": 4,
    },
    "digital_environment": {"普通": 51, "やや不満": 27, "大いに不満": 13},
}  # fmt: skip


def test_each_row_of_the_map_has_as_many_requirements_as_printed_dots() -> None:
    rows = policy()["skill_map"]["rows"]
    assert [row["dots"] for row in rows] == [1, 2, 5, 2, 4, 4, 5, 2, 3, 1]
    assert [len(row["requirements"]) for row in rows] == [row["dots"] for row in rows]
    assert [row["skill"] for row in rows] == [skill["code"] for skill in policy()["skills"]]


def test_the_columns_of_the_map_add_up_to_29() -> None:
    columns = [requirement["role_code"] for requirement in requirements(policy()["skill_map"])]
    assert {role: columns.count(role) for role in columns} == {
        "manager": 7, "leader": 8, "advisor": 8, "general": 4, "childcare": 2,
    }  # fmt: skip


def test_only_rows_with_five_dots_are_certain() -> None:
    for requirement in requirements(policy()["skill_map"]):
        certain = requirement["skill_code"] in {"dx_basics", "information_security"}
        assert (requirement["provenance"] == "seed_text") == certain
        assert (requirement["confidence"] == 100) == certain


def test_an_inferred_requirement_has_its_confidence() -> None:
    confidence = {
        (requirement["skill_code"], requirement["role_code"]): requirement["confidence"]
        for requirement in requirements(policy()["skill_map"])
    }
    assert confidence["dx_advanced", "manager"] == 58
    assert confidence["bpr", "manager"] == 67
    assert ("data_utilization", "childcare") not in confidence


@pytest.mark.parametrize("code", PRINTED)
def test_printed_percentages_are_unchanged(code: str) -> None:
    item = next(item for item in policy()["baseline_survey"]["items"] if item["code"] == code)
    assert {option["label"]: option["percent"] for option in item["options"]} == PRINTED[code]
    assert item["complete"] == (sum(PRINTED[code].values()) == 100)
    assert "text" not in item  # the wording of these questions is lost


def test_what_was_not_printed_is_absent_and_not_zero() -> None:
    others = [item for item in policy()["baseline_survey"]["items"] if item["code"] not in PRINTED]
    assert [item["type"] for item in others] == ["multiple"] * 4 + ["free_text"]
    assert not [option for item in others for option in item["options"] if "percent" in option]


def test_the_repeated_plan_item_is_not_a_course_of_its_own() -> None:
    items = [course["plan_items"] for course in policy()["courses"]]
    assert ["AP8"] not in items
    assert all("AP5" in named for named in items if "AP8" in named)
    assert {f"AP{number}" for number in range(1, 9)} <= {item for named in items for item in named}


def test_every_skill_can_be_learnt_in_a_course() -> None:
    taught = {skill["skill_code"] for course in policy()["courses"] for skill in course["skills"]}
    assert taught == {skill["code"] for skill in policy()["skills"]}
