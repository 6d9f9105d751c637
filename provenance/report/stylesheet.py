"""How the page looks: calm, legible on a screen in light and dark, and on paper.

Colour never carries a meaning alone: every coloured thing has its word beside it. System typefaces
only; nothing is loaded. The page's security policy names the SHA-256 of this very text.
"""

from typing import Final

CSS: Final = """
:root{color-scheme:light dark;--paper:#fcfbf8;--card:#fff;--ink:#1b1c1e;--soft:#55585e;
--rule:#dcd8cf;--hair:#ebe7de;--for:#1f5a8c;--against:#a8431a;--note:#fdf3d8;--note-edge:#c99a2e;
--warn:#fbe6df;--warn-edge:#a8431a;--ok:#2f6b3c}
@media (prefers-color-scheme:dark){:root{--paper:#16181b;--card:#1d2024;--ink:#e9e7e2;
--soft:#a6a8ac;--rule:#3a3d42;--hair:#2b2e33;--for:#7db7ea;--against:#f0976a;--note:#332c17;
--note-edge:#c99a2e;--warn:#3a221a;--warn-edge:#f0976a;--ok:#86c795}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);
font:17px/1.55 Charter,"Bitstream Charter","Iowan Old Style","Source Serif 4","Noto Serif",Georgia,
Cambria,serif;overflow-wrap:anywhere}
main,header.cover,footer{max-width:60rem;margin:0 auto;padding:0 1.5rem}
h1,h2,h3,h4{line-height:1.2;font-weight:700;text-wrap:balance;break-after:avoid}
h2{font-size:1.5rem;margin:3.2rem 0 .9rem;padding-top:.9rem;border-top:3px solid var(--ink)}
h3{font-size:1.13rem;margin:2rem 0 .5rem}
h4{margin:1.4rem 0 .2rem;font-size:1rem}
p{margin:.5rem 0 .9rem;max-width:42rem}
p,li,dd{text-wrap:pretty}
.sans,table,nav,.kicker,.meta,.chip,.notice,figcaption,.cols,.small,footer{
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif}
a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:.15em}
a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--for);outline-offset:2px}
code,pre,.hex{font-family:ui-monospace,"SF Mono",SFMono-Regular,Consolas,"DejaVu Sans Mono",
"Liberation Mono",monospace;font-size:.82em}
.hex{word-break:break-all}
pre{background:var(--card);border:1px solid var(--rule);border-radius:4px;padding:.8rem 1rem;
white-space:pre-wrap;margin:.5rem 0 1rem;line-height:1.5}
.soft,.absent{color:var(--soft)}
.absent{font-style:italic}
.small{font-size:.82rem}
.num{font-variant-numeric:tabular-nums;white-space:nowrap}
.pre{white-space:pre-line}
.kicker{display:flex;flex-wrap:wrap;gap:.3rem 1rem;justify-content:space-between;font-size:.8rem;
letter-spacing:.04em;color:var(--soft);border-bottom:1px solid var(--rule);padding:1.4rem 0 .7rem}
.kicker strong{color:var(--ink);text-transform:uppercase;letter-spacing:.09em}
.for-whom{border:1.5px solid currentColor;border-radius:3px;padding:0 .5em;color:var(--ink)}
.eyebrow{font-size:.95rem;color:var(--soft);margin:2.4rem 0 .4rem}
h1{font-size:clamp(2rem,5.4vw,3.3rem);letter-spacing:-.012em;line-height:1.07;margin:.1rem 0 1rem;
max-width:50rem}
.turns{list-style:none;margin:0 0 1.2rem;padding:0;font-size:1.13rem;max-width:46rem}
.turns li{display:inline}
.turns li+li::before{content:" · ";color:var(--soft)}
.wording{font-size:1.2rem;border-left:3px solid var(--ink);padding-left:1rem;margin:1.2rem 0}
.signed{margin:.4rem 0 1.2rem}
.meta{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.9rem 1.6rem;
margin:1.8rem 0 0;padding:1.1rem 0;border-top:1px solid var(--rule);font-size:.86rem;
border-bottom:1px solid var(--rule)}
.meta dt,dl.facts dt{color:var(--soft);font-size:.78rem;letter-spacing:.02em}
.meta dd,dl.facts dd{margin:.05rem 0 0}
.meta .wide{grid-column:1/-1}
nav{font-size:.88rem;break-inside:avoid;margin:1.2rem 0 0}
nav ol{columns:3 15rem;margin:.3rem 0;padding-left:0;list-style:none}
nav li{margin:0;padding:.16rem 0;break-inside:avoid}
nav .n{display:inline-block;width:1.7em;color:var(--soft)}
.notice{background:var(--note);border-left:4px solid var(--note-edge);padding:.7rem 1rem;
margin:1rem 0;font-size:.92rem;max-width:46rem}
.notice.loud{background:var(--warn);border-color:var(--warn-edge)}
.notice p{margin:.15rem 0}
ul.plain{padding-left:1.2rem;margin:.4rem 0 1rem;max-width:44rem}
ul.plain li{margin:.25rem 0}
.scroll{overflow-x:auto;margin:.6rem 0 1.2rem}
table{border-collapse:collapse;width:100%;font-size:.86rem;line-height:1.42}
caption{text-align:left;color:var(--soft);padding:.2rem 0 .5rem;font-size:.82rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .8rem .5rem 0;
border-bottom:1px solid var(--hair)}
thead th{border-bottom:1.5px solid var(--ink);font-weight:600;font-size:.78rem;white-space:nowrap;
color:var(--soft)}
tbody th{font-weight:600}tbody th:has(div){min-width:6.6rem}
tr{break-inside:avoid}
.chip{display:inline-block;border:1px solid currentColor;border-radius:3px;padding:.02em .45em;
font-size:.76rem;font-weight:600;letter-spacing:.02em;margin:.1em .3em .1em 0;white-space:nowrap}
.chip.for{color:var(--for)}.chip.against{color:var(--against)}.chip.flag{color:var(--soft)}
.chip.bad{color:var(--warn-edge)}.chip.ok{color:var(--ok)}
.facet{break-inside:avoid;border-top:1px solid var(--rule);padding:1.1rem 0 .7rem;display:grid;
grid-template-columns:minmax(0,19rem) minmax(0,1fr);gap:.2rem 2rem}
.facet h3{margin:0;font-size:1.1rem}
.facet .label{font-size:.8rem;font-weight:700;letter-spacing:.05em;margin:.25rem 0 .35rem}
.facet p{margin:.2rem 0 .5rem}
.facet .why{padding-left:1.1rem;margin:0;font-size:.97rem}
.facet .why li{margin:.2rem 0}
.cols{display:flex;justify-content:space-between;font-size:.78rem;max-width:244px;
margin-top:.15rem;gap:1rem}
.cols .l{color:var(--against)}.cols .r{color:var(--for);text-align:right}
.cols b{display:block}
svg{display:block;max-width:100%;height:auto}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif;
fill:var(--ink)}
svg .lane{font-weight:600}svg .dim{fill:var(--soft)}svg .in{fill:var(--paper);font-weight:700;
font-size:10px}
svg .axis{stroke:var(--ink);stroke-width:1.5}svg .hair{stroke:var(--rule)}
svg .break{stroke:var(--soft);stroke-dasharray:2 4}
svg .off{fill:none;stroke:var(--rule);stroke-width:1.2}
svg .for{fill:var(--for)}svg .against{fill:var(--against)}svg .ink{fill:var(--ink)}
svg .mixed{fill:var(--soft)}svg .open{fill:none;stroke:var(--soft);stroke-width:1.8}
svg .bad{fill:var(--warn-edge)}
figure{margin:1rem 0 1.4rem;break-inside:avoid}
figure .scroll svg{min-width:44rem}
figcaption{font-size:.82rem;color:var(--soft);max-width:46rem}
.card{background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:1rem 1.2rem;
margin:1rem 0 1.4rem;break-inside:avoid}
.card h3{margin-top:.1rem}
.card.long{break-inside:auto}
.word{font-size:1.2rem;font-weight:700;margin:.2rem 0 .5rem;line-height:1.35}
dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.7rem 1.4rem;
font-size:.88rem;margin:.7rem 0 1rem;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}
dl.facts .wide{grid-column:1/-1}
.quote{font-style:italic}
.template{border:1px dashed var(--soft);padding:1rem 1.3rem;margin:1rem 0}
.blank{color:var(--soft)}
footer{margin-top:3.5rem;padding-top:1rem;padding-bottom:3rem;border-top:1px solid var(--rule);
font-size:.8rem;color:var(--soft)}
@media (max-width:42rem){body{font-size:16px}.facet{grid-template-columns:1fr}
main,header.cover,footer{padding:0 1rem}}
@media print{:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#bbb;
--hair:#ddd;--for:#1f5a8c;--against:#a8431a;--note:#fff;--warn:#fff;--note-edge:#8a6a1c;
--warn-edge:#a8431a;--ok:#2f6b3c}
body{font-size:10.5pt}main,header.cover,footer{max-width:none;padding:0}
h1{font-size:27pt}h2{font-size:15pt;margin-top:20pt}.scroll{overflow:visible}
figure .scroll svg{min-width:0}table{font-size:8.5pt}thead{display:table-header-group}
a{text-decoration:none}svg{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.facet{grid-template-columns:14rem 1fr}}
@page{margin:17mm 15mm 19mm}
@page{@bottom-right{content:counter(page) " / " counter(pages);font:8pt sans-serif}}
"""
