"""Circles of files: files of one crate that use each other, directly or over others. `make check` fails where there is
one and prints it."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
USE = re.compile(r"^\s*use\s+([^;]+);", re.M)
REEXPORT = re.compile(r"^pub(?:\([^)]*\))?\s+use\s+([^;]+);", re.M)
PATH = re.compile(r"(?<![\w:])([a-z]\w*(?:::\w+)+)")
# So many re-exports may stand between a name and where it is defined.
STEPS = 5
TESTS = re.compile(r"^#\[cfg\(test\)\]\n(?:#\[[^\n]*\]\n)*mod \w+ \{.*\Z", re.M | re.S)
COMMENT = re.compile(r"//[^\n]*|pub\(in [\w:]+\)")


def modules(src):
    """Module path (a tuple) → file, of one crate's sources."""
    found = {}
    for file in sorted(src.rglob("*.rs")):
        parts = file.relative_to(src).with_suffix("").parts
        if parts[-1] in ("lib", "main", "mod"):
            parts = parts[:-1]
        if file.name == "main.rs" and (src / "lib.rs").exists():
            continue
        found[parts] = file
    return found


def spelled_out(tree):
    """`a::{b, c::{d}}` as `a::b`, `a::c::d`."""
    tree = tree.strip()
    brace = tree.find("{")
    if brace < 0:
        return [re.split(r"\s+as\s+", tree)[0].strip()]
    prefix, inner = tree[:brace], tree[brace + 1 : tree.rfind("}")]
    parts, depth, start = [], 0, 0
    for at, char in enumerate(inner):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if char == "," and depth == 0:
            parts.append(inner[start:at])
            start = at + 1
    parts.append(inner[start:])
    return [prefix + path for part in parts if part.strip() for path in spelled_out(part)]


def named(text):
    """Paths that a file names, in `use` and elsewhere. What it only passes on (`pub use`) it does not use."""
    text = REEXPORT.sub("", TESTS.sub("", COMMENT.sub("", text)))
    for tree in USE.findall(text):
        yield from spelled_out(" ".join(tree.split()))
    yield from PATH.findall(USE.sub("", text))


def aliases(modules):
    """Names that a module imports or re-exports: (module, name) → module they come from. Its children see both."""
    found = {}
    for _ in range(STEPS):
        before, found = found, {}
        for module, file in modules.items():
            text = COMMENT.sub("", file.read_text())
            for tree in REEXPORT.findall(text) + USE.findall(text):
                for path in spelled_out(" ".join(tree.split())):
                    target = resolve(module, path, modules, before)
                    if target is not None:
                        found[(module, path.split("::")[-1])] = target
    return found


def resolve(module, path, modules, known):
    """The module that a path leads to from another module, over re-exports; none when it leads out of the crate."""
    parts = path.split("::")
    if parts[0] == "crate":
        at, parts = (), parts[1:]
    elif parts[0] in ("self", "super"):
        at = module
        while parts and parts[0] in ("self", "super"):
            at = at[:-1] if parts[0] == "super" else at
            parts = parts[1:]
    elif module + (parts[0],) in modules:
        at = module
    else:
        return None
    while parts:
        if at + (parts[0],) in modules:
            at, parts = at + (parts[0],), parts[1:]
        elif (at, parts[0]) in known:
            at, parts = known[(at, parts[0])], parts[1:]
        else:
            break
    return at


def uses(src):
    """Module → modules that it uses. A parent that only declares a child does not use it."""
    found = modules(src)
    known = aliases(found)
    edges = {module: set() for module in found}
    for module, file in found.items():
        for path in named(file.read_text()):
            target = resolve(module, path, found, known)
            if target is not None and target != module:
                edges[module].add(target)
    return edges


def circles(edges):
    """Groups of modules that reach each other (Tarjan), each sorted."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for after in sorted(edges[node]):
            if after not in index:
                visit(after)
                low[node] = min(low[node], low[after])
            elif after in stack:
                low[node] = min(low[node], index[after])
        if low[node] == index[node]:
            group = []
            while True:
                one = stack.pop()
                group.append(one)
                if one == node:
                    break
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return sorted(found)


def show(crate, edges, groups):
    for group in groups:
        print(f"{crate}: " + ", ".join("::".join(one) or "lib" for one in group))
        for one in group:
            for other in sorted(edges[one] & set(group)):
                print(f"    {'::'.join(one) or 'lib'} → {'::'.join(other) or 'lib'}")


def main():
    sys.setrecursionlimit(10_000)
    found = False
    for manifest in sorted(ROOT.glob("*/**/Cargo.toml")):
        crate = manifest.parent
        if "target" in crate.relative_to(ROOT).parts or not (crate / "src").is_dir():
            continue
        name = str(crate.relative_to(ROOT))
        edges = uses(crate / "src")
        groups = circles(edges)
        show(name, edges, groups)
        found = found or bool(groups)
    if not found:
        print("no circles of files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
