"""The student's side of the wall. Nothing in this folder imports anything of ours but the wire."""
