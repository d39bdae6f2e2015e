"""Commands that make something: no setting of the reader's leaks in, no child is left behind."""

import os
import shlex
import signal
import subprocess

import whole_folder

# What the reader's own settings must not change in the book's environment.
LEAKS = (
    *("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "__PYVENV_LAUNCHER__"),
    *("PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PIP_TARGET", "PIP_USER", "NODE_ENV"),
)
PATIENCE_S = 5


class StepError(Exception):
    """A step that did not end well; the message says which, and what to do."""


def clean_environment(**more):
    """Return the variables of this process without those that would change what is made."""
    return {**{k: v for k, v in os.environ.items() if k not in LEAKS}, **more}


def run(command, cwd, **options):
    """Run a step to its end; an interruption ends all that it started.

    It holds the locks of this process as long as it lives, also after a kill of this process.
    """
    if options.pop("capture_output", False):
        options.update(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if os.name == "posix":
        options.update(pass_fds=whole_folder.inherited(), start_new_session=True)
    command = [str(part) for part in command]
    with subprocess.Popen(
        command, cwd=str(cwd), stdin=subprocess.DEVNULL, env=clean_environment(), **options
    ) as child:
        try:
            out, err = child.communicate()
        except BaseException:  # Ctrl-C, or the signal that main() turns into an exit
            _end(child)
            raise
    return subprocess.CompletedProcess(command, child.returncode, out, err)


def _end(child):
    """End a child and all that it has started: politely, then not."""
    for how in ("SIGTERM", "SIGKILL"):
        if os.name == "posix":
            try:
                os.killpg(child.pid, getattr(signal, how))
            except ProcessLookupError:
                return
        else:
            child.kill()
        try:
            child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            continue


def check(done, otherwise):
    """Raise if a step failed; ``otherwise`` says what that means."""
    if done.returncode:
        command = " ".join(map(shlex.quote, done.args))
        raise StepError(f"this step ended with {done.returncode}: {command}\n{otherwise}")
