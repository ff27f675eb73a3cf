"""The version of this library. The gstorm binary that starts it has to have the same one."""

VERSION = "0.1.0"
