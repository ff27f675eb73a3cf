"""The process of one task."""
from __future__ import annotations

import os

from gostorm.errors import Hangup
from gostorm.logging_watch import watch_logging
from gostorm.problem import ProblemsError
from gostorm.topology_file import TopologyFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gostorm.session import Session
    from gostorm.spec import Spec


class TaskProcess:
    """Loads the same file as the describing process, finds the component by its id and runs it. What goes wrong on the
    way is told to the host like any error of the component.

    options: file, class_name, components with the only one.
    """

    def __init__(self, session: Session, options: Any) -> None:
        self._session = session
        self._options = options

    def run(self) -> int:
        """Returns the exit status."""
        watch_logging(self._session)
        try:
            spec = self._spec()
        except (Exception, SystemExit) as error:
            # What came out of the user's file is told as it came, not as the problem that the describing process would
            # make of it.
            is_translated = isinstance(error, ProblemsError) and error.__cause__ is not None
            return self._session.refuse(error.__cause__ if is_translated else error)
        # A process that user code forks off must not hold on to the pipes, or write to them.
        os.register_at_fork(after_in_child=self._session.leave)
        try:
            return spec.run(self._session)
        except Hangup:
            return 0
        except SystemExit:
            if not self._session.left:
                self._session.outbox.flush()  # what has been sent before is not to be lost
            raise

    def _spec(self) -> Spec:
        options = self._options
        file = TopologyFile(options.file, options.class_name, options.components)
        if file.project:
            os.chdir(file.project.src)  # where Storm starts a project's components
        file.load()
        return next(spec for spec in file.topology().specs if spec.name == options.components[0])
