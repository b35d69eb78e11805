"""Job categories, job services, kinds of absence and course themes are lists that the office extends"""

from alembic import op
from sqlalchemy import text

from app.kit import clock
from app.kit.records import uuid7
from migrations import sql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_CATEGORIES = (
    ("clerk", "事務", "Clerk"),
    ("administrative", "一般行政", "General administration"),
    ("civil_engineer", "土木", "Civil engineer"),
    ("architect", "建築", "Architect"),
    ("electrical_engineer", "電気", "Electrical engineer"),
    ("curator", "学芸員", "Curator"),
    ("librarian", "司書", "Librarian"),
    ("public_health_nurse", "保健師", "Public health nurse"),
    ("dietitian", "管理栄養士", "Dietitian"),
    ("social_worker", "社会福祉士", "Social worker"),
    ("nursery_teacher", "保育士", "Nursery teacher"),
    ("kindergarten_teacher", "幼稚園教諭", "Kindergarten teacher"),
    ("nurse", "看護師", "Nurse"),
    ("medical_technician", "医療技術", "Medical technician"),
    ("physician", "医師", "Physician"),
    ("firefighter", "消防", "Firefighter"),
    ("maintenance_worker", "技能労務", "Maintenance worker"),
    ("cook", "調理員", "Cook"),
    ("clerical_assistant", "事務補助", "Clerical assistant"),
    ("teacher", "教諭", "Teacher"),
    ("supervisor", "指導主事", "School supervisor"),
)
_SERVICES = (
    ("administrative", "行政職", "Administrative"),
    ("medical", "医療職", "Medical"),
    ("labor", "技能労務職", "Labor"),
    ("fire", "消防職", "Fire"),
    ("enterprise", "企業職", "Public enterprise"),
    ("education", "教育職", "Education"),
)
_KINDS = (
    ("leave_of_absence", "休職", "Leave of absence"),
    ("childcare_leave", "育児休業", "Childcare leave"),
    ("sick_leave", "病気休暇", "Sick leave"),
    ("secondment", "派遣", "Secondment"),
    ("suspension", "停職", "Suspension"),
    ("maternity_leave", "産前産後休暇", "Maternity leave"),
    ("care_leave", "介護休暇", "Care leave"),
    ("self_development_leave", "自己啓発等休業", "Self-development leave"),
    ("accompanying_leave", "配偶者同行休業", "Leave to accompany a spouse"),
    ("union_leave", "専従休職", "Union leave"),
)
_THEMES = (
    ("dx_basics", "DXの基礎", "Basics of digital transformation"),
    ("information_security", "情報セキュリティ", "Information security"),
    ("logo_form", "電子申請 (LoGoフォーム)", "Online forms (LoGo Form)"),
    ("logo_chat", "ビジネスチャット (LoGoチャット)", "Business chat (LoGo Chat)"),
    ("mindset", "意識改革", "Mindset"),
    ("incident_response", "インシデント対応", "Incident response"),
    ("project_management", "プロジェクトマネジメント", "Project management"),
    ("dx_advanced", "DXの応用", "Advanced digital transformation"),
    ("workshop", "ワークショップ", "Workshop"),
    ("network_cloud", "ネットワーク・クラウド", "Networks and cloud"),
    ("data_utilization", "データ利活用", "Use of data"),
    ("design_thinking", "デザイン思考", "Design thinking"),
    ("bpr", "業務改革 (BPR)", "Business process re-engineering"),
    ("ai_rpa", "AI・RPA", "AI and RPA"),
    ("office_tools", "表計算・文書作成", "Office tools"),
    ("it_passport", "ITパスポート", "IT Passport"),
)
_LISTS = {
    "job_category": (_CATEGORIES, "SELECT DISTINCT job_category FROM employment"),
    "job_service": (_SERVICES, "SELECT job_service FROM employment UNION SELECT job_service FROM scope_rule"),
    "absence_kind": (_KINDS, "SELECT DISTINCT kind FROM absence"),
    "course_theme": (_THEMES, "SELECT DISTINCT unnest(themes) FROM course"),
}
"""By table its first codes with their labels, and the codes that rows have already."""


def upgrade() -> None:
    # Themes were free text: they get a code of their own, and the text as their name.
    texts = op.get_bind().scalars(text("SELECT DISTINCT unnest(themes) AS theme FROM course ORDER BY 1")).all()
    codes = {theme: f"theme-{at}" for at, theme in enumerate(texts, start=1) if not _is_code(theme)}
    for theme, code in codes.items():
        rename = text("UPDATE course SET themes = array_replace(themes, :theme, :code)")
        op.get_bind().execute(rename, {"theme": theme, "code": code})
    for table, (listed, used) in _LISTS.items():
        sql.run(f"""
CREATE TABLE {table} (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    row_version integer NOT NULL,
    name varchar NOT NULL,
    name_en varchar,
    ordinal integer NOT NULL,
    code varchar NOT NULL,
    CONSTRAINT pk_{table} PRIMARY KEY (id),
    CONSTRAINT uq_{table}_code UNIQUE (code),
    CONSTRAINT ck_{table}_code CHECK (code ~ '^[0-9A-Za-z][0-9A-Za-z_.:-]*$')
);
""")
        known = [*listed, *((code, theme, None) for theme, code in codes.items() if table == "course_theme")]
        met = set(op.get_bind().scalars(text(used))) - {code for code, _, _ in known}
        _fill(table, [*known, *((code, code, None) for code in sorted(met))])
    sql.run("""
ALTER TABLE employment
    ADD CONSTRAINT fk_employment_job_category FOREIGN KEY (job_category) REFERENCES job_category (code),
    ADD CONSTRAINT fk_employment_job_service FOREIGN KEY (job_service) REFERENCES job_service (code);
ALTER TABLE scope_rule
    ADD CONSTRAINT fk_scope_rule_job_service FOREIGN KEY (job_service) REFERENCES job_service (code);
ALTER TABLE absence ADD CONSTRAINT fk_absence_kind FOREIGN KEY (kind) REFERENCES absence_kind (code);
""")


def _is_code(theme: str) -> bool:
    return theme.isascii() and " " not in theme


def _fill(table: str, known: list[tuple[str, str, str | None]]) -> None:
    add = text(f"INSERT INTO {table} VALUES (:id, :now, :now, 1, :name, :name_en, :ordinal, :code)")
    for at, (code, name, name_en) in enumerate(known, start=1):
        row = {"id": uuid7(), "now": clock.now(), "code": code, "name": name, "name_en": name_en, "ordinal": at * 10}
        op.get_bind().execute(add, row)


def downgrade() -> None:
    sql.run("""
ALTER TABLE absence DROP CONSTRAINT fk_absence_kind;
ALTER TABLE scope_rule DROP CONSTRAINT fk_scope_rule_job_service;
ALTER TABLE employment DROP CONSTRAINT fk_employment_job_category, DROP CONSTRAINT fk_employment_job_service;
DROP TABLE job_category, job_service, absence_kind, course_theme;
""")
