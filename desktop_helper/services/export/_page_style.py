"""How an exported page looks: paper and ink, the question in a bubble, the answer on the page."""

STYLE = """
:root { color-scheme: light dark; --page: #fbfbfa; --sunken: #f3f2ef; --bubble: #e9ecfb;
  --text: #1d1c1a; --dim: #6f6c66; --line: #e5e3de; --accent: #3f57d6; }
@media (prefers-color-scheme: dark) { :root { --page: #191918; --sunken: #131312; --bubble: #2a2f4e; --text: #eceae5;
  --dim: #a09d96; --line: #34332f; --accent: #93a3ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font-size: 15px; line-height: 1.55;
  font-family: system-ui, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 40px 16px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
.when, .note, figcaption, summary { color: var(--dim); font-size: 12.5px; }
.when { margin: 4px 0 24px; }
section { margin: 0 0 24px; overflow-wrap: anywhere; }
section.user { background: var(--bubble); border-radius: 12px; padding: 12px 16px; width: fit-content; max-width: 85%;
  margin-left: auto; }
section > h2:first-child { font-size: 12.5px; font-weight: 600; color: var(--dim); margin: 0 0 4px; }
section > :last-child { margin-bottom: 0; }
section h1, section h2, section h3 { font-size: 16px; }
.plain { white-space: pre-wrap; margin: 0; }
a { color: var(--accent); }
figure { margin: 8px 0; }
img { max-width: 100%; height: auto; border-radius: 8px; border: 1px solid var(--line); }
pre { overflow-x: auto; padding: 12px; border-radius: 8px; border: 1px solid var(--line); background: var(--sunken);
  white-space: pre-wrap; }
code, pre { font-size: 13px; font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono",
  monospace; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid var(--line); padding: 4px 8px; text-align: start; }
blockquote { margin: 0; padding-left: 16px; border-left: 3px solid var(--line); color: var(--dim); }
details { margin: 8px 0; }
@media print { figure, pre { break-inside: avoid; } }
"""
