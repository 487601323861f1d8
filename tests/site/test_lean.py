"""What is taken out of a finished page: nothing that a reader sees."""

from __future__ import annotations

from convlens_site.lean import lean


def test_a_lean_page_has_the_same_words_and_its_code_the_same_lines():
    spans = '<span class="k">if</span> <span class="n">a</span><span class="p">:</span>'
    script = "<script>\n\n  run()</script>"
    page = (
        f"<p>\n    Two\n\n    words</p>\n   <pre><span></span><code>  {spans}\n\n    x</code></pre>\n{script}"
    )
    code = '<pre><code>  <span class="k">if</span> a:\n\n    x</code></pre>'
    assert lean(page) == f"<p>\nTwo\nwords</p>\n{code}\n{script}"
