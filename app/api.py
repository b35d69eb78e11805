"""Table of contents: the rooms in reading order, under one base."""

from app.applications.routes import router as applications
from app.attendance.routes import router as attendance
from app.audit.routes import router as audit
from app.catalog.routes import router as courses
from app.course_sessions.routes import router as course_sessions
from app.effects.routes import router as effectiveness
from app.enrollment.routes import router as seats
from app.identity.routes import router as identity
from app.insights.routes import router as gaps
from app.kit.routing import Router
from app.people.routes import router as people
from app.qualifications.routes import router as qualifications
from app.responses.routes import router as survey_responses
from app.results.routes import router as survey_results
from app.roles.routes import router as roles
from app.skills.routes import router as skills
from app.surveys.routes import router as surveys
from app.vocabulary.routes import router as vocabulary

router = Router(prefix="/api/v1", tags=[])

TAGS = {
    "identity": ("サインインと自分の権限", "Sign-in, and who is signed in"),
    "org_units": ("組織(部・課・係)。時点で参照", "The tree of units as of any day"),
    "employees": ("職員。一人一行", "The people of the office, one row for life"),
    "posts": ("配属と兼務。発令に基づく", "Where a person works, by published orders"),
    "absences": ("休職・派遣などの期間", "Leave, secondment and suspension"),
    "position_ranks": ("職位", "Ranks of positions"),
    "scope_rules": ("育成の対象となる職員の範囲", "Who is in the scope of the policy"),
    "roles": ("デジタル人材の役割", "Roles of digital talent"),
    "role_assignments": ("役割の推薦・任命・終了", "Who holds a role, and when"),
    "role_vacancies": ("推進リーダーのいない所属", "Units that need a leader and have none"),
    "skills": ("デジタルスキル", "Digital skills"),
    "skill_maps": ("スキルマップの版", "Versions of the skill map"),
    "skill_requirements": ("役割ごとに求めるスキル", "The skills that a role needs"),
    "skill_records": ("職員がもつスキルの証拠", "Evidence that a person has a skill"),
    "skill_gaps": ("不足するスキルの説明と集計", "Missing skills, explained and counted"),
    "courses": ("研修の目録", "The catalogue of trainings"),
    "course_sessions": ("研修の開催回", "The runs of a training"),
    "enrollments": ("受講の申込・承認・出席・修了", "Seats: applications, decisions, attendance, completion"),
    "qualifications": ("資格", "Qualifications that count"),
    "qualification_awards": ("資格の取得", "Who passed which qualification, and when"),
    "surveys": ("アンケートと結果", "Questionnaires and their results"),
    "survey_responses": ("アンケートの回答", "One person's answers to a questionnaire"),
    "effectiveness": ("研修の効果(前後比較)", "What a training changed, by paired answers"),
    "vocabulary": ("コード値の名称", "The labels of coded values"),
    "audit_entries": ("変更の記録", "The log of every change"),
    "health": ("稼働確認", "Is the service alive and ready"),
}
"""The groups of operations, named in both languages for the document."""

for room in (
    identity,
    people,
    roles,
    skills,
    courses,
    course_sessions,
    qualifications,
    seats,
    applications,
    attendance,
    surveys,
    survey_responses,
    survey_results,
    effectiveness,
    gaps,
    vocabulary,
    audit,
):
    router.include_router(room)
