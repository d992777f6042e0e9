"""How Sphinx builds this documentation: ``sphinx-build -W --keep-going -b html docs docs/_build/html``."""

from __future__ import annotations

import sys
from pathlib import Path

from globus_transport import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "globus_transport"
copyright = "the authors of globus_transport"
release = version = __version__

extensions = ["sphinx.ext.autodoc", "myst_parser", "sphinx_copybutton"]
extensions += ["reference", "machine_names", "differences", "sandbox_routes", "line_breaks"]
exclude_patterns = ["_build", "_ext", "examples/own_service/README.md"]
nitpicky = True
# Names of the standard library, and type variables, have no entry to link to.
nitpick_ignore_regex = [
    ("py:.*", r"(collections|datetime|typing|uuid)\..*"),
    ("py:obj", r"globus_transport\..*\.[A-Z]"),
]

html_theme = "furo"
html_title = f"globus_transport {release}"
html_static_path = ["_static"]
html_css_files = ["layout.css"]
html_copy_source = False
html_show_sourcelink = False
# The prompt of a shell or of Python, and what a program prints, are not copied.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# Pages write :class:`Stack` for the name in the package.
rst_prolog = ".. py:currentmodule:: globus_transport\n"
add_module_names = False
python_maximum_signature_line_length = 100
toc_object_entries_show_parents = "hide"

autodoc_typehints_format = "short"
# These names say more than the types that they stand for.
autodoc_type_aliases = {
    name: name
    for name in (
        "AnyAuthorizer",
        "AnyMiddleware",
        "AsyncSend",
        "Flow",
        "LayerLike",
        "Middleware",
        "ScopesLike",
        "Send",
        "Steps",
    )
}
autodoc_member_order = "bysource"
