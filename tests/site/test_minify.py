"""What is taken out of a finished page: nothing that a reader sees."""

from __future__ import annotations

from convlens_site.publish.minify import minify


def test_a_lean_page_has_the_same_words_and_its_code_the_same_lines():
    spans = '<span class="k">if</span> <span class="n">a</span><span class="p">:</span>'
    script = "<script>\n\n  run()</script>"
    page = (
        f"<p>\n    Two\n\n    words</p>\n   <pre><span></span><code>  {spans}\n\n    x</code></pre>\n{script}"
    )
    code = '<pre><code>  <span class="k">if</span> a:\n\n    x</code></pre>'
    assert minify(page) == f"<p>\nTwo\nwords</p>\n{code}\n{script}"


def test_the_pieces_of_a_string_become_one_and_a_name_in_it_keeps_its_colour():
    pieces = [
        ("s2", "&quot;a "),
        ("si", "{"),
        ("n", "b"),
        ("si", ":"),
        ("s2", ".2f"),
        ("si", "}"),
        ("s2", "&quot;"),
    ]
    code = "".join(f'<span class="{kind}">{text}</span>' for kind, text in pieces)
    one = '<span class="s2">&quot;a {</span>b<span class="si">:.2f}&quot;</span>'
    assert minify(f"<pre><code>{code}</code></pre>") == f"<pre><code>{one}</code></pre>"
