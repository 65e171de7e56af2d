"""The practice: clinics, people, patients, visits and claims behind a web app and an HTTP API.

`models` hold rows and constraints; `engine` turns rows into records and asks the billing engine, which does the
thinking; `pages` are what people see, `api` what programs see. Every row of a clinic is reached through a scope
(`tenancy`), every read and change of patient data is written down (`audit_trail`).
"""
