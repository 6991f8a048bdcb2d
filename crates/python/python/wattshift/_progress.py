"""A progress bar where somebody looks: in a notebook or a terminal."""

import sys
import warnings


def _in_notebook():
    shell = sys.modules.get("IPython")
    shell = shell.get_ipython() if shell else None
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


def bar(always=False):
    """A function of stage, done and all that draws a bar; None where nobody looks, or without tqdm."""
    if not (always or _in_notebook() or sys.stderr.isatty()):
        return None
    try:
        with warnings.catch_warnings():
            # Without the widgets of notebooks the bar is one of text, which needs no warning.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm
    except ImportError:
        return None
    return _Bar(tqdm)


class _Bar:
    def __init__(self, tqdm):
        self._tqdm = tqdm
        self._bar = None
        self._stage = ""

    def __call__(self, stage, done, total):
        if stage != self._stage:
            self._close()
            self._stage = stage
            if stage:
                # A stage whose steps are not known shows how long it has taken.
                form = {} if total else {"bar_format": "{desc} {elapsed}"}
                self._bar = self._tqdm(total=total or None, desc=stage, leave=False, **form)
        if self._bar is not None:
            # A count goes back only where a stage of the same name begins anew.
            self._bar.update(max(0, done - self._bar.n))
            if not total:
                self._bar.refresh()

    def _close(self):
        if self._bar is not None:
            self._bar.close()
            self._bar = None
