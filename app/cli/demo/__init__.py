"""A synthetic fieldwork: households that never were, interviewed on paper and sent over a bad network.

`script` is what is plausible, `visits` who is asked where and when, `respondent` and `imagination` what is answered,
`parcels` how it travels. `play` sends it through the HTTP door; `filling` opens that door and enrols the tablets.
"""

from app.cli.demo.filling import fill

__all__ = ["fill"]
