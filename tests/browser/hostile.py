"""What somebody may try to send from Python to a page: drawings and texts, each with what it attacks.

HIT is a call that a test would notice, AT/ another origin that would notice a visit. Each goes to a page as a
drawing, and as every kind of text.
"""

from __future__ import annotations

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
XHTML = "http://www.w3.org/1999/xhtml"


def svg(inside: str, attributes: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" {attributes}>{inside}</svg>'


def html(inside: str) -> str:
    return svg(f'<foreignObject width="9" height="9"><div xmlns="{XHTML}">{inside}</div></foreignObject>')


SHAPES = '<rect width="9" height="9"'

DRAWINGS = {
    # scripts
    "script in a drawing": svg("<script>HIT</script>"),
    "script of a type of its own": svg('<script type="application/ecmascript">HIT</script>'),
    "script as CDATA": svg("<script><![CDATA[HIT]]></script>"),
    "script from a data: address": svg('<script href="data:text/javascript,HIT"/>'),
    "script from another origin": svg('<script href="AT/script.js"/>'),
    "script by xlink": svg('<script xlink:href="AT/xlink.js"/>', XLINK),
    "script by a prefix of the right namespace": '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:script>HIT</s:script></s:svg>',
    "script of XHTML": svg(f'<h:script xmlns:h="{XHTML}">HIT</h:script>'),
    "script deep in allowed groups": svg("<g><g><g><script>HIT</script></g></g></g>"),
    "script in a title": svg("<title><script>HIT</script></title>"),
    "script in a text": svg("<text>a<script>HIT</script>b</text>"),
    # event attributes
    "onload of the root": svg("", 'onload="HIT"'),
    "onload of a group": svg('<g onload="HIT"/>'),
    "onclick of a part that can be pointed at": svg(f'{SHAPES} data-set="seed=1" onclick="HIT"/>'),
    "onfocus with tabindex and autofocus": svg(f'{SHAPES} onfocus="HIT" tabindex="0" autofocus=""/>'),
    "onpointerover of a shape": svg(f'{SHAPES} onpointerover="HIT" onmouseover="HIT"/>'),
    "onbegin of an animation": svg('<animate onbegin="HIT" attributeName="x" dur="1s"/>'),
    "onerror of an image": svg('<image href="x:y" onerror="HIT"/>'),
    "event attribute with capitals": svg("", 'onLoad="HIT" ONLOAD="HIT"'),
    "event attribute with a prefix": svg("<g e:onload='HIT'/>", 'xmlns:e="urn:e"'),
    # addresses
    "link to javascript:": svg(f'<a href="javascript:HIT">{SHAPES}/></a>'),
    "xlink to javascript:": svg(f'<a xlink:href="javascript:HIT">{SHAPES}/></a>', XLINK),
    "javascript: broken up by white space": svg('<a href="java&#10;script:HIT"><text>x</text></a>'),
    "javascript: with characters before": svg('<a href="&#1;javascript:HIT"><text>x</text></a>'),
    "use of another file": svg('<use href="AT/use.svg#a"/>'),
    "use of a data: file": svg(
        f'<use xlink:href="data:image/svg+xml,{svg("<script>HIT</script>", "id=%27a%27")}#a"/>'.replace(
            'xmlns="', "xmlns='"
        ).replace('2000/svg" viewBox="0 0 9 9"', "2000/svg'"),
        XLINK,
    ),
    "image of another origin": svg('<image href="AT/image.png" width="9" height="9"/>'),
    "filter with an image of another origin": svg(
        f'<filter id="f"><feImage href="AT/fe.png"/></filter>{SHAPES} filter="url(#f)"/>'
    ),
    "xml:base of another origin": svg('<use href="#a"/>', 'xml:base="AT/base/"'),
    # animations that set an address
    "animate an address": svg('<a><animate attributeName="href" values="javascript:HIT"/><text>x</text></a>'),
    "set an address": svg('<a><set attributeName="href" to="javascript:HIT"/><text>x</text></a>'),
    "set an event attribute": svg('<set attributeName="onmouseover" to="HIT"/>'),
    "animate the address of another part": svg(
        '<a id="q"/><animate href="#q" attributeName="href" to="javascript:HIT"/>'
    ),
    "handler element": svg(
        '<handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">HIT</handler>'
    ),
    # styles
    "style that imports": svg("<style>@import 'AT/style.css';</style>"),
    "style with a background": svg("<style>* { background: url(AT/background) }</style>"),
    "style for the whole page": svg("<style>body { display: none }</style>"),
    "style attribute with an address": svg(f'{SHAPES} style="fill: url(AT/fill.svg#a)"/>'),
    "fill with an address": svg(f'{SHAPES} fill="url(AT/fill.svg#a)"/>'),
    "fill with an escaped address": svg(f'{SHAPES} fill="\\75rl(AT/escaped#a)"/>'),
    "fill with an address and spaces": svg(f'{SHAPES} fill="url  (  //127.0.0.1/relative#a)"/>'),
    "fill with a variable that falls back to an address": svg(
        f'{SHAPES} fill="var(--none, url(AT/variable#a))"/>'
    ),
    "fill with a set of images": svg(
        f'{SHAPES} fill="image-set(&quot;AT/set&quot; 1x)" stroke="src(AT/src)"/>'
    ),
    "mask, clip and marker with addresses": svg(
        f'{SHAPES} mask="url(AT/mask#a)" clip-path="url(AT/clip#a)" marker-end="url(AT/m#a)"/>'
    ),
    "cursor with an address": svg(f'{SHAPES} cursor="url(AT/cursor),auto"/>'),
    "font family that ends the declaration": svg('<text font-family="x;background:url(AT/family)">x</text>'),
    "class and id of the page": svg(f'{SHAPES} class="md-search" id="__search" name="demo"/>'),
    "a style sheet before the drawing": f'<?xml-stylesheet href="AT/sheet.css"?>{svg("")}',
    # HTML in a drawing
    "foreign object with an image": html('<img src="x:y" onerror="HIT"/>'),
    "foreign object with a frame": html('<iframe src="javascript:parent.HIT"></iframe>'),
    "foreign object with a document in a frame": html(
        '<iframe srcdoc="&lt;script>parent.HIT&lt;/script>"></iframe>'
    ),
    "foreign object with a form": html(
        '<form action="AT/form"><button autofocus="" onfocus="HIT">x</button></form>'
    ),
    "foreign object with an object": html('<object data="AT/object"></object><embed src="AT/embed"/>'),
    "foreign object with media": html('<video src="AT/video" onerror="HIT"><source onerror="HIT"/></video>'),
    "foreign object with a refresh": html('<meta http-equiv="refresh" content="0;url=AT/refresh"/>'),
    "foreign object with a base": html('<base href="AT/base/"/>'),
    "foreign object with a template": html(
        '<template shadowrootmode="open"><img src="x:y" onerror="HIT"/></template>'
    ),
    "foreign object with details": html('<details open="" ontoggle="HIT"><summary>x</summary></details>'),
    "MathML with an address": svg(
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext href="javascript:HIT">x</mtext></math>'
    ),
    "MathML that annotates with HTML": svg(
        '<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:annotation-xml encoding="text/html">'
        f'<img xmlns="{XHTML}" src="x:y" onerror="HIT"/></m:annotation-xml></m:math>'
    ),
    "HTML that claims to be a drawing": f'<svg xmlns="{XHTML}"><img src="x:y" onerror="HIT"/></svg>',
    "a drawing of no namespace": '<svg onload="HIT"><script>HIT</script></svg>',
    "an element that another namespace calls svg": '<x:svg xmlns:x="urn:x" onload="HIT"/>',
    "no drawing": f'<html xmlns="{XHTML}"><body onload="HIT"/></html>',
    # what a parser makes of it, and then another one
    "a title that HTML would read otherwise": svg('<title><img src="x:y" onerror="HIT"/></title>'),
    "a title that closes itself when written out": svg(
        "<title>&lt;/title>&lt;img src=x:y onerror=HIT></title>"
    ),
    "a style that hides the end of a comment": svg(
        '<style>&lt;!--</style><img title="--&gt;&lt;img src=x:y onerror=HIT&gt;"/>'
    ),
    "desc and metadata with HTML": svg(
        f'<desc><p xmlns="{XHTML}" onclick="HIT">x</p></desc><metadata><script>HIT</script></metadata>'
    ),
    "CDATA that looks like markup": svg("<text><![CDATA[</text><script>HIT</script>]]></text>"),
    "a comment that looks like markup": svg("<!--><script>HIT</script>-->"),
    "unclosed": '<svg xmlns="http://www.w3.org/2000/svg"><g><script>HIT</script>',
    "an error of the parser, quoted": '<svg xmlns="http://www.w3.org/2000/svg"><img src=x:y onerror=HIT></svg>',
    "a null byte in a name": svg("<scr\0ipt>HIT</scr\0ipt>"),
    "a null byte in a value": svg(f'{SHAPES} fill="red\0" on\0load="HIT"/>'),
    "a byte order mark and spaces before": "\ufeff \n" + svg("<script>HIT</script>"),
    "letters of full width": svg("<ｓｃｒｉｐｔ>HIT</ｓｃｒｉｐｔ>") + "",
    "a long s and a Kelvin sign": svg("<ſcript>HIT</ſcript><a href='javaſcript:HIT'/>"),
    "text that turns the order round": svg("<text>\u202e&lt;script>HIT&lt;/script>\u202c</text>"),
    # entities
    "an entity with markup": '<!DOCTYPE svg [<!ENTITY x "<script>HIT</script>">]>' + svg("&x;"),
    "an entity from a file": '<!DOCTYPE svg [<!ENTITY x SYSTEM "AT/entity">]>' + svg("<text>&x;</text>"),
    "a DTD of another origin": '<!DOCTYPE svg SYSTEM "AT/dtd">' + svg(""),
    "an attribute by default of a DTD": '<!DOCTYPE svg [<!ATTLIST svg onload CDATA "HIT">]>' + svg(""),
    "an entity that grows (a billion laughs)": "<!DOCTYPE svg [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 10))
    + "]>"
    + svg("<text>&a9;</text>"),
    # what pointing at a part sets
    "data-set with markup": svg(f'{SHAPES} data-set="seed=&lt;img src=x:y onerror=HIT&gt;"/>'),
    "data-set with a prototype": svg(f'{SHAPES} data-set="__proto__=1,constructor=2,toString=3"/>'),
    "data-set that would be a selector": svg(f'{SHAPES} data-set="seed=1&quot;],script,[x=&quot;"/>'),
    "data-set out of range": svg(f'{SHAPES} data-set="seed=1e999,steps=-5,gap=NaN,incoming=constructor"/>'),
    "data-set that is long": svg(f'{SHAPES} data-set="{"seed=1," * 20_000}"/>'),
    "data attributes of the page's own": svg(
        f'{SHAPES} data-control="seed" data-demo="x" data-md-component="search" data-mounted=""/>'
    ),
    "a part's title with markup": svg(
        f'{SHAPES} data-set="seed=3"><title>"&gt;&lt;img src=x:y onerror=HIT&gt;</title></rect>'
    ),
    "attributes that screen readers obey": svg(
        f'{SHAPES} role="alert" aria-live="assertive" aria-label="x" tabindex="1"/>'
    ),
    # too much
    "nested deeply": svg("<g>" * 3000 + "</g>" * 3000),
    "very many parts": svg(f"{SHAPES}/>" * 20_000),
    "very many parts in few letters": svg("<g/>" * 20_000),
    "a very long attribute": svg(f'<path d="{"M0 0h1" * 200_000}"/>'),
    "a very long text": svg(f"<text>{'x' * 600_000}</text>"),
    "a pattern that makes a search slow": svg(f'<g transform="{"scale(1) " * 20_000}x"/>'),
}

TEXTS = {
    "script": "<script>HIT</script>",
    "image with a handler": "<img src=x:y onerror=HIT>",
    "a drawing with a handler": "<svg/onload=HIT>",
    "image of another origin": "<img src=AT/text-image>",
    "end of an attribute": '"><img src=x:y onerror=HIT>',
    "end of a quoted attribute": "' autofocus onfocus='HIT",
    "end of the table": "</td></tr></table><script>HIT</script>",
    "end of a text area": "</textarea><script>HIT</script>",
    "end of a title and a style": "</title></style></script><img src=x:y onerror=HIT>",
    "end of preformatted text": "</pre><iframe srcdoc='<script>parent.HIT</script>'></iframe>",
    "markup by entities": "&lt;img src=x:y onerror=HIT&gt;&#60;script&#62;HIT&#60;/script&#62;",
    "javascript: as a text": "javascript:HIT",
    "style": "<style>@import 'AT/text.css'</style><p style='background:url(AT/text-style)'>",
    "refresh": "<meta http-equiv=refresh content='0;url=AT/text-refresh'>",
    "template expressions": "{{constructor.constructor('HIT')()}} ${HIT} <%= HIT %>",
    "null bytes": "<scr\0ipt>HIT</scr\0ipt>\0",
    "characters that turn the order round": "\u202e<img src=x:y onerror=HIT>\u2066\u2069",
    "half of a pair of surrogates": "\\ud800<img src=x:y onerror=HIT>",
    "very many accents on one letter": "Z" + "\u0301" * 5000,
    "control characters": "".join(map(chr, range(32))) + "<b>",
    "colours of a terminal, with a link": "\x1b]8;;javascript:HIT\x07x\x1b]8;;\x07\x1b[31m<img src=x:y onerror=HIT>",
    "a mutated drawing": '<svg></p><style><a id="</style><img src=x:y onerror=HIT>">',
    "a mutated formula": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x:y onerror=HIT&gt;">',
    "noscript": "<noscript><p title='</noscript><img src=x:y onerror=HIT>'>",
    "an object in place of a text": {"innerHTML": "<img src=x:y onerror=HIT>"},
    "a list in place of a text": ["<img src=x:y onerror=HIT>"],
    "nothing in place of a text": None,
}
