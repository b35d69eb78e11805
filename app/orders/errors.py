"""Errors of personnel orders: code (the class name), English and Japanese text, database constraint."""

from app.kit.problems import Conflict, Invalid


class OutsideEmployment(Invalid):
    """The employee is not employed throughout the period."""

    ja = "在職期間の外の日付が含まれています。"
    detail_ja = "発令・休職等は、任用期間 (GET /api/v1/employments) の中で始まり、終わる必要があります。"
    detail_en = "Posts and absences begin and end within terms of service: see GET /api/v1/employments."


class PersonImmutable(Conflict):
    """The person of an order cannot be changed: revoke it and record another."""

    ja = "発令等の職員は変更できません。取り消して登録し直してください。"
