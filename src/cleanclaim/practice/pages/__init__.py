"""What people see: views by area, each a page of a clinic behind `access.clinic_page`."""
