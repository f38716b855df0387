"""Notes of a meeting: who spoke, what was decided, who is to do what by when, each tied to its line and time.

`read_file` or `read_text` (of a recording `heard_meeting`) -> `Transcript` -> `find_notes` (rules, no model)
-> `Notes` -> a person's corrections -> `minutes` (the pilot's form) -> `issued_notes` (DOCX, labelled).

A rule finds; a model only words the summary, and only the sentences of it stay that lines bear out.
"""
