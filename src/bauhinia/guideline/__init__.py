"""The guideline as working parts: duties, the register of AI uses, assessments, records, cases, reports."""
