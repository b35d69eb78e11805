"""The permission table: which grant of an account may do what. Posts and appointments add standing, not permissions."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    SIGNED_IN = "signed_in"
    READ_PEOPLE = "read_people"
    EDIT_PEOPLE = "edit_people"
    SEE_UNPUBLISHED = "see_unpublished"
    READ_POLICY = "read_policy"
    EDIT_POLICY = "edit_policy"
    APPOINT = "appoint"
    READ_SKILLS_ALL = "read_skills_all"
    EDIT_CATALOG = "edit_catalog"
    RUN_SESSIONS = "run_sessions"
    APPLY = "apply"
    APPLY_FOR_UNIT = "apply_for_unit"
    READ_ENROLLMENTS_ALL = "read_enrollments_all"
    RECORD_ATTENDANCE = "record_attendance"
    RUN_SURVEYS = "run_surveys"
    ANSWER_SURVEYS = "answer_surveys"
    READ_FIGURES = "read_figures"
    EDIT_QUALIFICATIONS = "edit_qualifications"
    VERIFY_QUALIFICATIONS = "verify_qualifications"
    READ_AUDIT = "read_audit"


P = Permission
_EVERYONE = frozenset({P.SIGNED_IN, P.READ_POLICY})
_LEARNER = _EVERYONE | {P.APPLY, P.ANSWER_SURVEYS}
_READS_ALL = frozenset({P.READ_PEOPLE, P.READ_SKILLS_ALL, P.READ_ENROLLMENTS_ALL, P.READ_FIGURES})
_TRAINING = (
    _EVERYONE
    | _READS_ALL
    | {P.EDIT_POLICY, P.EDIT_CATALOG, P.RUN_SESSIONS, P.RECORD_ATTENDANCE, P.RUN_SURVEYS}
    | {P.EDIT_QUALIFICATIONS, P.VERIFY_QUALIFICATIONS}
)

GRANTS: Mapping[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "training": _TRAINING,
    "information": _TRAINING | {P.APPOINT},
    "hr": _EVERYONE | {P.READ_PEOPLE, P.EDIT_PEOPLE, P.SEE_UNPUBLISHED},
    "auditor": _EVERYONE | _READS_ALL | {P.SEE_UNPUBLISHED, P.READ_AUDIT},
    "employee": _LEARNER,
    "clerk": _LEARNER | {P.APPLY_FOR_UNIT},
}


def permissions_of(grants: list[str]) -> frozenset[Permission]:
    return _EVERYONE.union(*(GRANTS.get(grant, frozenset()) for grant in grants))
