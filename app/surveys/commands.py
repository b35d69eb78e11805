"""What is done with a survey as long as nobody has answered; closing one belongs to the answers."""

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from app.applications.rules import UnknownSession
from app.course_sessions.models import CourseSession
from app.course_sessions.queries import locked_session
from app.kit.patching import sent, whole
from app.kit.reading import all_known
from app.kit.records import add, remove
from app.skills.models import Skill
from app.skills.rules import UnknownSkill
from app.surveys import queries, rules
from app.surveys.models import Survey, SurveyQuestion
from app.surveys.schemas import QuestionAsked, SurveyAsked, SurveyUpdate, as_rule


async def draft(db: AsyncSession, wanted: SurveyAsked) -> Survey:
    await _check(db, wanted)
    survey = Survey.model_validate(wanted.model_dump(exclude={"questions"}))
    survey.questions = _rows(survey, wanted.questions)
    return await add(db, survey)


async def change(db: AsyncSession, survey: Survey, changes: SurveyUpdate) -> Survey:
    rules.check_draft(survey.status)
    merged = whole(survey, changes)
    assert isinstance(merged, SurveyAsked)  # noqa: S101 - what SurveyUpdate completes to
    await _check(db, merged)
    for name in sent(changes).keys() - {"questions"}:
        setattr(survey, name, getattr(merged, name))
    if "questions" in sent(changes):
        survey.questions.clear()
        await db.flush()  # the old codes go before the new ones come
        survey.questions = _rows(survey, merged.questions)
        flag_modified(survey, "title")  # its questions are part of it, so its version moves
    await db.flush()
    return survey


async def discard(db: AsyncSession, survey: Survey) -> None:
    rules.check_draft(survey.status)
    await remove(db, survey)


async def open_to_answers(db: AsyncSession, survey: Survey) -> Survey:
    if survey.course_session_id:
        await locked_session(db, survey.course_session_id)
    opening = (await queries.openings(db, [survey]))[0]
    survey.status = opening.check()
    await db.flush()
    return survey


async def _check(db: AsyncSession, wanted: SurveyAsked) -> None:
    rules.check_kind(wanted.kind, has_session=wanted.course_session_id is not None)
    rules.Window(wanted.opens_at, wanted.due_at, wanted.closes_at).check()
    rules.check_questions(wanted.kind, [as_rule(question) for question in wanted.questions])
    if wanted.course_session_id and not await db.get(CourseSession, wanted.course_session_id):
        raise UnknownSession(pointer="/course_session_id")
    await _check_skills(db, wanted.questions)


async def _check_skills(db: AsyncSession, questions: list[QuestionAsked]) -> None:
    named = {
        f"/questions/{at}/skill_code": question.skill_code
        for at, question in enumerate(questions)
        if question.skill_code
    }
    await all_known(db, col(Skill.code), named, UnknownSkill)


def _rows(survey: Survey, questions: list[QuestionAsked]) -> list[SurveyQuestion]:
    return [
        SurveyQuestion(survey_id=survey.id, position=position, **question.model_dump())
        for position, question in enumerate(questions)
    ]
