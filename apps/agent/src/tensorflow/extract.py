"""Take out of Python wheels what the TensorFlow binding for Node needs, and nothing else.

Usage: extract.py TARGET BINDING WHEEL...
  TARGET/lib      TensorFlow's shared libraries
  TARGET/include  the headers that the C++ sources in BINDING include, and those they include in turn
  TARGET/nvidia   CUDA's libraries, laid out as in the wheels: TensorFlow looks for them beside its own folder

Prints one JSON object a line: {"bytes": done, "total": all}.
"""

import json
import pathlib
import re
import sys
import zipfile

HEADERS = "tensorflow/include/"
LIBRARY = re.compile(r"tensorflow/(libtensorflow_(?:cc|framework)\.(?:so\.2|2\.dylib))$")
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)


def headers_needed(wheel, binding):
    """Names below HEADERS, found by following the includes from the binding's sources."""
    there = set(wheel.namelist())
    needed = set()
    waiting = [path.read_bytes() for path in pathlib.Path(binding).iterdir() if path.suffix in (".cc", ".h")]
    while waiting:
        for name in INCLUDE.findall(waiting.pop()):
            member = HEADERS + name.decode("utf-8", "replace")
            if member in there and member not in needed:
                needed.add(member)
                waiting.append(wheel.read(member))
    return needed


def members(wheel, binding):
    """(name in the wheel, path below TARGET) of what is wanted."""
    for name in headers_needed(wheel, binding):
        yield name, "include/" + name[len(HEADERS):]
    for name in wheel.namelist():
        library = LIBRARY.match(name)
        if library:
            yield name, "lib/" + library.group(1)
        elif name.startswith("nvidia/") and "/include/" not in name and not name.endswith("/"):
            yield name, name


def main(target, binding, *paths):
    target = pathlib.Path(target).resolve()
    wheels = [zipfile.ZipFile(path) for path in paths]
    wanted = [(wheel, *member) for wheel in wheels for member in members(wheel, binding)]
    total = sum(wheel.getinfo(name).file_size for wheel, name, _ in wanted)
    done = told = 0
    for wheel, name, below in wanted:
        path = (target / below).resolve()
        if target not in path.parents:
            raise SystemExit(f"{name} would leave the folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        with wheel.open(name) as source, path.open("wb") as out:
            while chunk := source.read(1 << 22):
                out.write(chunk)
                done += len(chunk)
                if done - told > 1 << 25:
                    told = done
                    print(json.dumps({"bytes": done, "total": total}), flush=True)
        # Programs among CUDA's files (ptxas) have to stay programs.
        mode = wheel.getinfo(name).external_attr >> 16
        path.chmod(0o755 if mode & 0o100 else 0o644)
    print(json.dumps({"bytes": done, "total": total}), flush=True)


main(*sys.argv[1:])
