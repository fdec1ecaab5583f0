/** The look of the report: light and dark, in colours that the colour-blind tell apart. */

/** After Okabe and Ito; `--c1` to `--c7` are series, each with a dash of its own as a line. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fff; --ink: #1a1d21; --quiet: #5c6570; --rule: #e3e6ea; --axis: #9aa2ac;
  --c1: #0072b2; --c2: #d55e00; --c3: #008a63; --c4: #a8477e; --c5: #b37700; --c6: #3b93c9;
  --c7: #5c6570;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --ink: #e4e7eb; --quiet: #9aa4af; --rule: #2a2f35; --axis: #5f6974;
    --c1: #56a8de; --c2: #f08a4b; --c3: #3cc19a; --c4: #dd8fbb; --c5: #e6b33f; --c6: #9bd0f2;
    --c7: #9aa4af;
  }
}

* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 28px 24px 48px; max-width: 1280px;
  background: var(--page); color: var(--ink);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
h1 { font-size: 22px; line-height: 1.25; margin: 0 0 4px; font-weight: 600; }
h2 {
  font-size: 16px; font-weight: 600;
  margin: 36px 0 10px; padding-top: 10px; border-top: 1px solid var(--rule);
}
h3 { font-size: 14px; margin: 0 0 4px; font-weight: 600; }
p { margin: 4px 0 10px; max-width: 105ch; }
.quiet, figcaption { color: var(--quiet); }
figure { margin: 0; min-width: 0; }
figcaption { font-size: 12.5px; line-height: 1.45; margin-top: 4px; max-width: 80ch; }

.pair {
  display: grid; grid-template-columns: repeat(2, minmax(0, 1fr));
  gap: 28px 40px; align-items: start;
}
.fans {
  display: grid; grid-template-columns: repeat(6, minmax(0, 1fr));
  gap: 14px 16px; margin-bottom: 4px;
}
.facts {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(185px, 1fr));
  gap: 12px 24px; margin: 18px 0 0;
}
.facts div { border-top: 2px solid var(--rule); padding-top: 6px; }
.facts dt { color: var(--quiet); font-size: 12.5px; }
.facts dd { margin: 0; font-size: 18px; font-variant-numeric: tabular-nums; }
.facts dd small { display: block; font-size: 12.5px; color: var(--quiet); }
.figures { columns: 3; column-gap: 40px; }
.figures section { break-inside: avoid; margin-bottom: 18px; }
@media (max-width: 1000px) {
  .pair { grid-template-columns: minmax(0, 1fr); }
  .fans { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .figures { columns: 2; }
}

table {
  border-collapse: collapse; width: 100%;
  font-variant-numeric: tabular-nums; font-size: 12.5px;
}
th, td {
  padding: 3px 0 3px 8px; text-align: right;
  border-bottom: 1px solid var(--rule); white-space: nowrap;
}
th { font-weight: 500; color: var(--quiet); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
.scroll { overflow-x: auto; }
.wide { margin-bottom: 18px; }
.figures td, .digests td { white-space: normal; overflow-wrap: anywhere; }
.digests td:last-child {
  font-family: ui-monospace, SFMono-Regular, Consolas, monospace; font-size: 12px;
  text-align: left;
}

svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 11px; fill: var(--quiet); font-variant-numeric: tabular-nums; }
svg .note { fill: var(--ink); }
.key {
  display: inline-block; width: 26px; height: 7px; margin-right: 7px;
  vertical-align: middle; overflow: visible;
}
.legend {
  display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 4px; padding: 0;
  list-style: none; font-size: 12.5px; color: var(--quiet);
}

.grid path { stroke: var(--rule); }
.ticks path, .axis { stroke: var(--axis); }
.zero { stroke: var(--axis); stroke-dasharray: 2 3; fill: none; }
.line { fill: none; stroke: var(--c); stroke-width: 1.6; stroke-linejoin: round; }
.dashed { stroke-dasharray: var(--dash, none); }
.thin { stroke-width: 1; }
.hair { stroke-width: .7; opacity: .55; }
.soft { opacity: .4; }
.area, .dot { fill: var(--c); }
.half { opacity: .45; }
.faint { opacity: .22; }
.fainter { opacity: .16; }
.ink { --c: var(--ink); }
.mute { --c: var(--axis); }
.c1 { --c: var(--c1); }
.c2 { --c: var(--c2); --dash: 7 3; }
.c3 { --c: var(--c3); --dash: 2 2; }
.c4 { --c: var(--c4); --dash: 9 3 2 3; }
.c5 { --c: var(--c5); --dash: 4 2; }
.c6 { --c: var(--c6); --dash: 3 3; }
.c7 { --c: var(--c7); --dash: 12 4; }
`;
