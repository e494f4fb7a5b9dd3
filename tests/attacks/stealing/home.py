"""Looks for passwords and keys in the home of whoever grades, by its path, by ``~`` and by the user database.

Expected: nothing stolen.
"""

import contextlib
import os
import pwd

homes = [HOME, os.path.expanduser("~"), pwd.getpwuid(os.getuid()).pw_dir if os.getuid() < 1000 else HOME]
for home in homes:
    for name in (".netrc", ".bash_history", ".ssh/id_ed25519", ".config/gh/hosts.yml"):
        with contextlib.suppress(OSError):
            print(*loot(open(os.path.join(home, name)).read()))
