"""Facts that other claims of the patient decide: days treated so far, dollars of the year so far."""
