"""Errors of surveys and responses: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class BoxKeyMissing(Conflict):
    """The key to the answers of this survey is missing: it takes no more answers and can only be closed."""

    ja = "このアンケートの回答の鍵が失われています。回答は受け付けられず、受付終了だけができます。"


class NotAttended(Conflict):
    """This survey is only for people who attended the session."""

    ja = "このアンケートは受講した人だけが回答できます。"


class AnsweredAnonymously(Conflict):
    """You have already answered anonymously: only your pair_token can replace that response."""

    ja = "匿名で回答済みです。回答時の pair_token がなければ差し替えられません。"


class PairTokenNotExpected(Invalid):
    """A pair_token is only accepted by anonymous surveys."""

    ja = "pair_token は匿名のアンケートでだけ使います。"


class UnknownSurvey(Invalid):
    """No such survey is addressed to you."""

    ja = "該当するアンケートがありません。"


class UnknownQuestion(Invalid):
    """The survey has no such question."""

    ja = "該当する設問がありません。"


class DuplicateAnswer(Invalid):
    """The question is answered twice."""

    ja = "同じ設問に2回回答しています。"


class MissingAnswer(Invalid):
    """A required question has no answer."""

    ja = "必須の設問に回答がありません。"


class AnswerTypeInvalid(Invalid):
    """Must be a number, a string, or an array of option codes."""

    ja = "数値、文字列、または選択肢コードの配列を指定してください。"


class AnswerNotMatchingQuestion(Invalid):
    """The answer does not match the question type."""

    ja = "回答の形式が設問に合っていません。"


class AnswerOutsideScale(Invalid):
    """The answer is outside the scale."""

    ja = "回答が尺度の範囲外です。"


class UnknownOption(Invalid):
    """The question has no such option."""

    ja = "該当する選択肢がありません。"


class SurveyNotDraft(Conflict):
    """Only a draft can be changed, opened or deleted."""

    ja = "変更・開始・削除できるのは下書きのアンケートだけです。"


class SurveyNotOpen(Conflict):
    """The survey does not accept responses now."""

    ja = "このアンケートは現在回答を受け付けていません。"


class SurveyWithoutQuestions(Conflict):
    """A survey without questions cannot be opened."""

    ja = "設問のないアンケートは開始できません。"


class DuplicateSurvey(Conflict):
    """The session already has a survey of this kind."""

    ja = "この実施回にはすでに同じ種別のアンケートがあります。"
    constraint = "uq_survey_course_session_id_kind"


class SurveyOfCancelledSession(Conflict):
    """The session has been cancelled, and so have its surveys."""

    ja = "実施回が中止されたため、このアンケートは行われません。"


class PairMismatch(Conflict):
    """Another survey of the session asks this pair with a different scale or identification."""

    ja = "同じ実施回の別のアンケートと、対の設問の尺度または記名方式が異なります。"


class SessionNotMatchingKind(Invalid):
    """A baseline has no session; every other kind needs one."""

    ja = "baseline 以外の種別には実施回が必要です。baseline には指定できません。"
    constraint = "ck_survey_baseline"


class SurveyWindowOrderInvalid(Invalid):
    """opens_at, due_at and closes_at must be in this order."""

    ja = "opens_at、due_at、closes_at の順になるように指定してください。"
    constraint = "ck_survey_window"


class DuplicateQuestion(Invalid):
    """Two questions have the same code."""

    ja = "コードが重複しています。"
    constraint = "uq_survey_question_survey_id_code"


class DuplicateOption(Invalid):
    """Two options have the same code."""

    ja = "選択肢が重複しています。"


class OptionsNotMatchingType(Invalid):
    """Single and multiple choice need options; scales and numbers have none."""

    ja = "単一・複数選択の設問には選択肢が必要です。尺度・数値の設問には指定できません。"


class ScaleNotMatchingType(Invalid):
    """A scale question needs a scale of 2 to 101 steps; a number may have a range; other types have none."""

    ja = "尺度の設問には2〜101段階の scale が必要です。数値の設問には範囲を指定できます。他の設問には指定できません。"


class InvalidPair(Invalid):
    """A pair needs a scale; a retrospective survey asks it once for before and once for after, other kinds once."""

    ja = "対の設問には尺度が必要です。retrospective は before と after で1回ずつ、他の種別は1回だけ尋ねてください。"


class MissingQuestionText(Invalid):
    """The text is required; only a baseline may have questions whose wording is lost."""

    ja = "設問文が必要です(文言が失われた設問は baseline に限ります)。"
