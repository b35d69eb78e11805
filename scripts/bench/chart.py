"""The rows of a result as bars, in SVG that fits a light and a dark page."""

from collections.abc import Iterator, Sequence
from html import escape

from scripts.bench.report import number
from scripts.bench.results import Measured, Result
from scripts.bench.rows import GROUPS

LINE, LABEL, BAR, RIGHT = 20, 290, 400, 90
COLORS = {"(a)": "#1f7a4d", "(b)": "#8a8f98", "(b')": "#b0793b", "(c)": "#4a7fb5", "(d)": "#c3c7cd"}
STYLE = """text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-weight: 600; font-size: 13px; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }"""


def chart(result: Result) -> str:
    parts, y = [], LINE
    for group, title in GROUPS.items():
        theirs = [row for row in result["rows"] if row["group"] == group]
        if theirs:
            parts.append(f'<text class="title" x="0" y="{y}">{escape(title)}, requests a second</text>')
            parts += bars(theirs, y + 8)
            y += LINE * (len(theirs) + 2)
    width = LABEL + BAR + RIGHT
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" height="{y}" role="img">'
    name = f"<title>Requests a second, {result['people']:,} people, {result['connections']} connections</title>"
    return "\n".join([head, name, f"<style>{STYLE}</style>", *parts, "</svg>"]) + "\n"


def bars(rows: Sequence[Measured], top: int) -> Iterator[str]:
    """pgbench would make all others tiny, so its bar may leave the scale; then it fades."""
    served = [row["median"]["rate"] for row in rows if not row["label"].startswith("(d)")]
    most = max(served or [row["median"]["rate"] for row in rows])
    for at, row in enumerate(rows):
        rate, y = row["median"]["rate"], top + at * LINE
        width, beyond = BAR * min(rate / most, 1), rate > most
        color = COLORS[row["label"].partition(" ")[0]]
        middle = y + LINE * 0.7
        yield f'<text x="{LABEL - 8}" y="{middle:.0f}" text-anchor="end">{escape(row["label"])}</text>'
        opacity = ' opacity="0.5"' if beyond else ""
        yield f'<rect x="{LABEL}" y="{y + 3}" width="{width:.1f}" height="{LINE - 6}" fill="{color}"{opacity}/>'
        mark = " →" if beyond else ""
        yield f'<text x="{LABEL + width + 6:.1f}" y="{middle:.0f}">{number(rate)}{mark}</text>'
