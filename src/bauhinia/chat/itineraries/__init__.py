"""Itineraries: a trip as a person asks for it, and a plan that a program makes and another checks.

`read_trip` (a sentence) or a form -> `Trip` -> `conditions_of` (weather, general holidays) -> `plan` ->
`check` -> `told` (words in a language) -> page, `map_svg`, `calendar`, `pdf`.
"""
