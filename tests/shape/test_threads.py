"""Work in threads is started by one tool, which waits for it after a cancellation."""

import ast
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src"
TOOL = SRC / "application" / "concurrency" / "threads.py"
BARE = {"to_thread", "run_in_executor", "ThreadPoolExecutor", "Thread", "start_new_thread"}
"""Names by which other tools start threads."""
ALLOWED = {
    # One for each program that runs; asyncio would start it otherwise.
    "adapters/cage/child.py": {"Thread"},
    # It watches the end of the process, and must run when the event loop does not.
    "entrypoints/exit_deadline.py": {"Thread"},
    # A browser may be a program that ends only when it is left; nobody waits for it.
    "entrypoints/cli/serve.py": {"Thread"},
}


def names_in(tree: ast.Module) -> set[str]:
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    plain = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imported = {
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }
    return attributes | plain | imported


def bare_in(source: str) -> set[str]:
    return names_in(ast.parse(source)) & BARE


def test_no_other_module_starts_threads() -> None:
    found = {
        path.relative_to(SRC).as_posix(): bare
        for path in SRC.rglob("*.py")
        if path != TOOL and (bare := bare_in(path.read_text()))
    }
    assert {name: bare - ALLOWED.get(name, set()) for name, bare in found.items()} == {
        name: set() for name in found
    }
    assert {name: ALLOWED[name] for name in ALLOWED if name in found} == ALLOWED


def test_a_bare_thread_is_found() -> None:
    assert bare_in("import asyncio\nasyncio.to_thread(print)") == {"to_thread"}
    assert bare_in("from anyio import to_thread") == {"to_thread"}
    assert bare_in("loop.run_in_executor(None, print)") == {"run_in_executor"}
