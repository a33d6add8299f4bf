"""Line charts as SVG, side by side."""

from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT, MARGIN, TOP = 420, 300, 56, 34
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a")


@dataclass
class Chart:
    title: str
    x_labels: list                              # one for each point, evenly spaced
    y_unit: str
    lines: dict = field(default_factory=dict)   # name → values, None where there is none
    marks: dict = field(default_factory=dict)   # name → a height of its own, drawn across


def nice_ceiling(value: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    if value <= 0:
        return 1.0
    step = 1.0
    while step * 10 <= value:
        step *= 10
    while step > value:
        step /= 10
    return next(step * factor for factor in (1, 2, 2.5, 5, 10) if step * factor >= value)


def svg(charts: list) -> str:
    width, height = WIDTH * len(charts), HEIGHT + 24 * max(len(chart.lines) + len(chart.marks) for chart in charts)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    for place, chart in enumerate(charts):
        parts.append(f'<g transform="translate({place * WIDTH} 0)">{"".join(_chart(chart))}</g>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _chart(chart: Chart):
    values = [value for line in [*chart.lines.values(), list(chart.marks.values())] for value in line if value is not None]
    top = nice_ceiling(max(values, default=1))
    left, right, bottom = MARGIN, WIDTH - 16, HEIGHT - 40
    step = (right - left) / max(1, len(chart.x_labels) - 1)

    def x(index):
        return left + index * step

    def y(value):
        return bottom - (bottom - TOP) * value / top

    yield f'<text x="{left}" y="18" font-weight="bold">{escape(chart.title)}</text>'
    for share in (0, 0.25, 0.5, 0.75, 1):
        level = y(top * share)
        yield f'<line x1="{left}" x2="{right}" y1="{level:.1f}" y2="{level:.1f}" stroke="#d0d7de"/>'
        yield f'<text x="{left - 6}" y="{level + 4:.1f}" text-anchor="end">{top * share:,.4g}</text>'
    yield f'<text x="6" y="{TOP - 2}" fill="#57606a">{escape(chart.y_unit)}</text>'
    for index, label in enumerate(chart.x_labels):
        yield f'<text x="{x(index):.1f}" y="{bottom + 18}" text-anchor="middle">{escape(label)}</text>'
    for number, (name, line) in enumerate([*chart.lines.items(), *chart.marks.items()]):
        colour = COLOURS[number % len(COLOURS)]
        if name in chart.lines:
            points = [(x(index), y(value)) for index, value in enumerate(line) if value is not None]
            dash = ""
        else:
            points, dash = [(left, y(line)), (right, y(line))], ' stroke-dasharray="5 4"'
        yield f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
        yield from (f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points if name in chart.lines)
        at = HEIGHT + 24 * number
        yield f'<line x1="{left}" x2="{left + 20}" y1="{at}" y2="{at}" stroke="{colour}" stroke-width="2"{dash}/>'
        yield f'<text x="{left + 26}" y="{at + 4}">{escape(name)}</text>'
