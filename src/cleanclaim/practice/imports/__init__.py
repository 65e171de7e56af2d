"""Files of other systems read into what they ask for: calendars (ICS) and schedule messages (HL7 v2 SIU).

A reader knows its format and no database: it gives one `WantedSlot` for each event, or says what is wrong with it.
"""
