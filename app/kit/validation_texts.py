"""Texts of validation errors in two languages, by the validator's error type."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "missing": ("必須の項目です。", "This field is required."),
    "extra_forbidden": ("この項目は使えません。", "Unknown field."),
    "unknown_parameter": ("このパラメーターは使えません。", "Unknown parameter."),
    "string_type": ("文字列を指定してください。", "Give a string."),
    "string_unicode": ("不正な文字が含まれています。", "The text contains an invalid Unicode character."),
    "string_too_short": ("{min_length}文字以上で指定してください。", "Give at least {min_length} character(s)."),
    "string_too_long": ("{max_length}文字以内で指定してください。", "Give at most {max_length} characters."),
    "string_pattern_mismatch": (
        "使えない文字または形式です。",
        "The text contains a character or has a format that is not allowed.",
    ),
    "blank": ("空白だけの値は指定できません。", "Give at least one visible character."),
    "unusable_character": (
        "使えない文字が含まれています: {what}({place}文字目)",
        "The text contains a character that is not allowed: {what} (character {place}).",
    ),
    "enum": ("次のいずれかを指定してください: {expected}", "Give one of: {expected}"),
    "literal_error": ("次のいずれかを指定してください: {expected}", "Give one of: {expected}"),
    "bool_type": ("true または false を指定してください。", "Give true or false."),
    "bool_parsing": ("true または false を指定してください。", "Give true or false."),
    "int_type": ("整数を指定してください。", "Give an integer."),
    "int_parsing": ("整数を指定してください。", "Give an integer."),
    "int_parsing_size": ("数値が大きすぎます。", "The number is too large."),
    "int_from_float": ("整数を指定してください。", "Give an integer."),
    "float_type": ("数値を指定してください。", "Give a number."),
    "float_parsing": ("数値を指定してください。", "Give a number."),
    "finite_number": ("有限の数値を指定してください。", "Give a finite number."),
    "greater_than": ("{gt} より大きい値を指定してください。", "Give more than {gt}."),
    "greater_than_equal": ("{ge} 以上を指定してください。", "Give {ge} or more."),
    "less_than": ("{lt} より小さい値を指定してください。", "Give less than {lt}."),
    "less_than_equal": ("{le} 以下を指定してください。", "Give {le} or less."),
    "date_type": ("日付を YYYY-MM-DD で指定してください。", "Give a date as YYYY-MM-DD."),
    "date_parsing": ("日付を YYYY-MM-DD で指定してください。", "Give a date as YYYY-MM-DD."),
    "date_from_datetime_parsing": ("日付を YYYY-MM-DD で指定してください。", "Give a date as YYYY-MM-DD."),
    "date_from_datetime_inexact": ("日付を YYYY-MM-DD で指定してください。", "Give a date as YYYY-MM-DD."),
    "datetime_type": ("日時を RFC 3339 で指定してください。", "Give a date and time as in RFC 3339."),
    "datetime_parsing": ("日時を RFC 3339 で指定してください。", "Give a date and time as in RFC 3339."),
    "datetime_from_date_parsing": ("日時を RFC 3339 で指定してください。", "Give a date and time as in RFC 3339."),
    "timezone_aware": ("日時に時差 (+09:00 など) を付けてください。", "Give the offset, such as +09:00."),
    "uuid_type": ("UUID を指定してください。", "Give a UUID."),
    "uuid_parsing": ("UUID を指定してください。", "Give a UUID."),
    "list_type": ("配列を指定してください。", "Give an array."),
    "too_short": ("{min_length}件以上を指定してください。", "Give at least {min_length} item(s)."),
    "too_long": ("{max_length}件以内で指定してください。", "Give at most {max_length} items."),
    "dict_type": ("オブジェクトを指定してください。", "Give an object."),
    "model_type": ("オブジェクトを指定してください。", "Give an object."),
    "model_attributes_type": ("オブジェクトを指定してください。", "Give an object."),
    "json_invalid": ("JSON として読めません。", "Invalid JSON."),
    "period_order": ("valid_to は valid_from より後の日にしてください。", "valid_to must be later than valid_from."),
    "not_null": ("null は指定できません。", "Must not be null."),
    "value_error": ("値が正しくありません。", "The value is invalid."),
}


def message_for(kind: str, context: Mapping[str, object]) -> tuple[str, str, str]:
    """Code, Japanese and English; a kind that is not listed is a `value_error`.

    The application's own validators give the code of a package's error, with its texts in the context; or what fills
    in a text, as `what_ja` and `what_en` where it differs.
    """
    if "ja" in context and "en" in context:
        return kind, str(context["ja"]), str(context["en"])
    code = kind if kind in TEXTS else "value_error"
    ja, en = TEXTS[code]
    return code, ja.format_map(_in("ja", context)), en.format_map(_in("en", context))


def _in(language: str, context: Mapping[str, object]) -> Mapping[str, object]:
    return {name.removesuffix(f"_{language}"): value for name, value in context.items()}
