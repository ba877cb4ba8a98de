"""What answers look like, for the OpenAPI document: a module beside each that answers. Scores and rates are fractions
0–1; beside a score stands its whole number. A field that may be null can't be told: no steps are set, nothing happened
yet. In the document all of them share one set of names."""
