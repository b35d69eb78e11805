"""Errors of surveys and responses: code (from the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class NotAttended(Conflict):
    """This survey is for those who attended the session."""

    ja = "このアンケートは受講した人だけが回答できます。"


class AnsweredAnonymously(Conflict):
    """You have answered anonymously: only your pair_token can replace that answer."""

    ja = "匿名で回答済みです。回答時の pair_token がなければ差し替えられません。"


class PairTokenTaken(Conflict):
    """This pair_token belongs to another answer."""

    ja = "この pair_token は別の回答のものです。"


class PairTokenUnused(Invalid):
    """A pair_token belongs to anonymous surveys only."""

    ja = "pair_token は匿名のアンケートでだけ使います。"


class UnknownSurvey(Invalid):
    """There is no such survey for you."""

    ja = "該当するアンケートがありません。"


class UnknownQuestion(Invalid):
    """The survey has no such question."""

    ja = "該当する設問がありません。"


class AnsweredTwice(Invalid):
    """The question is answered twice."""

    ja = "同じ設問に2回回答しています。"


class AnswerMissing(Invalid):
    """This question must be answered."""

    ja = "必須の設問に回答がありません。"


class AnswerForm(Invalid):
    """Give a number, a text, or an array of option codes."""

    ja = "数値、文字列、または選択肢コードの配列を指定してください。"


class AnswerUnfit(Invalid):
    """The answer does not have the form that the question asks for."""

    ja = "回答の形式が設問に合っていません。"


class OutsideScale(Invalid):
    """The answer lies outside the scale."""

    ja = "回答が尺度の範囲外です。"


class UnknownOption(Invalid):
    """The question has no such option."""

    ja = "該当する選択肢がありません。"


class SurveyNotDraft(Conflict):
    """Only a draft may be changed, opened or deleted."""

    ja = "変更・開始・削除できるのは下書きのアンケートだけです。"


class SurveyNotOpen(Conflict):
    """The survey does not take answers now."""

    ja = "このアンケートは現在回答を受け付けていません。"


class SurveyWithoutQuestions(Conflict):
    """A survey without questions cannot be opened."""

    ja = "設問のないアンケートは開始できません。"


class SurveyExists(Conflict):
    """The session has a survey of this kind already."""

    ja = "この実施回にはすでに同じ種別のアンケートがあります。"
    constraint = "uq_survey_course_session_id_kind"


class SurveyOfCancelledSession(Conflict):
    """The session is cancelled, and its surveys with it."""

    ja = "実施回が中止されたため、このアンケートは行われません。"


class PairMismatch(Conflict):
    """Another survey of the session asks this pair on another scale or under another identification."""

    ja = "同じ実施回の別のアンケートと、対の設問の尺度または記名方式が異なります。"


class SessionExpected(Invalid):
    """A baseline has no session; every other kind needs one."""

    ja = "baseline 以外の種別には実施回が必要です。baseline には指定できません。"
    constraint = "ck_survey_baseline"


class WindowReversed(Invalid):
    """The survey must open before it is due, and be due no later than it closes."""

    ja = "opens_at、due_at、closes_at の順になるように指定してください。"
    constraint = "ck_survey_window"


class QuestionAgain(Invalid):
    """The code stands twice."""

    ja = "コードが重複しています。"
    constraint = "uq_survey_question_survey_id_code"


class OptionAgain(Invalid):
    """The same option stands twice."""

    ja = "選択肢が重複しています。"


class OptionsExpected(Invalid):
    """Single and multiple choice need options; scales and numbers have none."""

    ja = "単一・複数選択の設問には選択肢が必要です。尺度・数値の設問には指定できません。"


class ScaleExpected(Invalid):
    """A scale question needs a scale of 2 to 101 steps, a number may have a range, others have none."""

    ja = "尺度の設問には2〜101段階の scale が必要です。数値の設問には範囲を指定できます。他の設問には指定できません。"


class PairUnfit(Invalid):
    """Pairs need a scale; a retrospective form asks each pair before and after, other forms once."""

    ja = "対の設問には尺度が必要です。retrospective は before と after で1回ずつ、他の種別は1回だけ尋ねてください。"


class TextExpected(Invalid):
    """Only a baseline may have questions whose wording is lost."""

    ja = "設問文が必要です(文言が失われた設問は baseline に限ります)。"
