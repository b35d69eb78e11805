"""Coded values of courses, each with its Japanese and English label."""

from app.kit.enums import LabelledEnum


class ProviderKind(LabelledEnum):
    CITY = "city", "市主催", "City"
    NATIONAL = "national", "国", "National"
    PREFECTURAL = "prefectural", "都道府県", "Prefectural"
    VENDOR = "vendor", "民間事業者", "Vendor"


class CourseFormat(LabelledEnum):
    CLASSROOM = "classroom", "集合研修", "Classroom"
    LIVE_ONLINE = "live_online", "オンライン研修(同時配信)", "Live online"
    E_LEARNING = "e_learning", "eラーニング", "E-learning"
    WORKSHOP = "workshop", "ワークショップ", "Workshop"
    EXTERNAL = "external", "派遣研修", "External"


class CourseLevel(LabelledEnum):
    BASIC = "basic", "基礎", "Basic"
    INTERMEDIATE = "intermediate", "中級", "Intermediate"
    ADVANCED = "advanced", "上級", "Advanced"


class EnrollmentMode(LabelledEnum):
    DESIGNATED = "designated", "指名", "Designated"
    APPLIED = "applied", "応募", "Applied"
