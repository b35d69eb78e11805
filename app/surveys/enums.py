"""Coded values of surveys and responses, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class ResponseTiming(LabelledEnum):
    """A response to a pre-survey after the first meeting has started is not counted, and only stored if it is named."""

    ON_TIME = "on_time", "期限内", "On time"
    LATE = "late", "期限後", "Late"
    AFTER_START = "after_start", "研修開始後", "After the session started"


class SurveyKind(LabelledEnum):
    """A baseline goes to the whole organization; all other kinds belong to a course session."""

    PRE = "pre", "事前アンケート", "Pre-survey"
    POST = "post", "事後アンケート", "Post-survey"
    FOLLOW_UP = "follow_up", "追跡アンケート", "Follow-up survey"
    RETROSPECTIVE = "retrospective", "振り返りアンケート", "Retrospective survey"
    BASELINE = "baseline", "全庁アンケート", "Organization-wide baseline"


class Identification(LabelledEnum):
    """What pairs the responses of one person in a session: the person, a pseudonym, or only the person's token."""

    NAMED = "named", "記名", "Named"
    PSEUDONYMOUS = "pseudonymous", "仮名", "Pseudonymous"
    ANONYMOUS = "anonymous", "匿名", "Anonymous"


class SurveyStatus(LabelledEnum):
    DRAFT = "draft", "下書き", "Draft"
    OPEN = "open", "受付中", "Open"
    CLOSED = "closed", "受付終了", "Closed"


class SurveyAction(LabelledEnum):
    """Sub-resources of a survey that change its status."""

    OPENING = "opening", "受付開始", "Open"
    CLOSING = "closing", "受付終了", "Close"


class QuestionType(LabelledEnum):
    SINGLE = "single", "単一選択", "Single choice"
    MULTIPLE = "multiple", "複数選択", "Multiple choice"
    SCALE = "scale", "尺度", "Scale"
    NUMBER = "number", "数値", "Number"
    FREE_TEXT = "free_text", "自由記述", "Free text"


class ScaleDirection(LabelledEnum):
    HIGHER_IS_BETTER = "higher_is_better", "大きいほど良い", "Higher is better"
    LOWER_IS_BETTER = "lower_is_better", "小さいほど良い", "Lower is better"


class QuestionMoment(LabelledEnum):
    """The time that a retrospective question asks about: before or after the session."""

    BEFORE = "before", "研修前", "Before"
    AFTER = "after", "研修後", "After"
