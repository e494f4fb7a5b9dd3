"""A notebook that tries to run scripts, to load things and to cover the page, in every part that a page shows.

Whatever runs calls ``ran(name)``; whatever loads asks for ``BEACON/name``.
"""

import json
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HONEST_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="red"/></svg>'
)
RAN = "window.ran=(window.ran||[]).concat('{0}');document.title='intruded';new Image().src='BEACON/ran-{0}'"


def _markup() -> dict[str, str]:
    """HTML that attacks wherever a page takes it as it is, by name."""
    forms = {
        "script": "<script>JS</script>",
        "script-src": '<script src="BEACON/script-src"></script>',
        "onerror": '<img src="data:," onerror="JS">',
        "svg": '<svg onload="JS"></svg>',
        "svg-script": "<svg><script>JS</script></svg>",
        "srcdoc": '<iframe srcdoc="<script>parent.JS</script>"></iframe>',
        "frame-script": '<iframe src="javascript:parent.JS"></iframe>',
        "link": '<a href="javascript:JS">click me</a>',
        "entity-link": '<a href="&#106;ava&#10;script:JS">click me</a>',
        "toggle": '<details open ontoggle="JS"><summary>s</summary></details>',
        "import": "<style>@import url(BEACON/import);</style>",
        "stylesheet": '<link rel="stylesheet" href="BEACON/stylesheet">',
        "refresh": '<meta http-equiv="refresh" content="0;url=BEACON/refresh">',
        "form": '<form action="BEACON/form"><input autofocus onfocus="JS"><button>click me</button></form>',
        "image": '<img src="BEACON/image">',
        "relative-image": '<img src="../../../../formgrader?path=evil">',
        "background": '<div style="background:url(BEACON/background)">text</div>',
        "bullet": '<ul><li style="list-style:url(BEACON/bullet)">text</li></ul>',
        "video": '<video src="BEACON/video" poster="BEACON/poster" onerror="JS"></video>',
        "object": '<object data="BEACON/object"></object><embed src="BEACON/embed">',
        "mutation": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=JS&gt;">',
        "noscript": '<noscript><p title="</noscript><img src=data:, onerror=JS>"></noscript>',
        "marquee": '<marquee onstart="JS">text</marquee>',
        "body": '</div></div></body><body onload="JS" onpageshow="JS">',
        "overlay": '<div class="modal-backdrop" style="position:fixed;top:0;left:0;width:100%;height:100%">x</div>',
        "margin": '<div class="cover" style="margin-top:-9000px;height:9000px">x</div>',
        "base": '<base href="BEACON/base/">',
        "name": '<input id="test_scale"><div id="explain" class="score comment" data-link="evil">x</div>',
    }
    return {name: form.replace("JS", RAN.format(name)) for name, form in forms.items()}


def hostile_cells(beacon: str) -> list[NotebookNode]:
    """The cells, with honest ones among them."""
    markup = {name: form.replace("BEACON", beacon) for name, form in _markup().items()}
    script = RAN.replace("BEACON", beacon)
    svg = HONEST_SVG.replace(
        "<rect", f"<script>{script.format('svg-output')}</script><image href='{beacon}/in-svg'/><rect"
    )
    outputs: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"application/javascript": script.format("javascript"), "text/plain": "plain"}, {}),
        ({"image/svg+xml": svg}, {}),
        ({"text/markdown": "\n\n".join(markup.values())}, {}),
        (
            {"text/latex": rf"$\href{{javascript:{script.format('latex')}}}{{x}}$" + markup["script"]},
            {},
        ),
        ({"text/html": f"<script>parent.{script.format('isolated')}</script>"}, {"text/html": {"isolated": True}}),
        ({"image/png": PIXEL}, {"image/png": {"width": f"9 onload={script.format('width').replace(' ', '/**/')}"}}),
        ({"image/png": f'{PIXEL}" onload="{script.format("png")}'}, {}),
        ({"image/png": PIXEL}, {"filenames": {"image/png": f"{beacon}/filename"}}),
        ({"application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>" + script.format("widget")}}, {}),
        ({"text/html": "<table border='1' class='dataframe'><tr><th>honest table</th></tr></table>"}, {}),
        ({"image/png": PIXEL}, {"image/png": {"width": 30, "height": 20}}),
    ]
    outputs += [({"text/html": form, "text/plain": name}, {}) for name, form in markup.items()]
    shows = "\n".join(
        f"display(json.loads({json.dumps(d)!r}), metadata=json.loads({json.dumps(m)!r}), raw=True)" for d, m in outputs
    )
    odd = new_markdown_cell("# test_scale\n\n![evil](attachment:a.png)")
    odd["attachments"] = {"a.png": {f'x" onerror="{script.format("attachment")}': PIXEL}}
    honest = (
        "**honest words** and $x^2$ and ![drawn](data:image/png;base64,"
        + PIXEL
        + ")\n\n```python\nprint('honest')\n```"
    )
    fenced = (
        f'```mermaid\n{markup["onerror"]}\n```\n\n```x"><img src=data:, onerror={script.format("fence")}>\ncode\n```'
    )
    return [
        new_markdown_cell(honest),
        *[new_markdown_cell(form) for form in markup.values()],
        new_markdown_cell(f"[click me](javascript:{script.format('markdown-link')}) ![]({beacon}/markdown-image)"),
        new_markdown_cell(fenced),
        odd,
        *[new_raw_cell(form, metadata={"raw_mimetype": "text/html"}) for form in markup.values()],
        new_code_cell(f"import json\nfrom IPython.display import display\n{shows}"),
        new_code_cell(f"raise type({markup['onerror']!r}, (Exception,), {{}})('\\x1b[31m' + {markup['script']!r})"),
        new_code_cell(
            f"print({markup['script']!r})", metadata={"magics_language": markup["onerror"], "tags": ['x" y']}
        ),
    ]


def hostile_metadata(beacon: str) -> dict[str, Any]:
    """Metadata of a notebook that end up in a page."""
    evil = f'"><img src="data:," onerror="{RAN.format("metadata").replace("BEACON", beacon)}">'
    state = {"application/vnd.jupyter.widget-state+json": {"state": {}, "x": "</script>" + evil}}
    return {"title": evil, "widgets": state, "language_info": {"name": evil, "pygments_lexer": evil}}
