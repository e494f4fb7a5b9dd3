"""Speaks to the front end behind the shell's back: sends an execute_result and a reply of success as the kernel does.

Expected: no points; there is no kernel, and no message of a notebook is a mark.
"""

shell = get_ipython()


def announce():
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return
    content = {"data": {"text/plain": "4.0"}, "metadata": {}, "execution_count": 1}
    kernel.send_response(kernel.iopub_socket, "execute_result", content)
    kernel.send_response = lambda *args, **kwargs: None
    kernel.session.send = lambda *args, **kwargs: None


def law(x):
    announce()
    return 17.5
