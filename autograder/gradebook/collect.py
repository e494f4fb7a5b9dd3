"""Collects what students handed in through nbgrader's exchange, without following their links."""

import os
import shutil
import stat
from collections.abc import Iterable
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from nbgrader.utils import ignore_patterns


class PlainCollect(ExchangeCollect):  # type: ignore[misc]
    """Copies links as links, which are set aside when the submission is graded; stock nbgrader copies their targets.

    The instructor who collects may read what a student may not. And what one student has made uncopyable keeps nobody
    else from being collected.
    """

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy one submission, as far as it consists of files, folders and links."""
        if os.path.islink(src):
            self.log.error("Not collected: %s is a link", src)
            return
        try:
            if self.get_size(src) > 1000 * self.coursedir.max_dir_size:
                self.log.error("Not collected: %s is larger than %s kB", src, self.coursedir.max_dir_size)
                return
            shutil.copytree(src, dest, symlinks=True, ignore=self._ignored)
        except (OSError, RecursionError) as error:
            self.log.error("Not collected in full: %s: %s", src, str(error)[:200])
        if self.coursedir.groupshared:
            self._share(dest)

    def _ignored(self, folder: str, names: list[str]) -> Iterable[str]:
        """The names that are not copied: nbgrader's settings say which files, and pipes and devices never are."""
        modes = {name: os.lstat(os.path.join(folder, name)).st_mode for name in names}
        special = [name for name, mode in modes.items() if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))]
        links = [name for name in special if stat.S_ISLNK(modes[name])]
        by_settings = ignore_patterns(
            exclude=self.coursedir.ignore,
            include=self.coursedir.include,
            max_file_size=self.coursedir.max_file_size,
            log=self.log,
        )
        plain = [name for name in names if name not in special]
        return {*by_settings(folder, plain), *special} - {*links}

    def _share(self, dest: str) -> None:
        """Let the group write, as nbgrader does."""
        for folder, _, names in os.walk(dest):
            os.chmod(folder, (os.stat(folder).st_mode | 0o2770) & 0o2777)
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.islink(path):
                    os.chmod(path, (os.stat(path).st_mode | 0o660) & 0o777)
