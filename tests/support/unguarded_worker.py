"""The model worker without its guards, to let llama.cpp meet files that make it abort."""

from __future__ import annotations

from desktop_helper.backends.local import guards, worker

if __name__ == "__main__":
    guards.check_files = lambda gguf, mmproj: None
    worker.main()
