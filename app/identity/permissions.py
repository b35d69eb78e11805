"""The permissions of each grant. Posts and appointments add standing, not permissions."""

from collections.abc import Mapping

from app.kit.enums import LabelledEnum


class Permission(LabelledEnum):
    """What a caller may do, subject to standing and the rules of each object."""

    SIGNED_IN = "signed_in", "サインイン", "Signed in"
    READ_PEOPLE = "read_people", "全職員の人事情報の閲覧", "Read everybody's personnel data"
    EDIT_PEOPLE = "edit_people", "人事情報の登録・変更", "Edit personnel data"
    SEE_UNPUBLISHED = "see_unpublished", "公表前の発令の閲覧", "Read unpublished orders"
    READ_POLICY = "read_policy", "方針(役割・スキル等)の閲覧", "Read the policy"
    EDIT_POLICY = "edit_policy", "方針(役割・スキル等)の変更", "Edit the policy"
    READ_DRAFTS = "read_drafts", "方針の下書きの閲覧", "Read drafts of the policy"
    APPOINT = "appoint", "役割の任命", "Appoint to roles"
    READ_SKILLS_ALL = "read_skills_all", "全職員のスキルの閲覧", "Read everybody's skills"
    EDIT_CATALOG = "edit_catalog", "研修目録の変更", "Edit the course catalog"
    RUN_SESSIONS = "run_sessions", "研修の運営", "Run sessions"
    APPLY = "apply", "本人の受講申込", "Apply for oneself"
    APPLY_FOR_UNIT = "apply_for_unit", "所属職員の代理申込", "Apply on behalf of the unit's members"
    READ_ENROLLMENTS_ALL = "read_enrollments_all", "全職員の受講の閲覧", "Read all enrollments"
    RECORD_ATTENDANCE = "record_attendance", "出欠の記録", "Record attendance"
    RUN_SURVEYS = "run_surveys", "アンケートの運営", "Run surveys"
    ANSWER_SURVEYS = "answer_surveys", "アンケートへの回答", "Answer surveys"
    READ_FIGURES = "read_figures", "全庁の集計の閲覧", "Read city-wide statistics"
    EDIT_QUALIFICATIONS = "edit_qualifications", "資格の登録・変更", "Edit qualifications"
    VERIFY_QUALIFICATIONS = "verify_qualifications", "資格取得の確認", "Verify qualifications"
    READ_AUDIT = "read_audit", "操作記録の閲覧", "Read the audit log"


class Grant(LabelledEnum):
    """A set of permissions; an account may have several."""

    ADMIN = "admin", "システム管理者", "Administrator"
    TRAINING = "training", "研修部門", "Training office"
    INFORMATION = "information", "情報政策課", "Information division"
    HR = "hr", "人事部門", "Human resources"
    AUDITOR = "auditor", "監査担当", "Auditor"
    EMPLOYEE = "employee", "職員", "Employee"
    CLERK = "clerk", "所属の庶務担当", "Unit clerk"


P = Permission
_EVERYONE = frozenset({P.SIGNED_IN, P.READ_POLICY})
_LEARNER = _EVERYONE | {P.APPLY, P.ANSWER_SURVEYS}
_READS_ALL = frozenset({P.READ_PEOPLE, P.READ_SKILLS_ALL, P.READ_ENROLLMENTS_ALL, P.READ_FIGURES, P.READ_DRAFTS})
_TRAINING = (
    _EVERYONE
    | _READS_ALL
    | {P.EDIT_POLICY, P.EDIT_CATALOG, P.RUN_SESSIONS, P.RECORD_ATTENDANCE, P.RUN_SURVEYS}
    | {P.EDIT_QUALIFICATIONS, P.VERIFY_QUALIFICATIONS}
)

GRANTS: Mapping[str, frozenset[Permission]] = {
    Grant.ADMIN: frozenset(Permission),
    Grant.TRAINING: _TRAINING,
    Grant.INFORMATION: _TRAINING | {P.APPOINT},
    Grant.HR: _EVERYONE | {P.READ_PEOPLE, P.EDIT_PEOPLE, P.SEE_UNPUBLISHED},
    Grant.AUDITOR: _EVERYONE | _READS_ALL | {P.SEE_UNPUBLISHED, P.READ_AUDIT},
    Grant.EMPLOYEE: _LEARNER,
    Grant.CLERK: _LEARNER | {P.APPLY_FOR_UNIT},
}


def permissions_of(grants: list[str]) -> frozenset[Permission]:
    return _EVERYONE.union(*(GRANTS.get(grant, frozenset()) for grant in grants))
