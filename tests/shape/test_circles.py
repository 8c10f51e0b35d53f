"""No modules import each other in a circle."""

from graphlib import TopologicalSorter

import grimp


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("domain", "application", "adapters", "entrypoints", cache_dir=None)
    assert len(graph.modules) > 300
    imports = {each: graph.find_modules_directly_imported_by(each) for each in graph.modules}
    # Names the circle in the error that it raises.
    TopologicalSorter(imports).prepare()
